"""The synchronous client: `connect` gives a `Client`, `Client.sessions.create` a `Session`."""

from __future__ import annotations

import builtins
import contextlib
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Callable, Optional, TypeVar

from . import _bundles, errors
from . import _calls as calls
from ._calls import Branches, Call, ResetResult, SessionCore, StepResult
from ._http import endpoint
from ._offers import AccessOffers, EnvironmentOffers, ServerOffers, SessionOffers, SessionView, TrajectoryOffers
from ._transport import Transport

T = TypeVar("T")

__all__ = ["Branches", "Client", "Session", "connect", "ResetResult", "StepResult"]

TIMEOUT = 300.0
RETRIES = 5


def connect(
    url: str | None = None,
    *,
    api_key: str | None = None,
    timeout: float | None = TIMEOUT,
    retries: int = RETRIES,
    ssl_context: Any = None,
    transport: str | None = None,
) -> Client:
    """A client of the server at `url`: ``http://…``, ``https://…``, ``ws://…``, ``wss://…``,
    ``grpc://…`` and ``grpcs://…`` (which need the packages of ``corral[grpc]``) or
    ``unix:///path/of/socket``.

    Without `url` it is the server that the environment variable ``CORRAL_URL`` names, else a private one of this
    process (`corral.local`).

    Args:
        api_key: Sent as a bearer token; default: the environment variable ``CORRAL_API_KEY``.
        timeout: Seconds to wait for one answer, None for ever.
        retries: How often a call is sent again after its connection broke. Only calls that are safe to repeat are:
            resets and steps carry the index of the call, creations an idempotency key, so that the server does them
            once.
        transport: ``http``, ``websocket`` or ``grpc``; default: what the scheme of `url` says. The calls are the same.
    """
    url = url or os.environ.get("CORRAL_URL")
    if not url:
        from . import local

        return Client(local.url(), api_key=api_key, timeout=timeout, retries=retries, transport=transport)
    return Client(url, api_key=api_key, timeout=timeout, retries=retries, ssl_context=ssl_context, transport=transport)


def way(url: str, transport: str | None) -> tuple[str, str]:
    """The address as HTTP has it, and the transport: ``http``, ``websocket`` or ``grpc``."""
    for scheme, plain in (("grpc://", "http://"), ("grpcs://", "https://")):
        if url.startswith(scheme):
            url, transport = plain + url[len(scheme) :], transport or "grpc"
    for scheme, plain in (("ws://", "http://"), ("wss://", "https://")):
        if url.startswith(scheme):
            url, transport = plain + url[len(scheme) :], transport or "websocket"
    transport = transport or "http"
    if transport not in ("http", "websocket", "grpc"):
        raise errors.error("invalid_argument", f"there is no transport {transport!r}", "use http, websocket or grpc")
    return url, transport


def headers(api_key: str | None) -> dict[str, str]:
    """The headers of every request."""
    from . import __version__

    key = api_key if api_key is not None else os.environ.get("CORRAL_API_KEY")
    given = {"User-Agent": f"corral-python/{__version__}"}
    if key:
        given["Authorization"] = f"Bearer {key}"
    return given


class Client(ServerOffers[dict[str, Any]]):
    """A server, as seen by one caller. Threads may share it; after a fork each process has connections of its own."""

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
        self._transport: Transport
        if transport == "grpc":
            from .grpc.transport import GRPCTransport

            self._transport = GRPCTransport(endpoint(url), headers(api_key), timeout, retries, ssl_context)
        elif transport == "websocket":
            from ._websocket import WebSocketTransport

            self._transport = WebSocketTransport(endpoint(url), headers(api_key), timeout, retries, ssl_context)
        else:
            self._transport = Transport(endpoint(url), headers(api_key), timeout, retries, ssl_context)
        self.sessions = Sessions(self)
        self.environments = Environments(self)
        self.trajectories = Trajectories(self)
        self.access = Access(self)

    def step_many(self, steps: Sequence[tuple[Session, Any]]) -> list[StepResult | errors.CorralError]:
        """Steps several sessions by one request.

        Returns results aligned with `steps`; where a step failed stands its error, and the others are done
        nevertheless. Raises if the request as a whole failed.
        """
        return self.advance_many(steps, ())[0]

    def reset_many(self, resets: Sequence[Reset]) -> list[ResetResult | errors.CorralError]:
        """Resets several sessions side by side: `(session, seed, options)`. Results as of `step_many`."""
        return self.advance_many((), resets)[1]

    def advance_many(
        self, steps: Sequence[tuple[Session, Any]], resets: Sequence[Reset]
    ) -> tuple[list[StepResult | errors.CorralError], list[ResetResult | errors.CorralError]]:
        """Steps some sessions (by one request) while others reset."""
        stepped = [session for session, _ in steps]
        sessions = stepped + [session for session, _, _ in resets]
        if len({session.id for session in sessions}) < len(sessions):
            raise errors.error("invalid_argument", "a session can be advanced once in a request")
        with contextlib.ExitStack() as locked:
            # In the order of ids, so that two threads with overlapping sessions cannot wait for each other.
            for session in sorted(sessions, key=lambda one: one.id):
                locked.enter_context(session._ready())
            batch: list[Call[Any]] = [session._core.reset_call(seed, options) for session, seed, options in resets]
            if steps:
                batch.insert(0, calls.step_many([one._core for one in stepped], [action for _, action in steps]))
            try:
                results = self._transport.run_all(batch)
            except BaseException as error:
                for session in sessions:
                    session._core.failed(error)
                raise
            stepping = results.pop(0) if steps else []
            for (session, _, _), result in zip(resets, results):
                if isinstance(result, errors.CorralError):
                    session._core.failed(result)
            if isinstance(stepping, errors.CorralError):
                for session in stepped:
                    session._core.failed(stepping)
                raise stepping
            return stepping, results

    def publish(self, path: str | os.PathLike[str], *, alias: str | None = None, reason: str = "") -> dict[str, Any]:
        """Publishes the environment in a folder as a version of the catalog, as ``corral publish`` does.

        The answer describes the version; the same folder again changes nothing. `alias`, such as ``stable``, then names
        the version. Raises `errors.AlreadyExists` where the version was published with other bytes.
        """
        steps = _bundles.publish(_bundles.pack(path), alias, reason)
        call = next(steps)
        while True:
            try:
                try:
                    result = self._run(call)
                except errors.CorralError as error:
                    call = steps.throw(error)
                else:
                    call = steps.send(result)
            except StopIteration as stop:
                version: dict[str, Any] = stop.value
                return version

    def watch(self, session: Session | str, frames: bool = False) -> Iterator[dict[str, Any]]:
        """What happens to a session from now on, until it ends; a session that runs is not touched by it.

        Every item has `event`: ``answer`` (`data` is that of a reset or step), ``frame`` (`data` has ``frame`` or
        ``text``, whenever somebody draws; with `frames` also behind calls, ten times a second at most) or ``ended``
        (`data` is the session); and `missed`, where events were left out because they were not read fast enough. Needs
        ``transport="websocket"``.
        """
        from ._websocket import WebSocketTransport

        if not isinstance(self._transport, WebSocketTransport):
            raise errors.error(
                "failed_precondition", "only a WebSocket can watch", 'connect with transport="websocket"'
            )
        return self._transport.watch(session if isinstance(session, str) else session.id, frames)

    def _run(self, call: Call[T]) -> T:
        return self._transport.run(call)

    def close(self) -> None:
        """Closes the connections; sessions stay until they are closed or their idle time ends."""
        self._transport.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Client({self.url!r})"


class Environments(EnvironmentOffers[dict[str, Any], Iterator[dict[str, Any]]]):
    """The environments that the server offers."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def _run(self, call: Call[dict[str, Any]]) -> dict[str, Any]:
        return self._client._run(call)

    def _items(self, page: Callable[[str | None], Call[calls.Page]]) -> Iterator[dict[str, Any]]:
        return _items(self._client, page)


class Access(AccessOffers[dict[str, Any], Iterator[dict[str, Any]]]):
    """Who may call the server, and what was done."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def _run(self, call: Call[dict[str, Any]]) -> dict[str, Any]:
        return self._client._run(call)

    def _items(self, page: Callable[[str | None], Call[calls.Page]]) -> Iterator[dict[str, Any]]:
        return _items(self._client, page)


class Trajectories(TrajectoryOffers[dict[str, Any], Iterator[dict[str, Any]]]):
    """What the server has recorded."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def _run(self, call: Call[dict[str, Any]]) -> dict[str, Any]:
        return self._client._run(call)

    def _items(self, page: Callable[[str | None], Call[calls.Page]]) -> Iterator[dict[str, Any]]:
        return _items(self._client, page)


class Sessions(SessionOffers["Session", list["Session"], Iterator[dict[str, Any]]]):
    """The sessions of the caller."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def _one(self, call: Call[Any]) -> Session:
        return self._many(call)[0]

    def _many(self, call: Call[Any]) -> builtins.list[Session]:
        return [Session(self._client, core) for core in self._client._run(call)]

    def _items(self, page: Callable[[str | None], Call[calls.Page]]) -> Iterator[dict[str, Any]]:
        return _items(self._client, page)


def _items(client: Client, page: Callable[[str | None], Call[calls.Page]]) -> Iterator[dict[str, Any]]:
    cursor: str | None = None
    while True:
        items, cursor = client._run(page(cursor))
        yield from items
        if cursor is None:
            return


class Session(SessionView):
    """One hold on one environment.

    Calls of one session follow each other: from several threads they queue. A reset or step whose connection breaks
    is sent again with the same index, and the server answers from memory if it had done it.
    """

    def __init__(self, client: Client, core: SessionCore) -> None:
        super().__init__(core)
        self._client = client
        self._lock = threading.RLock()

    def reset(self, seed: int | None = None, options: Mapping[str, Any] | None = None) -> ResetResult:
        """Begins an episode."""
        return self._advance(lambda: self._core.reset_call(seed, options))

    def step(self, action: Any) -> StepResult:
        """Takes one step.

        Raises `errors.InvalidAction` (the episode goes on), `errors.EpisodeOver`, `errors.NotReset`,
        `errors.EnvironmentFailure`, and `errors.SessionFailed` when the worker is lost.
        """
        return self._advance(lambda: self._core.step_call(action))

    def render(self, mode: str | None = None, row: int | None = None) -> Any:
        """The picture of the present state: ``rgb_array`` gives an array `[height, width, 3]` of uint8, ``ansi``
        text, ``png`` bytes.

        Without a mode it is what the environment has. `row` is that of a vector session, the first without it.
        """
        with self._lock:
            return self._client._run(self._core.render_call(mode, row))

    def refresh(self) -> dict[str, Any]:
        """Reads the description anew."""
        with self._lock:
            return self._client._run(self._core.refresh_call()).description

    def keepalive(self) -> str:
        """Starts the idle time anew; returns when it ends (RFC 3339)."""
        body = self._client._run(self._core.post_call("keepalive"))
        return str(calls.field(body, "expires_at", str))

    def interrupt(self) -> None:
        """Ends the running step, called from another thread."""
        self._client._run(self._core.post_call("interrupt"))

    def logs(self, lines: int = 100) -> list[str]:
        """The last lines (at most 1000) of the worker's standard error, oldest first."""
        return self._client._run(self._core.logs_call(lines))

    def usage(self) -> dict[str, Any]:
        """CPU time, memory and processes of the worker."""
        return self._client._run(self._core.get_call("usage"))

    def fork(self, count: int = 1, seed: int | None = None) -> Branches[Session]:
        """Branches the session: `count` more that are where it is now, and go their own ways.

        With a `seed` the random numbers of branch *k* start anew from ``seed + k``, where the environment can do that;
        else they go on as the session's own.

        Raises `errors.FailedPrecondition` where the environment cannot be forked now, with the reason.
        """
        with self._ready():
            return self._client._run(self._core.fork_call(count, seed)).map(lambda core: Session(self._client, core))

    def close(self, branches: bool = False) -> None:
        """Ends the session, with `branches` also all that descends from it by forks; may be called again."""
        if branches or not self._core.closed:
            self._client._run(self._core.close_call(branches))
            self._core.closed = True

    def _advance(self, call: Callable[[], Call[T]]) -> T:
        with self._ready():
            try:
                return self._client._run(call())
            except BaseException as error:
                self._core.failed(error)
                raise

    @contextlib.contextmanager
    def _ready(self) -> Iterator[None]:
        """Holds the session, its index being known."""
        with self._lock:
            if not self._core.known:
                self._client._run(self._core.refresh_call())
            yield

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


Reset = tuple[Session, Optional[int], Optional[Mapping[str, Any]]]
