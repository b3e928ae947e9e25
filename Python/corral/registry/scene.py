"""The simulated quantities of many environments, of which some can be selected: `SceneData`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

__all__ = ["SceneData"]


class SceneData:
    """Arrays by name, each with one row for each environment; `data[mask]` is a view of some rows.

    >>> data = SceneData(3)
    >>> data.position = np.zeros((3, 2))
    >>> some = data[np.array([True, False, True])]
    >>> len(some), some.position.shape
    (2, (2, 2))
    >>> some.position = 1.0  # writes rows 0 and 2 of data.position

    An array is made by assigning it to the whole; assigning to a view writes the selected rows.
    """

    __slots__ = ("_arrays", "_count", "_rows")

    def __init__(self, num_envs: int, **arrays: Any) -> None:
        self._count = num_envs
        self._rows: Any = None
        self._arrays: dict[str, Any] = {}
        for name, array in arrays.items():
            setattr(self, name, array)

    @property
    def rows(self) -> Any:
        """The numbers of the selected environments."""
        return np.arange(self._count) if self._rows is None else self._rows

    @property
    def shape(self) -> tuple[int]:
        return (len(self),)

    def __len__(self) -> int:
        return self._count if self._rows is None else len(self._rows)

    def __iter__(self) -> Iterator[str]:
        return iter(self._arrays)

    def __getitem__(self, selection: Any) -> SceneData:
        """The selected environments: a boolean mask, numbers, one number or a slice."""
        view = SceneData(self._count)
        object.__setattr__(view, "_arrays", self._arrays)
        object.__setattr__(view, "_rows", np.atleast_1d(self.rows[selection]))
        return view

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            array = self._arrays[name]
        except KeyError:
            known = ", ".join(self._arrays) or "none yet"
            raise AttributeError(f"the scene has no array {name!r}; it has: {known}") from None
        return array if self._rows is None else array[self._rows]

    def __setattr__(self, name: str, value: Any) -> None:
        if name.startswith("_"):
            object.__setattr__(self, name, value)
        elif self._rows is not None:
            if name not in self._arrays:
                raise AttributeError(f"the scene has no array {name!r}; make it for all environments first")
            self._arrays[name][self._rows] = value
        else:
            array = np.asarray(value)
            if array.ndim == 0 or array.shape[0] != self._count:
                raise ValueError(f"{name} needs one row for each of {self._count} environments, not {array.shape}")
            self._arrays[name] = array
