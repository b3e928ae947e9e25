"""Outputs of a call as Gymnasium has them: observations of the space's kind, and infos."""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium import spaces

from .buffers import BufferSet, Layout

__all__ = ["Outputs"]


class Outputs:
    """Turns the arrays of a call into observations and infos.

    `plain` is True where the array is the observation and there are no infos, so that nothing is left to do.
    """

    def __init__(self, layout: Layout, space: spaces.Space[Any], rows: int) -> None:
        self.layout, self.rows = layout, rows
        self.is_tuple = isinstance(space, spaces.Tuple)
        self.kinds = [np.dtype(one.dtype) for one in space.spaces] if isinstance(space, spaces.Tuple) else []
        self.plain = not self.is_tuple and not layout.info

    def observations(self, out: BufferSet) -> Any:
        return self._shaped(out.observations)

    def infos(self, out: BufferSet, mask: Any) -> dict[str, Any]:
        """Each info by name, with ``_name`` telling which rows have it; a copy where a later call may write it."""
        return self._read(out.info, np.ones(self.rows, np.bool_) if mask is None else mask.copy())

    def add_final(self, out: BufferSet, infos: dict[str, Any]) -> None:
        """Adds ``final_obs`` and ``final_info`` of the rows whose episodes ended; other rows mean nothing."""
        ended = np.logical_or(out.terminated, out.truncated)
        last = out.final_observations
        infos["final_obs"] = self._rows(last) if self.is_tuple else last
        infos["_final_obs"] = ended
        infos["final_info"] = self._read(out.final_info, ended)
        infos["_final_info"] = ended

    def _shaped(self, array: Any) -> Any:
        if not self.is_tuple:
            return array
        return tuple(array[:, place].astype(kind) for place, kind in enumerate(self.kinds))

    def _rows(self, array: Any) -> Any:
        """An observation for each row, where observations are tuples."""
        rows = np.empty(self.rows, object)
        for row in range(self.rows):
            rows[row] = tuple(kind.type(array[row, place]) for place, kind in enumerate(self.kinds))
        return rows

    def _read(self, memory: Any, present: Any) -> dict[str, Any]:
        infos: dict[str, Any] = {}
        start = 0
        for field in self.layout.info:
            end = start + field.bytes * self.rows
            infos[field.name] = memory[start:end].view(field.dtype).reshape(self.rows, *field.shape).copy()
            infos[f"_{field.name}"] = present
            start = end
        return infos
