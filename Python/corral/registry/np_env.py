"""Environments that step many rows by NumPy: `NpEnv`, and what a step leaves behind: `NpEnvState`."""

from __future__ import annotations

import abc
import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np

from .base import ABEnv, EnvCfg
from .scene import SceneData

__all__ = ["NpEnv", "NpEnvState"]


@dataclass
class NpEnvState:
    """Everything about `n` environments after a step.

    `data` is the simulation's; `obs` float32[n, o], `reward` float32[n], `terminated` and `truncated` bool[n].
    `info` holds ``steps`` (uint64[n], of the running episode), ``final_obs`` (float32[n, o]: the last observation of
    the episodes that ended in this step; other rows mean nothing) and whatever the environment adds.
    """

    data: Any
    obs: Any
    reward: Any
    terminated: Any
    truncated: Any
    info: dict[str, Any]

    @property
    def done(self) -> Any:
        """bool[n]: the episode is over, for either reason."""
        return np.logical_or(self.terminated, self.truncated)

    def replace(self, **changes: Any) -> NpEnvState:
        """A copy with other values of some fields."""
        return dataclasses.replace(self, **changes)

    def validate(self) -> None:
        """Raises AssertionError where a field has not one row for each environment."""
        count = len(self.obs)
        for name in ("reward", "terminated", "truncated"):
            shape = np.shape(getattr(self, name))
            assert shape == (count,), f"{name} has the shape {shape}, not ({count},)"
        assert np.ndim(self.obs) == 2, f"obs has the shape {np.shape(self.obs)}, not ({count}, …)"


class NpEnv(ABEnv):
    """Steps all environments together; those whose episode ends begin anew in the same step.

    An author gives `observation_space`, `action_space`, `apply_action`, `update_state` and `reset`; what is simulated
    beside that goes into `make_data` and `physics_step`. `np_random` is a generator for resets that `seed` repeats.
    """

    def __init__(self, cfg: EnvCfg, num_envs: int = 1) -> None:
        if isinstance(num_envs, bool) or not isinstance(num_envs, (int, np.integer)) or num_envs < 1:
            raise ValueError(f"num_envs must be a whole number from 1 up, not {num_envs!r}")
        self._cfg = cfg
        self._num_envs = int(num_envs)
        self._state: NpEnvState | None = None
        self.np_random = np.random.default_rng()

    @property
    def cfg(self) -> EnvCfg:
        return self._cfg

    @property
    def num_envs(self) -> int:
        return self._num_envs

    @property
    def state(self) -> NpEnvState | None:
        """What the last step left; None before the first."""
        return self._state

    @property
    def render_spacing(self) -> float:
        return self._cfg.render_spacing

    @abc.abstractmethod
    def apply_action(self, actions: Any, state: NpEnvState) -> NpEnvState:
        """Brings the actions, one row for each environment, into the simulation."""

    @abc.abstractmethod
    def update_state(self, state: NpEnvState) -> NpEnvState:
        """Fills obs, reward and terminated from the simulation."""

    @abc.abstractmethod
    def reset(self, data: Any) -> tuple[Any, dict[str, Any]]:
        """Begins episodes in the environments of `data`; returns their observations and infos, row by row."""

    def make_data(self) -> Any:
        """The simulation's quantities for all environments: something that `data[mask]` selects rows of."""
        return SceneData(self._num_envs)

    def physics_step(self) -> None:
        """Advances the simulation by `cfg.sim_dt`. An environment without physics leaves it out."""

    def seed(self, seed: int | None) -> None:
        """Lets `np_random` begin anew; the same seed gives the same draws."""
        self.np_random = np.random.default_rng(seed)

    def init_state(self) -> NpEnvState:
        """Begins an episode in every environment; forgets those that run."""
        count = self._num_envs
        width = int(np.prod(self.observation_space.shape))
        self._state = NpEnvState(
            data=self.make_data(),
            obs=np.zeros((count, width), np.float32),
            reward=np.zeros(count, np.float32),
            terminated=np.ones(count, np.bool_),
            truncated=np.zeros(count, np.bool_),
            info={"steps": np.zeros(count, np.uint64), "final_obs": np.zeros((count, width), np.float32)},
        )
        self._reset_done(self._state)
        self._state.terminated[:] = False
        self._state.validate()
        return self._state

    def step(self, actions: Any) -> NpEnvState:
        """One step of `cfg.ctrl_dt` in every environment; the first call begins the episodes first.

        Where an episode ended, reward and flags are those of its last step, `obs` is the first of the next episode,
        and ``info["final_obs"]`` the last of the old one.
        """
        state = self.init_state() if self._state is None else self._state
        actions = np.asarray(actions)
        if actions.ndim == 0 or actions.shape[0] != self._num_envs:
            raise ValueError(
                f"actions has the shape {actions.shape}; give one row for each of {self._num_envs} environments"
            )
        state.reward[:] = 0
        state.terminated[:] = False
        state.truncated[:] = False
        state = self.apply_action(actions, state)
        for _ in range(self._cfg.sim_substeps):
            self.physics_step()
        state = self.update_state(state)
        state.info["steps"] += np.uint64(1)
        limit = self._cfg.max_episode_steps
        if limit is not None:
            state.truncated = np.greater_equal(state.info["steps"], np.uint64(limit))
        self._reset_done(state)
        self._state = state
        return state

    def close(self) -> None:
        """Lets go of the state; a later step begins anew."""
        self._state = None

    def _reset_done(self, state: NpEnvState) -> None:
        done = state.done
        if not done.any():
            return
        state.info["final_obs"][done] = state.obs[done]
        state.info["steps"][done] = 0
        observations, info = self.reset(state.data[done])
        state.obs[done] = observations
        _merge(state.info, info, done)


def _merge(info: dict[str, Any], news: dict[str, Any], rows: Any) -> None:
    """Writes the infos of the environments that were reset into those of all.

    A new name is stored whole where it has a row for each environment; otherwise its rows are spread over an array of
    zeros, so that later resets find their place.
    """
    for name, value in news.items():
        if isinstance(value, dict):
            inner = info.setdefault(name, {})
            if isinstance(inner, dict):
                _merge(inner, value, rows)
                continue
        present = info.get(name)
        if isinstance(present, np.ndarray) and present.shape[:1] == rows.shape:
            present[rows] = value
        elif isinstance(value, np.ndarray) and value.ndim and value.shape[0] == int(rows.sum()) != len(rows):
            info[name] = np.zeros((len(rows), *value.shape[1:]), value.dtype)
            info[name][rows] = value
        else:
            info[name] = value
