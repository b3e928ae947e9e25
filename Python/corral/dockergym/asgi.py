"""An app under an ASGI server such as uvicorn: every request is passed on to `corral serve`.

A step takes about twice as long as with `corral.dockergym.run`, where clients speak to the server themselves.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
import traceback
from collections.abc import Awaitable, Callable

from .._http import Lost, Response, endpoint
from .._streams import Connection
from .app import App, Message
from .server import Running

START_LIMIT = 60.0
"""Seconds in which the server has to listen."""
BODY_LIMIT = 64 << 20
"""Bytes of a request; the server's own limit is lower."""
HOP = {"connection", "host", "keep-alive", "content-length", "transfer-encoding", "te", "trailer", "upgrade", "expect"}
"""Headers of one connection, which are not passed on."""

Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Application:
    """The ASGI application of an app: its lifespan is that of a server on a private Unix socket."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._path = ""

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
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            if len(body) > BODY_LIMIT:
                return await _answer(send, 413, b'{"detail":"the body is too long"}')
            if not message.get("more_body"):
                break
        try:
            response = await self._exchange(_request(scope, bytes(body)))
        except (OSError, Lost):
            return await _answer(send, 503, b'{"detail":"the server gave no answer"}')
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
            connection.drop()


async def _listening(server: Running) -> None:
    """Waits until the server answers. Raises RuntimeError when it does not."""
    ended = asyncio.ensure_future(server.ended())
    deadline = time.monotonic() + START_LIMIT
    try:
        while True:
            with contextlib.suppress(OSError):
                (await Connection.open(endpoint(f"unix:{server.socket}"), None)).drop()
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


async def _answer(send: Send, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
