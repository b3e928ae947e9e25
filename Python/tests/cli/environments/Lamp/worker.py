from corral.worker import Worker


class Lamp(Worker):
    """Three steps; a frame is two pixels wide and high, and red in one corner."""

    capabilities = ("seed", "render")
    render_modes = ("rgb_array",)

    def spaces(self):
        number = {"type": "Discrete", "n": 2, "start": 0}
        return number, number

    def reset(self, seed, options):
        self.now = 0
        return 0, {}

    def step(self, action):
        self.now += 1
        return 0, 1.0, self.now == 3, False, {}

    def render(self, mode):
        red, black = [255, 0, 0], [0, 0, 0]
        return [[red, black], [black, black]]
