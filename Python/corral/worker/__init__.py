"""The worker side of Corral: hold one environment and answer the worker protocol.

`BaseWorker` speaks protocol version 1 (DockerGym's); `Worker` speaks version 2. Both need nothing but the standard
library, so this folder can be copied into any image that has Python 3.8 or newer.
"""

from .base import BaseWorker
from .errors import (
    BadRequest,
    EpisodeOver,
    InvalidAction,
    StepInterrupted,
    Unsupported,
    WorkerError,
)
from .worker import Worker

__all__ = [
    "BadRequest",
    "BaseWorker",
    "EpisodeOver",
    "InvalidAction",
    "StepInterrupted",
    "Unsupported",
    "Worker",
    "WorkerError",
]
