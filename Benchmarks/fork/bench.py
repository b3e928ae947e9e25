"""Forks of live sessions.

A session is forked, once and 64 times at once, and the branches are closed again: a native environment, Python
environments in sandboxes, and one in a container of a private Docker Engine (left out, and said, where there is none).
Times are the server's own (`duration_ms`) and those of a caller over REST. Memory is what the control groups of 500
live branches that were not stepped say. The search expands a node at depth 100 ten times: by forks, by the server's own
replay (a manifest that allows nothing else), and by sessions that the caller steps there.
Prints every figure and writes them to `Benchmarks/results/fork.md`.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Callable

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "containers"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "common"))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Python"))

from engine import engine, version
from results import busy_share, machine
from running import corral as running_corral

import corral

ROOT = Path(__file__).resolve().parents[2]
DEPTH = 100
STEPS = 10
MANY_LIMIT = 350
EXPANSIONS = 10
LIVE = 500
MIB = 2**20


class Table:
    """Rows with a figure of the server and one of the caller, each with the goal for the first that is known."""

    def __init__(self) -> None:
        self.lines = ["| what | server | caller | goal | |", "|---|---:|---:|---|---|"]

    def add(self, what: str, server: str, caller: str = "", goal: str = "", met: bool | None = None) -> None:
        verdict = "" if met is None else "met" if met else "**missed**"
        self.lines.append(f"| {what} | {server} | {caller} | {goal} | {verdict} |")
        print("  " + self.lines[-1], flush=True)


def measure(action: Callable[[], Any], rounds: int) -> tuple[list[float], list[float]]:
    """Milliseconds of the server's own clock and of the caller's; the branches are closed each time."""
    server, caller = [], []
    for _ in range(rounds):
        start = time.perf_counter()
        branches = action()
        caller.append(1000 * (time.perf_counter() - start))
        server.append(branches.duration_ms)
        for branch in branches:
            branch.close()
    return server, caller


def shown(values: list[float], unit: str = "ms") -> str:
    scale = 1000 if unit == "µs" else 1
    ordered = sorted(value * scale for value in values)
    last = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    return f"{statistics.median(ordered):.3g} {unit} (p99 {last:.3g})"


def fork_once_and_at_once(
    client: corral.Client, environment: str, actions: tuple[Any, Any], rounds: int, table: Table, limit: float
) -> None:
    with client.sessions.create(environment, seed=1) as session:
        for number in range(STEPS):
            session.step(actions[number % 2])
        first = session.fork()
        first[0].close()
        unit = "µs" if limit < 1 else "ms"
        server, caller = measure(session.fork, rounds)
        middle = statistics.median(server)
        goal = f"≤ {limit * (1000 if limit < 1 else 1):g} {unit}"
        what = f"{environment}: one fork ({first.mechanism})"
        table.add(what, shown(server, unit), shown(caller), goal, middle <= limit)
        server, caller = measure(lambda: session.fork(64), max(3, rounds // 10))
        met = statistics.median(caller) <= MANY_LIMIT
        table.add(f"{environment}: 64 at once", shown(server), shown(caller), f"≤ {MANY_LIMIT:g} ms", met)


def many(client: corral.Client, table: Table) -> None:
    with client.sessions.create("classic/CartPole", seed=1) as session:
        for number in range(STEPS):
            session.step(number % 2)
        before = session.usage()["memory_bytes"]
        start = time.perf_counter()
        branches = [branch for _ in range(LIVE // 50) for branch in session.fork(50)]
        took = time.perf_counter() - start
        used = sum(branch.usage()["memory_bytes"] for branch in branches) + session.usage()["memory_bytes"] - before
        each = used / len(branches) / MIB
        table.add(f"{LIVE} live forks: memory of each", f"{each:.2f} MiB", "", "≤ 2 MiB", each <= 2)
        stepped = sum(branch.reset(seed=1).index == STEPS + 1 for branch in branches)
        alive = f"{stepped} of {len(branches)} answer"
        table.add(f"{LIVE} live forks: all are there", alive, f"{took:.2f} s", f"{LIVE}", stepped == LIVE)
        session.close(branches=True)


def search(client: corral.Client, table: Table) -> None:
    """Turning on the spot ends no episode of MiniGrid."""
    way = [0] * DEPTH
    options = {"params": {"max_steps": 1000}}
    times: dict[str, float] = {}
    for name, environment in (("forks", "minigrid/Empty-5x5"), ("the server's replay", "bench/Replayed")):
        with client.sessions.create(environment, seed=1, **options) as session:
            for action in way:
                session.step(action)
            start = time.perf_counter()
            for _ in range(EXPANSIONS):
                with session.fork()[0] as branch:
                    branch.step(1)
            times[name] = (time.perf_counter() - start) / EXPANSIONS
    start = time.perf_counter()
    for _ in range(EXPANSIONS):
        with client.sessions.create("minigrid/Empty-5x5", seed=1, **options) as branch:
            for action in way:
                branch.step(action)
            branch.step(1)
    times["steps of the caller"] = (time.perf_counter() - start) / EXPANSIONS
    forked = times.pop("forks")
    table.add(f"a child of a node at depth {DEPTH}, by a fork", "", f"{1000 * forked:.1f} ms")
    for name, took in times.items():
        ratio = took / forked
        table.add(f"the same by {name}", f"{ratio:.1f} times slower", f"{1000 * took:.1f} ms", "≥ 5 times", ratio >= 5)


def environments(folder: Path) -> Path:
    """MiniGrid that can only be replayed, and an environment in a container."""
    replayed = folder / "environments/replayed"
    replayed.mkdir(parents=True)
    manifest = (ROOT / "Manifests/minigrid/Empty-5x5/environment.yaml").read_text()
    manifest = manifest.replace("minigrid/Empty-5x5", "bench/Replayed").replace("[fork, replay]", "[replay]")
    manifest = "\n".join(line for line in manifest.splitlines() if not line.startswith("gymnasium:"))
    (replayed / "environment.yaml").write_text(manifest)
    shutil.copytree(ROOT / "Benchmarks/containers/echo", folder / "environments/echo")
    return folder / "environments"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=Path, default=ROOT / ".build/release/corral", help="the server program")
    parser.add_argument("--rounds", type=int, default=100, help="of one fork")
    arguments = parser.parse_args()
    table = Table()
    busy = busy_share()
    facts = []
    with tempfile.TemporaryDirectory(prefix="corral-bench-") as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        more = ["--environments", str(ROOT / "Manifests"), "--environments", str(environments(folder))]
        has_engine = os.geteuid() == 0 and all(map(shutil.which, ("dockerd", "docker", "mmdebstrap")))
        if has_engine:
            stack.enter_context(engine())
            more += ["--docker-host", os.environ["DOCKER_HOST"]]
            facts.append(f"- Docker Engine {version()}, a private one on the same machine")
        else:
            facts.append("- no container engine: containers were left out")
        server = stack.enter_context(running_corral(arguments.binary.resolve(), folder, *more))
        with corral.connect(f"http://127.0.0.1:{server.port}") as client:
            fork_once_and_at_once(client, "native/CartPole", (0, 1), 5 * arguments.rounds, table, 0.02)
            for environment in ("classic/CartPole", "minigrid/Empty-5x5", "ale/Pong"):
                fork_once_and_at_once(client, environment, (0, 1), arguments.rounds, table, 5)
            if has_engine:
                fork_once_and_at_once(client, "bench/Echo", ("hello", "you"), arguments.rounds, table, 8)
            many(client, table)
            search(client, table)
    facts = machine(arguments.binary, {"workers": (Path(sys.executable), ("numpy", "gymnasium", "ale-py"))}) + facts
    facts.append(f"- before it, other programs used {busy:.0%} of the machine")
    about = " ".join((__doc__ or "").split("\n\n")[1].rpartition("\nPrints")[0].split())
    lines = ["# Forks", "", "`make bench-fork`. " + about, "", *facts, "", *table.lines]
    text = "\n".join(lines) + "\n"
    print(text)
    (ROOT / "Benchmarks/results/fork.md").write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
