"""Answers the server's calls of hooks over a Unix socket; docs/hooks.md has the contract."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import json
import sys
import traceback
from typing import Any, Callable

from .app import App, Refusal

HEAD_LIMIT = 64 * 1024
BODY_LIMIT = 64 << 20
"""Bytes; above what the server takes from its callers."""
READ_LIMIT = 30.0
"""Seconds in which a request has to arrive; the server sends them whole."""


class Endpoint:
    """The hooks of an app as an HTTP server: one request a connection, one hook at a time."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._turn = asyncio.Lock()
        self._server: asyncio.AbstractServer | None = None
        self._running: set[asyncio.Task[None]] = set()
        self._started = False

    async def start(self, path: str) -> None:
        """Calls `on_startup`, then listens at `path`. Passes on what the hook raises."""
        await self._call("on_startup", self._app)
        self._started = True
        self._server = await asyncio.start_unix_server(self._serve, path, limit=HEAD_LIMIT)

    async def stop(self) -> None:
        """Ends calls that still run, and calls `on_shutdown` if the server did not get to it."""
        if self._server is not None:
            self._server.close()
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await self._shut_down()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None, "asyncio runs callbacks of connections as tasks"
        self._running.add(task)
        try:
            call, body = await asyncio.wait_for(_request(reader, writer), READ_LIMIT)
            answer = await _unless_hung_up(reader, self._answer(call, body))
            writer.write(_response(*answer))
            await writer.drain()
        except (asyncio.CancelledError, asyncio.TimeoutError, asyncio.IncompleteReadError, ValueError, OSError):
            pass  # nobody waits for an answer, or what was sent is no request of the server
        finally:
            self._running.discard(task)
            writer.close()

    async def _answer(self, call: str, body: bytes) -> tuple[int, dict[str, Any]]:
        try:
            if call == "/create_session":
                return 200, await self._create(json.loads(body))
            if call == "/stop":
                await self._shut_down()
            elif call != "/start":
                return 404, {"message": f"there is no hook {call}"}
            return 200, {}
        except Refusal as refusal:
            return 200, {"refuse": str(refusal) or "refused by the environment's hook"}
        except Exception as error:
            traceback.print_exc(file=sys.stderr)
            return 500, {"message": f"{type(error).__name__}: {error}"}

    async def _create(self, request: dict[str, Any]) -> dict[str, Any]:
        payload = await self._call("on_create_session", request["instance"], request["params"])
        if not isinstance(payload, dict) or "env_id" not in payload:
            raise TypeError(f"on_create_session returned {payload!r}, not a dict with `env_id`")
        params = {name: value for name, value in payload.items() if name != "env_id"}
        return {"instance": payload["env_id"] or None, "params": params}

    async def _shut_down(self) -> None:
        if self._started:
            self._started = False
            await self._call("on_shutdown", self._app)

    async def _call(self, name: str, *arguments: Any) -> Any:
        hook: Callable[..., Any] = getattr(self._app.hooks, name)
        async with self._turn:
            result = hook(*arguments)
            return await result if inspect.isawaitable(result) else result


async def _request(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[str, bytes]:
    """The path and the body of one request. Raises ValueError for what is none."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.LimitOverrunError as error:
        raise ValueError("the head is too long") from error
    first, *lines = head.decode("latin-1").split("\r\n")
    method, path, _ = first.split(" ", 2)
    fields = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    length = int(fields.get("content-length", "0"))
    if method != "POST" or not 0 <= length <= BODY_LIMIT:
        raise ValueError(f"{method} of {length} bytes")
    if fields.get("expect", "").lower() == "100-continue":
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    return path, await reader.readexactly(length)


async def _unless_hung_up(reader: asyncio.StreamReader, answering: Any) -> tuple[int, dict[str, Any]]:
    """The answer; cancels the hook when the server has given up waiting."""
    answer = asyncio.ensure_future(answering)
    end = asyncio.ensure_future(reader.read(1))
    try:
        await asyncio.wait({answer, end}, return_when=asyncio.FIRST_COMPLETED)
        if not answer.done():
            raise ValueError("the server hung up")
        result: tuple[int, dict[str, Any]] = answer.result()
        return result
    finally:
        for task in (answer, end):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await task


def _response(status: int, body: dict[str, Any]) -> bytes:
    text = json.dumps(body).encode()
    reason = {200: "OK", 404: "Not Found"}.get(status, "Internal Server Error")
    head = f"HTTP/1.1 {status} {reason}\r\nContent-Type: application/json\r\nContent-Length: {len(text)}\r\n"
    return head.encode() + b"Connection: close\r\n\r\n" + text
