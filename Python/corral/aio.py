"""The asynchronous client: `aconnect` gives an `AsyncClient`, with the calls of `corral.Client` as coroutines.

Streams of asyncio carry the same bytes as the synchronous client's sockets; requests, answers and the rules of
repetition are shared.
"""

from __future__ import annotations

import asyncio
import builtins
import contextlib
import os
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from typing import Any, Callable, TypeVar, Union

from . import _bundles, errors
from . import _calls as calls
from ._calls import Branches, Call, ResetResult, SessionCore, StepResult
from ._http import Endpoint, Lost, Response, endpoint
from ._messages import message
from ._offers import AccessOffers, EnvironmentOffers, ServerOffers, SessionOffers, SessionView, TrajectoryOffers
from ._retry import Attempts
from ._streams import Connection
from ._transport import CONNECT_TIMEOUT, Pool, too_late, unreachable
from ._websocket import AsyncSocket, watch
from .client import RETRIES, TIMEOUT, headers, way

T = TypeVar("T")
_Coroutine = Coroutine[Any, Any, T]

__all__ = ["AsyncClient", "AsyncSession", "aconnect"]


def aconnect(
    url: str | None = None,
    *,
    api_key: str | None = None,
    timeout: float | None = TIMEOUT,
    retries: int = RETRIES,
    ssl_context: Any = None,
    transport: str | None = None,
) -> AsyncClient:
    """As `corral.connect`; the client belongs to the event loop that first uses it."""
    url = url or os.environ.get("CORRAL_URL")
    if not url:
        from . import local

        url = local.url()
    return AsyncClient(
        url, api_key=api_key, timeout=timeout, retries=retries, ssl_context=ssl_context, transport=transport
    )


class Transport(Pool[Union[Connection, AsyncSocket]]):
    """`corral._transport.Transport` for asyncio."""

    opener = "corral.aconnect"

    async def run(self, call: Call[T]) -> T:
        attempts = Attempts(call, self.retries, self.timeout)
        while True:
            connection: Connection | AsyncSocket | None = None
            try:
                connection = await self._take_for(call)
                response = await asyncio.wait_for(self._exchange(connection, call), self.timeout)
            except asyncio.TimeoutError:
                if connection is None:
                    raise unreachable(self.target, Lost("no answer to the connection attempt", True)) from None
                connection.close()
                raise too_late(self.target, call, self.timeout) from None
            except (Lost, OSError) as error:
                await asyncio.sleep(self._after(error, connection, attempts))
                continue
            except BaseException:  # cancelled: the answer may still come, so the connection is of no more use
                if connection is not None:
                    connection.close()
                raise
            self._give(connection, response)
            again = attempts.after_response(response)
            if again is None:
                return call.finish(response)
            await asyncio.sleep(again)

    def _exchange(self, connection: Connection | AsyncSocket, call: Call[Any]) -> Coroutine[Any, Any, Response]:
        assert isinstance(connection, Connection)
        return connection.exchange(self._bytes(call))

    async def _take_for(self, call: Call[Any]) -> Connection | AsyncSocket:
        idle = self._take_idle()
        return idle if idle is not None else await asyncio.wait_for(self._connect(), self._patience)

    @property
    def _patience(self) -> float:
        return CONNECT_TIMEOUT if self.timeout is None else min(self.timeout, CONNECT_TIMEOUT)

    async def _connect(self) -> Connection | AsyncSocket:
        return await Connection.open(self.target, self._context)

    async def close(self) -> None:
        self._closed = True
        idle, self._idle = self._idle, []
        for connection in idle:
            connection.writer.close()
        for connection in idle:
            with contextlib.suppress(OSError):
                await connection.writer.wait_closed()


class _WebSocketTransport(Transport):
    """The same over WebSockets; what they have no request for goes by HTTP."""

    def __init__(
        self, target: Endpoint, headers: Mapping[str, str], timeout: float | None, retries: int, context: Any = None
    ) -> None:
        super().__init__(target, headers, timeout, retries, context)
        self.headers = dict(headers)
        self._http = Transport(target, headers, timeout, retries, context)

    async def run(self, call: Call[T]) -> T:
        return await (super().run(call) if message(call) is not None else self._http.run(call))

    def _exchange(self, connection: Connection | AsyncSocket, call: Call[Any]) -> Coroutine[Any, Any, Response]:
        assert isinstance(connection, AsyncSocket)
        return connection.exchange(call)

    async def _connect(self) -> Connection | AsyncSocket:
        return await AsyncSocket.open(self.target, self.headers, self._context)

    def watch(self, session: str, frames: bool) -> AsyncIterator[dict[str, Any]]:
        return watch(self.target, self.headers, self._context, session, frames)

    async def close(self) -> None:
        await super().close()
        await self._http.close()


class AsyncClient(ServerOffers[_Coroutine[dict[str, Any]]]):
    """A server, as seen by one caller, from one event loop."""

    def __init__(
        self,
        url: str,
        *,
        api_key: str | None = None,
        timeout: float | None = TIMEOUT,
        retries: int = RETRIES,
        ssl_context: Any = None,
        transport: str | None = None,
    ) -> None:
        self.url = url
        url, transport = way(url, transport)
        kind: type[Transport] = _WebSocketTransport if transport == "websocket" else Transport
        if transport == "grpc":
            from .grpc.aio import AsyncGRPCTransport as kind
        self._transport = kind(endpoint(url), headers(api_key), timeout, retries, ssl_context)
        self.sessions = AsyncSessions(self)
        self.environments = AsyncEnvironments(self)
        self.trajectories = AsyncTrajectories(self)
        self.access = AsyncAccess(self)

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

    async def publish(
        self, path: str | os.PathLike[str], *, alias: str | None = None, reason: str = ""
    ) -> dict[str, Any]:
        """As `corral.Client.publish`."""
        bundle = await asyncio.get_running_loop().run_in_executor(None, _bundles.pack, path)
        steps = _bundles.publish(bundle, alias, reason)
        call = next(steps)
        while True:
            try:
                try:
                    result = await self._run(call)
                except errors.CorralError as error:
                    call = steps.throw(error)
                else:
                    call = steps.send(result)
            except StopIteration as stop:
                version: dict[str, Any] = stop.value
                return version

    def watch(self, session: AsyncSession | str, frames: bool = False) -> AsyncIterator[dict[str, Any]]:
        """As `corral.Client.watch`."""
        if not isinstance(self._transport, _WebSocketTransport):
            raise errors.error(
                "failed_precondition", "only a WebSocket can watch", 'connect with transport="websocket"'
            )
        return self._transport.watch(session if isinstance(session, str) else session.id, frames)

    async def _run(self, call: Call[T]) -> T:
        return await self._transport.run(call)

    async def close(self) -> None:
        await self._transport.close()

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


class AsyncEnvironments(EnvironmentOffers[_Coroutine[dict[str, Any]], AsyncIterator[dict[str, Any]]]):
    """The environments that the server offers."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client

    async def _run(self, call: Call[dict[str, Any]]) -> dict[str, Any]:
        return await self._client._run(call)

    def _items(self, page: Callable[[str | None], Call[calls.Page]]) -> AsyncIterator[dict[str, Any]]:
        return _items(self._client, page)


class AsyncAccess(AccessOffers[_Coroutine[dict[str, Any]], AsyncIterator[dict[str, Any]]]):
    """Who may call the server, and what was done."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client

    async def _run(self, call: Call[dict[str, Any]]) -> dict[str, Any]:
        return await self._client._run(call)

    def _items(self, page: Callable[[str | None], Call[calls.Page]]) -> AsyncIterator[dict[str, Any]]:
        return _items(self._client, page)


class AsyncTrajectories(TrajectoryOffers[_Coroutine[dict[str, Any]], AsyncIterator[dict[str, Any]]]):
    """What the server has recorded."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client

    async def _run(self, call: Call[dict[str, Any]]) -> dict[str, Any]:
        return await self._client._run(call)

    def _items(self, page: Callable[[str | None], Call[calls.Page]]) -> AsyncIterator[dict[str, Any]]:
        return _items(self._client, page)


class AsyncSessions(
    SessionOffers[_Coroutine["AsyncSession"], _Coroutine[list["AsyncSession"]], AsyncIterator[dict[str, Any]]]
):
    """The sessions of the caller."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client

    async def _one(self, call: Call[Any]) -> AsyncSession:
        return (await self._many(call))[0]

    async def _many(self, call: Call[Any]) -> builtins.list[AsyncSession]:
        return [AsyncSession(self._client, core) for core in await self._client._run(call)]

    def _items(self, page: Callable[[str | None], Call[calls.Page]]) -> AsyncIterator[dict[str, Any]]:
        return _items(self._client, page)


async def _items(client: AsyncClient, page: Callable[[str | None], Call[calls.Page]]) -> AsyncIterator[dict[str, Any]]:
    cursor: str | None = None
    while True:
        items, cursor = await client._run(page(cursor))
        for item in items:
            yield item
        if cursor is None:
            return


class AsyncSession(SessionView):
    """One hold on one environment; `corral.Session` with coroutines. Calls of several tasks queue."""

    def __init__(self, client: AsyncClient, core: SessionCore) -> None:
        super().__init__(core)
        self._client = client
        self._lock: asyncio.Lock | None = None

    async def reset(self, seed: int | None = None, options: Mapping[str, Any] | None = None) -> ResetResult:
        return await self._advance(lambda: self._core.reset_call(seed, options))

    async def step(self, action: Any) -> StepResult:
        return await self._advance(lambda: self._core.step_call(action))

    async def render(self, mode: str | None = None, row: int | None = None) -> Any:
        async with self._held():
            return await self._client._run(self._core.render_call(mode, row))

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

    async def fork(self, count: int = 1, seed: int | None = None) -> Branches[AsyncSession]:
        async with self._ready():
            branches = await self._client._run(self._core.fork_call(count, seed))
        return branches.map(lambda core: AsyncSession(self._client, core))

    async def close(self, branches: bool = False) -> None:
        if branches or not self._core.closed:
            await self._client._run(self._core.close_call(branches))
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

    async def __aexit__(self, *_: object) -> None:
        await self.close()
