import sys

from corral.worker import Worker


class Moody(Worker):
    """Raises at its third step."""

    def spaces(self):
        number = {"type": "Discrete", "n": 2, "start": 0}
        return number, number

    def reset(self, seed, options):
        self.now = 0
        return 0, {}

    def step(self, action):
        self.now += 1
        if self.now == 3:
            print("about to sulk", file=sys.stderr, flush=True)
            raise RuntimeError("not in the mood")
        return 0, 1.0, False, False, {}
