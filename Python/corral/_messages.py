"""Calls as messages of a WebSocket, and its messages as responses, without sockets.

A call that the WebSocket knows becomes one JSON text (or, where arrays are wanted as bytes, one message in tensor
form); what comes back is turned into the response that HTTP would have given, so that calls need not know.
"""

from __future__ import annotations

import base64
import json
import re
from typing import Any, NamedTuple

from . import errors
from ._calls import JSON, Call
from ._http import Response
from .values import TENSORS, loads

SUBPROTOCOL = "corral.v1"

_SESSION = re.compile(r"/v1/sessions/([0-9A-Fa-f-]{36})(?:/([a-z]+))?(?:\?lines=(\d+))?$")
_STATUS = {"busy": 409, "unavailable": 503}
_OPERATIONS = {
    ("GET", None): "attach",
    ("DELETE", None): "close",
    ("POST", "reset"): "reset",
    ("POST", "step"): "step",
    ("POST", "interrupt"): "interrupt",
    ("POST", "keepalive"): "keepalive",
    ("POST", "fork"): "fork",
    ("GET", "render"): "render",
    ("GET", "logs"): "logs",
    ("GET", "usage"): "usage",
}


class Message(NamedTuple):
    """One request, but for its id; `picture` says that a PNG is wanted of a frame."""

    rest: bytes
    binary: bool
    picture: bool = False
    frame: bool = False

    def encoded(self, number: int) -> bytes:
        text = b'{"id":%d,%b' % (number, self.rest)
        return len(text).to_bytes(4, "little") + text if self.binary else text


def message(call: Call[Any]) -> Message | None:
    """The message for a call; None where only HTTP knows it."""
    accept = call.headers.get("Accept", JSON)
    binary = accept.startswith(TENSORS)
    body = call.body or b"{}"
    key = call.headers.get("Idempotency-Key")
    fields: dict[str, Any] = {} if key is None else {"idempotency_key": key}
    if call.method == "POST" and call.target in ("/v1/sessions", "/v1/sessions/batch"):
        return Message(_joined("create", fields, body), binary)
    if call.method == "POST" and call.target == "/v1/steps":
        return Message(_joined("steps", fields, body), binary)
    match = _SESSION.match(call.target)
    operation = _OPERATIONS.get((call.method, match[2])) if match else None
    if match is None or operation is None:
        return None
    fields["session"] = match[1]
    if operation == "close":
        fields["now"] = True
    if operation == "logs" and match[3]:
        fields["lines"] = int(match[3])
    picture = False
    if operation == "render":
        picture = accept.startswith("image/")
        if not binary:
            fields["mode"] = "rgb_array" if picture else "ansi"
        elif "text/plain" not in accept:
            fields["mode"] = "rgb_array"
    return Message(_joined(operation, fields, body), binary, picture, operation == "render")


def _joined(operation: str, fields: dict[str, Any], body: bytes) -> bytes:
    """The members of the message: those of the operation, then those of the body as they are."""
    head = json.dumps({"op": operation, **fields}, separators=(",", ":"))[1:-1].encode("ascii")
    rest = body.strip()[1:]
    return head + (b"," if rest.strip() != b"}" else b"") + rest


def number_of(data: bytes | bytearray) -> int | None:
    """The id of the request that a message answers; None for events and for what has no number."""
    start = 4 if data[:1] != b"{" else 0
    head = bytes(data[start : start + 40])
    match = re.match(rb'\{"id":(\d+),', head)
    return int(match[1]) if match else None


def response(request: Message, data: bytes | bytearray, binary: bool) -> Response:
    """What HTTP would have answered."""
    kind = TENSORS if binary else JSON
    prefix = re.match(rb'\{"id":\d+,"result":', bytes(data[4:44] if binary else data[:40]))
    if prefix is None:
        parsed = loads(data, kind)
        error = parsed.get("error") if isinstance(parsed, dict) else None
        if not isinstance(error, dict):
            raise errors.error("internal", "the server's message is neither a result nor an error")
        return Response(_STATUS.get(str(error.get("code")), 400), {"content-type": kind}, data, True)
    if request.frame:
        return _frame(request, data, kind)
    if not binary:
        return Response(200, {"content-type": kind}, data[prefix.end() : -1], True)
    # The header stays as long as it is, because the places of the arrays depend on it.
    body = bytearray(data)
    end = 4 + int.from_bytes(body[:4], "little")
    body[4 : 4 + prefix.end()] = b" " * prefix.end()
    last = body.rindex(b"}", 4, end)
    body[last : last + 1] = b" "
    return Response(200, {"content-type": kind}, body, True)


def _frame(request: Message, data: bytes | bytearray, kind: str) -> Response:
    result = loads(data, kind).get("result")
    if isinstance(result, dict) and isinstance(result.get("text"), str):
        return Response(200, {"content-type": "text/plain"}, result["text"].encode(), True)
    if isinstance(result, dict) and isinstance(result.get("png"), str):
        return Response(200, {"content-type": "image/png"}, base64.b64decode(result["png"]), True)
    body = bytearray(data)
    end = 4 + int.from_bytes(body[:4], "little")
    start = body.index(b'"result":', 4, end) + 9
    body[4:start] = b" " * (start - 4)
    last = body.rindex(b"}", 4, end)
    body[last : last + 1] = b" "
    return Response(200, {"content-type": kind}, body, True)
