"""What the clients say and how they read the answers, without doing either.

A `Call` is one request with the function that reads its answer; `SessionCore` is what a client knows about a session.
The synchronous and the asynchronous client carry the same calls out.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Callable, Generic, NamedTuple, Optional, TypeVar
from urllib.parse import quote, urlencode

import numpy as np
from gymnasium import spaces
from gymnasium.vector.utils import batch_space

from . import errors
from ._http import Response
from .spaces import from_json
from .values import TENSORS, decoder, dumps, encoder, is_large, loads, pack

T = TypeVar("T")
One = TypeVar("One")
Other = TypeVar("Other")

JSON = "application/json"
REFUSED = frozenset(
    (
        "invalid_argument",
        "malformed_json",
        "invalid_action",
        "not_reset",
        "episode_over",
        "unauthenticated",
        "permission_denied",
        "not_found",
        "busy",
        "session_closed",
        "session_failed",
    )
)
"""Codes that say that a call was turned away before anything happened, so the session's index is where it was."""


class ResetResult(NamedTuple):
    """The begin of an episode; `seed` is the one in force, where the server tells it."""

    observation: Any
    info: dict[str, Any]
    index: int  # type: ignore[assignment]
    episode: int
    seed: int | None


class StepResult(NamedTuple):
    """One step; `reward` is None where the environment gave none.

    Of a vector session `reward`, `terminated`, `truncated` and what is in `info` are arrays of rows.
    """

    observation: Any
    reward: Any
    terminated: Any
    truncated: Any
    info: dict[str, Any]
    index: int  # type: ignore[assignment]
    episode: int


class Call(Generic[T]):
    """One request. `safe` says that sending it twice does what sending it once does.

    With `packed` the arrays of the body are sent as bytes.
    """

    __slots__ = ("method", "target", "body", "headers", "read", "safe")

    def __init__(
        self,
        method: str,
        target: str,
        read: Callable[[Response], T],
        body: Any = None,
        headers: dict[str, str] | None = None,
        safe: bool = True,
        packed: bool = False,
    ) -> None:
        self.method = method
        self.target = target
        self.read = read
        write = pack if packed else dumps
        self.body: bytes | None = write(body) if body is not None else (b"" if method == "POST" else None)
        self.headers = {"Accept": JSON}
        if body is not None:
            self.headers["Content-Type"] = TENSORS if packed else JSON
        if headers:
            self.headers.update(headers)
        self.safe = safe

    def finish(self, response: Response) -> T:
        """The result; raises the error that the response carries."""
        if response.status >= 400:
            raise failure(response)
        if response.status >= 300:
            raise errors.error("internal", f"the server answered {self.method} {self.target} with {response.status}")
        return self.read(response)


def failure(response: Response) -> errors.CorralError:
    """The error of a response, also where a proxy in between wrote it."""
    try:
        body = loads(response.body, response.headers.get("content-type", ""))
    except errors.CorralError:
        body = None
    if isinstance(body, dict) and isinstance(body.get("error"), dict):
        return errors.from_wire(body["error"])
    text = bytes(response.body[:200]).decode("utf-8", "replace").strip()
    return errors.error(
        _CODES.get(response.status, "internal" if response.status >= 500 else "invalid_argument"),
        f"the server answered with status {response.status}: {text or 'no text'}",
        request_id=response.headers.get("x-request-id"),
    )


_CODES = {
    401: "unauthenticated",
    403: "permission_denied",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    408: "request_timeout",
    413: "payload_too_large",
    415: "unsupported_media_type",
    429: "resource_exhausted",
    501: "unimplemented",
    502: "unavailable",
    503: "unavailable",
    504: "deadline_exceeded",
}


def answer(response: Response) -> dict[str, Any]:
    """The JSON object (or tensor message) of a response."""
    body = loads(response.body, response.headers.get("content-type", ""))
    if not isinstance(body, dict):
        raise errors.error("internal", "the server's answer is no object")
    return body


def field(body: Mapping[str, Any], name: str, *kinds: type) -> Any:
    """A field of an answer; raises `errors.Internal` if it is missing or of another type."""
    value = body.get(name)
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        raise errors.error("internal", f"the server's answer lacks {name!r}")
    return value


def segment(reference: str) -> str:
    """A reference as one segment of a path."""
    return quote(reference, safe="")


Page = tuple[list[dict[str, Any]], Optional[str]]
"""What a page of a list has, and the cursor of the next page."""


def listing(path: str, key: str, query: Mapping[str, Any]) -> Callable[[str | None], Call[Page]]:
    """The call for the page at a cursor; None is the first."""

    def read(response: Response) -> Page:
        body = answer(response)
        following = body.get("next")
        return field(body, key, list), following if isinstance(following, str) and following else None

    def page(cursor: str | None) -> Call[Page]:
        given = [(name, str(value)) for name, value in {**query, "cursor": cursor}.items() if value is not None]
        return Call("GET", path + ("?" + urlencode(given, quote_via=quote) if given else ""), read)

    return page


def recorded(id: str, start: int | None, stop: int | None) -> Callable[[str | None], Call[Page]]:
    """The call for the page of a trajectory's records at a cursor; None is the first."""

    def read(response: Response) -> Page:
        body = answer(response)
        following = body.get("next")
        return field(body, "steps", list), str(following) if isinstance(following, int) else None

    def page(cursor: str | None) -> Call[Page]:
        begin = cursor if cursor is not None else start
        given = [(name, str(value)) for name, value in (("from", begin), ("to", stop)) if value is not None]
        path = f"/v1/trajectories/{segment(id)}/steps"
        return Call("GET", path + ("?" + urlencode(given) if given else ""), read)

    return page


def create(
    environment: str,
    instance: str | None,
    params: Mapping[str, Any] | None,
    seed: int | None,
    options: Mapping[str, Any] | None,
    labels: Mapping[str, str] | None,
    reset: bool,
    count: int | None,
    rows: int | None = None,
    autoreset: str | None = None,
    record: str | None = None,
) -> Call[list[SessionCore]]:
    """Creates one session (`count` None) or a batch; retriable by its idempotency key."""
    body: dict[str, Any] = {"environment": environment, "reset": reset}
    optional: dict[str, Any] = {"instance": instance, "params": params, "seed": seed, "options": options}
    optional.update({"labels": labels, "rows": rows, "autoreset": autoreset, "record": record})
    body.update((name, value) for name, value in optional.items() if value is not None)
    if count is not None:
        body["count"] = count

    def read(response: Response) -> list[SessionCore]:
        parsed = answer(response)
        described = [parsed] if count is None else field(parsed, "sessions", list)
        return [SessionCore(item) for item in described]

    path = "/v1/sessions" if count is None else "/v1/sessions/batch"
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    return Call("POST", path, read, body, headers)


def session(id: str) -> Call[list[SessionCore]]:
    """The session that has this id."""
    return Call("GET", f"/v1/sessions/{segment(id)}", lambda response: [SessionCore(answer(response))])


class Branches(list[One]):
    """The sessions that came of a fork, and how they came to be.

    `mechanism` is ``copy``, ``snapshot``, ``fork`` or ``replay``; `exact` is True where the state itself was copied, and
    ``"replayed"`` where it was made again and compared; `duration_ms` is the server's time.
    """

    def __init__(self, sessions: Sequence[One], mechanism: str, exact: bool | str, duration_ms: float) -> None:
        super().__init__(sessions)
        self.mechanism = mechanism
        self.exact = exact
        self.duration_ms = duration_ms

    def map(self, make: Callable[[One], Other]) -> Branches[Other]:
        return Branches([make(one) for one in self], self.mechanism, self.exact, self.duration_ms)


class SessionCore:
    """What a client knows about a session: its description, its spaces, and the index of its last accepted call."""

    def __init__(self, description: Any) -> None:
        if not isinstance(description, dict):
            raise errors.error("internal", "the server's session is no object")
        self.id: str = field(description, "id", str)
        self.target = f"/v1/sessions/{segment(self.id)}"
        self.description: dict[str, Any] = description
        self.index: int | None = None
        self.initial: ResetResult | None = None
        self.closed = False
        self._spaces: tuple[spaces.Space[Any] | None, spaces.Space[Any] | None] | None = None
        self._encode: Callable[[Any], Any] | None = None
        self._decode: Callable[[Any], Any] | None = None
        self._accept = JSON
        self.known = True
        """Whether `index` is what the server has; after a call whose outcome is unknown it is not."""
        self._adopt(description)
        if "observation" in description:
            self.initial = self.read_reset(description)
            self.description = {key: value for key, value in description.items() if key not in ("observation", "info")}

    def _adopt(self, description: Mapping[str, Any]) -> None:
        index = description.get("index")
        self.index = index if isinstance(index, int) and index >= 0 else None
        self.known = True

    @property
    def rows(self) -> int | None:
        """Of a vector session; None: it is one environment."""
        rows = self.description.get("rows")
        return rows if isinstance(rows, int) else None

    @property
    def spaces(self) -> tuple[spaces.Space[Any] | None, spaces.Space[Any] | None]:
        """Observation and action space, of one row in a vector session; None where the environment does not tell."""
        if self._spaces is None:
            forms = (self.description.get("observation_space"), self.description.get("action_space"))
            self._spaces = (
                from_json(forms[0]) if forms[0] is not None else None,
                from_json(forms[1]) if forms[1] is not None else None,
            )
        return self._spaces

    @property
    def following(self) -> int:
        """The index of the next call."""
        return 0 if self.index is None else self.index + 1

    def decode(self, observation: Any) -> Any:
        if self._decode is None:
            self._prepare()
        assert self._decode is not None
        return self._decode(observation)

    def encode(self, action: Any) -> Any:
        if self._encode is None:
            self._prepare()
        assert self._encode is not None
        return self._encode(action)

    def _prepare(self) -> None:
        observations, actions = self.spaces
        if self.rows is not None and observations is not None and actions is not None:
            observations, actions = batch_space(observations, self.rows), batch_space(actions, self.rows)
        self._decode, self._encode = decoder(observations), encoder(actions)
        if self.rows is not None or is_large(observations):
            self._accept = f"{TENSORS}, {JSON};q=0.5"

    @property
    def accept(self) -> str:
        """The forms of an observation worth asking for."""
        if self._decode is None:
            self._prepare()
        return self._accept

    def refresh_call(self) -> Call[SessionCore]:
        """Learns the index (and all else) from the server."""

        def read(response: Response) -> SessionCore:
            self.description = answer(response)
            self._adopt(self.description)
            return self

        return Call("GET", self.target, read)

    def reset_call(self, seed: int | None, options: Mapping[str, Any] | None) -> Call[ResetResult]:
        body = {"seed": seed, "options": dict(options or {}), "index": self.following}
        return Call(
            "POST",
            self.target + "/reset",
            lambda response: self.read_reset(answer(response)),
            body,
            {"Accept": self.accept},
        )

    def step_call(self, action: Any) -> Call[StepResult]:
        return Call(
            "POST",
            self.target + "/step",
            lambda response: self.read_step(answer(response)),
            self.step_body(action),
            {"Accept": self.accept},
            packed=self.rows is not None,
        )

    def step_body(self, action: Any) -> dict[str, Any]:
        return {"action": self.encode(action), "index": self.following}

    def read_reset(self, body: Mapping[str, Any]) -> ResetResult:
        index = field(body, "index", int)
        seed = body.get("seed")
        result = ResetResult(
            self.decode(body.get("observation")),
            self._info(body),
            index,
            field(body, "episode", int),
            seed if isinstance(seed, int) else None,
        )
        self.index, self.known = index, True
        return result

    def read_step(self, body: Mapping[str, Any]) -> StepResult:
        if "observation" not in body or "reward" not in body:
            raise errors.error("internal", "the server's answer lacks an observation or a reward")
        index = field(body, "index", int)
        result = StepResult(
            self.decode(body["observation"]),
            *self._outcome(body),
            self._info(body),
            index,
            field(body, "episode", int),
        )
        self.index, self.known = index, True
        return result

    def _outcome(self, body: Mapping[str, Any]) -> tuple[Any, Any, Any]:
        if self.rows is not None:
            return (
                _rows_of(body, "reward", np.floating, self.rows),
                _rows_of(body, "terminated", np.bool_, self.rows),
                _rows_of(body, "truncated", np.bool_, self.rows),
            )
        reward = None if body["reward"] is None else float(field(body, "reward", int, float))
        return reward, field(body, "terminated", bool), field(body, "truncated", bool)

    def _info(self, body: Mapping[str, Any]) -> dict[str, Any]:
        info: dict[str, Any] = field(body, "info", dict)
        return info if self.rows is None else _as_arrays(info)

    def failed(self, error: BaseException) -> None:
        """Takes note that a reset or step raised `error`."""
        if not (isinstance(error, errors.CorralError) and error.code in REFUSED):
            self.known = False

    def logs_call(self, lines: int) -> Call[list[str]]:
        return Call("GET", f"{self.target}/logs?lines={lines}", lambda response: field(answer(response), "lines", list))

    def get_call(self, what: str) -> Call[dict[str, Any]]:
        return Call("GET", f"{self.target}/{what}", answer)

    def post_call(self, what: str) -> Call[dict[str, Any]]:
        """A command that may be repeated, without a body."""
        return Call("POST", f"{self.target}/{what}", _answer_if_any)

    def close_call(self, branches: bool = False) -> Call[dict[str, Any]]:
        return Call("DELETE", self.target + ("?branches=true" if branches else ""), _answer_if_any)

    def fork_call(self, count: int, seed: int | None = None) -> Call[Branches[SessionCore]]:
        """Branches the session; retriable by its idempotency key."""

        def read(response: Response) -> Branches[SessionCore]:
            body = answer(response)
            cores = [SessionCore(item) for item in field(body, "sessions", list)]
            for core in cores:
                core._spaces, core._encode, core._decode = self._spaces, self._encode, self._decode
                core._accept = self._accept
            exact = field(body, "exact", bool, str)
            return Branches(cores, field(body, "mechanism", str), exact, float(field(body, "duration_ms", int, float)))

        headers = {"Idempotency-Key": str(uuid.uuid4())}
        return Call("POST", self.target + "/fork", read, {"count": count, "seed": seed}, headers)

    def render_call(self, mode: str | None, row: int | None = None) -> Call[str | bytes | np.ndarray[Any, Any]]:
        accept = _FRAMES.get(mode or "")
        if accept is None:
            raise errors.error(
                "invalid_argument", f"there is no render mode {mode!r}", "use rgb_array, ansi, png or None"
            )
        target = self.target + "/render" + ("" if row is None else f"?row={row}")
        return Call("GET", target, _frame, headers={"Accept": accept})


_FRAMES = {
    "": f"{TENSORS}, text/plain;q=0.8, image/png;q=0.5",
    "rgb_array": TENSORS,
    "ansi": "text/plain",
    "png": "image/png",
}


def _rows_of(body: Mapping[str, Any], name: str, kind: type[np.generic], rows: int) -> np.ndarray[Any, Any]:
    """One number for each row; raises `errors.Internal` for anything else."""
    array = np.asarray(body.get(name))
    if array.shape != (rows,) or not np.issubdtype(array.dtype, kind):
        raise errors.error("internal", f"the server's answer has no {name!r} for each of {rows} rows")
    return array


def _as_arrays(info: Mapping[str, Any]) -> dict[str, Any]:
    """The info of rows; what came as bytes is arrays already."""
    return {key: _as_arrays(value) if isinstance(value, dict) else _as_array(value) for key, value in info.items()}


def _as_array(value: Any) -> Any:
    nested = isinstance(value, list) and value and isinstance(value[0], np.ndarray)
    return tuple(value) if nested else np.asarray(value)


def _answer_if_any(response: Response) -> dict[str, Any]:
    return answer(response) if response.body else {}


def _frame(response: Response) -> str | bytes | np.ndarray[Any, Any]:
    kind = response.headers.get("content-type", "")
    if kind.startswith("image/"):
        return bytes(response.body)
    if kind.startswith("text/"):
        return bytes(response.body).decode("utf-8", "replace")
    frame = loads(response.body, kind)
    frame = frame.get("frame") if isinstance(frame, dict) else frame
    if isinstance(frame, list):
        frame = np.asarray(frame, np.uint8)
    if not isinstance(frame, (str, np.ndarray)):
        raise errors.error("internal", "the server's answer is no frame")
    return frame


def step_many(cores: Sequence[SessionCore], actions: Sequence[Any]) -> Call[list[StepResult | errors.CorralError]]:
    """Steps several sessions by one request; the results are aligned, an error stands where a step failed."""
    steps = [{"session": core.id, **core.step_body(action)} for core, action in zip(cores, actions)]
    accept = next((core.accept for core in cores if core.accept != JSON), JSON)

    def read(response: Response) -> list[StepResult | errors.CorralError]:
        results = field(answer(response), "results", list)
        if len(results) != len(cores):
            raise errors.error("internal", f"the server answered {len(results)} of {len(cores)} steps")
        return [_one_of_many(core, result) for core, result in zip(cores, results)]

    return Call("POST", "/v1/steps", read, {"steps": steps}, {"Accept": accept})


def _one_of_many(core: SessionCore, result: Any) -> StepResult | errors.CorralError:
    try:
        if not isinstance(result, dict):
            raise errors.error("internal", "the server's answer to a step is no object")
        if "error" in result:
            raise errors.from_wire(result["error"])
        return core.read_step(result)
    except errors.CorralError as error:
        core.failed(error)
        return error
