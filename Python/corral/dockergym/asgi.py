"""An app under an ASGI server such as uvicorn: every request is passed on to `corral serve`.

A step takes longer than with `corral.dockergym.run`, where clients speak to the server themselves.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
import traceback
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from .._http import Lost, Response, endpoint
from .._streams import Connection
from .app import App, Message
from .server import LOOPBACK, OPENING, Running, is_for_loopback_only

START_LIMIT = 60.0
"""Seconds in which the server has to listen."""
BODY_LIMIT = 64 << 20
"""Bytes of a request; the server's own limit is lower."""
HOP = {
    "connection", "content-length", "date", "expect", "host", "keep-alive", "te", "trailer", "transfer-encoding",
    "upgrade",
}  # fmt: skip
"""Headers that each server writes for itself."""

Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Application:
    """The ASGI application of an app: its lifespan is that of a server on a private Unix socket."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._path = ""
        self._loopback_only = True

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._pass_on(scope, receive, send)
        else:
            raise NotImplementedError(f"the server has no {scope['type']}")

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        stack = contextlib.AsyncExitStack()
        try:
            self._loopback_only = await asyncio.to_thread(is_for_loopback_only)
            server = await stack.enter_async_context(Running(self._app, on_socket=True))
            self._path = server.socket
            await _listening(server)
        except BaseException as error:
            await stack.aclose()
            traceback.print_exc()
            return await send({"type": "lifespan.startup.failed", "message": str(error)})
        async with stack:
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})

    async def _pass_on(self, scope: Message, receive: Receive, send: Send) -> None:
        if self._loopback_only and not _is_from_loopback(scope):
            return await _answer(send, 403, f"only callers of this machine are served: {OPENING}")
        if scope["method"] == "HEAD":
            return await _answer(send, 405, "Method Not Allowed")
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            if len(body) > BODY_LIMIT:
                return await _answer(send, 413, "the body is too long")
            if not message.get("more_body"):
                break
        try:
            response = await self._exchange(_request(scope, bytes(body)))
        except (OSError, Lost):
            return await _answer(send, 503, "the server gave no answer")
        headers = [
            (name.encode("latin-1"), value.encode("latin-1"))
            for name, value in response.headers.items()
            if name not in HOP
        ]
        headers.append((b"content-length", b"%d" % len(response.body)))
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        await send({"type": "http.response.body", "body": bytes(response.body)})

    async def _exchange(self, data: bytes) -> Response:
        connection = await Connection.open(endpoint(f"unix:{self._path}"), None)
        try:
            return await connection.exchange(data)
        finally:
            connection.close()


async def _listening(server: Running) -> None:
    """Waits until the server answers. Raises RuntimeError when it does not."""
    ended = asyncio.ensure_future(server.ended())
    deadline = time.monotonic() + START_LIMIT
    try:
        while True:
            with contextlib.suppress(OSError):
                (await Connection.open(endpoint(f"unix:{server.socket}"), None)).close()
                return
            if ended.done() or time.monotonic() > deadline:
                raise RuntimeError("corral serve did not start; its log above says why")
            await asyncio.wait({ended}, timeout=0.01)
    finally:
        ended.cancel()


def _request(scope: Message, body: bytes) -> bytes:
    target = scope.get("raw_path") or scope["path"].encode()
    if scope.get("query_string"):
        target += b"?" + scope["query_string"]
    lines = [scope["method"].encode() + b" " + target + b" HTTP/1.1", b"Host: localhost", b"Connection: close"]
    lines += [name + b": " + value for name, value in scope["headers"] if name.decode("latin-1").lower() not in HOP]
    lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def _is_from_loopback(scope: Message) -> bool:
    """Whether a program of this machine called, and not a page of another site in its browser."""
    fields = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
    hosts = [(scope.get("client") or [""])[0], urlsplit("//" + fields.get(b"host", "localhost")).hostname]
    if b"origin" in fields:
        hosts.append(urlsplit(fields[b"origin"]).hostname)
    return all(host in LOOPBACK for host in hosts)


async def _answer(send: Send, status: int, detail: str) -> None:
    body = json.dumps({"detail": detail}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
