"""The settings of a server, with DockerGym's fields and defaults."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from .. import errors


@dataclass
class ServerConfig:
    """What a DockerGym server is started with. The fields may be changed until the server has started.

    Raises `errors.InvalidArgument` for a value that no server could use.
    """

    docker_image: str
    """Without one (an empty text) the worker runs in a sandbox of this machine."""
    worker_command: list[str]
    volumes: list[str] = field(default_factory=list)
    """`HOST[:CONTAINER[:ro|rw]]`; the path in the container is that of the host where it is left out, the mode `rw`."""
    env_files: list[str] = field(default_factory=list)
    """The ids of instances, which `on_startup` may set."""
    container_label: str = "dockergym-session"
    container_env: dict[str, str] = field(default_factory=dict)
    max_sessions: int = 64
    container_stop_timeout_s: int = 2
    """Without effect: the end of a session is certain and takes milliseconds."""
    batch_window_ms: int = 50
    """How long a step may wait for others that one worker can take together. Nothing waits for a worker that cannot."""
    idle_timeout_s: int = 120
    command_timeout_s: float = 60.0
    host: str = "0.0.0.0"
    """Beyond loopback the server needs keys, or to be told that it is insecure; see `corral.dockergym.run`."""
    port: int = 8000
    title: str = "DockerGym API"
    version: str = "0.1.0"

    def __post_init__(self) -> None:
        self.volumes = [_expanded(volume) for volume in self.volumes]
        self.check()

    def check(self) -> None:
        """Raises `errors.InvalidArgument` for a value that no server could use."""
        for name in ("worker_command", "volumes", "env_files"):
            value = getattr(self, name)
            if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
                raise _bad(name, value, "a list of texts")
        if not self.worker_command:
            raise _bad("worker_command", self.worker_command, "a program and its arguments")
        if not isinstance(self.docker_image, str):
            raise _bad("docker_image", self.docker_image, "the name of an image")
        for name in ("max_sessions", "idle_timeout_s", "command_timeout_s"):
            if not _is_number(getattr(self, name)) or getattr(self, name) <= 0:
                raise _bad(name, getattr(self, name), "a number above 0")
        if not _is_number(self.batch_window_ms) or self.batch_window_ms < 0:
            raise _bad("batch_window_ms", self.batch_window_ms, "a number from 0")

    def translate_path(self, host_path: str) -> str:
        """The path in the container of a path of the host; the same path where no volume holds it.

        A volume holds what is at or below its folder (`/data` does not hold `/data2`). Of several the innermost
        counts, and of equal ones the first.
        """
        wanted = os.path.normpath(host_path)
        best: tuple[int, str] | None = None
        for volume in self.volumes:
            host, inside = _sides(volume)
            host = os.path.normpath(host)
            below = _below(wanted, host)
            if below is not None and (best is None or len(host) > best[0]):
                best = (len(host), os.path.join(inside, below) if below else inside)
        return host_path if best is None else best[1]


def _sides(volume: str) -> tuple[str, str]:
    host, _, rest = volume.partition(":")
    return host, rest.partition(":")[0] or host


def _below(path: str, folder: str) -> str | None:
    """`path` from `folder` on, empty where they are the same; None where it is not in the folder."""
    if path == folder:
        return ""
    prefix = folder if folder.endswith("/") else folder + "/"
    return path[len(prefix) :] if path.startswith(prefix) else None


def _expanded(volume: str) -> str:
    if not isinstance(volume, str):
        raise _bad("volumes", volume, "texts such as HOST:CONTAINER:ro")
    host, colon, rest = volume.partition(":")
    return os.path.expanduser(host) + colon + rest


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _bad(name: str, value: object, wanted: str) -> errors.CorralError:
    return errors.error("invalid_argument", f"`{name}` of ServerConfig is {value!r}", f"give {wanted}")
