from corral.worker import Worker


class Duo(Worker):
    """Two agents: `left` leaves after two steps, `right` after four."""

    agents = ["left", "right"]
    render_modes = ("ansi",)
    capabilities = ("seed", "render")

    def spaces(self):
        number = {"type": "Discrete", "n": 5, "start": 0}
        return {agent: number for agent in self.agents}, {
            "left": {"type": "Discrete", "n": 2, "start": 0},
            "right": number,
        }

    def reset(self, seed, options):
        self.now = 0
        return {"left": 0, "right": 0}, {}

    def step(self, action):
        self.now += 1
        assert set(action) == ({"left", "right"} if self.now <= 2 else {"right"}), action
        over = {agent: self.now >= {"left": 2, "right": 4}[agent] for agent in action}
        return {agent: 0 for agent in action}, {agent: 0.5 for agent in action}, over, dict.fromkeys(action, False), {}

    def render(self, mode):
        return f"tick {self.now}"
