"""JSON as the protocol wants it: strict UTF-8, numbers that are not finite as strings, arrays as lists or raw buffers.

Arrays are recognised by what they can do (`dtype`, `shape`, `tolist`, `tobytes`), so numpy is never imported here.
"""

import json
import math
import sys
from collections.abc import Mapping

from .errors import WorkerError

BUFFER_BYTES = 256  # smaller arrays are cheaper as JSON
BUFFER_TYPES = frozenset("bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64".split())


class Unsendable(WorkerError):
    """A value that has no form in the protocol; the message says where it was found."""


def _refuse(constant):
    raise ValueError(constant + " is not JSON")


_scan = json.JSONDecoder(parse_constant=_refuse).scan_once


def parse(line):
    """The JSON value on a line of bytes.

    Raises `ValueError` for anything else (also for NaN and infinities), `RecursionError` for nesting without end.
    """
    text = line.decode("utf-8").strip()
    try:
        value, end = _scan(text, 0)
    except StopIteration:
        raise ValueError("no value at character 0") from None
    if end != len(text):
        raise ValueError("extra text at character %d" % end)
    return value


class Encoder:
    """Turns replies into the bytes of a line, followed by the bytes of its buffers where `buffers` is on."""

    def __init__(self):
        self.buffers = False
        self._found = []
        self._chunks = _chunker(self._other)

    def __call__(self, reply):
        """The parts to write, in order. Raises `Unsendable`."""
        self._found = []
        try:
            line = "".join(self._chunks(reply, 0)).encode()
        except (ValueError, TypeError, RecursionError):
            reply = self._plain(reply)
            line = "".join(self._chunks(reply, 0)).encode()
        if self._found:
            return self._with_buffers(line, reply)
        return [line + b"\n"]

    def _other(self, value):
        """Called by the encoder for everything that is not plain JSON."""
        if _is_array(value):
            if self.buffers and _is_large(value):
                self._found.append(value)
                return None
            return value.tolist()
        raise TypeError

    def _with_buffers(self, line, reply):
        named = []
        _locate(reply, "", {id(array) for array in self._found}, named)
        header = [{"name": name, "dtype": array.dtype.name, "shape": list(array.shape)} for name, array in named]
        self._found = []
        text = "".join(self._chunks(header, 0)).encode()
        return [line[:-1] + b',"buffers":' + text + b"}\n"] + [_raw(array) for _, array in named]

    def _plain(self, reply):
        """The reply rebuilt from what JSON knows, for values that the fast path refuses."""
        self._found = []
        try:
            return self._rebuild(reply, "")
        except RecursionError:
            raise Unsendable("the reply is nested too deeply, or contains itself") from None

    def _rebuild(self, value, place):
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        if isinstance(value, int):
            return int(value)
        if isinstance(value, float):
            return float(value) if math.isfinite(value) else _spelled(value)
        if isinstance(value, Mapping):
            return {
                _key(key, place): self._rebuild(item, place + "/" + _escaped(_key(key, place)))
                for key, item in value.items()
            }
        if isinstance(value, (list, tuple)):
            return [self._rebuild(item, "%s/%d" % (place, index)) for index, item in enumerate(value)]
        if _is_array(value):
            if self.buffers and _is_large(value):
                return value
            return self._rebuild(value.tolist(), place)
        raise Unsendable("%s: a %s cannot be sent as JSON" % (place or "/", type(value).__name__))


def _chunker(other):
    """The C encoder with compact separators, or the standard one where an interpreter has none."""
    if json.encoder.c_make_encoder is None:
        encoder = json.JSONEncoder(
            ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=other, check_circular=False
        )
        return lambda value, _: (encoder.encode(value),)
    text = json.encoder.encode_basestring
    return json.encoder.c_make_encoder(None, other, text, None, ":", ",", False, False, False)


def _spelled(number):
    return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"


def _key(key, place):
    if isinstance(key, str):
        return key.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if key is None or isinstance(key, (bool, float)):
        return json.dumps(key)
    if hasattr(key, "__index__"):
        return str(key.__index__())
    raise Unsendable("%s: a key is a %s; keys are text" % (place or "/", type(key).__name__))


def _escaped(key):
    return key.replace("~", "~0").replace("/", "~1")


def _is_array(value):
    return hasattr(value, "dtype") and hasattr(value, "shape") and hasattr(value, "tolist")


def _is_large(value):
    return (
        getattr(value, "nbytes", 0) >= BUFFER_BYTES
        and getattr(value.dtype, "name", None) in BUFFER_TYPES
        and hasattr(value, "tobytes")
    )


def _locate(value, place, wanted, named):
    """Collects (JSON pointer, array) of the wanted arrays, in the order in which the encoder met them."""
    if id(value) in wanted:
        named.append((place, value))
    elif isinstance(value, dict):
        for key, item in value.items():
            _locate(item, place + "/" + _escaped(_key(key, place)), wanted, named)
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            _locate(item, "%s/%d" % (place, index), wanted, named)


def _raw(array):
    """The bytes of an array, row-major and little-endian, without a copy where it already is so."""
    order = getattr(array.dtype, "byteorder", "=")
    if order == ">" or (order == "=" and sys.byteorder == "big"):
        return array.astype(array.dtype.newbyteorder("<")).tobytes()
    try:
        view = memoryview(array)
    except TypeError:
        return array.tobytes()
    return view if view.c_contiguous else array.tobytes()
