"""The same environment as a worker of protocol 2, which a zygote can fork."""

from corral.worker import Worker

TEXT = {"type": "Text", "min_length": 0, "max_length": 1000, "charset": None}


class Echo(Worker):
    def spaces(self):
        return TEXT, TEXT

    def reset(self, seed, options):
        return "hello", {}

    def step(self, action):
        return action, 1.0, False, False, {"length": len(action)}
