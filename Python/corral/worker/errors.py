"""What a worker can answer instead of a result. The codes are on the wire and never renamed."""


class WorkerError(Exception):
    """A failure that a worker means to answer, with one of the protocol's codes."""

    code = "environment_error"


class BadRequest(WorkerError):
    """The command lacks a field, or a field has the wrong type or an unknown value."""

    code = "bad_request"


class UnknownCommand(WorkerError):
    """The protocol has no such command."""

    code = "unknown_command"


class NotInitialized(WorkerError):
    """The command needs `init` first."""

    code = "not_initialized"


class NotReset(WorkerError):
    """The command needs `reset` first."""

    code = "not_reset"


class NotForkable(WorkerError):
    """The process holds something that a fork would share or lose; the message says what."""

    code = "not_forkable"


class EpisodeOver(WorkerError):
    """The episode has ended; only `reset` begins another."""

    code = "episode_over"


class InvalidAction(WorkerError):
    """The action is not one of the action space; the environment did not see it."""

    code = "invalid_action"


class Unsupported(WorkerError):
    """This worker cannot do that."""

    code = "unsupported"


class StepInterrupted(BaseException):
    """Raised inside a running command when the server asks for its end.

    Not an `Exception`, so that an environment which catches everything does not swallow it by accident.
    """

    code = "interrupted"


class ChannelClosed(BaseException):
    """Raised inside a running command when the server has gone."""
