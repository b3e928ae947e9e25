"""A container with a worker in it, spoken to over docker-py's attach socket."""

from __future__ import annotations

import json
import select
import struct
from typing import Any

import docker

TIMEOUT = 60.0  # seconds that a reply may take, DockerGym's default


class Worker:
    def __init__(self, container: Any, stream: Any) -> None:
        self.container = container
        self.stream = stream
        self.raw = b""
        self.text = b""

    @classmethod
    def start(cls, client: docker.DockerClient, image: str, command: list[str], labels: dict[str, str]) -> Worker:
        container = client.containers.run(image, command, stdin_open=True, detach=True, auto_remove=True, labels=labels)
        attached = container.attach_socket(params={"stdin": 1, "stdout": 1, "stream": 1})
        return cls(container, attached._sock)

    def ask(self, command: dict[str, Any]) -> dict[str, Any]:
        """Sends one command and waits for its reply."""
        try:
            self.stream.sendall(json.dumps(command).encode() + b"\n")
            return json.loads(self._line())
        except (OSError, ValueError, EOFError) as error:
            return {"status": "error", "message": f"Communication error: {error}"}

    def stop(self, timeout: int) -> None:
        try:
            self.container.stop(timeout=timeout)
        except docker.errors.APIError:
            pass
        finally:
            self.stream.close()

    def _line(self) -> bytes:
        while b"\n" not in self.text:
            waiting = select.poll()
            waiting.register(self.stream, select.POLLIN)
            if not waiting.poll(TIMEOUT * 1000):
                raise OSError("Timeout reading from container")
            data = self.stream.recv(65536)
            if not data:
                raise EOFError("Container closed connection")
            self.raw += data
            self._take_frames()
        line, _, self.text = self.text.partition(b"\n")
        return line

    def _take_frames(self) -> None:
        """Docker's frames: a type, three zeros, the length as a big-endian word, the bytes."""
        while len(self.raw) >= 8:
            kind, length = struct.unpack(">BxxxL", self.raw[:8])
            if len(self.raw) < 8 + length:
                return
            if kind == 1:
                self.text += self.raw[8 : 8 + length]
            self.raw = self.raw[8 + length :]
