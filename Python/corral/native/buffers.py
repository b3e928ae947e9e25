"""The arrays that a native environment writes, and which of them are free to be written again."""

from __future__ import annotations

import ctypes
import sys
from sys import getrefcount
from typing import Any

import numpy as np

from .library import Buffers

__all__ = ["ArrayField", "BufferSet", "Layout"]

COUNTS_REFERENCES = sys.implementation.name == "cpython" and getattr(sys, "_is_gil_enabled", lambda: True)()
"""Whether the number of references to an object can be read, so that nobody holds what has none."""


class ArrayField:
    """One array of the description: its element type and the shape and bytes of a row."""

    def __init__(self, described: dict[str, Any]) -> None:
        self.name = str(described.get("name", ""))
        self.dtype = np.dtype(described["dtype"])
        self.shape = tuple(int(size) for size in described["shape"])
        self.bytes = int(np.prod(self.shape, dtype=np.int64)) * self.dtype.itemsize

    def empty(self, rows: int) -> Any:
        return np.zeros((rows, *self.shape), self.dtype)


class Layout:
    """How the arrays of one row look, from the JSON of ``corral_vector_describe``."""

    def __init__(self, description: dict[str, Any]) -> None:
        self.observation = ArrayField(description["observation"])
        self.action = ArrayField(description["action"])
        self.reward = ArrayField(description["reward"])
        self.info = [ArrayField(one) for one in description.get("info", [])]
        self.record_bytes = int(description["record_bytes"])

    @property
    def info_bytes(self) -> int:
        return sum(field.bytes for field in self.info)


class BufferSet:
    """Arrays for the outputs of one call, with the C structure that points to them.

    `flags` is the memory of `terminated` and then `truncated`: to look for a 1 in it is the quickest way to know
    whether an episode ended.
    """

    __slots__ = (
        "arguments", "buffers", "final_info", "final_observations", "flags", "info", "observations", "reference",
        "rewards", "terminated", "truncated",
    )  # fmt: skip

    def __init__(self, layout: Layout, rows: int, *, final: bool) -> None:
        self.observations = layout.observation.empty(rows)
        self.rewards = np.zeros(rows, layout.reward.dtype)
        self.flags = bytearray(2 * rows)
        self.terminated = np.frombuffer(self.flags, np.bool_, rows)
        self.truncated = np.frombuffer(self.flags, np.bool_, rows, rows)
        self.info = np.zeros(layout.info_bytes * rows, np.uint8) if layout.info else None
        self.final_observations = layout.observation.empty(rows) if final else None
        self.final_info = np.zeros(layout.info_bytes * rows, np.uint8) if final and layout.info else None
        self.buffers = Buffers(size=ctypes.sizeof(Buffers), rows=rows)
        self._point("observations", "observation_bytes", self.observations)
        self._point("rewards", "reward_bytes", self.rewards)
        self._point("terminated", None, self.terminated)
        self._point("truncated", None, self.truncated)
        self._point("info", "info_bytes", self.info)
        self._point("final_observations", "final_observation_bytes", self.final_observations)
        self._point("final_info", "final_info_bytes", self.final_info)
        self.reference = ctypes.byref(self.buffers)
        self.arguments: tuple[Any, ...] = ()

    def _point(self, pointer: str, size: str | None, array: Any) -> None:
        if array is not None:
            setattr(self.buffers, pointer, array.ctypes.data)
            if size is not None:
                setattr(self.buffers, size, array.nbytes)

    def is_free(self) -> bool:
        """Whether nobody else holds one of the arrays, nor a view of one."""
        return (
            COUNTS_REFERENCES
            and getrefcount(self.observations) <= UNSHARED
            and getrefcount(self.rewards) <= UNSHARED
            and getrefcount(self.terminated) <= UNSHARED
            and getrefcount(self.truncated) <= UNSHARED
            and (self.final_observations is None or getrefcount(self.final_observations) <= UNSHARED)
        )


class _Holder:
    __slots__ = ("array",)

    def __init__(self) -> None:
        self.array = np.zeros(1)

    def references(self) -> int:
        return getrefcount(self.array)


UNSHARED = _Holder().references()
"""What the interpreter counts, in a method, for an array that nobody holds but the object of the method."""
