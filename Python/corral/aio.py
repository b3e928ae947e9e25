"""The asynchronous client: `aconnect` gives an `AsyncClient`, with the calls of `corral.Client` as coroutines.

Streams of asyncio carry the same bytes as the synchronous client's sockets; requests, answers and the rules of
repetition are shared.
"""

from __future__ import annotations

import asyncio
import builtins
import contextlib
import os
import ssl
from collections.abc import AsyncIterator, Mapping, Sequence
from types import TracebackType
from typing import (
    Any,
    Callable,
    TypeVar,
    overload,
)

from gymnasium import spaces

from . import _calls as calls
from . import errors
from ._calls import Call, ResetResult, SessionCore, StepResult
from ._http import Endpoint, Lost, Response, endpoint, head_of, request
from ._retry import Attempts
from ._streams import Connection
from ._transport import CONNECT_TIMEOUT, MOST_IDLE, too_late, unreachable
from .client import RETRIES, TIMEOUT, headers

T = TypeVar("T")

__all__ = ["AsyncClient", "AsyncSession", "aconnect"]


def aconnect(
    url: str | None = None,
    *,
    api_key: str | None = None,
    timeout: float | None = TIMEOUT,
    retries: int = RETRIES,
    ssl_context: Any = None,
) -> AsyncClient:
    """As `corral.connect`; the client belongs to the event loop that first uses it."""
    url = url or os.environ.get("CORRAL_URL")
    if not url:
        from . import local

        url = local.url()
    return AsyncClient(url, api_key=api_key, timeout=timeout, retries=retries, ssl_context=ssl_context)


class _Transport:
    """`corral._transport.Transport` for asyncio."""

    def __init__(
        self, target: Endpoint, given: Mapping[str, str], timeout: float | None, retries: int, context: Any
    ) -> None:
        self.target = target
        self.timeout = timeout
        self.retries = retries
        self._head = head_of(target, given)
        self._context: ssl.SSLContext | None = (context or ssl.create_default_context()) if target.tls else None
        self._idle: list[Connection] = []
        self._closed = False

    async def run(self, call: Call[T]) -> T:
        attempts = Attempts(call, self.retries, self.timeout)
        data = request(self._head, call.method, self.target.prefix + call.target, call.headers, call.body)
        while True:
            connection: Connection | None = None
            try:
                connection = await self._take()
                response = await asyncio.wait_for(connection.exchange(data), self.timeout)
            except asyncio.TimeoutError:
                if connection is None:
                    raise unreachable(self.target, Lost("no answer to the connection attempt", True)) from None
                connection.drop()
                raise too_late(self.target, call, self.timeout) from None
            except (Lost, OSError) as error:
                lost = error if isinstance(error, Lost) else Lost(str(error), True)
                if connection is not None:
                    connection.drop()
                final = isinstance(error, ssl.SSLCertVerificationError)
                reused = connection is not None and connection.reused
                delay = None if final else attempts.after_loss(lost, reused, connection is not None)
                if delay is None:
                    raise unreachable(self.target, error) from error
                await asyncio.sleep(delay)
                continue
            except BaseException:  # cancelled: the answer may still come, so the connection is of no more use
                if connection is not None:
                    connection.drop()
                raise
            self._give(connection, response)
            again = attempts.after_response(response)
            if again is None:
                return call.finish(response)
            await asyncio.sleep(again)

    async def _take(self) -> Connection:
        if self._closed:
            raise errors.error("failed_precondition", "the client is closed", "open another one with corral.aconnect")
        while self._idle:
            connection = self._idle.pop()
            if connection.is_alive():
                connection.reused = True
                return connection
            connection.drop()
        limit = CONNECT_TIMEOUT if self.timeout is None else min(self.timeout, CONNECT_TIMEOUT)
        return await asyncio.wait_for(Connection.open(self.target, self._context), limit)

    def _give(self, connection: Connection, response: Response) -> None:
        if response.keep and not self._closed and len(self._idle) < MOST_IDLE:
            self._idle.append(connection)
        else:
            connection.drop()

    async def close(self) -> None:
        self._closed = True
        idle, self._idle = self._idle, []
        for connection in idle:
            connection.writer.close()
        for connection in idle:
            with contextlib.suppress(OSError):
                await connection.writer.wait_closed()


class AsyncClient:
    """A server, as seen by one caller, from one event loop."""

    def __init__(
        self,
        url: str,
        *,
        api_key: str | None = None,
        timeout: float | None = TIMEOUT,
        retries: int = RETRIES,
        ssl_context: Any = None,
    ) -> None:
        self.url = url
        self._transport = _Transport(endpoint(url), headers(api_key), timeout, retries, ssl_context)
        self.sessions = AsyncSessions(self)
        self.environments = AsyncEnvironments(self)

    async def health(self) -> dict[str, Any]:
        return await self._run(Call("GET", "/v1/health", calls.answer))

    async def capabilities(self) -> dict[str, Any]:
        return await self._run(Call("GET", "/v1/capabilities", calls.answer))

    async def step_many(self, steps: Sequence[tuple[AsyncSession, Any]]) -> list[StepResult | errors.CorralError]:
        """As `corral.Client.step_many`."""
        sessions = [session for session, _ in steps]
        if len({session.id for session in sessions}) < len(sessions):
            raise errors.error("invalid_argument", "a session can be stepped once in a request")
        if not steps:
            return []
        async with contextlib.AsyncExitStack() as locked:
            for session in sorted(sessions, key=lambda one: one.id):
                await locked.enter_async_context(session._ready())
            cores = [session._core for session in sessions]
            call = calls.step_many(cores, [action for _, action in steps])
            try:
                return await self._run(call)
            except BaseException as error:
                for core in cores:
                    core.failed(error)
                raise

    async def _run(self, call: Call[T]) -> T:
        return await self._transport.run(call)

    async def close(self) -> None:
        await self._transport.close()

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()


class AsyncEnvironments:
    """The environments that the server offers."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client

    def list(self, **query: Any) -> AsyncIterator[dict[str, Any]]:
        return _pages(self._client, "/v1/environments", "environments", query)

    async def get(self, reference: str) -> dict[str, Any]:
        return await self._client._run(Call("GET", f"/v1/environments/{calls.segment(reference)}", calls.answer))


class AsyncSessions:
    """The sessions of the caller."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client

    @overload
    async def create(
        self,
        environment: str,
        instance: str | None = ...,
        params: Mapping[str, Any] | None = ...,
        seed: int | None = ...,
        options: Mapping[str, Any] | None = ...,
        labels: Mapping[str, str] | None = ...,
        count: None = ...,
        reset: bool = ...,
    ) -> AsyncSession: ...

    @overload
    async def create(
        self,
        environment: str,
        instance: str | None = ...,
        params: Mapping[str, Any] | None = ...,
        seed: int | None = ...,
        options: Mapping[str, Any] | None = ...,
        labels: Mapping[str, str] | None = ...,
        *,
        count: int,
        reset: bool = ...,
    ) -> builtins.list[AsyncSession]: ...

    async def create(
        self,
        environment: str,
        instance: str | None = None,
        params: Mapping[str, Any] | None = None,
        seed: int | None = None,
        options: Mapping[str, Any] | None = None,
        labels: Mapping[str, str] | None = None,
        count: int | None = None,
        reset: bool = True,
    ) -> AsyncSession | builtins.list[AsyncSession]:
        """As `corral.client.Sessions.create`."""
        call = calls.create(environment, instance, params, seed, options, labels, reset, count)
        opened = [AsyncSession(self._client, core) for core in await self._client._run(call)]
        return opened[0] if count is None else opened

    async def get(self, id: str) -> AsyncSession:
        read = Call("GET", f"/v1/sessions/{calls.segment(id)}", calls.answer)
        return AsyncSession(self._client, SessionCore(await self._client._run(read)))

    def list(
        self,
        state: str | None = None,
        environment: str | None = None,
        label: str | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[dict[str, Any]]:
        query = {"state": state, "environment": environment, "label": label, "limit": limit}
        return _pages(self._client, "/v1/sessions", "sessions", query)


async def _pages(client: AsyncClient, path: str, key: str, query: Mapping[str, Any]) -> AsyncIterator[dict[str, Any]]:
    cursor: str | None = None
    while True:
        items, cursor = await client._run(calls.listing(path, key, {**query, "cursor": cursor}))
        for item in items:
            yield item
        if cursor is None:
            return


class AsyncSession:
    """One hold on one environment; `corral.Session` with coroutines. Calls of several tasks queue."""

    def __init__(self, client: AsyncClient, core: SessionCore) -> None:
        self._client = client
        self._core = core
        self._lock: asyncio.Lock | None = None

    @property
    def id(self) -> str:
        return self._core.id

    @property
    def info(self) -> dict[str, Any]:
        return self._core.description

    @property
    def index(self) -> int | None:
        return self._core.index

    @property
    def initial(self) -> ResetResult | None:
        return self._core.initial

    @property
    def observation_space(self) -> spaces.Space[Any] | None:
        return self._core.spaces[0]

    @property
    def action_space(self) -> spaces.Space[Any] | None:
        return self._core.spaces[1]

    async def reset(self, seed: int | None = None, options: Mapping[str, Any] | None = None) -> ResetResult:
        return await self._advance(lambda: self._core.reset_call(seed, options))

    async def step(self, action: Any) -> StepResult:
        return await self._advance(lambda: self._core.step_call(action))

    async def render(self, mode: str | None = None) -> Any:
        async with self._held():
            return await self._client._run(self._core.render_call(mode))

    async def refresh(self) -> dict[str, Any]:
        return (await self._client._run(self._core.refresh_call())).description

    async def keepalive(self) -> str:
        body = await self._client._run(self._core.post_call("keepalive"))
        return str(calls.field(body, "expires_at", str))

    async def interrupt(self) -> None:
        await self._client._run(self._core.post_call("interrupt"))

    async def logs(self, lines: int = 100) -> list[str]:
        return await self._client._run(self._core.logs_call(lines))

    async def usage(self) -> dict[str, Any]:
        return await self._client._run(self._core.get_call("usage"))

    async def close(self) -> None:
        if not self._core.closed:
            await self._client._run(self._core.close_call())
            self._core.closed = True

    async def _advance(self, call: Callable[[], Call[T]]) -> T:
        async with self._ready():
            try:
                return await self._client._run(call())
            except BaseException as error:
                self._core.failed(error)
                raise

    @contextlib.asynccontextmanager
    async def _ready(self) -> AsyncIterator[None]:
        async with self._held():
            if not self._core.known:
                await self._client._run(self._core.refresh_call())
            yield

    def _held(self) -> asyncio.Lock:
        # Made here and not at the beginning: before Python 3.10 a lock belongs to the loop it is made in.
        self._lock = self._lock or asyncio.Lock()
        return self._lock

    async def __aenter__(self) -> AsyncSession:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()
