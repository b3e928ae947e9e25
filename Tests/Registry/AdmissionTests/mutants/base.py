"""What the environments of the corpus are made of: a small clean one, and how the others are listed."""

import gymnasium
import numpy as np
from gymnasium.spaces import Box, Discrete

CORPUS = {}
"""Every environment by its name: what it is, what has to be found, and what its manifest says."""

GYMNASIUM = "corral.worker.gymnasium:GymnasiumWorker"


def clean(**manifest):
    """An environment in which nothing may be found but notes. Keywords go into its manifest."""
    return lambda kind: _listed(kind, (), manifest)


def faulty(*codes, **manifest):
    """An environment with one fault, which has to be found under one of the codes."""
    return lambda kind: _listed(kind, codes, manifest)


def _listed(kind, codes, manifest):
    name = kind.__name__
    is_gymnasium = issubclass(kind, gymnasium.Env)
    limit = kind.__dict__.get("max_episode_steps")
    if is_gymnasium:
        gymnasium.register("corpus/%s-v0" % name, entry_point=kind, max_episode_steps=limit)
    CORPUS[name] = {
        "codes": codes,
        "module": kind.__module__,
        "manifest": manifest,
        "gymnasium": is_gymnasium,
        "about": " ".join((kind.__doc__ or "").split()),
    }
    return kind


class Walk(gymnasium.Env):
    """A walk along eight fields to a goal, over slippery ground; forty steps at most."""

    metadata = {"render_modes": ["rgb_array"], "render_fps": 10}
    size = 8
    limit = 40

    def __init__(self, render_mode=None):
        self.render_mode = render_mode
        last = self.size - 1
        self.observation_space = Box(np.zeros(3, np.float32), np.array([last, last, self.limit], np.float32))
        self.action_space = Discrete(3)
        self.over = True

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.begin()
        return self.observe(), self.inform()

    def step(self, action):
        self.check(action)
        self.move(action)
        self.time += 1
        terminated = self.reached()
        truncated = not terminated and self.time >= self.limit
        self.over = terminated or truncated
        return self.observe(), self.pay(terminated), terminated, truncated, self.inform()

    def begin(self):
        self.place = int(self.np_random.integers(self.size))
        self.goal = int(self.np_random.integers(self.size))
        self.time = 0
        self.over = False

    def check(self, action):
        if self.over:
            raise RuntimeError("the episode is over")
        if not self.action_space.contains(action):
            raise ValueError("no such action: %r" % (action,))

    def move(self, action):
        step = int(action) - 1
        if self.np_random.random() < 0.2:
            step = -step
        self.place = min(max(self.place + step, 0), self.size - 1)

    def reached(self):
        return self.place == self.goal

    def pay(self, terminated):
        return 1.0 if terminated else -0.01

    def observe(self):
        return np.array([self.place, self.goal, self.time], np.float32)

    def inform(self):
        return {"distance": abs(self.place - self.goal)}

    def render(self):
        picture = np.zeros((4, 4 * self.size, 3), np.uint8)
        picture[:, 4 * self.place : 4 * self.place + 4] = 255
        return picture

    def close(self):
        pass


class Endless(Walk):
    """A walk without a goal: every episode lasts until its limit."""

    def reached(self):
        return False
