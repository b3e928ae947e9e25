"""Gymnasium's spaces and their JSON forms.

`from_json` and `to_json` are inverse: every space but Graph has a form, and every form gives the space it came from.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from gymnasium import spaces

from . import errors

_SPECIALS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
_ANY_LENGTH = 2**31 - 1


class AnyText(spaces.Text):
    """Texts of any characters, and of any length where `max_length` is None; samples are short and alphanumeric."""

    def __init__(self, min_length: int = 0, max_length: int | None = None, seed: int | None = None) -> None:
        super().__init__(_ANY_LENGTH if max_length is None else max_length, min_length=min_length, seed=seed)

    def sample(self, mask: Any = None, probability: Any = None) -> str:
        if mask is not None or probability is not None:
            raise ValueError("a text of any characters cannot be sampled with a mask")
        longest = min(self.max_length, self.min_length + 32)
        length = int(self.np_random.integers(self.min_length, longest + 1))
        return "".join(self.np_random.choice(self.character_list, size=length))

    def contains(self, x: Any) -> bool:
        return isinstance(x, str) and self.min_length <= len(x) <= self.max_length

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, AnyText) and self.min_length == other.min_length and self.max_length == other.max_length
        )

    def __hash__(self) -> int:
        return hash((self.min_length, self.max_length))

    def __repr__(self) -> str:
        longest = None if self.max_length == _ANY_LENGTH else self.max_length
        return f"AnyText({self.min_length}, {longest})"


def from_json(form: Any) -> spaces.Space[Any]:
    """The space that a JSON form describes.

    Raises `errors.Unimplemented` for Graph and kinds this version does not know, `errors.InvalidArgument` for what is
    no form of a space.
    """
    if not isinstance(form, dict) or not isinstance(form.get("type"), str):
        raise errors.error("invalid_argument", f"{_short(form)} is no space")
    kind: str = form["type"]
    build = _BUILDERS.get(kind)
    if build is None:
        raise errors.error("unimplemented", f"spaces of type {kind[:40]!r} are not supported")
    try:
        space: spaces.Space[Any] = build(form)
        return space
    except (KeyError, TypeError, ValueError, AttributeError, AssertionError, OverflowError, MemoryError) as error:
        what = f"it lacks {error}" if isinstance(error, KeyError) else str(error)
        raise errors.error("invalid_argument", f"{_short(form)} is no {kind} space: {what}") from error


def to_json(space: spaces.Space[Any]) -> dict[str, Any]:
    """The JSON form of a space; raises `errors.Unimplemented` for Graph and spaces of other libraries."""
    if isinstance(space, spaces.Box):
        dtype = np.dtype(space.dtype)
        shape = [int(size) for size in space.shape]
        return {
            "type": "Box",
            "dtype": dtype.name,
            "shape": shape,
            "low": _bound(space.low),
            "high": _bound(space.high),
        }
    if isinstance(space, spaces.Discrete):
        return {"type": "Discrete", "n": int(space.n), "start": int(space.start)}
    if isinstance(space, spaces.MultiDiscrete):
        dtype = np.dtype(space.dtype)
        start = getattr(space, "start", np.zeros_like(space.nvec))
        return {"type": "MultiDiscrete", "nvec": space.nvec.tolist(), "start": start.tolist(), "dtype": dtype.name}
    if isinstance(space, spaces.MultiBinary):
        return {"type": "MultiBinary", "shape": [int(size) for size in space.shape]}
    if isinstance(space, spaces.Text):
        anything = isinstance(space, AnyText)
        return {
            "type": "Text",
            "min_length": space.min_length,
            "max_length": None if anything and space.max_length == _ANY_LENGTH else space.max_length,
            "charset": None if anything else "".join(space.character_list),
        }
    if isinstance(space, spaces.Dict):
        return {"type": "Dict", "spaces": {str(key): to_json(part) for key, part in space.spaces.items()}}
    if isinstance(space, spaces.Tuple):
        return {"type": "Tuple", "spaces": [to_json(part) for part in space.spaces]}
    if isinstance(space, spaces.Sequence):
        return {"type": "Sequence", "space": to_json(space.feature_space), "stack": bool(space.stack)}
    if isinstance(space, spaces.OneOf):
        return {"type": "OneOf", "spaces": [to_json(part) for part in space.spaces]}
    raise errors.error("unimplemented", f"spaces of type {type(space).__name__} are not supported")


def _box(form: dict[str, Any]) -> spaces.Box:
    dtype = np.dtype(form["dtype"])
    shape = tuple(_size(size) for size in form["shape"])
    low = _bounds(form.get("low", "-Infinity"), shape, dtype)
    high = _bounds(form.get("high", "Infinity"), shape, dtype)
    return spaces.Box(low, high, shape=shape, dtype=dtype.type)


def _bounds(value: Any, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Any:
    """An array of `shape` and `dtype`; an infinite bound of an integer type is the end of its range."""
    if isinstance(value, list):
        flat = _flatten(value)
        bounds = np.array([_number(item, dtype) for item in flat], dtype=dtype)
        return bounds.reshape(shape)
    return np.full(shape, _number(value, dtype), dtype=dtype)


def _flatten(value: list[Any]) -> list[Any]:
    if value and isinstance(value[0], list):
        return [item for row in value for item in _flatten(row)]
    return value


def _number(value: Any, dtype: np.dtype[Any]) -> Any:
    if isinstance(value, str):
        value = _SPECIALS[value]
    if dtype.kind in "iub" and isinstance(value, (int, float)):
        least, most = (0, 1) if dtype.kind == "b" else (int(np.iinfo(dtype).min), int(np.iinfo(dtype).max))
        if math.isinf(value):
            return most if value > 0 else least
        if not least <= value <= most or value != int(value):
            raise ValueError(f"{value} is no bound of {dtype.name} values")
        return int(value)
    if not isinstance(value, (int, float)):
        raise TypeError(f"{_short(value)} is no number")
    return value


def _bound(bounds: Any) -> Any:
    """One number where all are alike, else nested arrays; infinities as strings."""
    from .values import plain

    plainer = bounds.astype(np.int64) if bounds.dtype.kind == "b" else bounds
    if plainer.size and (plainer == plainer.flat[0]).all():
        return plain(plainer.flat[0].item())
    return plain(plainer)


def _size(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"{_short(value)} is no size")
    return value


def _discrete(form: dict[str, Any]) -> spaces.Discrete:
    return spaces.Discrete(_size(form["n"]), start=form.get("start") or 0)


def _multi_discrete(form: dict[str, Any]) -> spaces.MultiDiscrete:
    dtype = np.dtype(form.get("dtype") or "int64")
    if dtype.kind not in "iu":
        raise ValueError(f"{dtype.name} is no integer type")
    nvec = np.array(form["nvec"], dtype=dtype)
    start = form.get("start")
    return spaces.MultiDiscrete(
        nvec, dtype=dtype.type, start=np.zeros_like(nvec) if start is None else np.array(start, dtype=dtype)
    )


def _multi_binary(form: dict[str, Any]) -> spaces.MultiBinary:
    shape = [_size(size) for size in form["shape"]]
    return spaces.MultiBinary(shape[0] if len(shape) == 1 else shape)


def _text(form: dict[str, Any]) -> spaces.Text:
    shortest, longest, charset = form.get("min_length") or 0, form.get("max_length"), form.get("charset")
    if charset is None:
        return AnyText(shortest, longest)
    if not isinstance(charset, str):
        raise TypeError("the charset is no text")
    return spaces.Text(_ANY_LENGTH if longest is None else longest, min_length=shortest, charset=charset)


def _dict(form: dict[str, Any]) -> spaces.Dict:
    # Given as pairs, so that Gymnasium keeps the order of the form.
    return spaces.Dict([(key, from_json(part)) for key, part in form["spaces"].items()])


def _tuple(form: dict[str, Any]) -> spaces.Space[Any]:
    return spaces.Tuple([from_json(part) for part in form["spaces"]])


def _sequence(form: dict[str, Any]) -> spaces.Sequence:
    return spaces.Sequence(from_json(form["space"]), stack=bool(form.get("stack", False)))


def _one_of(form: dict[str, Any]) -> spaces.Space[Any]:
    return spaces.OneOf([from_json(part) for part in form["spaces"]])


_BUILDERS: dict[str, Any] = {
    "Box": _box,
    "Discrete": _discrete,
    "MultiDiscrete": _multi_discrete,
    "MultiBinary": _multi_binary,
    "Text": _text,
    "Dict": _dict,
    "Tuple": _tuple,
    "Sequence": _sequence,
    "OneOf": _one_of,
}


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
