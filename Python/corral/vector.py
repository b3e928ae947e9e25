"""Gymnasium vector environments: `make_vec`, and `RemoteVectorEnv` for sessions of a server."""

from __future__ import annotations

import contextlib
import copy
import math
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Optional, Union

import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space, concatenate, create_empty_array, iterate

from . import errors
from .client import Client, ResetResult, Session, StepResult
from .env import check_render_mode, facts_of, runs_here, shared_client, spaces_of, spec_of
from .rows import RemoteRowsEnv

if TYPE_CHECKING:
    from .native import NativeVectorEnv

__all__ = ["RemoteRowsEnv", "RemoteVectorEnv", "make_vec"]

Seeds = Union[int, Sequence[Optional[int]], None]


def make_vec(
    reference: str,
    num_envs: int,
    url: str | None = None,
    *,
    autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
    instance: str | None = None,
    render_mode: str | None = None,
    client: Client | None = None,
    **params: Any,
) -> RemoteVectorEnv | RemoteRowsEnv | NativeVectorEnv:
    """A vector environment: native rows inside this process, rows of one session, or `num_envs` sessions of a server.

    The arguments are those of `corral.make`; a native one has those of `corral.native.NativeVectorEnv`, such as
    ``num_threads``, ``precision`` and ``copy``.

    `autoreset_mode` is Gymnasium's: the next step resets (default), the same step does, or the caller does by
    ``options["reset_mask"]``.
    """
    if runs_here(reference, url, client, instance):
        from .native import NativeVectorEnv

        return NativeVectorEnv(reference, num_envs, autoreset_mode=autoreset_mode, render_mode=render_mode, **params)
    client = client if client is not None else shared_client(url)
    kind = RemoteRowsEnv if is_native_there(client, reference) else RemoteVectorEnv
    return kind(
        reference,
        num_envs,
        url,
        autoreset_mode=autoreset_mode,
        instance=instance,
        render_mode=render_mode,
        client=client,
        **params,
    )


def is_native_there(client: Client, reference: str) -> bool:
    """Whether a reference means a native environment on the client's server."""
    try:
        backends = client.environments.get(reference).get("backends")
    except errors.NotFound:
        return False
    return isinstance(backends, list) and "native" in backends


class RemoteVectorEnv(VectorEnv[Any, Any, Any]):
    """Sessions that step together, by one request for all of them.

    A reward that an environment did not give is NaN. When an environment fails its error is raised, with its number
    in the message; the steps of the others are done then, so reset before going on.
    """

    def __init__(
        self,
        reference: str,
        num_envs: int,
        url: str | None = None,
        *,
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
        instance: str | None = None,
        render_mode: str | None = None,
        client: Client | None = None,
        **params: Any,
    ) -> None:
        self._process = os.getpid()
        self.sessions: list[Session] = []
        self.autoreset_mode = AutoresetMode(autoreset_mode)
        self.client = client if client is not None else shared_client(url)
        self.sessions = self.client.sessions.create(reference, instance, params or None, count=num_envs, reset=False)
        self.num_envs = len(self.sessions)
        try:
            self.single_observation_space, self.single_action_space = spaces_of(self.sessions[0])
            facts = facts_of(self.sessions[0])
            check_render_mode(self.sessions[0], facts, render_mode)
        except BaseException:
            self.close()
            raise
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self.metadata = {"render_modes": facts.render_modes, "render_fps": 30, "autoreset_mode": self.autoreset_mode}
        self.render_mode = render_mode
        self.spec = spec_of(reference, client.url if client else url, instance, render_mode, params, facts)
        self._observed: list[Any] = [None] * num_envs
        self._batch: Any = create_empty_array(self.single_observation_space, num_envs, fn=np.zeros)
        self._over = np.zeros(num_envs, np.bool_)

    def reset(self, *, seed: Seeds = None, options: Mapping[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Resets all environments, or those that the boolean array ``options["reset_mask"]`` selects.

        An integer seed gives environment `i` the seed ``seed + i``.
        """
        seeds = self._seeds(seed)
        options = dict(options or {})
        mask = self._mask(options.pop("reset_mask", None))
        super().reset(seed=int(seed) if isinstance(seed, (int, np.integer)) else None)
        chosen = [number for number in range(self.num_envs) if mask[number]]
        results = self.client.reset_many([(self.sessions[n], seeds[n], options) for n in chosen])
        infos: dict[str, Any] = {}
        for number, result in zip(chosen, results):
            infos = self._begin(number, result, infos)
        return self._observations(), infos

    def step(self, actions: Any) -> tuple[Any, Any, Any, Any, dict[str, Any]]:
        """Steps all environments.

        With next-step autoreset those whose episode is over are reset instead; their reward is 0.
        """
        given = list(iterate(self.action_space, actions))
        if len(given) != self.num_envs:
            raise errors.error("invalid_action", f"{len(given)} actions for {self.num_envs} environments")
        resetting = self._over.copy()
        if self.autoreset_mode == AutoresetMode.DISABLED and resetting.any():
            raise errors.error(
                "episode_over",
                f"the episodes of the environments {np.flatnonzero(resetting).tolist()} are over",
                "reset them with options={'reset_mask': …}",
            )
        stepping = [number for number in range(self.num_envs) if not resetting[number]]
        renewed = [number for number in range(self.num_envs) if resetting[number]]
        stepped, begun = self.client.advance_many(
            [(self.sessions[number], given[number]) for number in stepping],
            [(self.sessions[number], None, None) for number in renewed],
        )
        rewards = np.zeros(self.num_envs, np.float64)
        terminated = np.zeros(self.num_envs, np.bool_)
        truncated = np.zeros(self.num_envs, np.bool_)
        taken = {number: self._step_of(number, result) for number, result in zip(stepping, stepped)}
        again: dict[int, ResetResult | errors.CorralError] = dict(zip(renewed, begun))
        for number, result in taken.items():
            rewards[number] = math.nan if result.reward is None else result.reward
            terminated[number], truncated[number] = result.terminated, result.truncated
        self._over = terminated | truncated
        if self.autoreset_mode == AutoresetMode.SAME_STEP and self._over.any():
            ended = np.flatnonzero(self._over).tolist()
            results = self.client.reset_many([(self.sessions[number], None, None) for number in ended])
            again = dict(zip(ended, results))
        infos: dict[str, Any] = {}
        for number in range(self.num_envs):
            if number in taken:
                step = taken[number]
                if number in again:
                    infos = self._add_info(infos, {"final_obs": step.observation, "final_info": step.info}, number)
                else:
                    self._observed[number] = step.observation
                    infos = self._add_info(infos, step.info, number)
            if number in again:
                infos = self._begin(number, again[number], infos)
        return self._observations(), rewards, terminated, truncated, infos

    def render(self) -> Any:
        """A tuple with the frame of each environment, or None without a render mode."""
        if self.render_mode is None:
            return None
        return tuple(session.render(self.render_mode) for session in self.sessions)

    def close_extras(self, **kwargs: Any) -> None:
        if self._process != os.getpid():  # a copy in a forked process: the sessions are the parent's
            return
        for session in self.sessions:
            with contextlib.suppress(errors.CorralError):
                session.close()

    def _begin(self, number: int, result: ResetResult | errors.CorralError, infos: dict[str, Any]) -> dict[str, Any]:
        if isinstance(result, errors.CorralError):
            self._over[number] = True
            raise _numbered(number, result)
        self._over[number] = False
        self._observed[number] = result.observation
        return self._add_info(infos, result.info, number)

    def _step_of(self, number: int, result: StepResult | errors.CorralError) -> StepResult:
        if isinstance(result, errors.CorralError):
            raise _numbered(number, result)
        return result

    def _observations(self) -> Any:
        self._batch = concatenate(self.single_observation_space, self._observed, self._batch)
        return copy.deepcopy(self._batch)

    def _seeds(self, seed: Seeds) -> list[int | None]:
        if seed is None:
            return [None] * self.num_envs
        if isinstance(seed, (int, np.integer)):
            return [int(seed) + number for number in range(self.num_envs)]
        seeds = [None if one is None else int(one) for one in seed]
        if len(seeds) != self.num_envs:
            raise errors.error("invalid_argument", f"{len(seeds)} seeds for {self.num_envs} environments")
        return seeds

    def _mask(self, mask: Any) -> Any:
        if mask is None:
            return np.ones(self.num_envs, np.bool_)
        if (
            not isinstance(mask, np.ndarray)
            or mask.shape != (self.num_envs,)
            or mask.dtype != np.bool_
            or not mask.any()
        ):
            raise errors.error(
                "invalid_argument",
                f"reset_mask is no boolean array of the shape ({self.num_envs},) with at least one True",
            )
        return mask


def _numbered(number: int, error: errors.CorralError) -> errors.CorralError:
    message = f"environment {number}: {error.message}"
    return errors.error(error.code, message, error.next, error.request_id, error.details)
