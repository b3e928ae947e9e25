"""Actions of any kind as the array that the library reads."""

from __future__ import annotations

from ctypes import c_int64, c_void_p
from typing import Any

import numpy as np

from .. import errors
from .buffers import ArrayField

__all__ = ["ActionReader"]

_NOTHING = object()

COPIED = 8192
"""Up to how many bytes it is quicker to copy actions than to ask NumPy where they are."""


class ActionReader:
    """Where the actions of a step are, and how many bytes they have.

    A large array of the right type and shape is read where it lies; `given` is the one that `pointer` belongs to, so
    that a caller who writes the same array for every step pays for its address once. `pointer` and `bytes` are C values
    that stay the same objects.
    """

    __slots__ = ("_copied", "_own", "_own_pointer", "bytes", "dtype", "given", "pointer", "shape", "space")

    def __init__(self, field: ArrayField, space: Any, count: int) -> None:
        self.space = space
        self.dtype = field.dtype
        self.shape = (count, *field.shape)
        self._own = np.zeros(self.shape, field.dtype)
        self._own_pointer = self._own.ctypes.data
        self.bytes = c_int64(self._own.nbytes)
        self._copied = self._own.nbytes <= COPIED
        self.given: Any = _NOTHING
        self.pointer = c_void_p(self._own_pointer)

    def read(self, actions: Any) -> None:
        """Takes the actions of the next step; raises `errors.InvalidAction` where shape or type do not fit."""
        if type(actions) is not np.ndarray or actions.shape != self.shape or actions.dtype != self.dtype:
            self._convert(actions)
        elif self._copied:
            self._own[...] = actions
        elif actions.flags.c_contiguous and actions.flags.aligned:
            self.given, self.pointer.value = actions, actions.__array_interface__["data"][0]
        else:
            self._convert(actions)

    def _convert(self, actions: Any) -> None:
        try:
            given = np.asarray(actions)
        except (TypeError, ValueError) as error:
            raise errors.error("invalid_action", f"the actions are no array: {error}", self._wanted()) from error
        if given.shape != self.shape:
            raise errors.error("invalid_action", f"the actions have the shape {given.shape}", self._wanted())
        whole = self.dtype.kind in "iu"
        if given.dtype.kind not in ("iu" if whole else "iuf"):
            raise errors.error("invalid_action", f"the actions are of the type {given.dtype}", self._wanted())
        if whole and given.size:
            limits = np.iinfo(self.dtype)
            if int(given.max()) > limits.max or int(given.min()) < limits.min:
                raise errors.error("invalid_action", f"an action does not fit into {self.dtype}", self._wanted())
        np.copyto(self._own, given, casting="unsafe")
        self.given, self.pointer.value = _NOTHING, self._own_pointer

    def _wanted(self) -> str:
        return f"give {self.dtype} of the shape {self.shape}, each in {self.space}"
