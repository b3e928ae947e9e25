"""Bundles: the folder of an environment as the one archive that it can have, and how it is published.

The form is that of ``docs/catalog.md``; ``corral publish`` makes the same bytes.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Generator
from typing import Any, NamedTuple

from . import errors
from ._calls import Call, answer, field, segment

MANIFEST = "environment.yaml"
FILES = 10_000
BYTES = 256 << 20
PART = 4 << 20
"""Bytes of one request of an upload."""
FAILURES = 5
"""How often in a row a part may fail."""

_BLOCK = 512
_NAME, _PREFIX = 100, 155
_LATER = frozenset(("unavailable", "conflict", "deadline_exceeded", "busy"))


class Bundle(NamedTuple):
    """An archive, and its digest: ``sha256:…``."""

    data: bytes
    digest: str


def pack(folder: str | os.PathLike[str]) -> Bundle:
    """Packs the folder of a manifest; hidden files, ``__pycache__`` and links are left out.

    Raises `errors.NotFound` where it has no ``environment.yaml``, `errors.InvalidArgument` where it is too large or has
    a name that no bundle has.
    """
    root = os.fsencode(folder)
    paths = sorted(_paths(root)) if os.path.isdir(root) else []
    if MANIFEST.encode() not in paths:
        raise errors.error("not_found", f"{os.fsdecode(root)} has no {MANIFEST}", "name the folder of an environment")
    parts: list[bytes] = []
    budget = BYTES
    for path in paths:
        with open(os.path.join(root, path), "rb") as file:
            data = file.read(budget + 1)
        budget -= len(data)
        if budget < 0:
            raise _too_large(root, f"more than {BYTES >> 20} MiB")
        parts += [_header(path, len(data)), data, b"\0" * (-len(data) % _BLOCK)]
    archive = b"".join(parts) + b"\0" * (2 * _BLOCK)
    return Bundle(archive, "sha256:" + hashlib.sha256(archive).hexdigest())


def publish(bundle: Bundle, alias: str | None, reason: str) -> Generator[Call[dict[str, Any]], Any, dict[str, Any]]:
    """The calls that publish a bundle, one after the other: each wants its answer sent, or its error thrown.

    An upload that broke goes on where it ended, also one of another process.
    """
    yield from _upload(bundle)
    version: dict[str, Any] = yield Call(
        "POST", "/v1/environments", answer, {"bundle": bundle.digest, "reason": reason}
    )
    if alias is not None:
        body = {"alias": alias, "version": field(version, "version", str), "reason": reason}
        yield Call("POST", f"/v1/environments/{segment(field(version, 'name', str))}/aliases", answer, body)
    return version


def _upload(bundle: Bundle) -> Generator[Call[dict[str, Any]], Any, None]:
    begun = yield Call("POST", "/v1/uploads", answer, {"digest": bundle.digest, "size": len(bundle.data)})
    if begun.get("complete"):
        return
    target = f"/v1/uploads/{segment(field(begun, 'id', str))}"
    offset = _offset(begun, bundle)
    failures = 0
    while offset < len(bundle.data):
        try:
            offset = _offset((yield _part(target, bundle.data[offset : offset + PART], offset)), bundle)
            failures = 0
        except errors.CorralError as error:
            failures += 1
            if failures >= FAILURES or error.code not in _LATER:
                raise
            offset = _offset((yield Call("GET", target, answer)), bundle)
    yield Call("PUT", target, answer)


def _part(target: str, data: bytes, offset: int) -> Call[dict[str, Any]]:
    headers = {
        "Upload-Offset": str(offset),
        "Upload-Checksum": "sha256:" + hashlib.sha256(data).hexdigest(),
        "Content-Type": "application/octet-stream",
    }
    call = Call("PATCH", target, answer, headers=headers)
    call.body = data
    return call


def _offset(status: dict[str, Any], bundle: Bundle) -> int:
    offset: int = field(status, "offset", int)
    if not 0 <= offset <= len(bundle.data):
        raise errors.error("internal", f"the server has {offset} bytes of {len(bundle.data)}")
    return offset


def _paths(root: bytes) -> list[bytes]:
    """Of the files that belong to a version, below its folder."""
    found: list[bytes] = []
    pending = [b""]
    while pending:
        prefix = pending.pop()
        for name in os.listdir(os.path.join(root, prefix) if prefix else root):
            if name.startswith(b".") or name == b"__pycache__":
                continue
            path = prefix + name
            mode = os.lstat(os.path.join(root, path)).st_mode
            if stat.S_ISDIR(mode):
                pending.append(path + b"/")
            elif stat.S_ISREG(mode):
                found.append(_checked(path))
        if len(found) > FILES:
            raise _too_large(root, f"more than {FILES} files")
    return found


def _checked(path: bytes) -> bytes:
    try:
        text = path.decode()
    except UnicodeDecodeError:
        text = "\ufffd"
    if any(character < " " or character in "\x7f\ufffd" for character in text):
        raise errors.error("invalid_argument", f"{path!r} cannot be in a bundle", "rename the file")
    return path


def _too_large(root: bytes, what: str) -> errors.CorralError:
    return errors.error(
        "invalid_argument",
        f"{os.fsdecode(root)}: {what}",
        "keep large data outside of the folder and mount it as a volume",
    )


def _header(path: bytes, size: int) -> bytes:
    """The ustar header of a regular file: mode 0755, owner 0, time 0."""
    prefix, name = _split(path)
    header = bytearray(_BLOCK)
    for place, value in (
        (0, name),
        (100, b"0000755"),
        (108, b"0000000"),
        (116, b"0000000"),
        (124, b"%011o" % size),
        (136, b"00000000000"),
        (148, b" " * 8),
        (156, b"0"),
        (257, b"ustar"),
        (263, b"00"),
        (329, b"0000000"),
        (337, b"0000000"),
        (345, prefix),
    ):
        header[place : place + len(value)] = value
    header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header)


def _split(path: bytes) -> tuple[bytes, bytes]:
    """The path in the header's two fields: cut at the first slash that leaves a name which fits."""
    if len(path) <= _NAME:
        return b"", path
    place = path.find(b"/", len(path) - _NAME - 1)
    if 0 <= place <= _PREFIX:
        return path[:place], path[place + 1 :]
    raise errors.error("invalid_argument", f"the path {os.fsdecode(path[:300])} is too long for a bundle")
