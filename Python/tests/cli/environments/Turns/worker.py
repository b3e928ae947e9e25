from corral.worker import Worker


class Turns(Worker):
    """`a` and `b` alternate; info tells which of four actions are possible. There are no rewards."""

    acting = "a"

    def spaces(self):
        number = {"type": "Discrete", "n": 4, "start": 0}
        return number, number

    def _info(self):
        return {"action_mask": [0, 0, 1, 0]}

    def reset(self, seed, options):
        self.acting, self.now = "a", 0
        return 0, self._info()

    def step(self, action):
        assert action == 2, action
        self.now += 1
        self.acting = "b" if self.acting == "a" else "a"
        return self.now % 4, None, self.now == 6, False, self._info()
