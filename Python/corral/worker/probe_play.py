"""Episodes as a probe plays them: on a worker's own objects, before they are encoded."""

import hashlib
import math
import time

from .fields import all_over
from .probe_values import frozen
from .worker import seed_globals


class Broken(Exception):
    """The environment does not do what its interface asks for. `kind` names the fault."""

    def __init__(self, kind, text):
        super().__init__(text)
        self.kind = kind


class Player:
    """Drives one worker with the agents of a probe; what it returns is checked only as far as playing needs."""

    def __init__(self, worker, action_form):
        self.worker = worker
        self.form = action_form
        self.info = {}
        self.live = []

    def reset(self, seed):
        if seed is not None:
            seed_globals(seed)
        result = self.worker.reset(seed, {})
        if not isinstance(result, tuple) or len(result) != 2:
            raise Broken("reset_result", "reset returned %s, not (observation, info)" % _named(result))
        observation, self.info = result
        if self.worker.agents is not None:
            self.live = [name for name in self.worker.agents if isinstance(observation, dict) and name in observation]
        return result

    def act(self, agent):
        """What an agent does now, in its JSON form."""
        return agent.act(self.info, self.live, self.worker.acting)

    def step(self, action):
        """Takes an action in its JSON form."""
        return self.taken(self.worker.step(self.worker.decode_action(action)))

    def taken(self, result):
        if not isinstance(result, tuple) or len(result) != 5:
            text = "step returned %s, not (observation, reward, terminated, truncated, info)" % _named(result)
            raise Broken("step_result", text)
        self.info = result[4]
        if self.worker.agents is not None and self.worker.acting is None:
            ended, cut = result[2], result[3]
            self.live = [name for name in ended if not ended[name] and not cut.get(name)]
        return result

    def trace(self, seed, agent, limit, touch=None):
        """Digests of what `limit` steps give, over as many episodes as they take. `touch(result)` comes after each."""
        digests = []
        left = limit
        while left > 0:
            result = self.reset(seed)
            seed += 1
            digests.append(_digest(result))
            if touch is not None:
                touch(result)
            while left > 0:
                left -= 1
                result = self.step(self.act(agent))
                digests.append(_digest(result))
                if touch is not None:
                    touch(result)
                if over(result):
                    break
        return digests

    def episode(self, seed, agent, limit, until=math.inf):
        """The return, the length and the end (`terminated`, `truncated`, `cut`) of an episode."""
        self.reset(seed)
        total, length, end = 0.0, 0, "cut"
        for _ in range(limit):
            result = self.step(self.act(agent))
            total += reward_sum(result[1])
            length += 1
            if over(result):
                end = "terminated" if _any(result[2]) else "truncated"
                break
            if time.monotonic() > until:
                break
        return total, length, end


def over(result):
    return all_over(result[2], result[3])


def reward_sum(reward):
    if isinstance(reward, dict):
        return sum(reward_sum(item) for item in reward.values())
    try:
        number = float(reward)
    except (TypeError, ValueError):
        return 0.0
    return number if math.isfinite(number) else 0.0


def difference(one, other):
    """The first step at which two traces differ (0: the reset); None where they do not."""
    for place in range(max(len(one), len(other))):
        if place >= len(one) or place >= len(other) or one[place] != other[place]:
            return place
    return None


def _digest(result):
    return hashlib.blake2b(frozen(result), digest_size=8).digest()


def _any(flag):
    return any(flag.values()) if isinstance(flag, dict) else bool(flag)


def _named(value):
    return "%d values" % len(value) if isinstance(value, (tuple, list)) else "a " + type(value).__name__
