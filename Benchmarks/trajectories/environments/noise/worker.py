"""Pictures of the size of an Atari screen that are noise."""

import numpy

from corral.worker import Worker

SHAPE = (210, 160, 3)


class Noise(Worker):
    def spaces(self):
        picture = {"type": "Box", "dtype": "uint8", "shape": list(SHAPE), "low": 0, "high": 255}
        return picture, {"type": "Discrete", "n": 1}

    def reset(self, seed, options):
        self.generator = numpy.random.default_rng(seed)
        return self.picture(), {}

    def step(self, action):
        return self.picture(), 0.0, False, False, {}

    def picture(self):
        return self.generator.integers(0, 256, SHAPE, numpy.uint8)
