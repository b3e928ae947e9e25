"""Pictures of rows: of their size, decided by the state alone, the same for every simulator."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from .ours import records, write
from .peers import CLASSIC_CONTROL

SIZES = {
    "CartPole-v1": (400, 600),
    "MountainCar-v0": (400, 600),
    "MountainCarContinuous-v0": (400, 600),
    "Pendulum-v1": (500, 500),
    "Acrobot-v1": (500, 500),
    "FrozenLake-v1": (256, 256),
    "FrozenLake8x8-v1": (512, 512),
    "CliffWalking-v1": (256, 768),
    "Taxi-v4": (368, 368),
    "Blackjack-v1": (376, 384),
    "Breakout-MinAtar-v1": (160, 160),
    "cartpole": (400, 600),
    "pendulum": (500, 500),
}


def make(name: str, rows: int = 1, precision: str = "float64"):
    from corral.native import NativeVectorEnv

    return NativeVectorEnv(name, rows, precision=precision, render_mode="rgb_array")


@pytest.mark.parametrize("name", SIZES)
def test_a_picture_has_its_size_and_follows_the_state(name):
    ours, again = make(name, 3), make(name, 3)
    pictures = set()
    choices = np.random.default_rng(1)
    for one in (ours, again):
        one.reset(seed=5)
    for _ in range(12):
        first, second = ours.render(), again.render()
        assert [picture.shape for picture in first] == [(*SIZES[name], 3)] * 3
        assert all(np.array_equal(one, other) for one, other in zip(first, second, strict=True))
        pictures.update(hashlib.sha256(picture.tobytes()).digest() for picture in first)
        space = ours.single_action_space
        size = 3 if space.shape == () else (3, *space.shape)
        actions = choices.integers(space.n, size=size) if space.shape == () else choices.uniform(-1, 1, size)
        for one in (ours, again):
            one.step(actions.astype(space.dtype))
    assert len(pictures) > 3


@pytest.mark.parametrize("name", sorted({game.name for game in CLASSIC_CONTROL}))
def test_both_precisions_draw_the_same_state_alike(name):
    fields = next(game.state for game in CLASSIC_CONTROL if game.name == name)
    fast, exact = make(name, precision="float32"), make(name)
    for one in (fast, exact):
        one.reset(seed=2)
    ours, theirs = records(fast), records(exact)
    for field in fields:
        theirs[0][field] = ours[0][field]
    write(exact, theirs)
    assert np.array_equal(fast.render()[0], exact.render()[0])


def test_a_picture_of_a_custom_map_has_its_tiles():
    from corral.native import NativeVectorEnv

    ours = NativeVectorEnv("FrozenLake-v1", 1, overrides={"desc": ["SFHFG"]}, render_mode="rgb_array")
    ours.reset(seed=1)
    (picture,) = ours.render()
    assert picture.shape == (64, 320, 3)
    assert picture[32, 2 * 64 + 32].tolist() == [30, 60, 100]
