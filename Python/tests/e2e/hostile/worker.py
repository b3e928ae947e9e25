"""An environment that counts its steps, or does its worst: the action is `count` or the name of an attack."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import bombs  # noqa: E402
import escapes  # noqa: E402
import replies  # noqa: E402
import stubborn  # noqa: E402

from corral.worker import Worker  # noqa: E402


class Hostile(Worker):
    name = "hostile"

    def init(self, instance, params, seed):
        self.secret = params.get("secret", "")

    def spaces(self):
        return {"type": "Discrete", "n": 1000000}, {
            "type": "Text",
            "min_length": 1,
            "max_length": 1000,
            "charset": None,
        }

    def reset(self, seed, options):
        self.count = 0
        return 0, {}

    def step(self, action):
        if action == "count":
            self.count += 1
            return self.count, 1.0, False, False, {}
        name, _, argument = action.partition(" ")
        for module in (bombs, stubborn, replies, escapes):
            if hasattr(module, name):
                attack = getattr(module, name)
                result = attack(self._session, argument) if module is replies else attack(argument)
                return self.count, None, False, False, {"result": result}
        raise ValueError("unknown attack: " + name)
