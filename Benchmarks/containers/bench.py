"""Sessions in containers, against a server of DockerGym's shape, in one run, interleaved.

All serve the same small environment from the same image, on the same Docker Engine, one after the other in each round:
Corral with one container for a session (protocol 1, DockerGym's routes), started when it is asked for (`cold`) or taken
from a pool; Corral with sessions that are forked from a zygote in one container (protocol 2, /v1); and
`Benchmarks/peers/dockergym`. Prints every figure and writes medians to `Benchmarks/results/containers.md`, all rounds to
`containers.csv`.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "common"))

from engine import IMAGE, engine, version, wait_for_containers
from load import Phase, compile_load, run_load
from results import Goal, Results, busy_share, machine
from running import Running, corral, free_port, prepare, running

ROOT = Path(__file__).resolve().parents[2]
ECHO = Path(__file__).with_name("echo")
PEER = ROOT / "Benchmarks/peers/dockergym/server.py"
WORKER = ("python", "-u", "/app/echo_env/worker.py")

ZYGOTE, POOL, COLD, SHAPE = "zygote", "pool", "cold", "DockerGym's shape"
SYSTEMS = (ZYGOTE, POOL, COLD, SHAPE)
MANY, LIVE = 64, 500

CREATE, CREATE_P99, DELETE = "create one by one, p50, ms", "create one by one, p99, ms", "delete one by one, p50, ms"
ALL_OPEN, ALL_CLOSED = "create all at once, ms", "delete all at once, ms"
RATE, P50, P99 = "steps/s", "step p50, ms", "step p99, ms"

GOALS = (
    Goal(CREATE, 20, 3, system=ZYGOTE), Goal(CREATE, 20, 5, system=POOL), Goal(CREATE, 20, 150, system=COLD),
    Goal(DELETE, 20, 60, system=POOL), Goal(DELETE, 20, 60, system=COLD),
    Goal(P50, 1, 0.35, system=ZYGOTE), Goal(P50, 1, 0.5, system=POOL),
    Goal(RATE, MANY, 8000, at_most=False, system=ZYGOTE), Goal(RATE, MANY, 8000, at_most=False, system=POOL),
)  # fmt: skip


@dataclass(frozen=True)
class System:
    """A server under measurement; `protocol` is the load generator's."""

    name: str
    protocol: str
    spares: int
    """Containers that run while there is no session."""


def main() -> int:
    arguments = _arguments()
    environment = ROOT / ".venvs/dockergym"
    prepare(environment, ROOT / "Benchmarks/requirements/dockergym.txt")
    results = Results()
    with tempfile.TemporaryDirectory(prefix="corral-bench-") as name, engine():
        bench = Bench(results, Path(name), arguments.binary.resolve(), environment, arguments.seconds)
        busy: list[float] = []
        for number in range(1, arguments.rounds + 1):
            for system in _in_turn(arguments.systems, number):
                busy.append(busy_share())
                bench.measure(number, system)
        engine_version = version()
    facts = machine(arguments.binary, {"peer": (environment / "bin/python", ("fastapi", "uvicorn", "docker"))})
    facts.append(f"- Docker Engine {engine_version}, a private one on the same machine")
    facts.append(
        f"- {arguments.rounds} rounds of {arguments.seconds:g} s; before each, other programs used "
        f"{min(busy):.0%} to {max(busy):.0%} of the machine"
    )
    facts += [f"- {note}" for note in arguments.note]
    _write(results, arguments.systems, facts, arguments.results)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=Path, default=ROOT / ".build/release/corral", help="the server program")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3.0, help="of stepping, for each figure")
    parser.add_argument("--systems", nargs="+", choices=SYSTEMS, default=SYSTEMS)
    parser.add_argument("--results", type=Path, default=ROOT / "Benchmarks/results")
    parser.add_argument("--note", action="append", default=[], help="a circumstance to write beside the figures")
    return parser.parse_args()


def _in_turn(systems: tuple[str, ...], number: int) -> list[System]:
    """Each round begins with another system."""
    known = {
        ZYGOTE: System(ZYGOTE, "corral", 1), POOL: System(POOL, "dockergym", MANY), COLD: System(COLD, "dockergym", 0),
        SHAPE: System(SHAPE, "dockergym", 0),
    }  # fmt: skip
    start = number % len(systems)
    return [known[name] for name in (*systems[start:], *systems[:start])]


class Bench:
    """The measurements of one round; every figure goes to `results` as it comes."""

    def __init__(self, results: Results, folder: Path, binary: Path, environment: Path, seconds: float) -> None:
        self.results = results
        self.load = compile_load(folder)
        self.folder = folder
        self.binary = binary
        self.environment = environment
        self.seconds = seconds

    def measure(self, number: int, system: System) -> None:
        with self._server(system) as server:
            self._run(system, server, 1, 0.2)  # the first session makes zygote and pool
            phases = self._run(system, server, 20, 0, order="one")
            for phase, middle in (("open", CREATE), ("close", DELETE)):
                self.results.add(number, middle, system.name, 20, phases[phase]["p50"] / 1e3)
            self.results.add(number, CREATE_P99, system.name, 20, phases["open"]["p99"] / 1e3)
            for sessions in (1, MANY):
                phases = self._run(system, server, sessions, self.seconds)
                self.results.add(number, ALL_OPEN, system.name, sessions, phases["open"]["wall"] / 1e3)
                self._stepped(number, system, sessions, phases["step"])
                self.results.add(number, ALL_CLOSED, system.name, sessions, phases["close"]["wall"] / 1e3)
            if system.name == ZYGOTE:
                phases = self._run(system, server, LIVE, self.seconds, order="one")
                self._stepped(number, system, LIVE, phases["step"])
        wait_for_containers(0)

    def _stepped(self, number: int, system: System, sessions: int, step: Phase) -> None:
        self.results.add(number, RATE, system.name, sessions, step["count"] / step["wall"] * 1e6)
        self.results.add(number, P50, system.name, sessions, step["p50"] / 1e3)
        self.results.add(number, P99, system.name, sessions, step["p99"] / 1e3)

    def _run(
        self, system: System, server: Running, clients: int, seconds: float, order: str = "all"
    ) -> dict[str, Phase]:
        phases = run_load(
            self.load, server.port, system.protocol, clients, seconds, order, environment="bench/Echo", action='"hello"'
        )
        wait_for_containers(system.spares)  # what the pool refills, and what a deletion removes, is over
        return phases

    @contextlib.contextmanager
    def _server(self, system: System) -> Iterator[Running]:
        if system.name == SHAPE:
            port = free_port()
            command = [
                str(self.environment / "bin/python"), str(PEER), "--image", IMAGE, "--port", str(port),
                "--max-sessions", str(MANY), *WORKER,
            ]  # fmt: skip
            with running(command, self.folder / "peer.log", port, f"http://127.0.0.1:{port}/health") as server:
                yield server
            return
        if system.name == ZYGOTE:
            flags = ["--backend", "docker", "--environments", str(ECHO)]
        else:
            flags = ["--warm", str(system.spares), "--docker-image", IMAGE, "--worker-command", *WORKER]
        with corral(self.binary, self.folder, *flags) as server:
            yield server


NOTES = """\
Medians, in brackets the range of the rounds. All on one machine, over loopback; the load generator (one thread, in C), the
Docker Engine and all workers share its cores. *zygote*: sessions are forked in one container, each behind fences of its
own. *pool*: a container for each session, {many} of them started ahead. *cold*: a container for each session, started when it
is asked for. *DockerGym's shape*: FastAPI and docker-py, a container for each session; steps are not held back for a batch
(DockerGym's default holds them up to 50 ms), and a container has two seconds to end, all of which Python uses as
process 1. The {live} sessions are opened one after another, and all are live while they step."""


def _write(results: Results, systems: tuple[str, ...], facts: list[str], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    table = results.table(systems, GOALS)
    text = "\n".join(["# Sessions in containers", "", *facts, "", *table, "", NOTES.format(many=MANY, live=LIVE), ""])
    (folder / "containers.md").write_text(text)
    results.write_csv(folder / "containers.csv")
    print(f"\n{text}")


if __name__ == "__main__":
    sys.exit(main())
