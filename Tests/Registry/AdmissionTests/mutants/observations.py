"""Faults of observations and actions."""

import numpy as np
from base import Endless, Walk, faulty
from gymnasium.spaces import Box, Dict, Discrete, Text


@faulty("observation_type")
class DoublePrecision(Walk):
    """The space says float32, NumPy makes float64."""

    def observe(self):
        return np.array([self.place, self.goal, self.time], float)


@faulty("observation_type", "observation_value")
class PictureAsFloats(Walk):
    """A picture is declared in bytes and returned from 0 to 1."""

    def __init__(self, render_mode=None):
        super().__init__(render_mode)
        self.observation_space = Box(0, 255, (8, 8, 3), np.uint8)

    def observe(self):
        return np.full((8, 8, 3), self.place / self.size, np.float32)


@faulty("observation_type")
class ListInsteadOfArray(Walk):
    """The observation is a list of numbers."""

    def observe(self):
        return [float(self.place), float(self.goal), float(self.time)]


@faulty("observation_value")
class OffByOne(Walk):
    """The last field is not in the space."""

    def __init__(self, render_mode=None):
        super().__init__(render_mode)
        self.observation_space = Discrete(self.size - 1)

    def observe(self):
        return self.place


@faulty("observation_value")
class BeyondTheBoxAtTheEnd(Walk):
    """The last step of an episode is beyond the bound of the time."""

    def observe(self):
        last = self.limit + 1 if self.time == self.limit else self.time
        return np.array([self.place, self.goal, last], np.float32)


@faulty("observation_value")
class ShapeOfABatch(Walk):
    """Steps return a batch of one, resets do not."""

    def observe(self):
        return super().observe()[None] if self.time else super().observe()


@faulty("observation_value")
class NotANumber(Walk):
    """A sensor gives NaN where it sees nothing."""

    def observe(self):
        seen = np.nan if self.place == self.goal else self.goal
        return np.array([self.place, seen, self.time], np.float32)


class Keyed(Walk):
    """The walk with its observation in a dictionary."""

    def __init__(self, render_mode=None):
        super().__init__(render_mode)
        self.observation_space = Dict({"place": Discrete(8), "all": Box(0, 50, (3,), np.float32)})

    def observe(self):
        return {"place": self.place, "all": super().observe()}


@faulty("observation_value")
class KeyMissingAtTheEnd(Keyed):
    """The last observation lacks a key."""

    def observe(self):
        whole = super().observe()
        if self.time == self.limit:
            del whole["place"]
        return whole


@faulty("observation_value")
class KeyTooMany(Keyed):
    """Steps add a key that the space does not have."""

    def observe(self):
        return {**super().observe(), **({"time": self.time} if self.time else {})}


@faulty("observation_value")
class TextTooLong(Walk):
    """The text grows beyond its maximum."""

    def __init__(self, render_mode=None):
        super().__init__(render_mode)
        self.observation_space = Text(max_length=30, min_length=0, charset="ab")

    def observe(self):
        return "a" * self.time


@faulty("observation_aliased")
class BufferReused(Walk):
    """One buffer is filled again and again, so that replay memories hold copies of the last step."""

    def __init__(self, render_mode=None):
        super().__init__(render_mode)
        self.buffer = np.zeros(3, np.float32)

    def observe(self):
        self.buffer[:] = self.place, self.goal, self.time
        return self.buffer


@faulty("observation_aliased")
class BufferReusedInADict(Keyed):
    """The array inside of the dictionary is the same every time."""

    def __init__(self, render_mode=None):
        super().__init__(render_mode)
        self.buffer = np.zeros(3, np.float32)

    def observe(self):
        self.buffer[:] = self.place, self.goal, self.time
        return {"place": self.place, "all": self.buffer}


@faulty("observation_aliased")
class ViewOfAHistory(Endless):
    """The observation is a view of a frame stack that is rolled in place."""

    def __init__(self, render_mode=None):
        super().__init__(render_mode)
        self.frames = np.zeros((4, 3), np.float32)
        self.observation_space = Box(0, 50, (4, 3), np.float32)

    def begin(self):
        super().begin()
        self.frames[:] = 0

    def observe(self):
        self.frames[:-1] = self.frames[1:].copy()
        self.frames[-1] = super().observe()
        return self.frames[:]


@faulty("observation_is_state")
class ObservationIsState(Walk):
    """The state itself is handed out: whoever normalises it in place moves the walker."""

    def begin(self):
        super().begin()
        self.state = np.array([self.place, self.goal, 0], np.float32)

    def move(self, action):
        self.place = int(self.state[0])
        super().move(action)
        self.state = np.array([self.place, self.goal, self.time + 1], np.float32)

    def observe(self):
        return self.state


@faulty("spaces_change")
class SpaceMadeByReset(Walk):
    """Every reset makes the observation space anew, with other bounds."""

    def begin(self):
        super().begin()
        self.observation_space = Box(0, 50 + self.goal, (3,), np.float32)


class Pushed(Endless):
    """A walk by real numbers."""

    def __init__(self, render_mode=None):
        super().__init__(render_mode)
        self.action_space = Box(-1, 1, (2,), np.float32)

    def move(self, action):
        self.place = min(max(self.place + int(round(float(action[0] + action[1]))), 0), self.size - 1)


@faulty("action_changed")
class ActionScaledInPlace(Pushed):
    """The action is scaled in the caller's own array."""

    def move(self, action):
        action *= 0.5
        super().move(action)


@faulty("action_absorbed")
class ActionClipped(Pushed):
    """Actions beyond the bounds are clipped without a word."""

    def step(self, action):
        return super().step(np.clip(np.nan_to_num(action), -1, 1).astype(np.float32))


@faulty("action_absorbed")
class ActionMayBeNaN(Pushed):
    """The check of the bounds lets NaN pass."""

    def check(self, action):
        if self.over or (action > 1).any() or (action < -1).any():
            raise ValueError("no such action")

    def move(self, action):
        super().move(np.nan_to_num(action))
