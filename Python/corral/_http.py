"""HTTP/1.1 as a client needs it, without sockets: addresses, the bytes of a request, and a reader of responses.

The synchronous and the asynchronous transport share this module; they only move the bytes.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Mapping
from typing import NamedTuple, Optional, Union
from urllib.parse import urlsplit

from . import errors

MAX_HEAD = 64 * 1024
"""Longest accepted status line and header section, in bytes."""

MAX_BODY = 1 << 30
"""Longest accepted body of a response, in bytes."""

_LINE_BREAK = re.compile(r"[\r\n\0]")


class Endpoint(NamedTuple):
    """Where a server listens: a Unix socket when `path` is set, else a host and a port."""

    url: str
    host: str
    port: int
    path: str | None
    tls: bool
    prefix: str

    @property
    def authority(self) -> str:
        if self.path is not None:
            return "localhost"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.tls else 80) else f"{host}:{self.port}"


def endpoint(url: str) -> Endpoint:
    """Reads ``http://host:port``, ``https://host:port`` or ``unix:///path/of/socket``.

    Raises `errors.InvalidArgument` for anything else.
    """
    if url.startswith("unix:"):
        path = url[len("unix:") :]
        path = path[2:] if path.startswith("//") else path
        if not path or "\0" in path:
            raise _bad_url(url)
        return Endpoint(url, "", 0, path, False, "")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _bad_url(url) from None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise _bad_url(url)
    if re.search(r"[\s\x00-\x1f\x7f]", url):
        raise _bad_url(url)
    tls = parts.scheme == "https"
    return Endpoint(url, parts.hostname, port or (443 if tls else 80), None, tls, parts.path.rstrip("/"))


def _bad_url(url: str) -> errors.CorralError:
    return errors.error(
        "invalid_argument",
        f"{url!r} is no address of a server",
        "use http://HOST:PORT, https://HOST:PORT or unix:///PATH/OF/SOCKET",
    )


class Lost(Exception):
    """The connection broke. `fresh` tells that no byte of a response had arrived."""

    def __init__(self, message: str, fresh: bool) -> None:
        super().__init__(message)
        self.fresh = fresh


class Response(NamedTuple):
    """A complete response; header names are lower case."""

    status: int
    headers: dict[str, str]
    body: bytes | bytearray
    keep: bool
    """Whether the connection may carry another request."""


def head_of(target: Endpoint, headers: Mapping[str, str]) -> bytes:
    """The part of a request head that every request to one server shares, from the version on.

    Raises `errors.InvalidArgument` if a header would break out of its line.
    """
    lines = [" HTTP/1.1", f"Host: {target.authority}"]
    for name, value in headers.items():
        if not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name) or _LINE_BREAK.search(value):
            raise errors.error("invalid_argument", f"the header {name!r} has a name or a value that HTTP forbids")
        lines.append(f"{name}: {value}")
    return ("\r\n".join(lines) + "\r\n").encode("latin-1", "replace")


def request(head: bytes, method: str, target: str, headers: Mapping[str, str], body: bytes | None) -> bytes:
    """The bytes of one request; `target` is already percent-encoded."""
    extra = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    start = f"{method} {target}".encode("ascii")
    if body is None:
        return b"%b%b%b\r\n" % (start, head, extra.encode("latin-1"))
    return b"%b%b%bContent-Length: %d\r\n\r\n%b" % (start, head, extra.encode("latin-1"), len(body), body)


Reading = Generator[Optional[memoryview], Union[bytes, int], Response]


def read_response() -> Reading:
    """Reads one response, however it is cut into pieces.

    It yields what it wants: ``None`` for bytes (send them), or a view to be filled (send the count). Nothing sent
    means end of file. Raises `Lost` when the connection ends early or what arrives is no HTTP.
    """
    buffer = bytearray((yield from _bytes(True)))
    while True:
        end = buffer.find(b"\r\n\r\n")
        while end < 0:
            if len(buffer) > MAX_HEAD:
                raise Lost("the header section of the response is too long", False)
            buffer += yield from _bytes(False)
            end = buffer.find(b"\r\n\r\n")
        status, version, headers = _parse_head(bytes(buffer[:end]))
        del buffer[: end + 4]
        if status >= 200:
            break
        if not buffer:
            buffer += yield from _bytes(False)
    connection = headers.get("connection", "").lower()
    keep = connection != "close" if version == "1.1" else connection == "keep-alive"
    if status in (204, 304):
        return Response(status, headers, b"", keep and not buffer)
    if "chunked" in headers.get("transfer-encoding", "").lower():
        body = yield from _chunked(buffer)
        return Response(status, headers, body, keep and not buffer)
    if "content-length" not in headers:
        body = yield from _until_end(buffer)
        return Response(status, headers, body, False)
    text = headers["content-length"]
    if not (text.isascii() and text.isdigit()) or int(text) > MAX_BODY:
        raise Lost(f"the response has the length {text[:40]!r}", False)
    length = int(text)
    if len(buffer) < length:
        body = bytearray(length)
        filled = len(buffer)
        body[:filled] = buffer
        view = memoryview(body)
        while filled < length:
            count = yield view[filled:]
            if not isinstance(count, int) or count <= 0:
                raise Lost("the connection ended within a response", False)
            filled += count
        return Response(status, headers, body, keep)
    keep = keep and len(buffer) == length
    del buffer[length:]
    return Response(status, headers, buffer, keep)


def _bytes(fresh: bool) -> Generator[memoryview | None, bytes | int, bytes]:
    data = yield None
    if not isinstance(data, (bytes, bytearray)) or not data:
        raise Lost("the server closed the connection", fresh)
    return bytes(data)


def _parse_head(head: bytes) -> tuple[int, str, dict[str, str]]:
    lines = head.decode("latin-1").split("\r\n")
    match = re.match(r"HTTP/(1\.[01]) (\d{3})(?: |$)", lines[0])
    if match is None:
        raise Lost("what answered does not speak HTTP/1.1", False)
    headers: dict[str, str] = {}
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if not colon:
            raise Lost("the response has a malformed header", False)
        headers[name.lower()] = value.strip()
    return int(match[2]), match[1], headers


def _until_end(buffer: bytearray) -> Generator[memoryview | None, bytes | int, bytearray]:
    while len(buffer) <= MAX_BODY:
        data = yield None
        if not isinstance(data, (bytes, bytearray)) or not data:
            return buffer
        buffer += data
    raise Lost("the response is too long", False)


def _chunked(buffer: bytearray) -> Generator[memoryview | None, bytes | int, bytearray]:
    """Takes a chunked body off `buffer`, leaving what follows it."""
    body = bytearray()
    while True:
        line = yield from _line(buffer)
        digits = line.split(b";", 1)[0].strip()
        if not re.fullmatch(rb"[0-9A-Fa-f]{1,8}", digits):
            raise Lost("the response has a malformed chunk", False)
        size = int(digits, 16)
        if len(body) + size > MAX_BODY:
            raise Lost("the response is too long", False)
        if size == 0:
            while (yield from _line(buffer)):
                pass
            return body
        while len(buffer) < size + 2:
            buffer += yield from _bytes(False)
        body += buffer[:size]
        if buffer[size : size + 2] != b"\r\n":
            raise Lost("the response has a malformed chunk", False)
        del buffer[: size + 2]


def _line(buffer: bytearray) -> Generator[memoryview | None, bytes | int, bytes]:
    while True:
        end = buffer.find(b"\r\n")
        if end >= 0:
            line = bytes(buffer[:end])
            del buffer[: end + 2]
            return line
        if len(buffer) > MAX_HEAD:
            raise Lost("the response has a line that is too long", False)
        buffer += yield from _bytes(False)
