"""Collects figures of several rounds and writes them as a table and as CSV."""

from __future__ import annotations

import csv
import os
import platform
import statistics
import subprocess
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Goal:
    """A figure that is met from below (`at_most`) or from above."""

    measure: str
    sessions: int
    limit: float
    at_most: bool = True
    system: str = ""
    """Whose figure it is; without one that of the first system of the table."""

    def is_met(self, value: float) -> bool:
        return value <= self.limit if self.at_most else value >= self.limit


@dataclass
class Results:
    """Figures by measure, system and number of sessions; each a list with one value a round."""

    rows: list[tuple[int, str, str, int, float]] = field(default_factory=list)

    def add(self, round_number: int, measure: str, system: str, sessions: int, value: float) -> None:
        self.rows.append((round_number, measure, system, sessions, value))
        print(
            f"  round {round_number}  {measure:<38} {system:<16} {sessions:>5} sessions  {shown(value):>10}", flush=True
        )

    def values(self, measure: str, system: str, sessions: int) -> list[float]:
        return [row[4] for row in self.rows if row[1:4] == (measure, system, sessions)]

    def median(self, measure: str, system: str, sessions: int) -> float | None:
        values = self.values(measure, system, sessions)
        return statistics.median(values) if values else None

    def table(self, systems: Sequence[str], goals: Iterable[Goal]) -> list[str]:
        """Lines of Markdown: medians, and in brackets the range of the rounds."""
        goals = list(goals)
        lines = [
            "| measure | sessions | " + " | ".join(systems) + " | goal | |",
            "|---|---:|" + "---:|" * len(systems) + "---|---|",
        ]
        for measure, sessions in dict.fromkeys((row[1], row[3]) for row in self.rows):
            cells = [self._cell(measure, system, sessions) for system in systems]
            limits, verdicts = [], []
            for goal in goals:
                value = self.median(measure, goal.system or systems[0], sessions)
                if (goal.measure, goal.sessions) == (measure, sessions) and value is not None:
                    of = f"{goal.system}: " if goal.system else ""
                    limits.append(f"{of}{'≤' if goal.at_most else '≥'} {shown(goal.limit)}")
                    verdicts.append("met" if goal.is_met(value) else "**missed**")
            lines.append(
                f"| {measure} | {sessions} | " + " | ".join(cells) + f" | {', '.join(limits)} | {', '.join(verdicts)} |"
            )
        return lines

    def _cell(self, measure: str, system: str, sessions: int) -> str:
        values = self.values(measure, system, sessions)
        if not values:
            return "–"
        middle = shown(statistics.median(values))
        return middle if len(values) == 1 else f"{middle} ({shown(min(values))} to {shown(max(values))})"

    def write_csv(self, path: Path) -> None:
        with path.open("w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["round", "measure", "system", "sessions", "value"])
            writer.writerows((*row[:4], f"{row[4]:.6g}") for row in self.rows)


def shown(value: float) -> str:
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value < 10 else f"{value:.1f}"


def machine(binary: Path, pythons: dict[str, tuple[Path, Sequence[str]]]) -> list[str]:
    """What the figures depend on; neither names nor paths of the machine.

    Args:
        pythons: Interpreters by name, with the distributions whose versions matter.
    """
    processor = _first("/proc/cpuinfo", "model name")
    memory = int(_first("/proc/meminfo", "MemTotal").split()[0]) / (1 << 20)
    system = _first("/etc/os-release", "PRETTY_NAME", "=").strip('"')
    lines = [
        f"- {_cores()} cores ({processor}), {memory:.0f} GiB, Linux {platform.release().split('-')[0]}, {system}",
        f"- {_said([str(binary), 'version'])}, release build, {_said(['swift', '--version']).split(' (')[0]}",
    ]
    for name, (python, distributions) in pythons.items():
        versions = ", ".join(f"{one} {_version(python, one)}" for one in distributions)
        lines.append(f"- {name}: {_said([str(python), '--version'])}, {versions}")
    return lines


def busy_share(seconds: float = 2.0) -> float:
    """How much of the machine is used, 0 to 1; by others, as long as nothing is measured."""

    def read() -> tuple[int, int]:
        numbers = [int(number) for number in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
        return sum(numbers), numbers[3] + numbers[4]

    total, idle = read()
    time.sleep(seconds)
    later_total, later_idle = read()
    return 1 - (later_idle - idle) / max(1, later_total - total)


def _cores() -> int:
    return len(os.sched_getaffinity(0))


def _first(path: str, name: str, separator: str = ":") -> str:
    for line in Path(path).read_text().splitlines():
        if line.split(separator)[0].strip() == name:
            return line.split(separator, 1)[1].strip()
    return "unknown"


def _said(command: list[str]) -> str:
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, timeout=30)
    except OSError:
        return f"{Path(command[0]).name} unknown"
    return (done.stdout.strip().splitlines() or ["unknown"])[0]


def _version(python: Path, distribution: str) -> str:
    code = f"from importlib.metadata import version; print(version({distribution!r}))"
    return _said([str(python), "-c", code])
