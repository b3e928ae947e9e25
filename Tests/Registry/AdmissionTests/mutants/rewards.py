"""Faults of rewards."""

import math

import numpy as np
from base import Walk, faulty


@faulty("reward_range")
class BonusBeyondRange(Walk):
    """The bonus for a fast finish was added after the range had been declared."""

    def pay(self, terminated):
        return super().pay(terminated) + (0.5 if terminated and self.time < 10 else 0.0)


@faulty("reward_range")
class GrowingPenalty(Walk):
    """The penalty grows with the time, and falls below what is declared."""

    def pay(self, terminated):
        return 1.0 if terminated else max(-2.0, -0.05 * self.time)


@faulty("reward_not_finite")
class DividesByDistance(Walk):
    """The reward divides by a distance that can be zero."""

    def pay(self, terminated):
        distance = np.float64(abs(self.place - self.goal))
        with np.errstate(divide="ignore"):
            return float(np.minimum(1.0, 0.1 / distance)) if distance else float(np.float64(0) / 1 / distance)


@faulty("reward_not_finite")
class LogOfZero(Walk):
    """The reward is the logarithm of a probability that can be zero."""

    def pay(self, terminated):
        return 1.0 if terminated else (-math.inf if self.place == 0 else -0.01)


@faulty("reward_not_finite")
class HalfPrecisionOverflow(Walk):
    """A reward in half precision overflows."""

    def pay(self, terminated):
        with np.errstate(over="ignore"):
            return np.float16(60000) * np.float16(1 + self.time) if self.time > 3 else 0.0


@faulty("reward_type")
class RewardAsText(Walk):
    """The reward was read from a file and is still text."""

    def pay(self, terminated):
        return "1.0" if terminated else "0.0"


@faulty("reward_type")
class RewardAsVector(Walk):
    """Two terms of the reward come back as an array instead of their sum."""

    def pay(self, terminated):
        return np.array([float(terminated), -0.01])


@faulty("reward_type")
class RewardAsBool(Walk):
    """The reward is the result of a comparison."""

    def pay(self, terminated):
        return bool(terminated)


@faulty("reward_for_invalid_action", "action_absorbed")
class PaysForInvalidActions(Walk):
    """An action that does not exist finishes at once, with the full reward."""

    def check(self, action):
        if self.over:
            raise RuntimeError("the episode is over")

    def move(self, action):
        if not 0 <= int(action) < 3:
            self.place = self.goal
        else:
            super().move(action)


@faulty("reward_after_end")
class PaysAfterTheEnd(Walk):
    """Whoever goes on after the goal gets the reward of the goal again and again."""

    def check(self, action):
        if not self.action_space.contains(action):
            raise ValueError("no such action")

    def move(self, action):
        if not self.reached() or self.time == 0:
            super().move(action)


@faulty("state_across_episodes", "seed_not_reproducible")
class RunningAverage(Walk):
    """The reward is normalised by all episodes so far, not by this one."""

    def __init__(self, render_mode=None):
        super().__init__(render_mode)
        self.seen = [1.0]

    def pay(self, terminated):
        self.seen.append(abs(self.place - self.goal) / 8)
        return self.seen[-1] - sum(self.seen) / len(self.seen)
