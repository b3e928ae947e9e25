"""Errors of Corral: one class for each code that the server answers with.

Every error carries a stable ``code``, a ``message`` that says what happened, ``next`` that says what to do, and the
``request_id`` under which the server logged the call. A code that this version does not know (the server may be
newer) comes as plain `CorralError`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class CorralError(Exception):
    """A call failed; `code` says why."""

    def __init__(
        self,
        code: str,
        message: str,
        next: str | None = None,
        request_id: str | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        # All fields are arguments of the exception, so that it survives pickling between processes.
        super().__init__(code, message, next, request_id, dict(details or {}))
        self.code = code
        self.message = message
        self.next = next
        self.request_id = request_id
        self.details: dict[str, Any] = dict(details or {})

    def __str__(self) -> str:
        text = f"{self.message} [{self.code}]"
        if self.next:
            text += f"; {self.next}"
        if self.request_id:
            text += f" (request {self.request_id})"
        return text


class InvalidArgument(CorralError):
    """A field of the call is missing, of the wrong type, or out of range."""


class MalformedJSON(CorralError):
    """The body of the call is no JSON."""


class InvalidAction(CorralError):
    """The action is not in the action space; the episode is where it was."""


class Unauthenticated(CorralError):
    """The server needs to know who calls."""


class PermissionDenied(CorralError):
    """The caller may not do this."""


class NotFound(CorralError):
    """There is no such session, environment, version or instance."""


class MethodNotAllowed(CorralError):
    """The resource does not know this method."""


class NotAcceptable(CorralError):
    """The server cannot answer in the form that was asked for."""


class RequestTimeout(CorralError):
    """The request did not arrive in time."""


class PayloadTooLarge(CorralError):
    """The body of the call exceeds the server's limit."""


class UnsupportedMediaType(CorralError):
    """The server does not read bodies of this type."""


class AlreadyExists(CorralError):
    """What the call would create exists."""


class Conflict(CorralError):
    """The call does not follow the session's last one, or contradicts an earlier use of its idempotency key."""


class Busy(CorralError):
    """Another call of the same session is running."""


class NotReset(CorralError):
    """The session needs a reset before its first step."""


class EpisodeOver(CorralError):
    """The episode has ended; reset begins the next."""


class Interrupted(CorralError):
    """The step was interrupted."""


class FailedPrecondition(CorralError):
    """The call is right, but not in the present state."""


class SessionClosed(CorralError):
    """The session was closed."""


class SessionFailed(CorralError):
    """The session's worker failed; `details` gives the reason."""


class EnvironmentFailure(CorralError):
    """The environment raised an error (code ``environment_error``)."""


class ResourceExhausted(CorralError):
    """A limit of the server is reached; try again later."""


class SandboxUnavailable(CorralError):
    """This machine cannot give the isolation that was asked for."""


class Unimplemented(CorralError):
    """The server or the environment does not offer this."""


class Unavailable(CorralError):
    """The server cannot serve the call now."""


class ConnectionLost(Unavailable):
    """The server could not be reached, or the connection broke and could not be mended."""


class DeadlineExceeded(CorralError):
    """The call took longer than it may."""


class Internal(CorralError):
    """An error of Corral itself."""


CLASSES: dict[str, type[CorralError]] = {
    "invalid_argument": InvalidArgument,
    "malformed_json": MalformedJSON,
    "invalid_action": InvalidAction,
    "unauthenticated": Unauthenticated,
    "permission_denied": PermissionDenied,
    "not_found": NotFound,
    "method_not_allowed": MethodNotAllowed,
    "not_acceptable": NotAcceptable,
    "request_timeout": RequestTimeout,
    "payload_too_large": PayloadTooLarge,
    "unsupported_media_type": UnsupportedMediaType,
    "already_exists": AlreadyExists,
    "conflict": Conflict,
    "busy": Busy,
    "not_reset": NotReset,
    "episode_over": EpisodeOver,
    "interrupted": Interrupted,
    "failed_precondition": FailedPrecondition,
    "session_closed": SessionClosed,
    "session_failed": SessionFailed,
    "environment_error": EnvironmentFailure,
    "resource_exhausted": ResourceExhausted,
    "sandbox_unavailable": SandboxUnavailable,
    "unimplemented": Unimplemented,
    "unavailable": Unavailable,
    "deadline_exceeded": DeadlineExceeded,
    "internal": Internal,
}


def error(
    code: str,
    message: str,
    next: str | None = None,
    request_id: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> CorralError:
    """The exception of the class that belongs to `code`."""
    return CLASSES.get(code, CorralError)(code, message, next, request_id, details)


def from_wire(body: Any) -> CorralError:
    """Reads ``{"code","message","next","request_id","details"}``, tolerating whatever is missing or malformed."""
    fields: Mapping[str, Any] = body if isinstance(body, dict) else {}

    def text(name: str) -> str | None:
        value = fields.get(name)
        return value if isinstance(value, str) else None

    details = fields.get("details")
    return error(
        text("code") or "internal",
        text("message") or "the server answered with an error that this client cannot read",
        text("next"),
        text("request_id"),
        details if isinstance(details, dict) else None,
    )
