"""What DockerGym's workers import."""

from ..worker.base import BaseWorker

__all__ = ["BaseWorker"]
