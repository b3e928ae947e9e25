"""Recorded trajectories: what recording costs, how large files are, how soon any of their steps is read.

Cost: the same load (native CartPole over the WebSocket, as fast as answers come) on a server that records every session
in full and on one that records none, in turns, several rounds. Sizes: the file of a session beside the same session as
JSON lines, once with all that `corral trajectory export` writes and once without times and header. Reading: single
steps of one file of 1 GB of pictures of noise, which nothing makes smaller, at random places over REST; once with the
file in the page cache, once with its pages dropped before each read. Writes `Benchmarks/results/trajectories.md`.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "common"))

from load import compile_load, run_load
from results import busy_share, machine
from running import Running, corral

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENTS = (
    "--environments",
    str(ROOT / "Manifests"),
    "--environments",
    str(Path(__file__).parent / "environments"),
)
JSON = "application/json"
TENSORS = "application/vnd.corral.tensors"
RATE = 20_000


class Caller:
    """One connection to a server."""

    def __init__(self, server: Running) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)

    def bytes(self, method: str, path: str, body: Any = None, accept: str = JSON) -> bytes:
        text = None if body is None else json.dumps(body)
        self._connection.request(method, path, text, {"Content-Type": JSON, "Accept": accept})
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {content[:400]!r}")
        return content

    def json(self, method: str, path: str, body: Any = None) -> Any:
        return json.loads(self.bytes(method, path, body))


# Cost


def cost(load: Path, arguments: argparse.Namespace, folder: Path) -> list[str]:
    rates: dict[str, list[float]] = {"off": [], "full": []}
    processor: dict[str, list[float]] = {"off": [], "full": []}
    for mode in rates:
        (folder / mode).mkdir()
    with (
        corral(arguments.binary, folder / "off", *ENVIRONMENTS, "--record", "off") as plain,
        corral(arguments.binary, folder / "full", *ENVIRONMENTS, "--record", "full") as recorded,
    ):
        servers = {"off": plain, "full": recorded}

        def run(mode: str, seconds: float) -> tuple[float, float]:
            server = servers[mode]
            before = _processor_time(server.pid)
            phases = run_load(
                load, server.port, "websocket", arguments.sessions, seconds, environment="native/CartPole"
            )
            steps = phases["step"]["count"]
            return steps / (phases["step"]["wall"] / 1e6), (_processor_time(server.pid) - before) / steps * 1e6

        for mode in servers:
            run(mode, 0.5)
        for number in range(arguments.rounds):
            for mode in ("off", "full") if number % 2 else ("full", "off"):
                rate, used = run(mode, arguments.seconds)
                rates[mode].append(rate)
                processor[mode].append(used)
                print(
                    f"  round {number + 1}  record {mode:<5} {rate:>9,.0f} steps/s  {used:.1f} µs of CPU a step",
                    flush=True,
                )
    ratios = [1 - full / off for off, full in zip(rates["off"], rates["full"])]
    share = statistics.median(ratios)
    slowest = min(statistics.median(values) for values in rates.values())
    met = share <= 0.05 and slowest >= RATE
    return [
        "| | not recorded | recorded | cost | goal | |",
        "|---|---:|---:|---:|---|---|",
        f"| steps/s, {arguments.sessions} sessions | {_middle(rates['off'])} | {_middle(rates['full'])} | {share:.1%} "
        f"({min(ratios):.1%} to {max(ratios):.1%}) | ≤ 5 % at ≥ {RATE:,} | {'met' if met else '**missed**'} |",
        f"| server's CPU time of a step, µs | {_middle(processor['off'], 1)} | {_middle(processor['full'], 1)} | "
        f"{statistics.median(processor['full']) / statistics.median(processor['off']) - 1:.1%} | | |",
    ]


def _processor_time(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _middle(values: list[float], digits: int = 0) -> str:
    return f"{statistics.median(values):,.{digits}f} ({min(values):,.{digits}f} to {max(values):,.{digits}f})"


# Sizes

Chooser = Callable[[dict[str, Any], random.Random], Any]


def _numbers(count: int) -> Chooser:
    return lambda answer, generator: generator.randrange(count)


def _commands(answer: dict[str, Any], generator: random.Random) -> Any:
    return generator.choice(sorted(answer["info"]["admissible_commands"]))


GAMES: tuple[tuple[str, int, Chooser, dict[str, Any], float], ...] = (
    ("classic/CartPole", 5000, _numbers(2), {}, 4),
    ("native/CartPole", 5000, _numbers(2), {}, 4),
    ("text/TextWorld", 1000, _commands, {"world_size": 5, "nb_objects": 20, "quest_length": 10, "seed": 1}, 8),
    ("ale/Pong", 300, _numbers(6), {}, 8),
    ("bench/Rooms", 300, _numbers(3), {}, 8),
)


def sizes(arguments: argparse.Namespace, folder: Path) -> list[str]:
    lines = [
        "| session | records | JSON lines | without times | file | times smaller | without times | goal | |",
        "|---|---:|---:|---:|---:|---:|---:|---|---|",
    ]
    folder.mkdir()
    with corral(arguments.binary, folder, *ENVIRONMENTS) as server:
        caller = Caller(server)
        for name, steps, choose, params, goal in GAMES:
            id = _play(caller, name, steps, choose, params)
            file = folder / "data/trajectories" / f"{id}.ctraj"
            all_of_it, bare, records = _json_lines(arguments.binary, file)
            size = file.stat().st_size
            lines.append(
                f"| {name} | {records:,} | {all_of_it:,} | {bare:,} | {size:,} | {all_of_it / size:.1f} | "
                f"{bare / size:.1f} | ≥ {goal:g} | {'met' if bare >= goal * size else '**missed**'} |"
            )
            print("  " + lines[-1], flush=True)
    return lines


def _play(caller: Caller, name: str, steps: int, choose: Chooser, params: dict[str, Any]) -> str:
    """A closed session that was recorded."""
    generator = random.Random(7)
    body = {"environment": name, "params": params, "seed": 7, "record": "full"}
    answer = caller.json("POST", "/v1/sessions", body)
    id = str(answer["id"])
    for _ in range(steps):
        if answer.get("terminated") or answer.get("truncated"):
            answer = caller.json("POST", f"/v1/sessions/{id}/reset", {})
        else:
            answer = caller.json("POST", f"/v1/sessions/{id}/step", {"action": choose(answer, generator)})
    caller.json("DELETE", f"/v1/sessions/{id}")
    return id


def _json_lines(binary: Path, file: Path) -> tuple[int, int, int]:
    """Bytes of the export, the same without header, times and durations, and records."""
    every = bare = 0
    records = -1
    for line in _export(binary, file):
        every += len(line)
        records += 1
        if records:
            record = json.loads(line)
            del record["time"], record["duration_us"]
            bare += len(json.dumps(record, separators=(",", ":"), ensure_ascii=False).encode()) + 1
    return every, bare, records


def _export(binary: Path, file: Path) -> Iterator[bytes]:
    process = subprocess.Popen([str(binary), "trajectory", "export", str(file)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    yield from process.stdout
    if process.wait():
        raise RuntimeError(f"{file} cannot be exported")


# Reading


def reading(arguments: argparse.Namespace, folder: Path) -> list[str]:
    lines = ["| | p50, ms | p99, ms | most, ms | goal | |", "|---|---:|---:|---:|---|---|"]
    folder.mkdir()
    more = (*ENVIRONMENTS, "--record-keep-size", "100GiB")
    with corral(arguments.binary, folder, *more) as server:
        caller = Caller(server)
        body = {"environment": "bench/Noise", "seed": 1, "record": "full"}
        id = caller.json("POST", "/v1/sessions", body)["id"]
        file = folder / "data/trajectories" / f"{id}.ctraj"
        step = json.dumps({"steps": [{"session": id, "action": 0}] * 20})
        while not file.exists() or file.stat().st_size < arguments.gigabytes * 1e9:
            caller._connection.request("POST", "/v1/steps", step, {"Content-Type": JSON, "Accept": TENSORS})
            answer = caller._connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise RuntimeError(f"a step failed: {answer.status}")
        caller.json("DELETE", f"/v1/sessions/{id}")
        told = caller.json("GET", f"/v1/trajectories/{id}")
        size, records = file.stat().st_size, told["records"]
        generator = random.Random(1)
        for name, is_cold in (("in the page cache", False), ("from the disk", True)):
            times = []
            for _ in range(arguments.reads):
                place = generator.randrange(records)
                if is_cold:
                    _forget(file)
                start = time.perf_counter()
                text = caller.bytes("GET", f"/v1/trajectories/{id}/steps?from={place}&to={place + 1}")
                times.append(1000 * (time.perf_counter() - start))
                if b'"index":%d,' % place not in text[:100]:
                    raise RuntimeError(f"step {place} is another one")
            times.sort()
            p50, p99, most = times[len(times) // 2], times[int(len(times) * 0.99)], times[-1]
            lines.append(
                f"| a step of {records:,} ({size / 1e9:.2f} GB, pictures of 100,800 bytes), file {name} | {p50:.2f} | "
                f"{p99:.2f} | {most:.2f} | p99 ≤ 5 | {'met' if p99 <= 5 else '**missed**'} |"
            )
            print("  " + lines[-1], flush=True)
        caller.json("DELETE", f"/v1/trajectories/{id}")
    return lines


def _forget(file: Path) -> None:
    descriptor = os.open(file, os.O_RDONLY)
    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(descriptor)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=Path, default=ROOT / ".build/release/corral", help="the server program")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=12.0, help="of stepping, for each figure of the cost")
    parser.add_argument("--sessions", type=int, default=64, help="that are stepped at the same time")
    parser.add_argument("--gigabytes", type=float, default=1.0, help="of the file that is read")
    parser.add_argument("--reads", type=int, default=500)
    parser.add_argument("--only", choices=("cost", "sizes", "reading"), help="one part, printed and not written")
    arguments = parser.parse_args()
    arguments.binary = arguments.binary.resolve()
    busy = busy_share()
    parts: dict[str, list[str]] = {}
    with tempfile.TemporaryDirectory(prefix="corral-bench-") as name:
        folder = Path(name)
        if arguments.only in (None, "cost"):
            parts["What recording costs"] = cost(compile_load(folder), arguments, folder)
        if arguments.only in (None, "sizes"):
            parts["Sizes, in bytes"] = sizes(arguments, folder / "sizes")
        if arguments.only in (None, "reading"):
            parts["Reading one step"] = reading(arguments, folder / "reading")
    lines = ["# Trajectories", "", "`make bench-trajectories`. " + " ".join((__doc__ or "").split("\n\n")[1].split())]
    facts = machine(arguments.binary, {"workers": (Path(sys.executable), ("numpy", "gymnasium", "minigrid", "ale-py"))})
    lines += ["", *facts, f"- before it, other programs used {busy:.0%} of the machine"]
    for title, table in parts.items():
        lines += ["", f"## {title}", "", *table]
    text = "\n".join(lines) + "\n"
    print(text)
    if arguments.only is None:
        (ROOT / "Benchmarks/results/trajectories.md").write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
