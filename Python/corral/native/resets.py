"""What a reset asks for, as the C structure: seeds, mask and options."""

from __future__ import annotations

import ctypes
import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from .. import errors
from .library import SEED_EACH, SEED_FROM, SEED_NONE, Reset

__all__ = ["ResetCall"]


class ResetCall:
    """The structure of one vector, written anew for each reset."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.structure = Reset(size=ctypes.sizeof(Reset))
        self.reference = ctypes.byref(self.structure)
        self._seeds = np.zeros(count, np.uint64)
        self._seeded = np.zeros(count, np.uint8)
        self._mask = np.zeros(count, np.bool_)
        self._options: bytes | None = None
        self._masked = False

    def read_mask(self, mask: Any) -> Any:
        """Takes the rows to reset; raises `errors.InvalidArgument` for anything but booleans of which one is True."""
        if not isinstance(mask, np.ndarray) or mask.dtype != np.bool_ or mask.shape != (self.count,) or not mask.any():
            raise errors.error(
                "invalid_argument",
                f"reset_mask is no boolean array of the shape ({self.count},) with at least one True",
            )
        self._mask[:] = mask
        self._masked = True
        return self._mask

    def read(self, seed: Any, options: Mapping[str, Any]) -> None:
        """Takes seeds and options; raises `errors.InvalidArgument` for what is no seed or no number."""
        call = self.structure
        call.mask = self._mask.ctypes.data if self._masked else None
        self._masked = False
        call.seeded = None
        call.seeding, call.seeds, call.seed_count = SEED_NONE, None, 0
        if isinstance(seed, (int, np.integer)) and not isinstance(seed, bool):
            self._seeds[0] = _seed(seed)
            call.seeding, call.seeds, call.seed_count = SEED_FROM, self._seeds.ctypes.data, 1
        elif seed is not None:
            self._read_each(seed)
        call.mask_count = self.count if call.mask or call.seeded else 0
        self._options = _options(options)
        call.options = self._options

    def _read_each(self, seeds: Any) -> None:
        given = list(seeds) if np.iterable(seeds) and not isinstance(seeds, (str, bytes)) else None
        if given is None:
            raise errors.error("invalid_argument", f"a seed is a whole number, not {seeds!r}")
        if len(given) != self.count:
            raise errors.error("invalid_argument", f"{len(given)} seeds for {self.count} environments")
        for row, one in enumerate(given):
            self._seeded[row] = one is not None
            self._seeds[row] = 0 if one is None else _seed(one)
        call = self.structure
        call.seeding, call.seeds, call.seed_count = SEED_EACH, self._seeds.ctypes.data, self.count
        call.seeded = self._seeded.ctypes.data


def _seed(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or not 0 <= value < 2**64:
        raise errors.error("invalid_argument", f"a seed is a whole number from 0 to 2**64 - 1, not {value!r}")
    return int(value)


def _options(options: Mapping[str, Any]) -> bytes | None:
    if not options:
        return None
    for name, value in options.items():
        number = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
        if not number or not math.isfinite(value):
            raise errors.error("invalid_argument", f"the option {name!r} has to be a finite number, not {value!r}")
    return json.dumps({name: float(value) for name, value in options.items()}).encode()
