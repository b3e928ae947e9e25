"""Runs the load generator: a C program, so that the client takes as little of the machine as can be."""

from __future__ import annotations

import json
import subprocess
import threading
from pathlib import Path
from typing import Any, Callable

SOURCE = Path(__file__).with_name("load.c")
PHASES = ("open", "step", "close")

Phase = dict[str, Any]


def compile_load(folder: Path) -> Path:
    """Builds the program in `folder`."""
    program = folder / "load"
    subprocess.run(["cc", "-O2", "-Wall", "-o", str(program), str(SOURCE)], check=True)
    return program


def run_load(
    program: Path,
    port: int,
    protocol: str,
    clients: int,
    seconds: float,
    order: str = "all",
    paused: Callable[[str], None] | None = None,
    drop: bool = False,
    environment: str = "",
    action: str = "",
    connections: int = 0,
    limit: float | None = None,
) -> dict[str, Phase]:
    """Opens, steps and closes sessions; returns what came of the three phases. Times are in microseconds.

    Args:
        order: `one` after another, or `all` at once; of opening and closing.
        paused: Called with `open` while all sessions are idle after their first reset, and with `step` while they are
            idle after stepping.
        drop: Whether they are without connections then.
        environment: Instead of CartPole.
        action: JSON, instead of what balances CartPole.
        connections: That clients take in turn, with `order` `one`; 0: each has one of its own.
        limit: Seconds after which it is ended, which is an error.

    Raises `RuntimeError` when a request failed.
    """
    command = [
        str(program), "--port", str(port), "--protocol", protocol, "--clients", str(clients), "--seconds", str(seconds),
        "--order", order,
    ]  # fmt: skip
    if environment:
        command += ["--environment", environment]
    if action:
        command += ["--action", action]
    if connections:
        command += ["--connections", str(connections)]
    if paused is not None:
        command += ["--pause", "--drop"] if drop else ["--pause"]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdin is not None and process.stdout is not None and process.stderr is not None
    phases: dict[str, Phase] = {}
    ending = threading.Timer(limit if limit is not None else threading.TIMEOUT_MAX, process.kill)
    if limit is not None:
        ending.start()
    try:
        for line in process.stdout:
            phase = json.loads(line)
            phases[phase["phase"]] = phase
            if paused is not None and phase["phase"] in ("open", "step"):
                paused(phase["phase"])
                process.stdin.write("\n")
                process.stdin.flush()
        said = process.stderr.read().strip()
        if process.wait() or set(phases) != set(PHASES):
            ended = f"not done after {limit:.0f} s" if limit is not None else "the load generator ended early"
            raise RuntimeError(f"{protocol}, {clients} sessions: {said or ended}")
    finally:
        ending.cancel()
        process.kill()
        process.wait()
    return phases
