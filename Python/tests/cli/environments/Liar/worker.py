import os

from corral.worker import Worker


class Liar(Worker):
    """Nothing that its manifest says of rewards, frames and seeds is true."""

    def spaces(self):
        number = {"type": "Discrete", "n": 2, "start": 0}
        return {"type": "Discrete", "n": 9, "start": 0}, number

    def reset(self, seed, options):
        return 0, {}

    def step(self, action):
        return os.urandom(1)[0] % 9, 2.0, False, False, {}
