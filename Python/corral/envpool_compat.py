"""Native environments behind EnvPool's interface: a program that says ``envpool.make`` says `make` of this module.

>>> from corral import envpool_compat as envpool
>>> env = envpool.make("CartPole-v1", env_type="gymnasium", num_envs=100)
>>> observations, info = env.reset()

The arrays, their types, and the order of things are EnvPool's (1.2); the random numbers are Corral's own. The type
``dm`` needs the package ``dm_env``.
"""

from __future__ import annotations

from collections import namedtuple
from typing import Any

import gymnasium
import numpy as np

from . import errors
from .native import Batch, NativePool, environments

__all__ = ["list_all_envs", "make", "make_dm", "make_gymnasium"]


def make(
    task_id: str,
    env_type: str = "gymnasium",
    num_envs: int = 1,
    batch_size: int | None = None,
    num_threads: int | None = None,
    seed: int = 42,
    **config: Any,
) -> Any:
    """A pool of native environments.

    Args:
        task_id: Such as ``CartPole-v1``; `list_all_envs` has all.
        env_type: ``gymnasium`` or ``dm``.
        num_envs: How many environments.
        batch_size: How many of them `recv` gives at a time; None or 0: all, in step.
        num_threads: That step them; None or 0: as ``CORRAL_NUM_THREADS`` says, else 1.
        seed: Environment `i` draws from ``seed + i``.
        config: Parameters of the environment. ``max_episode_steps`` is EnvPool's name of the time limit.
    """
    pools = {"gymnasium": GymnasiumPool, "dm": DMPool}
    if env_type not in pools:
        raise errors.error("invalid_argument", f"there is no env_type {env_type!r}", f"use one of: {', '.join(pools)}")
    if task_id not in list_all_envs():
        raise errors.error("not_found", f"{task_id} is not supported", "list_all_envs() tells what is")
    return pools[env_type](task_id, num_envs, batch_size or num_envs, num_threads or None, seed, config)


def make_gymnasium(task_id: str, **config: Any) -> Any:
    return make(task_id, "gymnasium", **config)


def make_dm(task_id: str, **config: Any) -> Any:
    return make(task_id, "dm", **config)


def list_all_envs() -> list[str]:
    """The ids that `make` takes."""
    return environments()


class _Pool:
    """What both types have in common."""

    def __init__(
        self, task_id: str, num_envs: int, batch_size: int, num_threads: int | None, seed: int, config: dict[str, Any]
    ) -> None:
        settings = dict(config)
        limit = settings.pop("max_episode_steps", None)
        if limit is not None:
            from .native import describe

            settings["max_episode_seconds"] = limit * describe(task_id)["defaults"]["control_dt"]
        self._pool = NativePool(task_id, num_envs, batch_size, seed=seed, num_threads=num_threads, **settings)
        native = self._pool.envs
        self._observations, self._actions = native.single_observation_space, native.single_action_space
        self.num_envs, self.batch_size = num_envs, batch_size
        self.all_env_ids = np.arange(num_envs, dtype=np.int32)
        self.is_async = batch_size < num_envs
        self.config = {
            "task_id": task_id,
            "num_envs": num_envs,
            "batch_size": batch_size,
            "num_threads": num_threads or 0,
            "seed": seed,
            "max_episode_steps": native.description.get("max_episode_steps"),
        }
        self._arrays = _arrays_of(self._observations)

    def __len__(self) -> int:
        return self.num_envs

    def send(self, action: Any, env_id: Any = None) -> None:
        """Hands actions over for the environments `env_id`; all without it."""
        self._pool.send(action, env_id)

    def async_reset(self) -> None:
        """Begins an episode everywhere; `recv` gives the first observations."""
        self._pool.async_reset()

    def recv(self) -> Any:
        """What the next `batch_size` environments gave."""
        return self._outputs(self._pool.recv())

    def step(self, action: Any, env_id: Any = None) -> Any:
        """`send`, then `recv`."""
        return self._outputs(self._pool.step(action, env_id))

    def close(self) -> None:
        self._pool.close()

    def _outputs(self, batch: Batch) -> Any:
        raise NotImplementedError


class GymnasiumPool(_Pool):
    """EnvPool's type ``gymnasium``; the spaces are those of one environment."""

    @property
    def observation_space(self) -> Any:
        return self._observations

    @property
    def action_space(self) -> Any:
        return self._actions

    def reset(self, env_id: Any = None) -> tuple[Any, dict[str, Any]]:
        """Begins episodes in the environments `env_id`; all without it."""
        batch = self._pool.reset(env_id)
        return self._arrays(batch.observations), self._info(batch)

    def _outputs(self, batch: Batch) -> Any:
        rewards = batch.rewards.astype(np.float32, copy=False)
        return self._arrays(batch.observations), rewards, batch.terminated, batch.truncated, self._info(batch)

    def _info(self, batch: Batch) -> dict[str, Any]:
        own = {name: value for name, value in batch.infos.items() if not name.startswith("_")}
        return {"env_id": batch.rows, "players": {"env_id": batch.rows}, "elapsed_step": batch.elapsed, **own}


class DMPool(_Pool):
    """EnvPool's type ``dm``: `dm_env.TimeStep` with arrays of all environments in a batch."""

    def reset(self, env_id: Any = None) -> Any:
        """Begins episodes in the environments `env_id`; all without it."""
        return self._outputs(self._pool.reset(env_id))

    def observation_spec(self) -> Any:
        specs = _specs()
        number = specs.BoundedArray((), np.int32, minimum=0, maximum=self.num_envs - 1, name="env_id")
        return _State(number, _Players(number), _spec_of(self._observations, "obs"))

    def action_spec(self) -> Any:
        return _spec_of(self._actions, "action")

    def reward_spec(self) -> Any:
        return _specs().Array((), np.float32, name="reward")

    def discount_spec(self) -> Any:
        return _specs().BoundedArray((), np.float32, minimum=0.0, maximum=1.0, name="discount")

    def _outputs(self, batch: Batch) -> Any:
        import dm_env

        ended = batch.terminated | batch.truncated
        kinds = np.where(batch.elapsed == 0, dm_env.StepType.FIRST, np.where(ended, 2, 1)).astype(np.int32)
        # EnvPool's discount is 0 at every end; a time limit's too.
        discount = np.where(ended, 0, 1).astype(np.float32)
        state = _State(batch.rows, _Players(batch.rows), self._arrays(batch.observations))
        return dm_env.TimeStep(kinds, batch.rewards.astype(np.float32, copy=False), discount, state)


_State = namedtuple("State", ["env_id", "players", "obs"])  # type: ignore[name-match]  # EnvPool's own kind
_Players = namedtuple("players", ["env_id"])  # type: ignore[name-match]


def _specs() -> Any:
    from dm_env import specs

    return specs


def _arrays_of(space: gymnasium.Space[Any]) -> Any:
    """What makes observations EnvPool's: choices are int32, a tuple is the rows of one array."""
    if isinstance(space, gymnasium.spaces.Tuple):
        return lambda value: np.stack(value, 1).astype(np.int32)
    if isinstance(space, gymnasium.spaces.Discrete):
        return lambda value: value.astype(np.int32)
    return lambda value: value


def _spec_of(space: gymnasium.Space[Any], name: str) -> Any:
    specs = _specs()
    if isinstance(space, gymnasium.spaces.Discrete):
        return specs.DiscreteArray(int(space.n), np.int32, name=name)
    if isinstance(space, gymnasium.spaces.Box):
        return specs.BoundedArray(space.shape, space.dtype, minimum=space.low, maximum=space.high, name=name)
    if isinstance(space, gymnasium.spaces.Tuple):
        most = [int(getattr(one, "n")) - 1 for one in space.spaces]
        return specs.BoundedArray((len(most),), np.int32, minimum=0, maximum=most, name=name)
    raise errors.error("unimplemented", f"{space} has no form in dm_env")
