"""The doors of a server measured beside each other and beside OpenEnv's server, in one run, interleaved.

Every door steps the same two environments: an echo, in Python and in a sandbox for each session, that does what OpenEnv's
template environment does; and a native CartPole. OpenEnv serves its template environment over its WebSocket, all
sessions in one process without isolation. Load generators are one thread, in C, with one step in flight for each session;
HTTP and WebSockets have a connection for each session, gRPC has one for all. Prints every figure and writes medians to
`Benchmarks/results/doors.md`, all rounds to `doors.csv`.
"""

from __future__ import annotations

import argparse
import contextlib
import resource
import socket
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "sessions"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "common"))

from load import compile_load, run_load
from memory import measure
from openenv import openenv
from results import Goal, Results, busy_share, machine
from running import Running, corral, free_port, prepare

import rpc

ROOT = Path(__file__).resolve().parents[2]
SESSIONS = (1, 16, 64, 200)
MANY = 2000
MESSAGE = '{"message":"hello"}'
IDLE = "memory of an idle WebSocket, KiB"


@dataclass(frozen=True)
class Way:
    """One door with one environment; without an environment it is OpenEnv's own server."""

    name: str
    protocol: str
    environment: str
    action: str = ""
    path: str = ""


PEER = Way("OpenEnv", "openenv", "")
ECHO, NATIVE = "bench/Echo", "native/CartPole"
WAYS = (
    Way("WebSocket, echo", "websocket", ECHO, MESSAGE),
    Way("REST, echo", "corral", ECHO, MESSAGE),
    Way("gRPC unary, echo", "unary", ECHO, MESSAGE),
    Way("gRPC stream, echo", "stream", ECHO, MESSAGE),
    Way("OpenEnv door, echo", "openenv", ECHO, MESSAGE, "/openenv/bench/Echo/ws"),
    PEER,
    Way("WebSocket, native", "websocket", NATIVE),
    Way("REST, native", "corral", NATIVE),
    Way("gRPC unary, native", "unary", NATIVE),
    Way("gRPC stream, native", "stream", NATIVE),
)
WITH_MANY = ("WebSocket, echo", "WebSocket, native")


def main() -> int:
    arguments = _arguments()
    _, files = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    environment = ROOT / ".venvs/openenv"
    prepare(environment, ROOT / "Benchmarks/requirements/openenv.txt")
    results = Results()
    with tempfile.TemporaryDirectory(prefix="corral-bench-") as name:
        bench = Bench(results, arguments, environment, Path(name))
        busy: list[float] = []
        for number in range(1, arguments.rounds + 1):
            busy.append(busy_share())
            bench.round(number)
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


class Bench:
    """The measurements of one round; every figure goes to `results` as it comes."""

    def __init__(self, results: Results, arguments: argparse.Namespace, environment: Path, folder: Path) -> None:
        self.results, self.environment, self.folder = results, environment, folder
        self.binary, self.seconds, self.sessions = arguments.binary.resolve(), arguments.seconds, arguments.sessions
        self.many = arguments.many
        self.load, self.rpc_load = compile_load(folder), rpc.compile_load(folder)

    def round(self, number: int) -> None:
        echo = str(Path(__file__).with_name("echo"))
        self.address = f"127.0.0.1:{free_port()}"
        more = ("--environments", echo, "--environments", str(ROOT / "Manifests"), "--grpc", self.address)
        with (
            corral(self.binary, self.folder, *more) as ours,
            openenv(self.environment, self.folder) as theirs,
        ):
            self.results.add(number, IDLE, WAYS[0].name, self.many, idle_memory(ours, self.many) / 1024)
            for way in WAYS:
                self._run(way, theirs if way is PEER else ours, 4, 0.2)
            for sessions in self.sessions:
                for way in WAYS:
                    self._measure(number, way, theirs if way is PEER else ours, sessions)
            if number == 1:
                for way in WAYS:
                    if way.name in WITH_MANY:
                        self._measure(number, way, ours, self.many, 3 * self.seconds)

    def _measure(self, number: int, way: Way, server: Running, sessions: int, seconds: float | None = None) -> None:
        pace = self._run(way, server, sessions, seconds or self.seconds)
        self.results.add(number, "steps/s", way.name, sessions, pace.rate)
        self.results.add(number, "step p50, ms", way.name, sessions, pace.p50 / 1e3)
        self.results.add(number, "step p99, ms", way.name, sessions, pace.p99 / 1e3)

    def _run(self, way: Way, server: Running, sessions: int, seconds: float) -> rpc.Pace:
        if way.protocol in ("unary", "stream"):
            return self._run_grpc(way, sessions, seconds)
        phases = run_load(
            self.load, server.port, way.protocol, sessions, seconds,
            environment=way.environment, action=way.action, path=way.path, limit=120,
        )  # fmt: skip
        step = phases["step"]
        return rpc.Pace(step["count"] / (step["wall"] / 1e6), step["p50"], step["p99"])

    def _run_grpc(self, way: Way, count: int, seconds: float) -> rpc.Pace:
        load = rpc.Load(self.rpc_load, self.folder, seconds, warmup=0.2)
        with rpc.sessions(self.address, count, way.environment, None if way.action else 1) as ids:
            steps = [rpc.say(id, way.action) if way.action else rpc.push(id) for id in ids]
            if way.protocol == "stream":
                return load.stream(self.address, [rpc.run(step) for step in steps])
            return load.unary(self.address, [rpc.Messages(step.SerializeToString()) for step in steps])


def idle_memory(server: Running, count: int) -> float:
    """Bytes of the server for each of `count` WebSockets that say nothing."""
    request = (
        b"GET /v1/ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )

    def open_one(stack: contextlib.ExitStack) -> None:
        peer = stack.enter_context(socket.create_connection(("127.0.0.1", server.port)))
        peer.sendall(request)
        if not peer.recv(4096).startswith(b"HTTP/1.1 101 "):
            raise RuntimeError("the server opens no WebSocket")

    with contextlib.ExitStack() as warm:  # what is allocated once
        for _ in range(50):
            open_one(warm)
    time.sleep(0.3)  # the server notices that they have gone
    before = measure(server.pid).server
    with contextlib.ExitStack() as stack:
        for _ in range(count):
            open_one(stack)
        time.sleep(0.3)
        return (measure(server.pid).server - before) / count


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=Path, default=ROOT / ".build/release/corral", help="the server program")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.2, help="of stepping, for each figure")
    parser.add_argument("--sessions", type=int, nargs="+", default=SESSIONS)
    parser.add_argument("--many", type=int, default=MANY, help="WebSockets, idle and with sessions")
    parser.add_argument("--results", type=Path, default=ROOT / "Benchmarks/results")
    parser.add_argument("--note", action="append", default=[], help="a circumstance to write beside the figures")
    return parser.parse_args()


NOTES = """\
Medians, in brackets the range of the rounds. All on one machine, over loopback, with the load generator on the same cores.
One step of a session is in flight. A CartPole that has fallen is reset by the client, over gRPC it is a vector session of one
row, which begins anew by itself; resets are not counted. The goals of the WebSocket are ratios of OpenEnv's steps per second
in the same run: level at 1 session and five times at 64 and 200 with the sandboxed echo, three times at 1 with the native
environment. What stands at the most sessions was measured in the first round only; no request of any round failed, or there
would be no table."""
RATIOS = (
    ("WebSocket, echo", 1, 1.0), ("WebSocket, echo", 64, 5.0), ("WebSocket, echo", 200, 5.0),
    ("WebSocket, native", 1, 3.0),
)  # fmt: skip


def _write(results: Results, facts: list[str], folder: Path) -> None:
    most = max(sessions for *_, sessions, _ in results.rows)
    goals = [Goal(IDLE, most, 32, system=WAYS[0].name)]
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
