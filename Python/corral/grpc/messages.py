"""Calls as messages of `corral.v1`, and its messages as responses, without connections.

A call becomes one request of one method; what comes back is turned into the response that HTTP would have given, so
that calls need not know.
"""

from __future__ import annotations

import json
import re
from typing import Any, Callable, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

import numpy as np

from .. import errors
from .._calls import JSON, Call
from .._http import Response
from ..values import TENSORS, Parsed, dumps, loads, pack, unpack
from . import environments_pb2 as environments
from . import server_pb2 as server
from . import sessions_pb2 as sessions
from . import values_pb2 as values

_ENVIRONMENT = re.compile(r"/v1/environments/([^/]+)$")
_SESSION = re.compile(r"/v1/sessions/([^/]+)(?:/([a-z]+))?$")


class Request(NamedTuple):
    """A request, the method that takes it, and how its answer is read."""

    path: str
    message: Any
    answer: Any
    read: Callable[[Any], Response]


def request(call: Call[Any]) -> Request:
    """The request for a call; raises `errors.Unimplemented` for what only HTTP knows."""
    parts = urlsplit(call.target)
    query = {name: texts[-1] for name, texts in parse_qs(parts.query).items()}
    kind = (call.headers or {}).get("Content-Type", JSON)
    body = loads(call.body, kind) if call.body else {}
    key = call.headers.get("Idempotency-Key", "")
    tensors = call.headers.get("Accept", JSON).startswith(TENSORS)
    method, path = call.method, parts.path
    if (method, path) == ("POST", "/v1/sessions"):
        return _session("Create", _create(body, key, tensors), sessions.CreatedSession, _created)
    if (method, path) == ("POST", "/v1/sessions/batch"):
        message = sessions.CreateBatchRequest(session=_create(body, key, tensors), count=body["count"])
        return _session("CreateBatch", message, sessions.CreateBatchResponse, _created_many)
    if (method, path) == ("GET", "/v1/sessions"):
        return _session("List", _fields(sessions.ListSessionsRequest(), query), sessions.ListSessionsResponse, _listed)
    if (method, path) == ("POST", "/v1/steps"):
        steps = [_step(step["session"], step, tensors) for step in body["steps"]]
        return _session("StepBatch", sessions.StepBatchRequest(steps=steps), sessions.StepBatchResponse, _stepped_many)
    if method == "GET" and path in ("/v1/health", "/v1/capabilities"):
        read = _health if path == "/v1/health" else lambda answer: json.loads(answer.capabilities)
        return _of("Server", "Describe", server.DescribeRequest(), server.DescribeResponse, read)
    if (method, path) == ("GET", "/v1/environments"):
        search = _search(parse_qs(parts.query))
        return _of("Environments", "Search", search, environments.ListEnvironmentsResponse, _environments)
    named = _ENVIRONMENT.match(path)
    if method == "GET" and named:
        message = environments.GetEnvironmentRequest(reference=unquote(named[1]))
        return _of("Environments", "Get", message, environments.Environment, lambda found: json.loads(found.json))
    match = _SESSION.match(path)
    make = _OPERATIONS.get((method, match[2])) if match else None
    if match is None or make is None:
        raise errors.error("unimplemented", f"gRPC has no {method} {path}", "connect to the server's http address")
    return make(match[1], body, query, call, key, tensors)


def _of(service: str, method: str, message: Any, answer: Any, read: Callable[[Any], Any]) -> Request:
    path = f"/corral.v1.{service}/{method}"
    return Request(path, message, answer, lambda found: _json(read(found)))


def _session(method: str, message: Any, answer: Any, read: Callable[[Any], Any]) -> Request:
    return _of("Sessions", method, message, answer, read)


def _json(value: Any) -> Response:
    return Response(200, {"content-type": JSON}, Parsed.of(value), True)


def _fields(message: Any, fields: dict[str, str]) -> Any:
    """The message with its fields from a query."""
    for name, text in fields.items():
        if name not in message.DESCRIPTOR.fields_by_name:
            raise errors.error("invalid_argument", f"there is no field {name!r} here")
        setattr(message, name, int(text) if name == "limit" else text)
    return message


def _search(query: dict[str, list[str]]) -> environments.SearchEnvironmentsRequest:
    """What ``GET /v1/environments`` asks for; a name that it does not know is taken for a facet."""
    message = environments.SearchEnvironmentsRequest()
    for name, texts in query.items():
        last = texts[-1]
        try:
            if name == "q":
                message.text = last
            elif name in ("sort", "cursor"):
                setattr(message, name, last)
            elif name in ("reward_min", "reward_max"):
                setattr(message, name, float(last))
            elif name == "limit":
                message.limit = int(last)
            elif name == "facets":
                message.facets = last == "true"
            else:
                message.filters[name].values.extend(part for text in texts for part in text.split(","))
        except ValueError:
            raise errors.error("invalid_argument", f"{name} has to be a number, not {last!r}") from None
    return message


def _create(body: dict[str, Any], key: str, tensors: bool) -> sessions.CreateSessionRequest:
    message = sessions.CreateSessionRequest(
        environment=body["environment"],
        instance=body.get("instance"),
        seed=body.get("seed"),
        labels=body.get("labels") or {},
        no_reset=not body.get("reset", True),
        idempotency_key=key,
        tensors=tensors,
        rows=body.get("rows"),
        autoreset=body.get("autoreset") or "",
        record=body.get("record") or "",
    )
    if body.get("params"):
        message.params = dumps(body["params"])
    if body.get("options"):
        message.options = dumps(body["options"])
    return message


def _step(session: str, body: dict[str, Any], tensors: bool) -> sessions.StepRequest:
    action = body["action"]
    if isinstance(action, np.ndarray):
        form = values.Value(
            tensor=values.Tensor(
                dtype=action.dtype.name,
                shape=action.shape,
                data=np.ascontiguousarray(action, action.dtype.newbyteorder("<")).tobytes(),
            )
        )
    elif _has_arrays(action):
        form = values.Value(tensors=pack(action))
    else:
        form = values.Value(json=dumps(action))
    return sessions.StepRequest(session=session, action=form, index=body.get("index"), tensors=tensors)


def _has_arrays(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_has_arrays(part) for part in value.values())
    if isinstance(value, list):
        return any(_has_arrays(part) for part in value)
    return isinstance(value, np.ndarray)


def _value(value: values.Value) -> Any:
    form = value.WhichOneof("form")
    if form == "tensor":
        return _array(value.tensor)
    return unpack(bytearray(value.tensors)) if form == "tensors" else json.loads(value.json)


def _array(tensor: values.Tensor) -> Any:
    data = np.frombuffer(bytearray(tensor.data), np.dtype(tensor.dtype).newbyteorder("<"))
    return data.reshape(tuple(tensor.shape))


def _begin(answer: Any) -> dict[str, Any]:
    found = {
        "index": answer.index,
        "episode": answer.episode,
        "observation": _value(answer.observation),
        "info": json.loads(answer.info),
    }
    if answer.agent:
        found["agent"] = answer.agent
    return found


def _reset(answer: sessions.ResetResponse) -> dict[str, Any]:
    return {**_begin(answer), "seed": answer.seed if answer.HasField("seed") else None}


def _stepped(answer: sessions.StepResponse) -> dict[str, Any]:
    found = _begin(answer)
    if answer.HasField("rows"):
        rows = answer.rows
        outcome = [_array(part) for part in (rows.reward, rows.terminated, rows.truncated)]
    elif answer.agents:
        each = dict(answer.agents)
        outcome = [
            {agent: one.reward if one.HasField("reward") else None for agent, one in each.items()},
            {agent: one.terminated for agent, one in each.items()},
            {agent: one.truncated for agent, one in each.items()},
        ]
    else:
        outcome = [answer.reward if answer.HasField("reward") else None, answer.terminated, answer.truncated]
    found["reward"], found["terminated"], found["truncated"] = outcome
    return found


def _created(answer: sessions.CreatedSession) -> dict[str, Any]:
    described: dict[str, Any] = json.loads(answer.session.json)
    return {**described, **_reset(answer.reset)} if answer.HasField("reset") else described


def _created_many(answer: sessions.CreateBatchResponse) -> dict[str, Any]:
    return {"sessions": [_created(one) for one in answer.sessions]}


def _stepped_many(answer: sessions.StepBatchResponse) -> dict[str, Any]:
    return {
        "results": [
            {"error": error(one.error)} if one.HasField("error") else _stepped(one.step) for one in answer.results
        ]
    }


def _listed(answer: sessions.ListSessionsResponse) -> dict[str, Any]:
    return {"sessions": [json.loads(one.json) for one in answer.sessions], "next": answer.next or None}


def _forked(answer: sessions.ForkResponse) -> dict[str, Any]:
    return {
        "sessions": [json.loads(one.json) for one in answer.sessions],
        "mechanism": answer.mechanism,
        "exact": answer.exact or "replayed",
        "duration_ms": answer.duration_ms,
    }


def _health(answer: server.DescribeResponse) -> dict[str, Any]:
    return {
        "status": "ok",
        "version": answer.version,
        "sessions": answer.sessions,
        "max_sessions": answer.max_sessions,
    }


def _environments(answer: environments.ListEnvironmentsResponse) -> dict[str, Any]:
    found: dict[str, Any] = {
        "environments": [json.loads(one.json) for one in answer.environments],
        "next": answer.next or None,
    }
    if answer.facets:
        found["facets"] = {
            facet: [{"value": one.value, "count": one.count} for one in counts.counts]
            for facet, counts in answer.facets.items()
        }
    return found


def _frame(frame: sessions.Frame) -> Response:
    kind = frame.WhichOneof("frame")
    if kind == "text":
        return Response(200, {"content-type": "text/plain"}, frame.text.encode(), True)
    if kind == "png":
        return Response(200, {"content-type": "image/png"}, frame.png, True)
    pixels = np.frombuffer(bytearray(frame.pixels.rgb), np.uint8)
    shaped = pixels.reshape(frame.pixels.height, frame.pixels.width, 3)
    return Response(200, {"content-type": TENSORS}, Parsed.of({"frame": shaped}), True)


def _render(id: str, body: Any, query: dict[str, str], call: Call[Any], key: str, tensors: bool) -> Request:
    accept = call.headers.get("Accept", "")
    form = "FORM_TEXT"
    if tensors:
        form = "FORM_ANY" if "text/plain" in accept else "FORM_PIXELS"
    elif accept.startswith("image/"):
        form = "FORM_PNG"
    message = sessions.RenderRequest(session=id, form=form, row=int(query.get("row", "0")))
    return Request("/corral.v1.Sessions/Render", message, sessions.Frame, _frame)


def _plain(method: str, message: Any, answer: Any, *names: str) -> Callable[..., Request]:
    """An operation that needs nothing but the session, and whose answer has these fields."""

    def make(id: str, *_: Any) -> Request:
        return _session(
            method, message(session=id), answer, lambda found: {name: getattr(found, name) for name in names}
        )

    return make


_OPERATIONS: dict[tuple[str, str | None], Callable[..., Request]] = {
    ("GET", None): lambda id, *_: _session(
        "Get", sessions.GetSessionRequest(session=id), sessions.Session, lambda found: json.loads(found.json)
    ),
    ("DELETE", None): lambda id, body, query, *_: _session(
        "Close",
        sessions.CloseRequest(session=id, branches=query.get("branches") == "true"),
        sessions.CloseResponse,
        lambda found: {"id": found.id, "state": found.state, "branches": found.branches},
    ),
    ("POST", "reset"): lambda id, body, query, call, key, tensors: _session(
        "Reset",
        sessions.ResetRequest(
            session=id,
            seed=body.get("seed"),
            options=dumps(body["options"]) if body.get("options") else b"",
            index=body.get("index"),
            tensors=tensors,
        ),
        sessions.ResetResponse,
        _reset,
    ),
    ("POST", "step"): lambda id, body, query, call, key, tensors: _session(
        "Step", _step(id, body, tensors), sessions.StepResponse, _stepped
    ),
    ("POST", "fork"): lambda id, body, query, call, key, tensors: _session(
        "Fork",
        sessions.ForkRequest(session=id, count=body.get("count") or 1, seed=body.get("seed"), idempotency_key=key),
        sessions.ForkResponse,
        _forked,
    ),
    ("GET", "render"): _render,
    ("POST", "interrupt"): _plain("Interrupt", sessions.InterruptRequest, sessions.InterruptResponse),
    ("POST", "keepalive"): _plain("KeepAlive", sessions.KeepAliveRequest, sessions.KeepAliveResponse, "expires_at"),
    ("GET", "usage"): _plain(
        "Usage",
        sessions.UsageRequest,
        sessions.UsageResponse,
        "cpu_seconds",
        "memory_bytes",
        "memory_peak_bytes",
        "pids",
    ),
    ("GET", "logs"): lambda id, body, query, *_: _session(
        "Logs",
        sessions.LogsRequest(session=id, lines=int(query.get("lines", "0"))),
        sessions.LogsResponse,
        lambda found: {"lines": list(found.lines)},
    ),
}


def error(found: values.Error) -> dict[str, Any]:
    """An error as REST has it."""
    return {
        "code": found.code,
        "message": found.message,
        "next": found.next,
        "request_id": found.request_id,
        "details": dict(found.details),
    }
