"""Persistent HTTP/1.1 connections over blocking sockets.

Written on plain sockets, because a step costs a fifth of a millisecond: measured on loopback, the client side of one
exchange adds 21 µs to the bare socket calls here, 47 µs with `http.client`, 93 µs with httpcore, 98 µs with urllib3;
and the asynchronous transport can share the reader.
"""

from __future__ import annotations

import os
import socket
import ssl
import time
import weakref
from collections.abc import Mapping, Sequence
from typing import Any, Generic, Protocol, TypeVar

from . import errors
from ._calls import Call
from ._http import Endpoint, Lost, Response, head_of, read_response, request
from ._retry import Attempts

T = TypeVar("T")

CONNECT_TIMEOUT = 10.0
IDLE_UNCHECKED = 0.05
"""Seconds for which an idle connection is taken for alive without asking the kernel."""
MOST_IDLE = 64
AT_ONCE = 32
"""Most connections that `run_all` uses."""


class Timeout(Exception):
    """The server did not answer in time."""


class Connection:
    """One connection; it belongs to one thread at a time."""

    def __init__(self, target: Endpoint, timeout: float | None, context: ssl.SSLContext | None) -> None:
        self.timeout = timeout
        limit = CONNECT_TIMEOUT if timeout is None else min(timeout, CONNECT_TIMEOUT)
        if target.path is not None:
            raw = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                raw.settimeout(limit)
                raw.connect(target.path)
            except BaseException:
                raw.close()
                raise
        else:
            raw = socket.create_connection((target.host, target.port), limit)
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        if context is not None:
            try:
                raw = context.wrap_socket(raw, server_hostname=target.host)
            except BaseException:
                raw.close()
                raise
        raw.settimeout(timeout)
        self.socket = raw
        self.used_at = 0.0
        self.reused = False

    def send(self, data: bytes) -> None:
        """Raises nothing when the peer has closed: it may have answered before it read all; `receive` will tell."""
        try:
            self.socket.sendall(data)
        except socket.timeout:
            raise Timeout from None
        except (BrokenPipeError, ConnectionResetError):
            pass

    def receive(self) -> Response:
        reading = read_response()
        want = next(reading)
        receive, fill = self.socket.recv, self.socket.recv_into
        fresh = True
        try:
            while True:
                got: bytes | int = receive(65536) if want is None else fill(want)
                fresh = False
                want = reading.send(got)
        except StopIteration as stop:
            response: Response = stop.value
            return response
        except socket.timeout:
            raise Timeout from None
        except OSError as error:
            raise Lost(str(error), fresh) from error

    def is_alive(self) -> bool:
        """Whether the peer keeps the connection open and silent."""
        if time.monotonic() - self.used_at < IDLE_UNCHECKED:
            return True
        try:
            self.socket.setblocking(False)
            try:
                if isinstance(self.socket, ssl.SSLSocket):
                    self.socket.read(1)
                else:
                    self.socket.recv(1, socket.MSG_PEEK)
                return False
            finally:
                self.socket.settimeout(self.timeout)
        except (BlockingIOError, ssl.SSLWantReadError):
            return True
        except OSError:
            return False

    def close(self) -> None:
        self.socket.close()


class Kept(Protocol):
    """A connection that a pool keeps between calls."""

    reused: bool
    used_at: float

    def is_alive(self) -> bool: ...

    def close(self) -> None: ...


K = TypeVar("K", bound=Kept)


class Pool(Generic[K]):
    """The connections to one server that wait for their next call, and what both transports do with them."""

    opener = "corral.connect"

    def __init__(
        self, target: Endpoint, headers: Mapping[str, str], timeout: float | None, retries: int, context: Any = None
    ) -> None:
        self.target = target
        self.timeout = timeout
        self.retries = retries
        self._head = head_of(target, headers)
        self._context: ssl.SSLContext | None = (context or ssl.create_default_context()) if target.tls else None
        self._idle: list[K] = []
        self._closed = False

    def _bytes(self, call: Call[Any]) -> bytes:
        return request(self._head, call.method, self.target.prefix + call.target, call.headers, call.body)

    def _take_idle(self) -> K | None:
        """A live connection that served before; None where there is none."""
        if self._closed:
            raise errors.error("failed_precondition", "the client is closed", f"open another one with {self.opener}")
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                return None
            if connection.is_alive():
                connection.reused = True
                return connection
            connection.close()

    def _give(self, connection: K, response: Response) -> None:
        if response.keep and not self._closed and len(self._idle) < MOST_IDLE:
            connection.used_at = time.monotonic()
            self._idle.append(connection)
        else:
            connection.close()

    def _after(self, error: Exception, connection: K | None, attempts: Attempts) -> float:
        """Seconds to wait before the next attempt; raises when there is none."""
        lost = error if isinstance(error, Lost) else Lost(str(error), True)
        if connection is not None:
            connection.close()
        final = isinstance(error, (ssl.SSLCertVerificationError, socket.timeout))
        reused = connection is not None and connection.reused
        delay = None if final else attempts.after_loss(lost, reused, connection is not None)
        if delay is None:
            raise unreachable(self.target, error) from error
        return delay


class Transport(Pool[Connection]):
    """Carries calls to one server, from any number of threads; every call in flight has a connection of its own."""

    def __init__(
        self, target: Endpoint, headers: Mapping[str, str], timeout: float | None, retries: int, context: Any = None
    ) -> None:
        super().__init__(target, headers, timeout, retries, context)
        _transports.add(self)

    def run(self, call: Call[T]) -> T:
        """Sends the call, again where that is safe and useful, and reads its answer.

        Raises the `errors.CorralError` that the server answered with, `errors.ConnectionLost` when it cannot be
        reached, `errors.DeadlineExceeded` when it does not answer within the time-out.
        """
        return self._run(call, Attempts(call, self.retries, self.timeout))

    def _run(self, call: Call[T], attempts: Attempts) -> T:
        while True:
            try:
                connection = self._take()
            except Timeout:
                raise too_late(self.target, call, self.timeout) from None
            except (Lost, OSError) as error:
                time.sleep(self._after(error, None, attempts))
                continue
            try:
                self._dispatch(connection, call)
                response = connection.receive()
            except Timeout:
                connection.close()
                raise too_late(self.target, call, self.timeout) from None
            except (Lost, OSError) as error:
                time.sleep(self._after(error, connection, attempts))
                continue
            except BaseException:  # Ctrl-C: the answer may still come, so the connection is of no more use
                connection.close()
                raise
            self._give(connection, response)
            again = attempts.after_response(response)
            if again is None:
                return call.finish(response)
            time.sleep(again)

    def run_all(self, calls: Sequence[Call[Any]]) -> list[Any]:
        """Runs independent calls side by side, on one connection each; an error stands where a call failed."""
        results: list[Any] = []
        if len(calls) == 1:
            return [self._collect(calls[0], self._start(calls[0]))]
        for start in range(0, len(calls), AT_ONCE):
            results += self._run_side_by_side(calls[start : start + AT_ONCE])
        return results

    def _run_side_by_side(self, calls: Sequence[Call[Any]]) -> list[Any]:
        started: list[Connection | None] = []
        results: list[Any] = []
        try:
            for call in calls:
                started.append(self._start(call))
            for call, connection in zip(calls, started):
                results.append(self._collect(call, connection))
            return results
        finally:
            for connection in started[len(results) :]:
                if connection is not None:
                    connection.close()

    def _start(self, call: Call[Any]) -> Connection | None:
        """The connection that carries the call, or None when it has to be sent anew."""
        try:
            connection = self._take()
        except (Timeout, Lost, OSError):
            return None
        try:
            self._dispatch(connection, call)
            return connection
        except (Timeout, OSError):
            connection.close()
            return None

    def _collect(self, call: Call[Any], connection: Connection | None) -> Any:
        attempts = Attempts(call, self.retries, self.timeout)
        try:
            if connection is not None:
                try:
                    response = connection.receive()
                    self._give(connection, response)
                    if attempts.after_response(response) is None:
                        return call.finish(response)
                except Timeout:
                    connection.close()
                    raise too_late(self.target, call, self.timeout) from None
                except Lost as lost:
                    time.sleep(self._after(lost, connection, attempts))
            return self._run(call, attempts)
        except errors.CorralError as error:
            return error

    def _dispatch(self, connection: Connection, call: Call[Any]) -> None:
        connection.send(self._bytes(call))

    def _take(self) -> Connection:
        return self._take_idle() or Connection(self.target, self.timeout, self._context)

    def close(self) -> None:
        self._closed = True
        self._drop()

    def _drop(self) -> None:
        idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()


def unreachable(target: Endpoint, error: Exception) -> errors.CorralError:
    """The failure of a call that no connection could carry."""
    what = str(error) or type(error).__name__
    return errors.ConnectionLost(
        "unavailable", f"lost or cannot reach the server at {target.url}: {what}", "check the address and that it runs"
    )


def too_late(target: Endpoint, call: Call[Any], timeout: float | None) -> errors.CorralError:
    """The failure of a call that was not answered in time."""
    return errors.error(
        "deadline_exceeded",
        f"the server at {target.url} did not answer {call.method} {call.target} within {timeout} s",
        "raise the client's timeout, or look into the session's logs",
    )


_transports: weakref.WeakSet[Transport] = weakref.WeakSet()


def _forget_connections() -> None:
    """Parent and child of a fork must not speak on one connection."""
    for transport in list(_transports):
        transport._drop()


os.register_at_fork(after_in_child=_forget_connections)
