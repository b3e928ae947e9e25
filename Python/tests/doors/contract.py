"""The environment that every door has to serve in the same way."""

WORKER = """
import os, random, time
from corral.worker import Worker

class Contract(Worker):
    '''0 to 2 count; 5 takes a while; 6 ends the process; 7 never comes back.'''

    def spaces(self):
        box = {"type": "Box", "dtype": "float64", "shape": [2], "low": -1, "high": 1000000}
        return box, {"type": "Discrete", "n": 8}

    def init(self, instance, params, seed):
        self.random = random.Random(seed)

    def reset(self, seed, options):
        if seed is not None:
            self.random = random.Random(seed)
        self.count = self.steps = 0
        return [self.count, self.random.random()], {"options": len(options or {})}

    def step(self, action):
        if action == 5:
            time.sleep(0.4)
        if action == 6:
            os._exit(3)
        if action == 7:
            time.sleep(60)
        self.steps += 1
        self.count += action + 1
        return [self.count, self.random.random()], action / 4, self.steps == 37, self.count >= 90, {"steps": self.steps}
"""
ENVIRONMENT = "test/contract"
