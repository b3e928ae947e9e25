"""Sessions measured against OpenEnv and Gymnasium's AsyncVectorEnv, in one run, interleaved.

Corral serves `classic/CartPole` over REST, one sandboxed Python worker for each session. OpenEnv serves the echo
environment of its own template over its WebSocket, all sessions in one process. Both get the same load generator, with
one connection for each session. AsyncVectorEnv runs CartPole in one unfenced process for each environment, driven by
Python, without a network. Prints every figure and writes medians to `Benchmarks/results/sessions.md`, all rounds to
`sessions.csv`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "common"))

from load import Phase, compile_load, run_load
from memory import Memory, measure
from openenv import openenv
from results import Goal, Results, busy_share, machine
from running import Running, corral, prepare

ROOT = Path(__file__).resolve().parents[2]
SYSTEMS = ("Corral", "OpenEnv", "AsyncVectorEnv")
SESSIONS = (1, 16, 64, 200)
ONE_BY_ONE = 100
IDLE = 200

STEP_RATE, STEP_P50, STEP_P99 = "steps/s", "step p50, ms", "step p99, ms"
CREATE_P50, CREATE_P99 = "create one by one, p50, ms", "create one by one, p99, ms"
DELETE_P50, DELETE_P99 = "delete one by one, p50, ms", "delete one by one, p99, ms"
ALL_OPEN, ALL_CLOSED = "create all at once, ms", "delete all at once, ms"
IDLE_SESSION, IDLE_SERVER = "memory of an idle session, MiB", "server's part of it, KiB"
IDLE_FILES = "server's descriptors of an idle session"
CONNECTED_SESSION, CONNECTED_SERVER = "memory with an open connection, MiB", "server's part with a connection, KiB"
IDLE_STEPPED, IDLE_CHARGED = "the same after stepping, MiB", "the same, kernel memory included, MiB"

GOALS = (
    Goal(STEP_P50, 1, 0.3), Goal(STEP_RATE, 64, 10_000, at_most=False), Goal(CREATE_P50, ONE_BY_ONE, 3),
    Goal(ALL_OPEN, 64, 250), Goal(DELETE_P50, ONE_BY_ONE, 20), Goal(IDLE_SESSION, IDLE, 3), Goal(IDLE_SERVER, IDLE, 16),
)  # fmt: skip


def main() -> int:
    arguments = _arguments()
    environment = ROOT / ".venvs/openenv"
    prepare(environment, ROOT / "Benchmarks/requirements/openenv.txt")
    results = Results()
    with tempfile.TemporaryDirectory(prefix="corral-bench-") as name:
        folder = Path(name)
        bench = Bench(results, compile_load(folder), arguments.binary.resolve(), environment, folder, arguments.seconds)
        busy: list[float] = []
        for number in range(1, arguments.rounds + 1):
            busy.append(busy_share())
            bench.memory(number)
            bench.speed(number)
    pythons = {
        "workers and AsyncVectorEnv": (Path(sys.executable), ("gymnasium", "numpy")),
        "OpenEnv": (environment / "bin/python", ("openenv-core", "uvicorn", "websockets")),
    }
    facts = machine(arguments.binary, pythons)
    facts.append(
        f"- {arguments.rounds} rounds of {arguments.seconds:g} s; before each, other programs used "
        f"{min(busy):.0%} to {max(busy):.0%} of the machine"
    )
    facts += [f"- {note}" for note in arguments.note]
    _write(results, facts, arguments.results)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=Path, default=ROOT / ".build/release/corral", help="the server program")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0, help="of stepping, for each figure")
    parser.add_argument("--results", type=Path, default=ROOT / "Benchmarks/results")
    parser.add_argument("--note", action="append", default=[], help="a circumstance to write beside the figures")
    return parser.parse_args()


class Bench:
    """The measurements of one round; every figure goes to `results` as it comes."""

    def __init__(
        self, results: Results, load: Path, binary: Path, environment: Path, folder: Path, seconds: float
    ) -> None:
        self.results = results
        self.load = load
        self.binary = binary
        self.environment = environment
        self.folder = folder
        self.seconds = seconds

    def speed(self, number: int) -> None:
        with corral(self.binary, self.folder) as ours, openenv(self.environment, self.folder) as theirs:
            # The first session loads the environment; all others find it warm.
            for server, protocol in ((ours, "corral"), (theirs, "openenv")):
                run_load(self.load, server.port, protocol, 4, 0.2)
            self._one_by_one(number, ours, "Corral", "corral")
            self._one_by_one(number, theirs, "OpenEnv", "openenv")
            for sessions in SESSIONS:
                self._together(number, sessions, ours, "Corral", "corral")
                self._together(number, sessions, theirs, "OpenEnv", "openenv")
                self._vector(number, sessions)

    def memory(self, number: int) -> None:
        with corral(self.binary, self.folder) as ours:
            self._idle(number, ours, "Corral", "corral")
        with corral(self.binary, self.folder) as ours:
            self._connected(number, ours, "Corral", "corral")
        with openenv(self.environment, self.folder) as theirs:
            self._connected(number, theirs, "OpenEnv", "openenv")

    def _one_by_one(self, number: int, server: Running, system: str, protocol: str) -> None:
        phases = run_load(self.load, server.port, protocol, ONE_BY_ONE, 0, order="one")
        for phase, middle, tail in (("open", CREATE_P50, CREATE_P99), ("close", DELETE_P50, DELETE_P99)):
            self.results.add(number, middle, system, ONE_BY_ONE, phases[phase]["p50"] / 1e3)
            self.results.add(number, tail, system, ONE_BY_ONE, phases[phase]["p99"] / 1e3)

    def _together(self, number: int, sessions: int, server: Running, system: str, protocol: str) -> None:
        phases = run_load(self.load, server.port, protocol, sessions, self.seconds)
        self.results.add(number, ALL_OPEN, system, sessions, phases["open"]["wall"] / 1e3)
        self.results.add(number, STEP_RATE, system, sessions, _rate(phases["step"]))
        self.results.add(number, STEP_P50, system, sessions, phases["step"]["p50"] / 1e3)
        self.results.add(number, STEP_P99, system, sessions, phases["step"]["p99"] / 1e3)
        self.results.add(number, ALL_CLOSED, system, sessions, phases["close"]["wall"] / 1e3)

    def _vector(self, number: int, sessions: int) -> None:
        script = str(Path(__file__).with_name("vector_peer.py"))
        command = [sys.executable, script, str(sessions), str(self.seconds)]
        found = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
        system = "AsyncVectorEnv"
        self.results.add(number, ALL_OPEN, system, sessions, found["open_wall"] / 1e3)
        self.results.add(number, STEP_RATE, system, sessions, found["rate"])
        self.results.add(number, STEP_P50, system, sessions, found["p50"] / 1e3)
        self.results.add(number, STEP_P99, system, sessions, found["p99"] / 1e3)
        self.results.add(number, ALL_CLOSED, system, sessions, found["close_wall"] / 1e3)

    def _idle(self, number: int, server: Running, system: str, protocol: str) -> None:
        before, opened, stepped = self._grown(server, protocol, drop=True)
        self.results.add(number, IDLE_SESSION, system, IDLE, _growth(before, opened) / IDLE / (1 << 20))
        self.results.add(number, IDLE_STEPPED, system, IDLE, _growth(before, stepped) / IDLE / (1 << 20))
        if before.charged is not None and opened.charged is not None:
            self.results.add(number, IDLE_CHARGED, system, IDLE, (opened.charged - before.charged) / IDLE / (1 << 20))
        self.results.add(number, IDLE_SERVER, system, IDLE, (opened.server - before.server) / IDLE / 1024)
        self.results.add(number, IDLE_FILES, system, IDLE, (opened.descriptors - before.descriptors) / IDLE)

    def _connected(self, number: int, server: Running, system: str, protocol: str) -> None:
        before, opened, _ = self._grown(server, protocol, drop=False)
        self.results.add(number, CONNECTED_SESSION, system, IDLE, _growth(before, opened) / IDLE / (1 << 20))
        self.results.add(number, CONNECTED_SERVER, system, IDLE, (opened.server - before.server) / IDLE / 1024)

    def _grown(self, server: Running, protocol: str, drop: bool) -> tuple[Memory, Memory, Memory]:
        """Before sessions were opened, after it, and after they were stepped."""
        run_load(self.load, server.port, protocol, 4, 0.5)
        before = measure(server.pid)
        seen: dict[str, Memory] = {}

        def look(phase: str) -> None:
            time.sleep(0.3)  # the server notices that connections have gone
            seen[phase] = measure(server.pid)

        run_load(self.load, server.port, protocol, IDLE, 1.0, paused=look, drop=drop)
        return before, seen["open"], seen["step"]


def _growth(before: Memory, after: Memory) -> float:
    return after.server + after.workers - before.server - before.workers


def _rate(step: Phase) -> float:
    return step["count"] / (step["wall"] / 1e6)


NOTES = """\
Medians, in brackets the range of the rounds. All on one machine, over loopback; the load generator (one thread, in C)
uses the same cores. A step of AsyncVectorEnv is one call that advances all environments, so its p50 is that of the whole
batch. Steps count only answered steps; resets (one in 500) are done by the client and not counted. Memory is the growth of
the proportional set size of the server and all its processes, divided by the number of sessions; OpenEnv's sessions share one
process and are not isolated from each other."""


def _write(results: Results, facts: list[str], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    table = results.table(SYSTEMS, GOALS)
    text = "\n".join(["# Sessions", "", *facts, "", *table, "", NOTES, ""])
    (folder / "sessions.md").write_text(text)
    results.write_csv(folder / "sessions.csv")
    print(f"\n{text}")


if __name__ == "__main__":
    sys.exit(main())
