"""Starts servers that are measured, on free ports of the loopback interface."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

READY_LIMIT = 60.0
STOP_LIMIT = 60.0


@dataclass(frozen=True)
class Running:
    """A server that answers."""

    process: subprocess.Popen[bytes]
    port: int

    @property
    def pid(self) -> int:
        return self.process.pid


@contextlib.contextmanager
def corral(binary: Path, folder: Path, *more: str, variables: Mapping[str, str] | None = None) -> Iterator[Running]:
    """The server with its own data directory; it validates all observations and isolates every session."""
    port = free_port()
    command = [
        str(binary), "serve", "--port", str(port), "--data", str(folder / "data"), "--log-level", "error",
        "--max-sessions", "20000", *more,
    ]  # fmt: skip
    health = f"http://127.0.0.1:{port}/v1/health"
    with running(command, folder / "corral.log", port, health, variables=variables) as server:
        yield server


def prepare(environment: Path, requirements: Path) -> None:
    """Makes the virtual environment of a peer, once."""
    stamp = environment / ".requirements"
    wanted = requirements.read_text()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print(f"installing {requirements.stem} from PyPI into a virtual environment of its own", flush=True)
    if not (environment / "bin/pip").exists():
        subprocess.run(["/usr/bin/python3", "-m", "venv", str(environment)], check=True)
    pip = [str(environment / "bin/pip"), "install", "--quiet", "--disable-pip-version-check", "-r", str(requirements)]
    subprocess.run(pip, check=True)
    stamp.write_text(wanted)


@contextlib.contextmanager
def running(
    command: list[str],
    log: Path,
    port: int,
    health: str,
    folder: Path | None = None,
    variables: Mapping[str, str] | None = None,
) -> Iterator[Running]:
    """A program that is ready when `health` answers; `variables` go over those of this process."""
    with open(log, "wb") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=folder,
            env={**os.environ, **(variables or {})},
        )  # fmt: skip
    try:
        _wait(process, health, log)
        yield Running(process, port)
        if process.poll() is not None:
            raise RuntimeError(f"{command[0]} ended during the measurement: {_tail(log)}")
    finally:
        process.terminate()
        try:
            process.wait(STOP_LIMIT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], health: str, log: Path) -> None:
    deadline = time.monotonic() + READY_LIMIT
    while True:
        try:
            with urllib.request.urlopen(health, timeout=5) as answer:
                json.load(answer)
                return
        except (urllib.error.URLError, OSError, ValueError):
            pass
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the server did not start: {_tail(log)}")
        time.sleep(0.05)


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-800:].strip() or "it said nothing"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
