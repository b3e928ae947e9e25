"""What OpenEnv's template environment does, as a worker."""

from corral.worker import Worker

TEXT = {"type": "Text", "min_length": 0, "max_length": None, "charset": None}
LENGTH = {"type": "Box", "dtype": "int64", "shape": [], "low": 0, "high": 2**53}


class Echo(Worker):
    def spaces(self):
        observation = {"echoed_message": TEXT, "message_length": LENGTH}
        return {"type": "Dict", "spaces": observation}, {"type": "Dict", "spaces": {"message": TEXT}}

    def reset(self, seed, options):
        return {"echoed_message": "Echo environment ready!", "message_length": 0}, {}

    def step(self, action):
        message = action["message"]
        length = len(message)
        return {"echoed_message": message, "message_length": length}, length * 0.1, False, False, {}
