"""Faults of what reset and step return."""

import os
import sys

import numpy as np
from base import Endless, Walk, faulty


@faulty("flag_type")
class TerminatedAsInteger(Walk):
    """The flag counts."""

    def step(self, action):
        observation, reward, terminated, truncated, info = super().step(action)
        return observation, reward, int(terminated), truncated, info


@faulty("flag_type")
class TruncatedAsNone(Walk):
    """The flag is not set where nothing was cut."""

    def step(self, action):
        observation, reward, terminated, truncated, info = super().step(action)
        return observation, reward, terminated, truncated or None, info


@faulty("flag_type")
class TerminatedAsArray(Walk):
    """The flag comes from a batch of one."""

    def step(self, action):
        observation, reward, terminated, truncated, info = super().step(action)
        return observation, reward, np.array([terminated]), truncated, info


@faulty("interface_broken")
class FourValues(Walk):
    """Steps return the four values of the interface before 2022."""

    def step(self, action):
        observation, reward, terminated, truncated, info = super().step(action)
        return observation, reward, terminated or truncated, info


@faulty("interface_broken")
class ResetWithoutInfo(Walk):
    """The reset returns the observation alone."""

    def reset(self, *, seed=None, options=None):
        return super().reset(seed=seed, options=options)[0]


@faulty("limit_as_termination")
class LimitAsTermination(Endless):
    """The limit of time is reported as a termination: learners take the value of the last state for zero."""

    def step(self, action):
        observation, reward, _, truncated, info = super().step(action)
        return observation, reward, truncated, False, info


@faulty("never_ends")
class TruncatedNeverSet(Endless):
    """The limit was taken out, and nothing else ends an episode."""

    limit = 10**9

    def __init__(self, render_mode=None):
        super().__init__(render_mode)
        self.observation_space.high[2] = np.inf
        self.observation_space.bounded_above[2] = False


@faulty("step_after_end")
class GoesOnAfterTheEnd(Walk):
    """A step after the goal walks on, as if the episode had not ended."""

    def check(self, action):
        if not self.action_space.contains(action):
            raise ValueError("no such action")

    def pay(self, terminated):
        return 0.0


@faulty("info_type")
class InfoAsNone(Walk):
    """There is nothing to tell, so there is no info."""

    def step(self, action):
        return (*super().step(action)[:4], None)


@faulty("unsendable")
class InfoHoldsSet(Walk):
    """The info holds a set."""

    def inform(self):
        return {"visited": {self.place, self.goal}}


@faulty("unsendable")
class InfoHoldsObject(Walk):
    """The info holds the environment itself."""

    def inform(self):
        return {"env": self}


@faulty("info_aliased")
class InfoReused(Walk):
    """One dictionary serves all steps."""

    def inform(self):
        if not hasattr(self, "facts"):
            self.facts = {}
        self.facts["time"] = self.time
        return self.facts


@faulty("raises")
class RaisesInACorner(Walk):
    """A rare state has no entry in a table."""

    table = {place: place for place in range(7)}

    def inform(self):
        return {"name": self.table[self.place]} if self.time > 2 else {}


@faulty("worker_exited")
class ExitsTheProcess(Walk):
    """Native code ends the process on an internal error."""

    def move(self, action):
        super().move(action)
        if self.time == 11:
            os._exit(3)


@faulty("worker_exited", "raises")
class CallsExit(Walk):
    """A script that became an environment still exits."""

    def move(self, action):
        super().move(action)
        if self.time == 11:
            sys.exit(1)


@faulty("action_absorbed")
class SwallowsExceptions(Walk):
    """Whatever goes wrong in a step gives the reward 0."""

    def step(self, action):
        try:
            return super().step(action)
        except ValueError:
            return self.observe(), 0.0, False, False, {}


@faulty("action_absorbed")
class ActionModulo(Walk):
    """Actions that do not exist become others."""

    def step(self, action):
        return super().step(int(action) % 3)
