"""Corral's environments for Stable-Baselines3: `CorralVecEnv` and `make_vec_env`. Needs ``stable-baselines3``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gymnasium
import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv
from stable_baselines3.common.vec_env import VecEnv, VecMonitor

from . import errors
from .vector import make_vec

__all__ = ["CorralVecEnv", "make_vec_env"]


class CorralVecEnv(VecEnv):
    """A Gymnasium vector environment with same-step autoreset, as Stable-Baselines3 wants it.

    Infos of an episode's last step have ``terminal_observation`` and ``TimeLimit.truncated``.
    """

    def __init__(self, envs: VectorEnv[Any, Any, Any]) -> None:
        mode = envs.metadata.get("autoreset_mode")
        if mode != AutoresetMode.SAME_STEP:
            raise errors.error(
                "invalid_argument",
                f"Stable-Baselines3 resets within the step that ends, and these environments do not ({mode})",
                'make them with autoreset_mode="SameStep"',
            )
        self.envs = envs
        self.render_mode = envs.render_mode
        self._given: Any = None
        super().__init__(envs.num_envs, envs.single_observation_space, envs.single_action_space)
        self.metadata = {**envs.metadata}

    def reset(self) -> Any:
        options = {key: value for one in self._options if one for key, value in one.items()} or None
        seeds = self._seeds if any(seed is not None for seed in self._seeds) else None
        observations, infos = self.envs.reset(seed=seeds, options=options)
        self.reset_infos = self._of_each(infos)
        self._reset_seeds()
        self._reset_options()
        return observations

    def step_async(self, actions: Any) -> None:
        self._given = actions

    def step_wait(self) -> Any:
        observations, rewards, terminated, truncated, infos = self.envs.step(self._given)
        ended = terminated | truncated
        each: list[dict[str, Any]] = self._of_each(infos)
        for row in np.flatnonzero(ended):
            each[row]["terminal_observation"] = np.array(infos["final_obs"][row])
            each[row]["TimeLimit.truncated"] = bool(truncated[row] and not terminated[row])
        return observations, np.asarray(rewards, np.float32), ended, each

    def close(self) -> None:
        self.envs.close()

    def get_images(self) -> Sequence[Any]:
        frames = self.envs.render()
        return [None] * self.num_envs if frames is None else list(frames)

    def get_attr(self, attr_name: str, indices: Any = None) -> list[Any]:
        return [getattr(self.envs, attr_name)] * len(self._rows(indices))

    def has_attr(self, attr_name: str) -> bool:
        return hasattr(self.envs, attr_name)

    def set_attr(self, attr_name: str, value: Any, indices: Any = None) -> None:
        raise errors.error("unimplemented", "the rows have no attributes of their own", "set one of `envs`")

    def env_method(self, method_name: str, *method_args: Any, indices: Any = None, **method_kwargs: Any) -> list[Any]:
        raise errors.error("unimplemented", "the rows have no methods of their own", "call one of `envs`")

    def env_is_wrapped(self, wrapper_class: type[gymnasium.Wrapper[Any, Any, Any, Any]], indices: Any = None) -> Any:
        return [False] * len(self._rows(indices))

    def _rows(self, indices: Any) -> Sequence[int]:
        return self._get_indices(indices)

    def _of_each(self, infos: dict[str, Any]) -> list[dict[str, Any]]:
        """The infos row by row, without what belongs to ended episodes."""
        each: list[dict[str, Any]] = [{} for _ in range(self.num_envs)]
        for name, values in infos.items():
            present = infos.get(f"_{name}")
            if present is not None and name not in ("final_obs", "final_info"):
                for row in np.flatnonzero(present):
                    each[row][name] = values[row]
        return each


def make_vec_env(reference: str, n_envs: int = 1, *, seed: int | None = None, monitor: bool = True, **more: Any) -> Any:
    """`corral.make_vec` for Stable-Baselines3; with `monitor` the returns of episodes are in the infos."""
    envs = CorralVecEnv(make_vec(reference, n_envs, autoreset_mode=AutoresetMode.SAME_STEP, **more))
    if seed is not None:
        envs.seed(seed)
    return VecMonitor(envs) if monitor else envs
