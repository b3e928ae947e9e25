"""What is measured: each system as a function that makes its environments and returns one that steps them all."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

ACTIONS = 16
"""Arrays of random actions that a measurement goes through, made beforehand."""

Step = Callable[[int], object]


class System(NamedTuple):
    """`make(environment, rows)` gives a function that takes the number of a step; None where it has no such thing."""

    name: str
    make: Callable[[str, int], Step | None]
    most_rows: int = 65536


def corral(precision: str) -> Callable[[str, int], Step]:
    def make(environment: str, rows: int) -> Step:
        from corral.native import NativeVectorEnv

        envs = NativeVectorEnv(environment, rows, num_threads=1, precision=precision)
        envs.reset(seed=0)
        given = _actions(envs.single_action_space, rows, envs._native.layout.action.dtype)
        return lambda number: envs.step(given[number % ACTIONS])

    return make


def envpool(threads: int) -> Callable[[str, int], Step]:
    def make(environment: str, rows: int) -> Step:
        import envpool as library

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            envs = library.make(environment, env_type="gymnasium", num_envs=rows, num_threads=threads, seed=0)
        envs.reset()
        dtype = np.int32 if envs.action_space.shape == () else np.float32
        given = _actions(envs.action_space, rows, dtype)
        return lambda number: envs.step(given[number % ACTIONS])

    return make


def gymnasium_vector(environment: str, rows: int) -> Step | None:
    """Gymnasium's own NumPy vector environment; only CartPole has one that is registered for this."""
    import gymnasium

    if gymnasium.spec(environment).vector_entry_point is None:
        return None
    envs = gymnasium.make_vec(environment, rows, vectorization_mode="vector_entry_point")
    return _gymnasium(envs)


def gymnasium_sync(environment: str, rows: int) -> Step:
    import gymnasium

    return _gymnasium(gymnasium.make_vec(environment, rows, vectorization_mode="sync"))


def gymnasium_async(environment: str, rows: int) -> Step:
    import gymnasium

    return _gymnasium(gymnasium.make_vec(environment, rows, vectorization_mode="async"))


def rlox(environment: str, rows: int) -> Step | None:
    import rlox as library

    if environment != "CartPole-v1":
        return None
    envs = library.VecEnv(rows, seed=0)
    envs.reset_all(seed=0)
    given = [np.random.default_rng(number).integers(0, 2, rows, dtype=np.uint32) for number in range(ACTIONS)]
    return lambda number: envs.step_all(given[number % ACTIONS])


SYSTEMS = [
    System("Corral, float32", corral("float32")),
    System("Corral, float64", corral("float64")),
    System("EnvPool, 1 thread", envpool(1)),
    System("EnvPool, 2 threads", envpool(2)),
    System("Gymnasium, NumPy vector", gymnasium_vector),
    System("Gymnasium, sync", gymnasium_sync, 4096),
    System("Gymnasium, async", gymnasium_async, 16),
    System("rlox", rlox),
]


def _gymnasium(envs: object) -> Step:
    envs.reset(seed=0)
    given = _actions(envs.single_action_space, envs.num_envs, envs.single_action_space.dtype)

    def step(number: int, envs: object = envs) -> object:
        return envs.step(given[number % ACTIONS])

    step.close = envs.close
    return step


def _actions(space: object, rows: int, dtype: object) -> list[object]:
    random = np.random.default_rng(1)
    if space.shape == ():
        return [random.integers(0, int(space.n), rows).astype(dtype) for _ in range(ACTIONS)]
    shape = (rows, *space.shape)
    return [random.uniform(space.low, space.high, shape).astype(dtype) for _ in range(ACTIONS)]
