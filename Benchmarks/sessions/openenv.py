"""Starts OpenEnv's server."""

from __future__ import annotations

import contextlib
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from running import Running, free_port, running


@contextlib.contextmanager
def openenv(environment: Path, folder: Path) -> Iterator[Running]:
    """OpenEnv's own template environment under uvicorn, with its table of sessions enlarged.

    Args:
        environment: The virtual environment that holds `openenv-core`.
    """
    made = folder / "echo_peer"
    if not made.exists():
        _make_template(environment, folder)
    port = free_port()
    command = [
        str(environment / "bin/uvicorn"), "server.app:app", "--host", "127.0.0.1", "--port", str(port), "--log-level",
        "warning", "--no-access-log",
    ]  # fmt: skip
    with running(command, folder / "openenv.log", port, f"http://127.0.0.1:{port}/health", made) as server:
        yield server


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
