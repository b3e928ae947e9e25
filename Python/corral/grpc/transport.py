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


class GRPCTransport(Transport):
    """`Transport` over one gRPC channel, from any number of threads.

    Args:
        context: Of ``grpcs://``: the `grpc.ChannelCredentials`, where those of the system will not do.
    """

    def __init__(
        self, target: Endpoint, headers: Mapping[str, str], timeout: float | None, retries: int, context: Any = None
    ) -> None:
        super().__init__(target._replace(tls=False), headers, timeout, retries)
        self._metadata = [(name.lower(), text) for name, text in headers.items() if name != "User-Agent"]
        options = [("grpc.max_receive_message_length", -1)]
        address = f"{target.host}:{target.port}"
        self._channel = (
            grpc.secure_channel(address, context or grpc.ssl_channel_credentials(), options)
            if target.tls
            else grpc.insecure_channel(address, options)
        )
        self._methods: dict[str, Any] = {}

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
        return request, self._method(request).future(request.message, self.timeout, self._metadata)

    def _again(self, call: Call[T], attempts: Attempts, running: tuple[messages.Request, Any] | None) -> T:
        """Waits for the call, sending it again where that is safe and useful."""
        if self._closed:
            raise errors.error("failed_precondition", "the client is closed", "open another one with corral.connect")
        request = running[0] if running else messages.request(call)
        while True:
            try:
                if running:
                    answer = running[1].result()
                else:
                    answer = self._method(request)(request.message, self.timeout, self._metadata)
                response = request.read(answer)
            except grpc.RpcError as error:
                response = self._failed(call, error, attempts)
            running = None
            again = attempts.after_response(response) if response.status >= 400 else None
            if response.status < 600 and again is None:
                return call.finish(response)
            time.sleep(again or 0.0)

    def _failed(self, call: Call[Any], error: Any, attempts: Attempts) -> Response:
        """The response of a call that failed; status 600 where it is to be sent again."""
        code, details = error.code(), dict(error.trailing_metadata() or ()).get("grpc-status-details-bin")
        if details:
            found = values.Error()
            for detail in status_pb2.Status.FromString(details).details:
                if detail.Unpack(found):
                    body = {"error": messages.error(found)}
                    return Response(_STATUS.get(found.code, 400), {"content-type": JSON}, Parsed.of(body), True)
        if code == grpc.StatusCode.DEADLINE_EXCEEDED:
            raise too_late(self.target, call, self.timeout) from None
        if code == grpc.StatusCode.UNAVAILABLE:
            delay = attempts.after_loss(Lost(error.details() or "", True), False, True)
            if delay is None:
                raise unreachable(self.target, OSError(error.details())) from error
            time.sleep(delay)
            return Response(600, {}, b"", True)
        raise errors.error(_CODES.get(code.name, "internal"), error.details() or code.name) from None

    def _method(self, request: messages.Request) -> Any:
        method = self._methods.get(request.path)
        if method is None:
            method = self._channel.unary_unary(
                request.path,
                request_serializer=type(request.message).SerializeToString,
                response_deserializer=request.answer.FromString,
            )
            self._methods[request.path] = method
        return method

    def close(self) -> None:
        super().close()
        self._channel.close()
