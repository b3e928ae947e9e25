"""Guess a number: a worker of protocol 2."""

import random

from corral.worker import InvalidAction, Worker


class GuessWorker(Worker):
    name = "guess"
    capabilities = ("seed",)

    def init(self, instance, params, seed):
        self.fixed = params.get("secret")
        self.random = random.Random(seed)

    def spaces(self):
        text = {"type": "Text", "min_length": 0, "max_length": 100, "charset": None}
        return text, {"type": "Text", "min_length": 1, "max_length": 3, "charset": None}

    def reset(self, seed, options):
        if seed is not None:
            self.random.seed(seed)
        self.secret = self.fixed or self.random.randint(1, 10)
        self.tries = 0
        return "Guess a number from 1 to 10.", {"tries": 0}

    def step(self, action):
        if not action.isdigit():
            raise InvalidAction("%r is no number" % action)
        guess = int(action)
        self.tries += 1
        done = guess == self.secret
        hint = "Yes!" if done else "It is greater." if guess < self.secret else "It is less."
        return hint, float(done), done, False, {"tries": self.tries}
