"""`libcorral.so` through ctypes: where it is, its functions, and its failures as exceptions.

The header ``corral.h`` says what each function does. The library is looked for in ``CORRAL_LIBRARY``, inside the
installed package, beside the program ``CORRAL_BIN`` or the ``corral`` on the PATH, and in a checkout's build.
"""

from __future__ import annotations

import ctypes
import functools
import os
import shutil
from collections.abc import Callable, Iterator
from ctypes import POINTER, Structure, byref, c_char_p, c_int32, c_int64, c_uint64, c_void_p
from pathlib import Path
from typing import Any

from .. import errors

__all__ = ["ABI_VERSION", "Buffers", "Library", "Reset", "library", "library_path"]

ABI_VERSION = 1
NAME = "libcorral.so"
SEED_NONE, SEED_FROM, SEED_EACH = 0, 1, 2

_PACKAGE = Path(__file__).resolve().parents[1]

CODES = {
    -1: "invalid_argument",
    -2: "not_found",
    -3: "invalid_action",
    -4: "not_reset",
    -5: "episode_over",
    -6: "busy",
    -7: "session_closed",
    -8: "unimplemented",
    -9: "resource_exhausted",
    -10: "failed_precondition",
}
"""Codes of `corral.errors` by status; any other is ``internal``."""


class Buffers(Structure):
    """``corral_buffers``: memory that a call writes."""

    _fields_ = (
        ("size", c_int64),
        ("rows", c_int64),
        ("observations", c_void_p),
        ("observation_bytes", c_int64),
        ("rewards", c_void_p),
        ("reward_bytes", c_int64),
        ("terminated", c_void_p),
        ("truncated", c_void_p),
        ("info", c_void_p),
        ("info_bytes", c_int64),
        ("final_observations", c_void_p),
        ("final_observation_bytes", c_int64),
        ("final_info", c_void_p),
        ("final_info_bytes", c_int64),
    )


class Reset(Structure):
    """``corral_reset``: which rows, and from which seeds."""

    _fields_ = (
        ("size", c_int64),
        ("seeding", c_int32),
        ("seeds", c_void_p),
        ("seed_count", c_int64),
        ("seeded", c_void_p),
        ("mask", c_void_p),
        ("mask_count", c_int64),
        ("options", c_char_p),
    )


_SIGNATURES: dict[str, tuple[Any, ...]] = {
    "corral_vector_make": (c_char_p, c_int64, c_char_p, POINTER(c_uint64)),
    "corral_vector_reset": (c_uint64, POINTER(Reset), POINTER(Buffers)),
    "corral_vector_step": (c_uint64, c_void_p, c_int64, POINTER(Buffers)),
    "corral_vector_observe": (c_uint64, POINTER(Buffers)),
    "corral_vector_get_state": (c_uint64, c_void_p, c_int64, c_void_p, c_int64),
    "corral_vector_set_state": (c_uint64, c_void_p, c_int64, c_void_p, c_int64),
    "corral_vector_fork": (c_uint64, c_int64, c_void_p, c_int64, c_void_p),
    "corral_vector_render": (c_uint64, c_int64, c_void_p, c_int64),
    "corral_vector_close": (c_uint64,),
}
_TEXTS: dict[str, tuple[Any, ...]] = {
    "corral_list": (c_void_p, c_int64),
    "corral_describe": (c_char_p, c_void_p, c_int64),
    "corral_vector_describe": (c_uint64, c_void_p, c_int64),
}


class Library:
    """The loaded library. Each function of the header is an attribute without its prefix; failures raise.

    `call` releases the interpreter's lock for the length of the call, `quick` keeps it: better for a call that takes
    less time than the lock.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        try:
            self.call = ctypes.CDLL(path)
            self.quick = ctypes.PyDLL(path)
            version = int(self.call.corral_abi_version())
        except (OSError, AttributeError) as error:
            raise errors.error("unavailable", f"cannot load {path}: {error}", _HINT) from error
        if version != ABI_VERSION:
            raise errors.error(
                "unavailable",
                f"{path} has version {version} of the interface, and this package needs {ABI_VERSION}",
                "use the library and the package of the same release",
            )
        for holder in (self.call, self.quick):
            holder.corral_last_error.restype = c_char_p
            for name, types in _SIGNATURES.items():
                function = getattr(holder, name)
                function.argtypes, function.restype = types, c_int32
            for name, types in _TEXTS.items():
                function = getattr(holder, name)
                function.argtypes, function.restype = types, c_int64

    def error(self, status: int) -> errors.CorralError:
        """The exception for the status of the call that has just failed in this thread."""
        text = self.call.corral_last_error().decode("utf-8", "replace")
        message, next = _split(text)
        return errors.error(CODES.get(status, "internal"), message, next)

    def check(self, status: int) -> None:
        if status < 0:
            raise self.error(status)

    def text(self, function: Callable[..., int], *arguments: Any) -> str:
        """A text of any length from one of the functions that write one."""
        length = function(*arguments, None, 0)
        while True:
            self.check(length)
            room = ctypes.create_string_buffer(length + 1)
            written = function(*arguments, room, length + 1)
            if written <= length:
                self.check(written)
                return room.value.decode("utf-8")
            length = written

    def make(self, name: str, count: int, settings: str) -> c_uint64:
        """A new vector's handle."""
        handle = c_uint64()
        self.check(self.call.corral_vector_make(name.encode(), count, settings.encode(), byref(handle)))
        return handle


_HINT = "build it with scripts/build-library, or set CORRAL_LIBRARY to it"


def library_path() -> str | None:
    """Where the library is; None where there is none. Raises `errors.Unavailable` where CORRAL_LIBRARY names no file."""
    given = os.environ.get("CORRAL_LIBRARY")
    if given:
        if os.path.isfile(given):
            return given
        raise errors.error("unavailable", f"CORRAL_LIBRARY names {given!r}, which is no file", "correct or unset it")
    return next((str(place) for place in _places() if place.is_file()), None)


def _places() -> Iterator[Path]:
    yield _PACKAGE / "lib" / NAME
    for program in (os.environ.get("CORRAL_BIN"), shutil.which("corral")):
        if program:
            folder = Path(program).resolve().parent
            yield folder / NAME
            yield folder.parent / "lib" / NAME
    for configuration in ("release", "debug"):
        yield _PACKAGE.parents[1] / ".build" / configuration / NAME


@functools.cache
def _load(path: str) -> Library:
    return Library(path)


def library() -> Library:
    """The library, loaded once; raises `errors.Unavailable` where there is none."""
    path = library_path()
    if path is None:
        raise errors.error("unavailable", f"{NAME} is not installed", _HINT)
    return _load(path)


def _split(text: str) -> tuple[str, str | None]:
    """``what happened (what to do)`` in its two parts."""
    if text.endswith(")") and " (" in text:
        message, _, next = text[:-1].rpartition(" (")
        return message, next
    return text, None
