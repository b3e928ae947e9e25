"""Guess a number: a DockerGym worker, whose import alone was changed."""

import random

from corral.worker import BaseWorker


class GuessWorker(BaseWorker):
    def init_env(self, env_id, params):
        self.secret = params.get("secret") or random.randint(1, 10)
        self.tries = 0
        return "Guess a number from 1 to 10.", 0.0, False, {"tries": 0}

    def step_env(self, action):
        guess = int(action)
        self.tries += 1
        if guess == self.secret:
            return "Yes!", 1.0, True, {"tries": self.tries}
        hint = "It is greater." if guess < self.secret else "It is less."
        return hint, 0.0, False, {"tries": self.tries}


if __name__ == "__main__":
    GuessWorker().run()
