"""Native environments as a Gymnasium vector environment: `NativeVectorEnv`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Optional, Union

import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space

from .actions import ActionReader
from .buffers import BufferSet
from .handle import Handle, settings_of
from .observations import Outputs
from .resets import ResetCall

__all__ = ["NativeVectorEnv"]

Seeds = Union[int, Sequence[Optional[int]], None]

SPARES = 3
"""How many sets of arrays are kept to be written again."""


class NativeVectorEnv(VectorEnv[Any, Any, Any]):
    """`num_envs` environments that step together by one call into `libcorral.so`.

    Args:
        id: Such as ``CartPole-v1``; `corral.native.environments` lists all.
        num_envs: How many.
        num_threads: That step them; without it ``CORRAL_NUM_THREADS``, else 1. The trajectories are the same.
        precision: ``float32`` (fast) or ``float64`` (Gymnasium's arithmetic and random numbers).
        simulator: ``simd`` or ``reference``, instead of a precision.
        autoreset_mode: Gymnasium's: ``NextStep``, ``SameStep`` or ``Disabled``.
        copy: True: the arrays of a step are the caller's to keep. False: every step writes the same arrays, so copy
            what has to outlast the next step.
        render_mode: ``rgb_array`` or None.
        overrides: Values for the environment's configuration; further keywords are the same.

    With `copy` no array is copied either: one that nobody refers to any more is written again, and a new one is made
    otherwise.
    """

    metadata: dict[str, Any] = {"render_modes": ["rgb_array"], "render_fps": 30}

    def __init__(
        self,
        id: str,
        num_envs: int = 1,
        *,
        num_threads: int | None = None,
        precision: str | None = None,
        simulator: str | None = None,
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
        copy: bool = True,
        render_mode: str | None = None,
        overrides: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> None:
        self.autoreset_mode = AutoresetMode(autoreset_mode)
        settings = settings_of(precision, simulator, self.autoreset_mode.value, num_threads, overrides, more)
        self._native = Handle(id, num_envs, settings)
        self.num_envs = self._native.count
        self.single_observation_space = self._native.observation_space
        self.single_action_space = self._native.action_space
        self.observation_space = batch_space(self.single_observation_space, self.num_envs)
        self.action_space = batch_space(self.single_action_space, self.num_envs)
        self._native.check_render_mode(render_mode)
        self.render_mode = render_mode
        self.metadata = {**self._native.metadata, "autoreset_mode": self.autoreset_mode}
        self.spec = self._native.spec(render_mode, settings)
        self._same_step = self.autoreset_mode == AutoresetMode.SAME_STEP
        self._outputs = Outputs(self._native.layout, self.single_observation_space, self.num_envs)
        self._is_plain = self._outputs.plain and not self._same_step
        self._copies = copy
        self._actions = ActionReader(self._native.layout.action, self.single_action_space, self.num_envs)
        self._sets = [self._new_set()]
        self._reset_call = ResetCall(self.num_envs)
        self._step = self._native.step_function

    @property
    def backend(self) -> str:
        return "native"

    @property
    def description(self) -> dict[str, Any]:
        """What the library says of these environments: configuration, simulator, layout of the arrays."""
        return self._native.description

    def reset(self, *, seed: Seeds = None, options: Mapping[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Begins episodes in all rows, or in those that the boolean array ``options["reset_mask"]`` selects.

        An integer seed gives row `i` the seed ``seed + i``; a sequence gives each row its own, None for none. Further
        options are the environment's, such as ``low`` and ``high`` of CartPole.
        """
        super().reset(seed=int(seed) if isinstance(seed, (int, np.integer)) else None)
        call, mask = self._reset_call, None
        given = dict(options or {})
        if "reset_mask" in given:
            mask = call.read_mask(given.pop("reset_mask"))
        call.read(seed, given)
        out = self._free_set()
        self._native.reset(call, out)
        if mask is not None and not mask.all():
            self._native.observe(out)
        return self._outputs.observations(out), self._outputs.infos(out, mask)

    def step(self, actions: Any) -> tuple[Any, Any, Any, Any, dict[str, Any]]:
        """Steps all rows. What ``SameStep`` resets has its last observation in ``infos["final_obs"]``."""
        reader = self._actions
        if actions is not reader.given:
            reader.read(actions)
        out = self._sets[0]
        if self._copies and not out.is_free():
            out = self._free_set()
        status = self._step(*out.arguments)
        if status < 0:
            raise self._native.error(status)
        if self._is_plain:
            return out.observations, out.rewards, out.terminated, out.truncated, {}
        outputs = self._outputs
        infos = outputs.infos(out, None)
        if self._same_step and out.flags.find(1) >= 0:
            outputs.add_final(out, infos)
        return outputs.observations(out), out.rewards, out.terminated, out.truncated, infos

    def observe(self) -> Any:
        """The observations of all rows as they are now, after `set_state` or `fork` for example."""
        out = self._free_set()
        self._native.observe(out)
        return self._outputs.observations(out)

    def get_state(self, rows: Any = None) -> Any:
        """The records of rows (all without `rows`): uint8[rows, bytes], all that decides their futures."""
        return self._native.get_state(rows)

    def set_state(self, records: Any, rows: Any = None) -> None:
        """Makes rows (all without `rows`) what records say, of this vector or of another one of the same layout."""
        self._native.set_state(records, rows)

    def snapshot(self) -> Any:
        """All rows as they are, for `restore`."""
        return self._native.get_state(None)

    def restore(self, snapshot: Any) -> None:
        """Makes all rows what they were at a snapshot."""
        self._native.set_state(snapshot, None)

    def fork(self, row: int, targets: Any, *, seeds: Any = None) -> None:
        """Makes rows copies of one. They share its future, unless `seeds` starts random numbers of their own."""
        self._native.fork(row, targets, seeds)

    def render(self) -> Any:
        """A tuple with the picture of each row, uint8[height, width, 3]; None without a render mode."""
        if self.render_mode is None:
            return None
        return tuple(self._native.render(row) for row in range(self.num_envs))

    def close_extras(self, **kwargs: Any) -> None:
        if hasattr(self, "_native"):
            self._native.close()

    def __repr__(self) -> str:
        return f"NativeVectorEnv({self._native.id!r}, num_envs={self.num_envs})"

    def _new_set(self) -> BufferSet:
        new = BufferSet(self._native.layout, self.num_envs, final=self._same_step)
        new.arguments = (self._native.number, self._actions.pointer, self._actions.bytes, new.reference)
        return new

    def _free_set(self) -> BufferSet:
        """Arrays to write: the same ones without `copy`, else some that nobody refers to."""
        sets = self._sets
        if not self._copies:
            return sets[0]
        for one in sets:
            if one.is_free():
                return one
        new = self._new_set()
        sets.insert(0, new)
        del sets[SPARES:]
        return new
