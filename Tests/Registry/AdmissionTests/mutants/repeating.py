"""Faults of seeds, and of what is remembered or shared."""

import os
import random
import time

import numpy as np
from base import Walk, faulty


@faulty("seed_not_reproducible")
class SeedIgnored(Walk):
    """The seed is accepted and not used."""

    def begin(self):
        self._np_random = np.random.default_rng()
        super().begin()


@faulty("seed_not_reproducible")
class PrivateGenerator(Walk):
    """A generator of Python's own beside the seeded one."""

    def __init__(self, render_mode=None):
        super().__init__(render_mode)
        self.random = random.Random()

    def move(self, action):
        self.place = (self.place + self.random.choice((0, 1))) % self.size


@faulty("seed_not_reproducible")
class ClockInObservation(Walk):
    """The observation holds the time of day."""

    def observe(self):
        return np.array([self.place, self.goal, time.time() * 1000 % self.limit], np.float32)


@faulty("seed_not_reproducible")
class ClockInInfo(Walk):
    """The info holds how long the step took."""

    def inform(self):
        return {"took": time.perf_counter()}


@faulty("seed_not_reproducible")
class SeedOfTheProcess(Walk):
    """The number of the process is mixed into the seed, so that workers differ."""

    def reset(self, *, seed=None, options=None):
        return super().reset(seed=None if seed is None else seed + os.getpid(), options=options)


@faulty("seed_not_reproducible", "state_across_episodes", "reset_mid_episode", "generator_lost")
class OrderOfAddresses(Walk):
    """Things are sorted by where they lie in memory."""

    def move(self, action):
        things = sorted((object() for _ in range(3)), key=id)
        self.place = (self.place + id(things[0]) // 64) % self.size


@faulty("seed_not_reproducible")
class DrawnAtImport(Walk):
    """The map is drawn when the module is loaded."""

    secret = int.from_bytes(os.urandom(2), "little")

    def begin(self):
        super().begin()
        self.goal = (self.goal + self.secret) % self.size
        self.place = (self.place + self.secret // 8) % self.size

    def inform(self):
        return {"map": self.secret}


@faulty("hash_order")
class OrderOfASet(Walk):
    """The first of a set of texts is taken."""

    def begin(self):
        super().begin()
        names = {"north", "south", "east", "west", "up", "down"}
        self.word = next(iter(names))

    def inform(self):
        return {"goal": self.word}


@faulty("hash_order")
class HashOfAText(Walk):
    """A level is chosen by the hash of its name."""

    def begin(self):
        super().begin()
        self.goal = hash("level %d" % self.goal) % self.size


@faulty("generator_lost")
class GeneratorMadeAnew(Walk):
    """A reset without a seed makes a new generator instead of going on."""

    def reset(self, *, seed=None, options=None):
        self._np_random = np.random.default_rng(seed)
        self.begin()
        return self.observe(), self.inform()


@faulty("global_random")
class OldNumPyGenerator(Walk):
    """All draws come from NumPy's generator of the whole process."""

    def begin(self):
        super().begin()
        self.place = np.random.randint(self.size)

    def move(self, action):
        self.place = (self.place + np.random.randint(2)) % self.size


@faulty("global_random")
class PythonsGenerator(Walk):
    """All draws come from Python's generator of the whole process."""

    def move(self, action):
        self.place = (self.place + random.randrange(2)) % self.size


@faulty("state_across_episodes", "seed_not_reproducible")
class PlaceNotReset(Walk):
    """The reset forgets to set the place back."""

    def begin(self):
        place = getattr(self, "place", 0)
        super().begin()
        self.place = place


@faulty("state_across_episodes")
class CurriculumGrows(Walk):
    """Every episode is a little harder than the one before."""

    def __init__(self, render_mode=None):
        super().__init__(render_mode)
        self.episodes = 0

    def begin(self):
        super().begin()
        self.episodes += 1

    def inform(self):
        return {"level": self.episodes}


@faulty("state_across_episodes")
class SecondEpisodeDiffers(Walk):
    """What the first episode found stays in a cache that changes the second."""

    def __init__(self, render_mode=None):
        super().__init__(render_mode)
        self.known = set()

    def move(self, action):
        super().move(action)
        state = self.place, self.goal, self.time
        if state not in self.known:
            self.known.add(state)
            self.np_random.random()


@faulty("reset_mid_episode")
class ResetRefused(Walk):
    """A reset in the middle of an episode is an error."""

    def reset(self, *, seed=None, options=None):
        if not self.over:
            raise RuntimeError("finish the episode first")
        return super().reset(seed=seed, options=options)


@faulty("reset_mid_episode")
class ResetGoesOn(Walk):
    """A reset in the middle of an episode goes on with it."""

    def begin(self):
        if self.over:
            super().begin()


@faulty("shared_state")
class StateInTheClass(Walk):
    """The place is kept in the class."""

    def begin(self):
        super().begin()
        StateInTheClass.spot = self.place

    def move(self, action):
        self.place = StateInTheClass.spot
        super().move(action)
        StateInTheClass.spot = self.place


WORLD = {}


@faulty("shared_state")
class StateInTheModule(Walk):
    """The world is a variable of the module."""

    def begin(self):
        super().begin()
        WORLD["goal"] = self.goal

    def reached(self):
        return self.place == WORLD["goal"]

    def observe(self):
        return np.array([self.place, WORLD["goal"], self.time], np.float32)


@faulty("shared_state")
class StateInADefault(Walk):
    """A default argument is the list of all environments."""

    def trail(self, new=None, kept=[]):  # noqa: B006
        if new is None:
            kept.clear()
        else:
            kept.append(new)
        return len(kept)

    def begin(self):
        super().begin()
        self.trail()

    def inform(self):
        return {"steps": self.trail(self.place)}
