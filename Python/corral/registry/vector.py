"""Environments of the registry as a Gymnasium vector environment: `NpVectorEnv`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space

from .np_env import NpEnv

__all__ = ["NpVectorEnv"]


class NpVectorEnv(VectorEnv[Any, Any, Any]):
    """An `NpEnv` behind Gymnasium's vector interface, with same-step autoreset, which is the `NpEnv`'s own."""

    metadata: dict[str, Any] = {"render_modes": [], "autoreset_mode": AutoresetMode.SAME_STEP}

    def __init__(self, env: NpEnv) -> None:
        self.env = env
        self.num_envs = env.num_envs
        self.single_observation_space = env.observation_space
        self.single_action_space = env.action_space
        self.observation_space = batch_space(env.observation_space, env.num_envs)
        self.action_space = batch_space(env.action_space, env.num_envs)

    def reset(self, *, seed: int | None = None, options: Mapping[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        if seed is not None:
            self.env.seed(seed)
        return self._shaped(self.env.init_state().obs), {}

    def step(self, actions: Any) -> tuple[Any, Any, Any, Any, dict[str, Any]]:
        state = self.env.step(actions)
        done = state.done
        infos = {"final_obs": self._shaped(state.info["final_obs"]), "_final_obs": done} if done.any() else {}
        return self._shaped(state.obs), state.reward.copy(), state.terminated.copy(), state.truncated.copy(), infos

    def close_extras(self, **kwargs: Any) -> None:
        self.env.close()

    def _shaped(self, observations: Any) -> Any:
        """A copy in the shape of the space: the state is written by the next step."""
        return np.array(observations).reshape(self.observation_space.shape)
