"""Starts the servers that are measured, on free ports of the loopback interface."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
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
def corral(binary: Path, folder: Path, *more: str) -> Iterator[Running]:
    """The server with its own data directory; it validates all observations and isolates every session."""
    port = _free_port()
    command = [
        str(binary), "serve", "--port", str(port), "--data", str(folder / "data"), "--log-level", "error",
        "--max-sessions", "20000", *more,
    ]  # fmt: skip
    with _running(command, folder / "corral.log", port, f"http://127.0.0.1:{port}/v1/health") as server:
        yield server


@contextlib.contextmanager
def openenv(environment: Path, folder: Path) -> Iterator[Running]:
    """OpenEnv's own template environment under uvicorn, with its table of sessions enlarged.

    Args:
        environment: The virtual environment that holds `openenv-core`.
    """
    made = folder / "echo_peer"
    if not made.exists():
        _make_template(environment, folder)
    port = _free_port()
    command = [
        str(environment / "bin/uvicorn"), "server.app:app", "--host", "127.0.0.1", "--port", str(port), "--log-level",
        "warning", "--no-access-log",
    ]  # fmt: skip
    with _running(command, folder / "openenv.log", port, f"http://127.0.0.1:{port}/health", made) as server:
        yield server


def prepare_openenv(environment: Path, requirements: Path) -> None:
    """Makes the virtual environment, once."""
    stamp = environment / ".requirements"
    wanted = requirements.read_text()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print("installing OpenEnv from PyPI into its own virtual environment", flush=True)
    if not (environment / "bin/pip").exists():
        subprocess.run(["/usr/bin/python3", "-m", "venv", str(environment)], check=True)
    pip = [str(environment / "bin/pip"), "install", "--quiet", "--disable-pip-version-check", "-r", str(requirements)]
    subprocess.run(pip, check=True)
    stamp.write_text(wanted)


def _make_template(environment: Path, folder: Path) -> None:
    init = [str(environment / "bin/openenv"), "init", "echo_peer", "-o", str(folder)]
    done = subprocess.run(init, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    app = folder / "echo_peer/server/app.py"
    if not app.exists():
        raise RuntimeError(f"openenv init failed: {done.stdout[-500:]}")
    text, count = re.subn(r"max_concurrent_envs=1\b", "max_concurrent_envs=4096", app.read_text())
    if count != 1:
        raise RuntimeError("the template of openenv init has changed")
    app.write_text(text)


@contextlib.contextmanager
def _running(command: list[str], log: Path, port: int, health: str, folder: Path | None = None) -> Iterator[Running]:
    with open(log, "wb") as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=folder)
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


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
