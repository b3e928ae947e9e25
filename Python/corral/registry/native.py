"""Corral's native environments as entries of the registry, behind those that a program registers itself."""

from __future__ import annotations

import dataclasses
import functools
import re
from typing import Any

import numpy as np

from ..native import NativeVectorEnv, describe, environments, library_path
from .base import ABEnv, EnvCfg
from .np_env import NpEnvState

__all__ = ["NativeNpEnv", "native_entries"]

NAMES = {"control_dt": "ctrl_dt"}
"""Settings that the registry calls otherwise than the library."""


class NativeNpEnv(ABEnv):
    """A native environment with the interface of `NpEnv`: same-step reset, all rows in one call."""

    def __init__(self, cfg: NativeCfg, num_envs: int = 1) -> None:
        self._cfg, self._num_envs = cfg, num_envs
        self._seed: int | None = None
        self._state: NpEnvState | None = None
        self.envs = NativeVectorEnv(
            cfg.native_id, num_envs, autoreset_mode="SameStep", copy=False, overrides=cfg.overrides()
        )

    @property
    def cfg(self) -> EnvCfg:
        return self._cfg

    @property
    def num_envs(self) -> int:
        return self._num_envs

    @property
    def observation_space(self) -> Any:
        return self.envs.single_observation_space

    @property
    def action_space(self) -> Any:
        return self.envs.single_action_space

    @property
    def state(self) -> NpEnvState | None:
        """What the last step left; None before the first."""
        return self._state

    def seed(self, seed: int | None) -> None:
        """The next `init_state` draws from this seed."""
        self._seed = seed

    def init_state(self) -> NpEnvState:
        """Begins an episode in every environment; forgets those that run."""
        observations, _ = self.envs.reset(seed=self._seed)
        count = self._num_envs
        reward, terminated, truncated = (np.zeros(count, kind) for kind in (np.float32, np.bool_, np.bool_))
        info = {"steps": np.zeros(count, np.uint64), "final_obs": np.zeros_like(observations)}
        self._state = NpEnvState(None, observations, reward, terminated, truncated, info)
        return self._state

    def step(self, actions: Any) -> NpEnvState:
        """As `NpEnv.step`; the arrays of the state are written by the next step."""
        state = self.init_state() if self._state is None else self._state
        obs, reward, terminated, truncated, infos = self.envs.step(actions)
        state.info["steps"] += np.uint64(1)
        if "_final_obs" in infos:
            state.info["steps"][infos["_final_obs"]] = 0
            state.info["final_obs"] = infos["final_obs"]
        state.obs, state.reward, state.terminated, state.truncated = obs, reward, terminated, truncated
        return state

    def close(self) -> None:
        self.envs.close()


class NativeCfg(EnvCfg):
    """The base of the configurations that are made from the library's."""

    native_id = ""

    def overrides(self) -> dict[str, Any]:
        """What differs from the library's defaults, by the library's names."""
        defaults = describe(self.native_id)["defaults"]
        return {
            name: getattr(self, NAMES.get(name, name))
            for name, value in defaults.items()
            if getattr(self, NAMES.get(name, name)) != value
        }


@functools.cache
def native_entries() -> dict[str, tuple[type, type]]:
    """Configuration class and implementation by name; none where there is no library."""
    if library_path() is None:
        return {}
    return {id: (_configuration(id), NativeNpEnv) for id in environments()}


def _configuration(id: str) -> type:
    fields: list[tuple[str, Any, Any]] = []
    for name, value in describe(id)["defaults"].items():
        default = dataclasses.field(default_factory=functools.partial(_copy, value))
        fields.append((NAMES.get(name, name), Any, default))
    title = "".join(part.capitalize() if part.islower() else part for part in re.split(r"\W", id))
    return dataclasses.make_dataclass(f"{title}Cfg", fields, bases=(NativeCfg,), namespace={"native_id": id})


def _copy(value: Any) -> Any:
    """A default of its own for each configuration."""
    if isinstance(value, list):
        return [_copy(one) for one in value]
    if isinstance(value, dict):
        return {name: _copy(one) for name, one in value.items()}
    return value
