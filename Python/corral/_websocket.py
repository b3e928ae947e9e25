"""The transport of calls over WebSockets, synchronous and for asyncio: `transport="websocket"` of the clients.

Every call in flight has a connection of its own, as with HTTP; a connection that breaks is replaced and the call sent
again by the same rules. What the WebSocket has no request for goes by HTTP.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from ._calls import JSON, Call
from ._dialogue import Dialogue
from ._http import Endpoint, Lost, Response
from ._messages import Message, message, number_of, response
from ._transport import CONNECT_TIMEOUT, Connection, Timeout, Transport
from .values import TENSORS, loads

T = TypeVar("T")


class Socket(Connection):
    """One WebSocket over a blocking socket; it carries one request at a time."""

    def __init__(
        self, target: Endpoint, headers: Mapping[str, str], timeout: float | None, context: ssl.SSLContext | None
    ) -> None:
        super().__init__(target, timeout, context)
        self.number = 0
        self._request = Message(b"", False)
        try:
            self._dialogue = Dialogue(target, headers)
            self.socket.sendall(self._dialogue.outgoing())
            while not self._dialogue.is_answered:
                self._receive_some(False)
        except BaseException:
            self.socket.close()
            raise

    def ask(self, request: Message) -> None:
        """Sends a request; `receive` gives its answer."""
        self.number += 1
        self._request = request
        super().send(self._dialogue.send(request.encoded(self.number), request.binary))

    def receive(self) -> Response:
        fresh = True
        while True:
            data, binary = self.next(fresh)
            fresh = False
            if number_of(data) == self.number:
                return response(self._request, data, binary)

    def next(self, fresh: bool = True) -> tuple[bytes, bool]:
        """The next message, and whether it is binary."""
        while not self._dialogue.waiting:
            if self._dialogue.is_over:
                raise Lost(self._dialogue.reason, fresh)
            self._receive_some(fresh)
        return self._dialogue.waiting.pop(0)

    def _receive_some(self, fresh: bool) -> None:
        try:
            data = self.socket.recv(65536)
        except socket.timeout:
            raise Timeout from None
        except OSError as error:
            raise Lost(str(error), fresh) from error
        self._dialogue.feed(data)
        if not data and not self._dialogue.waiting:
            raise Lost(self._dialogue.reason, fresh)
        outgoing = self._dialogue.outgoing()
        if outgoing:
            super().send(outgoing)

    def is_alive(self) -> bool:
        """Answers pings that came meanwhile; what else came is of calls that nobody waits for."""
        try:
            self.socket.setblocking(False)
            try:
                while True:
                    data = self.socket.recv(65536)
                    if not data:
                        return False
                    self._dialogue.feed(data)
            finally:
                self.socket.settimeout(self.timeout)
        except (BlockingIOError, ssl.SSLWantReadError):
            self._dialogue.waiting.clear()
            outgoing = self._dialogue.outgoing()
            if outgoing:
                super().send(outgoing)
            return self._dialogue.is_open
        except (OSError, Lost):
            return False

    def close(self) -> None:
        with contextlib.suppress(Exception):
            self.socket.setblocking(False)
            self.socket.send(self._dialogue.close())
        self.socket.close()


class WebSocketTransport(Transport):
    """`Transport` over WebSockets, from any number of threads."""

    def __init__(
        self, target: Endpoint, headers: Mapping[str, str], timeout: float | None, retries: int, context: Any = None
    ) -> None:
        super().__init__(target, headers, timeout, retries, context)
        self._headers = dict(headers)
        self._http = Transport(target, headers, timeout, retries, context)

    def run(self, call: Call[T]) -> T:
        return super().run(call) if message(call) is not None else self._http.run(call)

    def run_all(self, calls: Sequence[Call[Any]]) -> list[Any]:
        known = all(message(call) is not None for call in calls)
        return super().run_all(calls) if known else self._http.run_all(calls)

    def _dispatch(self, connection: Connection, call: Call[Any]) -> None:
        request = message(call)
        assert isinstance(connection, Socket) and request is not None
        connection.ask(request)

    def _take(self) -> Connection:
        return self._take_idle() or self._connect()

    def _connect(self) -> Socket:
        return Socket(self.target, self._headers, self.timeout, self._context)

    def watch(self, session: str, frames: bool) -> Iterator[dict[str, Any]]:
        """The events of a session as they happen, until it ends."""
        connection = self._connect()
        try:
            connection.socket.settimeout(None)
            connection.ask(_watching(session, frames))
            while True:
                event = _event(*connection.next())
                if event is not None:
                    yield event
                    if event["event"] == "ended":
                        return
        finally:
            connection.close()

    def close(self) -> None:
        super().close()
        self._http.close()


def _watching(session: str, frames: bool) -> Message:
    name = session.encode("ascii", "replace")
    return Message(b'"op":"watch","session":"%b","frames":%b}' % (name, b"true" if frames else b"false"), True)


def _event(data: bytes, binary: bool) -> dict[str, Any] | None:
    """An event; None for the answer to the request to watch. Raises the error that it may be."""
    parsed = loads(bytearray(data), TENSORS if binary else JSON)
    if isinstance(parsed, dict) and isinstance(parsed.get("error"), dict):
        from . import errors

        raise errors.from_wire(parsed["error"])
    return parsed if isinstance(parsed, dict) and "event" in parsed else None


class AsyncSocket:
    """One WebSocket over streams of asyncio; it carries one request at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, dialogue: Dialogue) -> None:
        self.reader = reader
        self.writer = writer
        self.used_at = 0.0
        self.reused = False
        self.number = 0
        self._dialogue = dialogue

    @classmethod
    async def open(cls, target: Endpoint, headers: Mapping[str, str], context: ssl.SSLContext | None) -> AsyncSocket:
        dialogue = Dialogue(target, headers)
        if target.path is not None:
            reader, writer = await asyncio.open_unix_connection(target.path)
        else:
            reader, writer = await asyncio.open_connection(target.host, target.port, ssl=context)
        connection = cls(reader, writer, dialogue)
        try:
            writer.write(dialogue.outgoing())
            while not dialogue.is_answered:
                await connection._receive_some(True)
        except BaseException:
            connection.close()
            raise
        return connection

    async def exchange(self, call: Call[Any]) -> Response:
        request = message(call)
        assert request is not None
        await self.ask(request)
        fresh = True
        while True:
            data, binary = await self.next(fresh)
            fresh = False
            if number_of(data) == self.number:
                return response(request, data, binary)

    async def ask(self, request: Message) -> None:
        self.number += 1
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.writer.write(self._dialogue.send(request.encoded(self.number), request.binary))
            await self.writer.drain()

    async def next(self, fresh: bool = True) -> tuple[bytes, bool]:
        while not self._dialogue.waiting:
            if self._dialogue.is_over:
                raise Lost(self._dialogue.reason, fresh)
            await self._receive_some(fresh)
        return self._dialogue.waiting.pop(0)

    async def _receive_some(self, fresh: bool) -> None:
        try:
            data = await self.reader.read(65536)
        except OSError as error:
            raise Lost(str(error), fresh) from error
        self._dialogue.feed(data)
        if not data and not self._dialogue.waiting:
            raise Lost(self._dialogue.reason, fresh)
        outgoing = self._dialogue.outgoing()
        if outgoing:
            self.writer.write(outgoing)

    def is_alive(self) -> bool:
        return not (self.reader.at_eof() or self.writer.is_closing()) and self._dialogue.is_open

    def close(self) -> None:
        with contextlib.suppress(Exception):
            self.writer.write(self._dialogue.close())
        self.writer.close()


async def watch(
    target: Endpoint, headers: Mapping[str, str], context: ssl.SSLContext | None, session: str, frames: bool
) -> AsyncIterator[dict[str, Any]]:
    """As `WebSocketTransport.watch`."""
    connection = await asyncio.wait_for(AsyncSocket.open(target, headers, context), CONNECT_TIMEOUT)
    try:
        await connection.ask(_watching(session, frames))
        while True:
            event = _event(*await connection.next())
            if event is not None:
                yield event
                if event["event"] == "ended":
                    return
    finally:
        connection.close()
