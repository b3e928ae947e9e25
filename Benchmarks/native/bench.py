"""Native environments against EnvPool, Gymnasium and rlox, in one run, interleaved.

Every system steps with random actions that were made beforehand, in this one process and seen from Python. A figure is
the best of several short turns of a round, which a busy machine disturbs least; the table has medians of the rounds.
The figures inside of Swift are those of `corral-bench-native`, and instructions for a step are counted by callgrind.
Writes `Benchmarks/results/native.md`, all rounds to `native.csv`, and a plot to `native.svg` and `native.png`.
"""

from __future__ import annotations

import argparse
import csv
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from peers import SYSTEMS, Step, System
from report import update_instructions, write

ROOT = Path(__file__).resolve().parents[2]
ROWS = (1, 4, 16, 64, 1024, 4096, 65536)
ENVIRONMENTS = ("Acrobot-v1", "MountainCar-v0", "MountainCarContinuous-v0", "Pendulum-v1")
"""Beside CartPole, at one number of rows."""
TURNS = 5


class Figure(NamedTuple):
    round: int
    system: str
    environment: str
    rows: int
    steps_per_second: float


def main() -> int:
    arguments = _arguments()
    if arguments.instructions:
        update_instructions(arguments.results, _instructions(arguments))
        return 0
    figures: list[Figure] = []
    for number in range(1, arguments.rounds + 1):
        for environment, rows in [("CartPole-v1", rows) for rows in arguments.rows] + [
            (environment, 4096) for environment in ENVIRONMENTS
        ]:
            systems = SYSTEMS if environment == "CartPole-v1" else SYSTEMS[:4]
            for figure in _measure(number, systems, environment, rows, arguments.seconds):
                print(f"round {number}  {figure.environment:24} {figure.rows:6} rows  {figure.system:24} "
                      f"{figure.steps_per_second / 1e6:10.3f} M/s", flush=True)  # fmt: skip
                figures.append(figure)
        figures += [one._replace(round=number) for one in _inside_swift(arguments)]
    instructions = _instructions(arguments)
    arguments.results.mkdir(parents=True, exist_ok=True)
    with open(arguments.results / "native.csv", "w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(Figure._fields)
        table.writerows(one._replace(steps_per_second=round(one.steps_per_second)) for one in figures)
    write(arguments.results, _medians(figures), instructions, _facts(arguments))
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.5, help="of each turn's stepping")
    parser.add_argument("--rows", type=lambda text: [int(one) for one in text.split(",")], default=ROWS)
    parser.add_argument("--results", type=Path, default=ROOT / "Benchmarks/results")
    parser.add_argument("--swift", type=Path, default=ROOT / ".build/release/corral-bench-native")
    parser.add_argument("--instructions", action="store_true", help="count only these, and write them into the table")
    parser.add_argument("--note", action="append", default=[], help="a circumstance to write beside the figures")
    return parser.parse_args()


def _measure(number: int, systems: list[System], environment: str, rows: int, seconds: float) -> Iterator[Figure]:
    """Makes all systems, then lets them step in turns, so that each has the same minutes of the machine."""
    ready: list[tuple[System, Step]] = []
    for system in systems:
        if rows <= system.most_rows:
            step = system.make(environment, rows)
            if step is not None:
                ready.append((system, step))
    best = dict.fromkeys((system.name for system, _ in ready), 0.0)
    for _ in range(TURNS):
        for system, step in ready:
            best[system.name] = max(best[system.name], rows * _calls_per_second(step, seconds / TURNS))
    for system, step in ready:
        if close := getattr(step, "close", None):
            close()
        yield Figure(number, system.name, environment, rows, best[system.name])


def _calls_per_second(step: Step, seconds: float) -> float:
    """The best of the parts of a time, each long enough for the clock."""
    calls, best = 1, 0.0
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        start = time.perf_counter()
        for number in range(calls):
            step(number)
        took = time.perf_counter() - start
        if took < 0.002:
            calls *= 2
        best = max(best, calls / took) if took >= 0.002 else best
    return best or calls / took


def _inside_swift(arguments: argparse.Namespace) -> Iterator[Figure]:
    if not arguments.swift.is_file():
        return
    rows = ",".join(map(str, arguments.rows))
    wanted = [["CartPole-v1", "--rows", rows], *([name, "--rows", "4096"] for name in ENVIRONMENTS)]
    for words in wanted:
        output = subprocess.run([arguments.swift, *words], check=True, stdout=subprocess.PIPE, text=True).stdout
        for line in csv.DictReader(output.splitlines()):
            rate = float(line["steps_per_second"])
            yield Figure(0, "Corral, inside Swift", line["environment"], int(line["rows"]), rate)


def _instructions(arguments: argparse.Namespace) -> dict[str, float]:
    """Instructions for a step of one row, of 4,096: the difference between a long and a short run."""
    if not arguments.swift.is_file() or shutil.which("valgrind") is None:
        return {}
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "bench"
        # valgrind 3.19 cannot read the debug information of this compiler.
        subprocess.run(["strip", "-o", program, arguments.swift], check=True)
        for name in ("CartPole-v1", *ENVIRONMENTS):
            short, long = (_count(program, name, steps) for steps in (20, 60))
            found[name] = (long - short) / (40 * 4096)
    return found


def _count(program: Path, name: str, steps: int) -> int:
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", str(program), name]
    command += ["--rows", "4096", "--steps", str(steps)]
    done = subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    (line,) = (line for line in done.stderr.splitlines() if "Collected" in line)
    return int(line.split(":")[1])


def _medians(figures: list[Figure]) -> dict[tuple[str, int, str], float]:
    rounds: dict[tuple[str, int, str], list[float]] = {}
    for one in figures:
        rounds.setdefault((one.environment, one.rows, one.system), []).append(one.steps_per_second)
    return {key: statistics.median(values) for key, values in rounds.items()}


def _facts(arguments: argparse.Namespace) -> list[str]:
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if "model name" in line), "unknown")
    packages = ", ".join(f"{name} {version(name)}" for name in ("envpool", "gymnasium", "rlox", "numpy"))
    facts = [f"- processor: {model}; Python {sys.version.split()[0]}; {packages}"]
    facts.append(f"- {arguments.rounds} rounds; a figure is the best of its round, the table has medians of rounds")
    load = [line.split()[:3] for line in open("/proc/loadavg")][0]
    facts.append(f"- load of the machine at the end (1, 5, 15 minutes): {', '.join(load)}")
    return facts + [f"- {note}" for note in arguments.note]


if __name__ == "__main__":
    sys.exit(main())
