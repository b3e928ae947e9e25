"""Environments without a fault, which look as if they had one."""

import functools
import os
import pickle
import socket
import subprocess
import tempfile
import threading

import numpy as np
from base import Endless, Walk, clean
from gymnasium.spaces import Box, Dict, Discrete, MultiBinary, MultiDiscrete, OneOf, Sequence, Text, Tuple

from corral.worker import Worker


@clean()
class Plain(Walk):
    """The walk itself."""


@clean()
class Fixed(Walk):
    """Nothing is random: every seed gives the same episode."""

    def begin(self):
        self.place, self.goal, self.time, self.over = 0, 7, 0, False

    def move(self, action):
        self.place = min(max(self.place + int(action) - 1, 0), 7)


@clean(nondeterministic=True, fork=["fork"])
class Unrepeatable(Walk):
    """Draws from the kernel, and says so."""

    def move(self, action):
        self.place = min(max(self.place + int(action) - 1 + os.urandom(1)[0] % 3 - 1, 0), 7)


@clean()
class Sparse(Walk):
    """A reward that no simple agent ever gets."""

    limit = 200

    def begin(self):
        super().begin()
        self.path = []

    def move(self, action):
        super().move(action)
        self.path.append(int(action))

    def reached(self):
        return self.path[-12:] == [0, 1, 2, 2, 1, 0, 0, 1, 2, 2, 1, 0]

    def pay(self, terminated):
        return 1.0 if terminated else 0.0


@clean()
class Long(Endless):
    """An episode lasts for twenty thousand steps."""

    limit = 20_000


@clean()
class CutByWrapper(Endless):
    """The limit is Gymnasium's own wrapper."""

    limit = 10**6
    max_episode_steps = 30

    def __init__(self, render_mode=None):
        super().__init__(render_mode)
        self.observation_space = Box(0, np.inf, (3,), np.float32)


@clean()
class Bandit(Walk):
    """Every episode is one step long."""

    def reached(self):
        return True


@clean()
class Pictures(Walk):
    """Large observations in bytes."""

    limit = 25

    def __init__(self, render_mode=None):
        super().__init__(render_mode)
        self.observation_space = Box(0, 255, (96, 96, 3), np.uint8)

    def observe(self):
        picture = np.zeros((96, 96, 3), np.uint8)
        picture[:, 12 * self.place : 12 * self.place + 12] = 255
        return picture


@clean()
class Nested(Walk):
    """Spaces in spaces."""

    def __init__(self, render_mode=None):
        super().__init__(render_mode)
        inner = Tuple([Discrete(8), Box(-1, 1, (2, 2), np.float64)])
        self.observation_space = Dict({"b": inner, "a": MultiBinary(8), "c": MultiDiscrete([8, 8])})
        self.action_space = Dict({"move": Discrete(3), "speed": Box(0, 1, (1,), np.float32)})

    def move(self, action):
        super().move(action["move"])

    def observe(self):
        visible = np.zeros(8, np.int8)
        visible[self.place] = 1
        pair = (np.int64(self.place), np.full((2, 2), self.place / 8))
        return {"a": visible, "b": pair, "c": np.array([self.place, self.goal])}


@clean()
class Pairs(Walk):
    """Actions of several numbers."""

    def __init__(self, render_mode=None):
        super().__init__(render_mode)
        self.action_space = MultiDiscrete([3, 4])

    def move(self, action):
        super().move(action[0])


@clean()
class Forces(Walk):
    """Real actions, checked by the space itself."""

    def __init__(self, render_mode=None):
        super().__init__(render_mode)
        self.action_space = Box(-2, 2, (3,), np.float32)

    def move(self, action):
        self.place = min(max(self.place + int(np.sign(action.sum())), 0), 7)


@clean()
class Lists(Walk):
    """Observations of no fixed length."""

    def __init__(self, render_mode=None):
        super().__init__(render_mode)
        self.observation_space = Sequence(Discrete(8))

    def begin(self):
        super().begin()
        self.seen = [self.place]

    def observe(self):
        self.seen.append(self.place)
        return tuple(self.seen[-5:])


@clean()
class Choices(Walk):
    """One of two kinds of action."""

    def __init__(self, render_mode=None):
        super().__init__(render_mode)
        self.action_space = OneOf([Discrete(3), MultiBinary(2)])

    def check(self, action):
        if self.over:
            raise RuntimeError("the episode is over")
        kind, value = action
        if not 0 <= kind < 2 or not self.action_space.spaces[kind].contains(value):
            raise ValueError("no such action")

    def move(self, action):
        super().move(action[1] if action[0] == 0 else action[1].sum())


@clean()
class Arrays(Walk):
    """Arrays and nested things in info."""

    def inform(self):
        field = np.zeros((20, 20), np.float32)
        field[self.place] = 1
        return {"field": field, "names": ["a", "b"], "inner": {"left": np.int64(self.limit - self.time), "none": None}}


@clean()
class Masked(Walk):
    """Only some actions are possible, and info says which."""

    def inform(self):
        return {"action_mask": np.array([self.place > 0, True, self.place < 7], np.int8)}

    def check(self, action):
        super().check(action)
        if not self.inform()["action_mask"][action]:
            raise ValueError("this action is masked")


@clean(instances={"list": ["level-%d" % number for number in range(200)]})
class ManyLevels(Worker):
    """Two hundred instances."""

    capabilities = ("seed",)

    def instances(self):
        return ["level-%d" % number for number in range(200)]

    def init(self, instance, params, seed):
        self.level = int((instance or "level-0").split("-")[1])

    def spaces(self):
        return {"type": "Discrete", "n": 1000, "start": 0}, {"type": "Discrete", "n": 2, "start": 0}

    def reset(self, seed, options):
        if seed is not None:
            self.random = np.random.default_rng(seed)
        self.time = 0
        return self.level, {}

    def step(self, action):
        if type(action) is not int or not 0 <= action < 2:
            raise ValueError("no such action")
        if self.time >= 20:
            raise RuntimeError("the episode is over")
        self.time += 1
        return self.level + self.time * int(self.random.integers(2, 9)), 1.0, False, self.time == 20, {}


@clean(fork=["snapshot"])
class Remembered(ManyLevels):
    """Snapshots that hold all there is."""

    capabilities = ("seed", "snapshot", "portable")

    def instances(self):
        return None

    def snapshot(self):
        return pickle.dumps((self.time, self.random))

    def restore(self, state):
        self.time, self.random = pickle.loads(state)


@clean(agents="parallel")
class Together(Worker):
    """Two agents who act at the same time; one leaves earlier."""

    capabilities = ("seed",)
    agents = ["left", "right"]

    def spaces(self):
        field = {"type": "Box", "dtype": "float32", "shape": [2], "low": 0, "high": 100}
        move = {"type": "Discrete", "n": 3, "start": 0}
        return {"left": field, "right": field}, {"left": move, "right": move}

    def reset(self, seed, options):
        if seed is not None:
            self.random = np.random.default_rng(seed)
        self.time = 0
        self.live = list(self.agents)
        return self._seen(self.live), {name: {} for name in self.live}

    def step(self, action):
        if set(action) != set(self.live) or any(type(move) is not int or not 0 <= move < 3 for move in action.values()):
            raise ValueError("no such action")
        self.time += 1
        acting = self.live
        ended = {name: name == "left" and self.time >= 10 for name in acting}
        cut = {name: not ended[name] and self.time >= 15 for name in acting}
        self.live = [name for name in acting if not ended[name] and not cut[name]]
        return self._seen(acting), {name: 1.0 for name in acting}, ended, cut, {name: {} for name in acting}

    def _seen(self, names):
        return {name: np.array([self.time, self.random.integers(9)], np.float32) for name in names}


@clean(
    parameters={
        "type": "object",
        "additionalProperties": False,
        "properties": {"words": {"type": "integer", "minimum": 1, "default": 3}},
    }
)
class Adventure(Worker):
    """Texts, and commands that change from step to step."""

    capabilities = ("seed",)

    def init(self, instance, params, seed):
        self.words = params.get("words", 3)

    def spaces(self):
        text = {"type": "Text", "min_length": 0, "max_length": None, "charset": None}
        return text, text

    def reset(self, seed, options):
        if seed is not None:
            self.random = np.random.default_rng(seed)
        self.time = 0
        return "You wake up.", self._told()

    def step(self, action):
        if not isinstance(action, str):
            raise ValueError("a command is text")
        if self.time >= 12:
            raise RuntimeError("the story is over")
        self.time += 1
        known = action in self.commands
        text = "You %s. \u00e9\u00df\u4e2d" % action if known else "What?"
        return text, 0.1 if known else 0, False, self.time == 12, self._told()

    def _told(self):
        self.commands = sorted("go %d" % number for number in self.random.integers(100, size=self.words))
        return {"admissible_commands": list(self.commands)}


@clean()
class Unrewarded(ManyLevels):
    """Most steps give no reward at all, and some a whole number."""

    def instances(self):
        return None

    def step(self, action):
        observation, _, terminated, truncated, info = super().step(action)
        return observation, 1 if truncated else None, terminated, truncated, info


@clean()
class NumPyScalars(Walk):
    """Rewards and flags are NumPy's."""

    def step(self, action):
        observation, reward, terminated, truncated, info = super().step(action)
        return observation, np.float32(reward), np.bool_(terminated), np.bool_(truncated), info


@clean(render_modes=["ansi"])
class Lettered(Walk):
    """Rendered as text."""

    metadata = {"render_modes": ["ansi"]}

    def render(self):
        return "".join("@" if place == self.place else "." for place in range(8))


@clean()
class Cached(Walk):
    """A cache that fills up and then stays, and a buffer that the first episode makes."""

    def begin(self):
        super().begin()
        if not hasattr(self, "buffer"):
            self.buffer = np.ones(1_000_000)

    def move(self, action):
        super().move(action)
        self.table(self.place * 50 + self.time)

    @staticmethod
    @functools.lru_cache(maxsize=256)
    def table(key):
        return np.full(500, key)


@clean()
class WritesScratch(Walk):
    """Files where they belong, and closed."""

    def begin(self):
        super().begin()
        with tempfile.NamedTemporaryFile("w") as file:
            file.write("x")


@clean()
class ReadsItsOwn(Walk):
    """Reads a file that lies beside the code."""

    def __init__(self, render_mode=None):
        super().__init__(render_mode)
        with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "base.py")) as file:
            self.lines = len(file.readlines())


@clean(share="none")
class ThreadsThatEnd(Walk):
    """A thread for each step, which is waited for."""

    def move(self, action):
        worker = threading.Thread(target=super().move, args=(action,))
        worker.start()
        worker.join()


@clean()
class ProgramThatEnds(Walk):
    """A program is run once and waited for."""

    def __init__(self, render_mode=None):
        super().__init__(render_mode)
        subprocess.run(["true"], check=True)


@clean()
class TalksToItself(Walk):
    """A pair of sockets inside of the process, closed again."""

    def begin(self):
        super().begin()
        left, right = socket.socketpair()
        left.send(b"x")
        right.recv(1)
        left.close()
        right.close()


@clean()
class SortedSets(Walk):
    """Sets whose order does not count."""

    def inform(self):
        return {"words": sorted({"north", "south", "east"} | {"place %d" % self.place})}


@clean()
class Described(Walk):
    """Texts of a charset as observations."""

    def __init__(self, render_mode=None):
        super().__init__(render_mode)
        self.observation_space = Text(max_length=12, min_length=1, charset="0123456789 ")

    def observe(self):
        return "%d %d" % (self.place, self.goal)


@clean()
class CopiesOfItsState(Walk):
    """The state is an array, and what is handed out are copies."""

    def begin(self):
        super().begin()
        self.state = np.array([self.place, self.goal, 0], np.float32)

    def move(self, action):
        super().move(action)
        self.state[0], self.state[2] = self.place, self.time + 1

    def observe(self):
        return self.state.copy()
