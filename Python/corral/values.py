"""Actions and observations as JSON, and the binary tensor form of `application/vnd.corral.tensors`."""

from __future__ import annotations

import json
import math
from typing import Any, Callable

import numpy as np
from gymnasium import spaces
from gymnasium.vector.utils import concatenate, create_empty_array

from . import errors

TENSORS = "application/vnd.corral.tensors"
ALIGNMENT = 64

Encode = Callable[[Any], Any]
Decode = Callable[[Any], Any]

_dump = json.JSONEncoder(allow_nan=False, separators=(",", ":")).encode


def dumps(value: Any) -> bytes:
    """JSON text of a value that may hold arrays and special floats.

    Raises `errors.InvalidArgument` for what has no JSON form.
    """
    try:
        return _dump(value).encode("ascii")
    except (TypeError, ValueError, RecursionError):
        pass
    try:
        return _dump(plain(value)).encode("ascii")
    except (TypeError, ValueError, RecursionError) as error:
        raise errors.error("invalid_argument", f"the call cannot be written as JSON: {error}") from error


def plain(value: Any) -> Any:
    """The value with arrays as nested lists, NumPy scalars as numbers, NaN and infinities as strings.

    Raises TypeError for what has no JSON form.
    """
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else special(value)
    if isinstance(value, np.ndarray):
        if value.dtype.kind == "f" and not np.isfinite(value).all():
            return plain(value.tolist())
        return value.tolist() if value.dtype.kind in "biuf" else plain(value.tolist())
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    raise TypeError(f"a {type(value).__name__} has no JSON form")


def special(value: float) -> str:
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def encoder(space: spaces.Space[Any] | None) -> Encode:
    """A function from a value of the space to what `dumps` writes.

    It shapes what the space knows better than the value does (booleans of a MultiBinary, stacked sequences) and
    passes everything else through: the server decides what is in the space.
    """
    if isinstance(space, spaces.Discrete):
        return _integer
    if isinstance(space, spaces.MultiBinary):
        return _bits
    if isinstance(space, spaces.Dict):
        parts = {key: encoder(part) for key, part in space.spaces.items()}
        return lambda value: (
            {key: parts[key](item) if key in parts else item for key, item in value.items()}
            if isinstance(value, dict)
            else value
        )
    if isinstance(space, spaces.Tuple):
        rows = [encoder(part) for part in space.spaces]
        return lambda value: (
            [encode(item) for encode, item in zip(rows, value)]
            if isinstance(value, (tuple, list)) and len(value) == len(rows)
            else value
        )
    if isinstance(space, spaces.OneOf):
        return _choice([encoder(part) for part in space.spaces])
    if isinstance(space, spaces.Sequence):
        return _items(space)
    return lambda value: value


def _integer(value: Any) -> Any:
    if isinstance(value, np.generic) or (isinstance(value, np.ndarray) and value.ndim == 0):
        return value.item()
    return int(value) if isinstance(value, bool) else value


def _bits(value: Any) -> Any:
    if isinstance(value, (list, tuple, np.ndarray)):
        bits = np.asarray(value)
        return bits.astype(np.int8).tolist() if bits.dtype.kind == "b" else value
    return value


def _choice(parts: list[Encode]) -> Encode:
    def encode(value: Any) -> Any:
        if not isinstance(value, (tuple, list)) or len(value) != 2:
            return value
        index = _integer(value[0])
        known = isinstance(index, int) and 0 <= index < len(parts)
        return [index, parts[index](value[1]) if known else value[1]]

    return encode


def _items(space: spaces.Sequence) -> Encode:
    encode, feature, stacked = encoder(space.feature_space), space.feature_space, space.stack

    def run(value: Any) -> Any:
        if stacked:
            value = _unstack(feature, value)
        return [encode(item) for item in value] if isinstance(value, (tuple, list, np.ndarray)) else value

    return run


def _unstack(space: spaces.Space[Any], value: Any) -> Any:
    """The list of values that Gymnasium stacked into one."""
    if isinstance(space, spaces.Dict) and isinstance(value, dict):
        columns = {key: _unstack(part, value[key]) for key, part in space.spaces.items() if key in value}
        count = min((len(column) for column in columns.values()), default=0)
        return [{key: column[row] for key, column in columns.items()} for row in range(count)]
    if isinstance(space, spaces.Tuple) and isinstance(value, tuple):
        return list(zip(*(_unstack(part, item) for part, item in zip(space.spaces, value))))
    return list(value) if isinstance(value, (tuple, list, np.ndarray)) else value


def decoder(space: spaces.Space[Any] | None) -> Decode:
    """A function from parsed JSON (in which arrays may stand for nested lists) to a value of the space.

    It gives the dtypes and shapes of the space and raises `errors.Internal` where the value has another shape; that
    the value lies in the space was checked by the server.
    """
    if space is None:
        return lambda value: value
    decode = _decoder(space)

    def checked(value: Any) -> Any:
        try:
            return decode(value)
        except (KeyError, IndexError, TypeError, ValueError, OverflowError) as error:
            raise errors.error("internal", f"the server's observation does not fit {space}: {error}") from error

    return checked


def _decoder(space: spaces.Space[Any]) -> Decode:
    if isinstance(space, (spaces.Box, spaces.MultiDiscrete, spaces.MultiBinary)):
        return _array(np.dtype(space.dtype), space.shape)
    if isinstance(space, spaces.Discrete):
        return np.dtype(space.dtype).type
    if isinstance(space, spaces.Dict):
        parts = {key: _decoder(part) for key, part in space.spaces.items()}
        return lambda value: {key: decode(value[key]) for key, decode in parts.items()}
    if isinstance(space, spaces.Tuple):
        return _tuple([_decoder(part) for part in space.spaces])
    if isinstance(space, spaces.OneOf):
        choices = [_decoder(part) for part in space.spaces]
        return lambda value: (np.int64(value[0]), choices[value[0]](value[1]))
    if isinstance(space, spaces.Sequence):
        return _sequence(space)
    return lambda value: value


def _array(dtype: np.dtype[Any], shape: tuple[int, ...]) -> Decode:
    def decode(value: Any) -> Any:
        array = np.array(value, dtype) if isinstance(value, list) else np.asarray(value, dtype)
        if array.shape == shape:
            return array
        if array.size == 0:
            return array.reshape(shape)
        raise ValueError(f"its shape is {array.shape}, not {shape}")

    return decode


def _tuple(parts: list[Decode]) -> Decode:
    def decode(value: Any) -> Any:
        if len(value) != len(parts):
            raise ValueError(f"it has {len(value)} parts, not {len(parts)}")
        return tuple(decode(item) for decode, item in zip(parts, value))

    return decode


def _sequence(space: spaces.Sequence) -> Decode:
    decode, feature, stacked = _decoder(space.feature_space), space.feature_space, space.stack

    def run(value: Any) -> Any:
        items = tuple(decode(item) for item in value)
        if not stacked:
            return items
        empty: Any = create_empty_array(feature, len(items))
        return concatenate(feature, items, empty) if items else empty

    return run


def is_large(space: spaces.Space[Any] | None) -> bool:
    """Whether values of the space are worth the tensor form: an array of 256 numbers or more is somewhere in it."""
    if isinstance(space, spaces.Box):
        return int(np.prod(space.shape)) >= 256
    if isinstance(space, spaces.Dict):
        return any(is_large(part) for part in space.spaces.values())
    if isinstance(space, (spaces.Tuple, spaces.OneOf)):
        return any(is_large(part) for part in space.spaces)
    return isinstance(space, spaces.Sequence) and is_large(space.feature_space)


class Parsed(bytes):
    """In the place of a body: what a transport has read already."""

    value: Any

    @classmethod
    def of(cls, value: Any) -> Parsed:
        body = cls(b"parsed")
        body.value = value
        return body


def loads(body: bytes | bytearray, content_type: str) -> Any:
    """Parses a body, JSON or tensors, as its type says.

    Raises `errors.Internal` for a body that is neither.
    """
    if isinstance(body, Parsed):
        return body.value
    try:
        if content_type.startswith(TENSORS):
            return unpack(body)
        return json.loads(body)
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise errors.error("internal", f"the server's answer cannot be read: {error}") from error


def unpack(body: bytes | bytearray) -> Any:
    """The value of a tensor message; its arrays share the memory of `body`, and are writable if it is.

    Raises ValueError where the message contradicts itself.
    """
    if len(body) < 4:
        raise ValueError("a tensor message has at least 4 bytes")
    length = int.from_bytes(body[:4], "little")
    start = 4 + length
    if start > len(body):
        raise ValueError("the header of the tensor message is cut off")
    header = json.loads(body[4:start])
    data = memoryview(body)[start + -start % ALIGNMENT :]
    return _fill(header, data)


def _fill(value: Any, data: memoryview) -> Any:
    if isinstance(value, dict):
        if len(value) == 1 and isinstance(value.get("tensor"), dict):
            return _tensor(value["tensor"], data)
        return {key: _fill(item, data) for key, item in value.items()}
    if isinstance(value, list) and value and isinstance(value[0], (dict, list)):
        return [_fill(item, data) for item in value]
    if isinstance(value, list):
        return [_fill(item, data) if isinstance(item, (dict, list)) else item for item in value]
    return value


def _tensor(form: Any, data: memoryview) -> Any:
    dtype = np.dtype(form["dtype"])
    if dtype.kind not in "biuf":
        raise ValueError(f"tensors cannot have the type {dtype.name}")
    shape = tuple(int(size) for size in form["shape"])
    offset, count = int(form["offset"]), int(form["nbytes"])
    size = math.prod(shape) * dtype.itemsize
    if any(side < 0 for side in shape) or size != count or offset < 0 or offset + count > len(data):
        raise ValueError("a tensor does not fit its message")
    return np.frombuffer(data[offset : offset + count], dtype.newbyteorder("<")).reshape(shape)


def pack(value: Any) -> bytes:
    """The tensor message of a value: its arrays become tensors, everything else JSON."""
    arrays: list[bytes] = []
    end = 0

    def take(item: Any) -> Any:
        nonlocal end
        if isinstance(item, np.ndarray) and item.dtype.kind in "biuf":
            raw = np.ascontiguousarray(item, item.dtype.newbyteorder("<")).tobytes()
            offset = end + -end % ALIGNMENT
            arrays.append(b"\0" * (offset - end) + raw)
            end = offset + len(raw)
            shape = [int(size) for size in item.shape]
            return {"tensor": {"dtype": item.dtype.name, "shape": shape, "offset": offset, "nbytes": len(raw)}}
        if isinstance(item, dict):
            return {key: take(part) for key, part in item.items()}
        if isinstance(item, (list, tuple)):
            return [take(part) for part in item]
        return item

    header = dumps(take(value))
    start = 4 + len(header)
    return b"".join([len(header).to_bytes(4, "little"), header, b"\0" * (-start % ALIGNMENT), *arrays])
