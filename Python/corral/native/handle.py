"""A vector of the library with what belongs to it: description, spaces, records, and its end."""

from __future__ import annotations

import json
import os
import weakref
from collections.abc import Mapping
from typing import Any

import numpy as np
from gymnasium.envs.registration import EnvSpec

from .. import errors, spaces
from .buffers import BufferSet, Layout
from .catalog import native_id
from .library import Library, library
from .resets import ResetCall

__all__ = ["Handle", "settings_of"]

QUICK = 64
"""Up to how many rows a step is shorter than letting other threads run meanwhile."""


def settings_of(
    precision: str | None,
    simulator: str | None,
    autoreset: str,
    num_threads: int | None,
    overrides: Mapping[str, Any] | None,
    more: Mapping[str, Any],
) -> dict[str, Any]:
    """The settings of ``corral_vector_make``; what was not given is the library's to choose."""
    if num_threads is not None and (isinstance(num_threads, bool) or not isinstance(num_threads, (int, np.integer))):
        raise errors.error("invalid_argument", f"num_threads must be a whole number, not {num_threads!r}")
    changes = {**(overrides or {}), **more}
    given = {
        "precision": precision,
        "simulator": simulator,
        "autoreset": autoreset,
        "threads": None if num_threads is None else int(num_threads),
        "overrides": changes or None,
    }
    return {name: value for name, value in given.items() if value is not None}


class Handle:
    """One vector. Its memory ends with `close`, with this object, or with the process."""

    def __init__(self, id: str, count: int, settings: Mapping[str, Any]) -> None:
        if isinstance(count, bool) or not isinstance(count, (int, np.integer)):
            raise errors.error("invalid_argument", f"num_envs must be a whole number, not {count!r}")
        if not -(2**63) <= count < 2**63:
            raise errors.error("invalid_argument", f"num_envs cannot be {count}")
        self.id = native_id(id)
        self.library = library()
        try:
            text = json.dumps(settings, default=_plain)
        except (TypeError, ValueError) as error:
            raise errors.error("invalid_argument", f"a setting is no JSON: {error}") from error
        self.number = self.library.make(self.id, int(count), text)
        self.threads = int(settings.get("threads") or os.environ.get("CORRAL_NUM_THREADS") or 1)
        self._finalizer = weakref.finalize(self, _close, self.library, self.number.value)
        self._finalizer.atexit = False
        self.description: dict[str, Any] = json.loads(
            self.library.text(self.library.call.corral_vector_describe, self.number)
        )
        self.count = int(self.description["count"])
        self.layout = Layout(self.description)
        self.observation_space = spaces.from_json(self.description["observation_space"])
        self.action_space = spaces.from_json(self.description["action_space"])
        holder = self.library.quick if self.count <= QUICK else self.library.call
        # Without types of the arguments, which are C values already.
        self.step_function = holder["corral_vector_step"]
        _living.add(self)

    @property
    def metadata(self) -> dict[str, Any]:
        picture = self.description.get("render")
        return {"render_modes": ["rgb_array"] if picture else [], "render_fps": (picture or {}).get("fps", 30)}

    def check_render_mode(self, mode: str | None) -> None:
        known = self.metadata["render_modes"]
        if mode is not None and mode not in known:
            self.close()
            hint = f"use one of: {', '.join(known)}" if known else "it cannot be rendered"
            raise errors.error("invalid_argument", f"{self.id} has no render mode {mode!r}", hint)

    def spec(self, render_mode: str | None, settings: Mapping[str, Any]) -> EnvSpec:
        """What Gymnasium needs to make the same environment again."""
        names = {"threads": "num_threads"}
        kwargs = {names.get(name, name): value for name, value in settings.items() if name != "autoreset"}
        limit = self.description.get("max_episode_steps")
        spec = EnvSpec(
            id=f"corral/{self.id}",
            entry_point="corral.native.env:NativeEnv",
            vector_entry_point="corral.native.vector:NativeVectorEnv",
            order_enforce=False,
            disable_env_checker=True,
            kwargs={"id": self.id, "render_mode": render_mode, **kwargs},
        )
        spec.max_episode_steps = None if limit is None else int(limit)
        return spec

    def error(self, status: int) -> errors.CorralError:
        if status == -7:
            return errors.error(
                "session_closed", f"this environment ({self.id}) was closed", "make another one with corral.make"
            )
        return self.library.error(status)

    def check(self, status: int) -> None:
        if status < 0:
            raise self.error(status)

    def reset(self, call: ResetCall, out: BufferSet) -> None:
        self.check(self.library.call.corral_vector_reset(self.number, call.reference, out.reference))

    def observe(self, out: BufferSet) -> None:
        self.check(self.library.call.corral_vector_observe(self.number, out.reference))

    def get_state(self, rows: Any) -> Any:
        pointer, count, kept = self._rows(rows)
        records = np.zeros((count, self.layout.record_bytes), np.uint8)
        self.check(
            self.library.call.corral_vector_get_state(self.number, pointer, count, records.ctypes.data, records.nbytes)
        )
        return records

    def set_state(self, records: Any, rows: Any) -> None:
        pointer, count, kept = self._rows(rows)
        given = np.ascontiguousarray(records)
        if given.dtype != np.uint8 or given.shape != (count, self.layout.record_bytes):
            raise errors.error(
                "invalid_argument",
                f"records have to be uint8 of the shape ({count}, {self.layout.record_bytes}), "
                f"not {given.dtype} of {given.shape}",
                "use what get_state or snapshot gave",
            )
        self.check(
            self.library.call.corral_vector_set_state(self.number, pointer, count, given.ctypes.data, given.nbytes)
        )

    def fork(self, row: int, targets: Any, seeds: Any) -> None:
        pointer, count, kept = self._rows(targets if np.ndim(targets) else [targets])
        given = None
        if seeds is not None:
            try:
                given = np.ascontiguousarray([int(seed) for seed in np.atleast_1d(seeds)], np.uint64)
            except (TypeError, ValueError, OverflowError) as error:
                raise errors.error(
                    "invalid_argument", f"seeds have to be whole numbers below 2**64: {error}"
                ) from error
            if len(given) != count:
                raise errors.error("invalid_argument", f"{len(given)} seeds for {count} rows")
        where = None if given is None else given.ctypes.data
        self.check(self.library.call.corral_vector_fork(self.number, int(row), pointer, count, where))

    def render(self, row: int) -> Any:
        picture = self.description["render"]
        pixels = np.zeros((int(picture["height"]), int(picture["width"]), 3), np.uint8)
        self.check(self.library.call.corral_vector_render(self.number, row, pixels.ctypes.data, pixels.nbytes))
        return pixels

    def close(self) -> None:
        """Ends the vector; calls after it raise `errors.SessionClosed`."""
        self._finalizer()

    def _rows(self, rows: Any) -> tuple[int | None, int, Any]:
        """Row numbers for the library: where they are, how many, and the array that holds them."""
        if rows is None:
            return None, self.count, None
        given = np.asarray(rows)
        if given.dtype == np.bool_ and given.shape == (self.count,):
            given = np.flatnonzero(given)
        if given.ndim != 1 or given.dtype.kind not in "iu":
            raise errors.error("invalid_argument", "rows have to be a list of numbers, or a mask of all rows")
        given = np.ascontiguousarray(given, np.int64)
        return given.ctypes.data, len(given), given


def _plain(value: Any) -> Any:
    """NumPy's numbers and arrays as JSON has them."""
    if isinstance(value, (np.generic, np.ndarray)):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} is no number, text, list or dictionary")


def _close(owner: Library, number: int) -> None:
    owner.call.corral_vector_close(number)


_living: weakref.WeakSet[Handle] = weakref.WeakSet()


def _forget_after_fork() -> None:
    """In a forked child: the threads that step the parent's vectors do not exist here, so no call may wait for them."""
    for handle in list(_living):
        if handle.threads > 1:
            handle._finalizer.detach()
            handle.number.value = 0


os.register_at_fork(after_in_child=_forget_after_fork)
