"""The Docker Engine that all servers of a run share."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
IMAGE = "corral-bench-echo:latest"
QUIET_LIMIT = 120.0  # seconds


@contextlib.contextmanager
def engine() -> Iterator[None]:
    """The engine of DOCKER_HOST, or a private one whose images stay in `.cache`; with the image of the benchmark."""
    if os.environ.get("DOCKER_HOST"):
        _build()
        yield
        return
    script, folder = ROOT / "scripts/engine", ROOT / ".cache/engine"
    started = subprocess.run([script, "start", folder], stdout=subprocess.PIPE, text=True, check=True)
    os.environ["DOCKER_HOST"] = started.stdout.strip()
    try:
        _build()
        yield
    finally:
        del os.environ["DOCKER_HOST"]
        subprocess.run([script, "stop", folder], check=True)


def version() -> str:
    command = ["docker", "version", "--format", "{{.Server.Version}}"]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()


def wait_for_containers(count: int) -> None:
    """Waits until so many containers of the image run. Raises `RuntimeError` where that takes too long."""
    deadline = time.monotonic() + QUIET_LIMIT
    while (running := _running()) != count:
        if time.monotonic() > deadline:
            raise RuntimeError(f"there are {running} containers, not {count}")
        time.sleep(0.2)


def _running() -> int:
    command = ["docker", "ps", "--quiet", "--filter", f"ancestor={IMAGE}"]
    return len(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.split())


def _build() -> None:
    base = subprocess.run([ROOT / "scripts/base-image"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    dockerfile = Path(__file__).with_name("echo") / "Dockerfile"
    done = subprocess.run(
        ["docker", "build", "--build-arg", f"BASE={base}", "--tag", IMAGE, "--file", dockerfile, ROOT],
        env={**os.environ, "DOCKER_BUILDKIT": "0"}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"the image cannot be built: {done.stdout[-2000:]}")
