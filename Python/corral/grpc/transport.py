"""The transport of calls over gRPC: ``corral.connect("grpc://HOST:PORT")``."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from .. import errors
from .._calls import JSON, Call
from .._http import Endpoint, Lost, Response
from .._retry import Attempts
from .._transport import Transport, too_late, unreachable
from ..values import Parsed

try:
    import grpc
    from google.rpc import status_pb2

    from . import messages
    from . import values_pb2 as values
except ImportError as error:
    raise errors.error(
        "failed_precondition", f"gRPC needs packages that are not installed: {error}", "pip install corral[grpc]"
    ) from error

T = TypeVar("T")

__all__ = ["Channel", "GRPCTransport", "grpc", "messages", "outcome"]

_STATUS = {"busy": 409, "unavailable": 503}
_CODES = {
    "UNAUTHENTICATED": "unauthenticated",
    "PERMISSION_DENIED": "permission_denied",
    "UNIMPLEMENTED": "unimplemented",
    "RESOURCE_EXHAUSTED": "payload_too_large",
    "INVALID_ARGUMENT": "invalid_argument",
    "DEADLINE_EXCEEDED": "deadline_exceeded",
    "NOT_FOUND": "not_found",
}


class Channel:
    """A channel of `grpc` or of `grpc.aio` and its methods; what is the same for both.

    Args:
        kind: One of the two modules.
        context: Of ``grpcs://``: the `grpc.ChannelCredentials`, where those of the system will not do.
    """

    def __init__(self, kind: Any, target: Endpoint, headers: Mapping[str, str], context: Any = None) -> None:
        self._metadata = [(name.lower(), text) for name, text in headers.items() if name != "User-Agent"]
        options = [("grpc.max_receive_message_length", -1)]
        address = f"{target.host}:{target.port}"
        self.channel = (
            kind.secure_channel(address, context or grpc.ssl_channel_credentials(), options)
            if target.tls
            else kind.insecure_channel(address, options)
        )
        self._methods: dict[str, Any] = {}

    def ask(self, request: messages.Request, timeout: float | None) -> Any:
        """The answer; of `grpc.aio`, what to wait for."""
        return self._method(request)(request.message, timeout=timeout, metadata=self._metadata)

    def begin(self, request: messages.Request, timeout: float | None) -> Any:
        """A future of the answer; not of `grpc.aio`."""
        return self._method(request).future(request.message, timeout=timeout, metadata=self._metadata)

    def _method(self, request: messages.Request) -> Any:
        method = self._methods.get(request.path)
        if method is None:
            method = self.channel.unary_unary(
                request.path,
                request_serializer=type(request.message).SerializeToString,
                response_deserializer=request.answer.FromString,
            )
            self._methods[request.path] = method
        return method


class GRPCTransport(Transport):
    """`Transport` over one gRPC channel, from any number of threads."""

    def __init__(
        self, target: Endpoint, headers: Mapping[str, str], timeout: float | None, retries: int, context: Any = None
    ) -> None:
        super().__init__(target._replace(tls=False), headers, timeout, retries)
        self._channel = Channel(grpc, target, headers, context)

    def run(self, call: Call[T]) -> T:
        return self._again(call, Attempts(call, self.retries, self.timeout), None)

    def run_all(self, calls: Sequence[Call[Any]]) -> list[Any]:
        """Runs independent calls side by side; an error stands where a call failed."""
        started = [(call, self._begin(call)) for call in calls]
        results: list[Any] = []
        for call, running in started:
            try:
                results.append(self._again(call, Attempts(call, self.retries, self.timeout), running))
            except errors.CorralError as error:
                results.append(error)
        return results

    def _begin(self, call: Call[Any]) -> tuple[messages.Request, Any]:
        request = messages.request(call)
        return request, self._channel.begin(request, self.timeout)

    def _again(self, call: Call[T], attempts: Attempts, running: tuple[messages.Request, Any] | None) -> T:
        """Waits for the call, sending it again where that is safe and useful."""
        if self._closed:
            raise errors.error("failed_precondition", "the client is closed", "open another one with corral.connect")
        request = running[0] if running else messages.request(call)
        while True:
            try:
                response = request.read(running[1].result() if running else self._channel.ask(request, self.timeout))
                delay = attempts.after_response(response)
            except grpc.RpcError as error:
                response, delay = outcome(self.target, call, error, attempts, self.timeout)
            running = None
            if delay is None:
                return call.finish(response)
            time.sleep(delay)

    def close(self) -> None:
        super().close()
        self._channel.channel.close()


def outcome(
    target: Endpoint, call: Call[Any], error: Any, attempts: Attempts, timeout: float | None
) -> tuple[Response, float | None]:
    """The response of a call that failed, and the seconds to wait before it is sent again; None: it is final.

    Raises what has no response: `errors.DeadlineExceeded`, `errors.ConnectionLost`, what the core refuses by itself.
    """
    code, details = error.code(), dict(error.trailing_metadata() or ()).get("grpc-status-details-bin")
    if details:
        found = values.Error()
        for detail in status_pb2.Status.FromString(details).details:
            if detail.Unpack(found):
                body = Parsed.of({"error": messages.error(found)})
                response = Response(_STATUS.get(found.code, 400), {"content-type": JSON}, body, True)
                return response, attempts.after_response(response)
    if code == grpc.StatusCode.DEADLINE_EXCEEDED:
        raise too_late(target, call, timeout) from None
    if code == grpc.StatusCode.UNAVAILABLE:
        delay = attempts.after_loss(Lost(error.details() or "", True), False, True)
        if delay is None:
            raise unreachable(target, OSError(error.details())) from error
        return Response(503, {}, b"", True), delay
    raise errors.error(_CODES.get(code.name, "internal"), error.details() or code.name) from None
