"""The doors of a server measured beside each other and beside OpenEnv's server, in one run, interleaved.

Every door steps the same two environments: an echo, in Python and in a sandbox for each session, that does what OpenEnv's
template environment does; and a native CartPole. OpenEnv serves its template environment over its WebSocket, all
sessions in one process without isolation. All get the same load generator (one thread, in C), with one connection for
each session and one step in flight on each. Prints every figure and writes medians to `Benchmarks/results/doors.md`, all
rounds to `doors.csv`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "sessions"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "common"))

from load import compile_load, run_load
from openenv import openenv
from results import Goal, Results, busy_share, machine
from running import Running, corral, prepare

ROOT = Path(__file__).resolve().parents[2]
SESSIONS = (1, 16, 64, 200)
MESSAGE = '{"message":"hello"}'


@dataclass(frozen=True)
class Way:
    """One door with one environment; without an environment it is OpenEnv's own server."""

    name: str
    protocol: str
    environment: str
    action: str = ""
    path: str = ""


PEER = Way("OpenEnv", "openenv", "")
WAYS = (
    Way("WebSocket, echo", "websocket", "bench/Echo", MESSAGE),
    Way("REST, echo", "corral", "bench/Echo", MESSAGE),
    Way("OpenEnv door, echo", "openenv", "bench/Echo", MESSAGE, "/openenv/bench/Echo/ws"),
    PEER,
    Way("WebSocket, native", "websocket", "native/CartPole"),
    Way("REST, native", "corral", "native/CartPole"),
)


def main() -> int:
    arguments = _arguments()
    environment = ROOT / ".venvs/openenv"
    prepare(environment, ROOT / "Benchmarks/requirements/openenv.txt")
    results = Results()
    with tempfile.TemporaryDirectory(prefix="corral-bench-") as name:
        folder = Path(name)
        load = compile_load(folder)
        busy: list[float] = []
        for number in range(1, arguments.rounds + 1):
            busy.append(busy_share())
            _round(number, results, load, arguments, environment, folder)
    pythons = {
        "workers": (Path(sys.executable), ("numpy",)),
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


def _round(
    number: int, results: Results, load: Path, arguments: argparse.Namespace, environment: Path, folder: Path
) -> None:
    echo = str(Path(__file__).with_name("echo"))
    more = ("--environments", echo, "--environments", str(ROOT / "Manifests"))
    with (
        corral(arguments.binary.resolve(), folder, *more) as ours,
        openenv(environment, folder) as theirs,
    ):
        for way in WAYS:
            _run(load, way, theirs if way is PEER else ours, 4, 0.2)
        for sessions in arguments.sessions:
            for way in WAYS:
                phase = _run(load, way, theirs if way is PEER else ours, sessions, arguments.seconds)["step"]
                results.add(number, "steps/s", way.name, sessions, phase["count"] / (phase["wall"] / 1e6))
                results.add(number, "step p50, ms", way.name, sessions, phase["p50"] / 1e3)
                results.add(number, "step p99, ms", way.name, sessions, phase["p99"] / 1e3)


def _run(load: Path, way: Way, server: Running, sessions: int, seconds: float) -> dict[str, dict[str, float]]:
    return run_load(
        load,
        server.port,
        way.protocol,
        sessions,
        seconds,
        environment=way.environment,
        action=way.action,
        path=way.path,
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=Path, default=ROOT / ".build/release/corral", help="the server program")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0, help="of stepping, for each figure")
    parser.add_argument("--sessions", type=int, nargs="+", default=SESSIONS)
    parser.add_argument("--results", type=Path, default=ROOT / "Benchmarks/results")
    parser.add_argument("--note", action="append", default=[], help="a circumstance to write beside the figures")
    return parser.parse_args()


NOTES = """\
Medians, in brackets the range of the rounds. All on one machine, over loopback, with the load generator on the same cores.
Every session has a connection of its own and one step in flight. A CartPole that has fallen is reset by the client; resets
are not counted. The goals of the WebSocket are ratios of OpenEnv's steps per second in the same run: level at 1 session and
five times at 64 and 200 with the sandboxed echo, three times at 1 with the native environment."""
RATIOS = (
    ("WebSocket, echo", 1, 1.0), ("WebSocket, echo", 64, 5.0), ("WebSocket, echo", 200, 5.0),
    ("WebSocket, native", 1, 3.0),
)  # fmt: skip


def _write(results: Results, facts: list[str], folder: Path) -> None:
    goals = []
    for system, sessions, ratio in RATIOS:
        peer = results.median("steps/s", PEER.name, sessions)
        if peer is not None:
            goals.append(Goal("steps/s", sessions, ratio * peer, at_most=False, system=system))
    folder.mkdir(parents=True, exist_ok=True)
    table = results.table([way.name for way in WAYS], goals)
    text = "\n".join(["# Doors", "", *facts, "", *table, "", NOTES, ""])
    (folder / "doors.md").write_text(text)
    results.write_csv(folder / "doors.csv")
    print(f"\n{text}")


if __name__ == "__main__":
    sys.exit(main())
