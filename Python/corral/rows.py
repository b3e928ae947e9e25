"""The rows of one vector session as a Gymnasium vector environment: `RemoteRowsEnv`."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping, Sequence
from typing import Any, Optional, Union

import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space

from . import errors
from .client import Client, Session
from .env import check_render_mode, facts_of, shared_client, spaces_of, spec_of

__all__ = ["RemoteRowsEnv"]

Seeds = Union[int, Sequence[Optional[int]], None]


class RemoteRowsEnv(VectorEnv[Any, Any, Any]):
    """Rows of a native environment of a server, in one session: a step of all of them is one request.

    `corral.make_vec` makes it where the reference is native on the server. Rewards have the type of the precision; an
    action that is none raises `errors.InvalidAction`, and no row has moved.
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
        self.autoreset_mode = AutoresetMode(autoreset_mode)
        self.client = client if client is not None else shared_client(url)
        self.num_envs = num_envs
        self.session: Session = self.client.sessions.create(
            reference, instance, params or None, reset=False, rows=num_envs, autoreset=self.autoreset_mode.value
        )
        try:
            self.single_observation_space, self.single_action_space = spaces_of(self.session)
            facts = facts_of(self.session)
            check_render_mode(self.session, facts, render_mode)
        except BaseException:
            self.close()
            raise
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self.metadata = {"render_modes": facts.render_modes, "render_fps": 30, "autoreset_mode": self.autoreset_mode}
        self.render_mode = render_mode
        where = client.url if client is not None else url
        self.spec = spec_of(reference, where, instance, render_mode, params, facts, "corral.rows:RemoteRowsEnv")

    @property
    def backend(self) -> str:
        return str(self.session.info.get("backend"))

    def reset(self, *, seed: Seeds = None, options: Mapping[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Begins episodes in all rows, or in those that the boolean array ``options["reset_mask"]`` selects.

        An integer seed gives row `i` the seed ``seed + i``; a sequence gives each row its own, None for none. Further
        options are the environment's.
        """
        given = dict(options or {})
        mask = given.get("reset_mask")
        if mask is not None:
            given["reset_mask"] = _checked(mask, self.num_envs).tolist()
        whole = isinstance(seed, (int, np.integer)) and not isinstance(seed, bool)
        super().reset(seed=int(seed) if whole else None)  # type: ignore[arg-type]
        if seed is not None and not whole:
            given["seeds"] = [None if one is None else int(one) for one in seed]  # type: ignore[union-attr]
        result = self.session.reset(int(seed) if whole else None, given)  # type: ignore[arg-type]
        present = np.ones(self.num_envs, np.bool_) if mask is None else mask.copy()
        return result.observation, _infos(result.info, present)

    def step(self, actions: Any) -> tuple[Any, Any, Any, Any, dict[str, Any]]:
        """Steps all rows. What ``SameStep`` resets has its last observation in ``infos["final_obs"]``."""
        result = self.session.step(actions)
        info = result.info
        final: dict[str, Any] = {
            name: info.pop(name) for name in ("final_rows", "final_obs", "final_info") if name in info
        }
        infos = _infos(info, np.ones(self.num_envs, np.bool_))
        if final:
            self._add_final(infos, final)
        return result.observation, result.reward, result.terminated, result.truncated, infos

    def render(self) -> Any:
        """A tuple with the picture of each row, None without a render mode."""
        if self.render_mode is None:
            return None
        return tuple(self.session.render(self.render_mode, row) for row in range(self.num_envs))

    def close_extras(self, **kwargs: Any) -> None:
        # A copy in a forked process: the session is the parent's.
        if self._process == os.getpid() and hasattr(self, "session"):
            with contextlib.suppress(errors.CorralError):
                self.session.close()

    def __repr__(self) -> str:
        return f"RemoteRowsEnv({self.session.info.get('environment')!r}, num_envs={self.num_envs})"

    def _add_final(self, infos: dict[str, Any], final: Mapping[str, Any]) -> None:
        """Aligns what the server gives for the rows that ended with all rows; others mean nothing."""
        rows = final["final_rows"]
        ended = np.zeros(self.num_envs, np.bool_)
        ended[rows] = True
        last = final["final_obs"]
        if isinstance(last, tuple):
            spread: Any = np.empty(self.num_envs, object)
            for place, row in enumerate(rows):
                spread[row] = tuple(member[place] for member in last)
        else:
            spread = _spread(last, rows, self.num_envs)
        infos["final_obs"] = spread
        infos["final_info"] = _infos(
            {name: _spread(values, rows, self.num_envs) for name, values in final["final_info"].items()}, ended
        )
        infos["_final_obs"] = infos["_final_info"] = ended


def _infos(info: Mapping[str, Any], present: Any) -> dict[str, Any]:
    """Each info by name, with ``_name`` telling which rows have it."""
    infos: dict[str, Any] = {}
    for name, values in info.items():
        infos[name], infos[f"_{name}"] = values, present
    return infos


def _spread(values: Any, rows: Any, count: int) -> Any:
    whole = np.zeros((count, *values.shape[1:]), values.dtype)
    whole[rows] = values
    return whole


def _checked(mask: Any, count: int) -> Any:
    good = isinstance(mask, np.ndarray) and mask.shape == (count,) and mask.dtype == np.bool_ and mask.any()
    if not good:
        raise errors.error(
            "invalid_argument", f"reset_mask is no boolean array of the shape ({count},) with at least one True"
        )
    return mask
