"""Many live sandboxed sessions on one server, all stepping: more and more of them, up to the goal or the first failure.

Every session has a connection of its own, as far as the limit of open files lets the server have them beside three
descriptors a session; else sessions take connections in turn. Prints what it finds and writes
`Benchmarks/results/capacity.md`.
"""

from __future__ import annotations

import argparse
import re
import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "common"))

from load import Phase, compile_load, run_load
from memory import Memory, measure
from results import machine
from running import corral

ROOT = Path(__file__).resolve().parents[2]
GOALS = (1000, 5000)
SESSION_MEMORY = 3.3  # MiB, before it is measured: what has to be free for a session
OTHER_FILES = 200  # of the server: libraries, listeners, zygotes, what is being started
HEAD = """\
| sessions | connections | opened in, s | steps | steps/s | step p50, ms | step p99, ms | fewest steps of a session | errors | closed in, s | MiB a session | descriptors of the server a session, connection included |
|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"""


def main() -> int:
    arguments = _arguments()
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    lines: list[str] = []
    failure = ""
    with tempfile.TemporaryDirectory(prefix="corral-bench-") as name:
        folder = Path(name)
        load = compile_load(folder)
        print(HEAD, flush=True)
        end = time.monotonic() + arguments.limit
        for sessions in sorted({min(goal, arguments.most) for goal in GOALS}):
            try:
                _require_memory(sessions)
                lines.append(_row(load, arguments.binary.resolve(), folder, sessions, arguments.seconds, end))
            except RuntimeError as error:
                said = re.search(r'"message":"([^"]*)"', str(error))
                failure = f"{sessions} sessions failed: {said[1] if said else error}"
                break
            print(lines[-1], flush=True)
    facts = machine(arguments.binary, {"workers": (Path(sys.executable), ("gymnasium", "numpy"))})
    facts += [f"- {note}" for note in arguments.note]
    facts.append(f"- at most {files} open files for a process, {_number('/proc/sys/kernel/pid_max')} processes")
    text = "\n".join(["# Capacity", "", *facts, "", HEAD, *lines, "", failure, ""])
    arguments.results.mkdir(parents=True, exist_ok=True)
    (arguments.results / "capacity.md").write_text(text.rstrip() + "\n")
    print(failure, file=sys.stderr)
    return 0 if len(lines) and not failure else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=Path, default=ROOT / ".build/release/corral", help="the server program")
    parser.add_argument("--seconds", type=float, default=20.0, help="of stepping")
    parser.add_argument("--most", type=int, default=GOALS[-1], help="sessions to end with")
    parser.add_argument(
        "--limit", type=float, default=340.0, help="seconds for everything; what is not done then failed"
    )
    parser.add_argument("--note", action="append", default=[], help="a circumstance to write beside the figures")
    parser.add_argument("--results", type=Path, default=ROOT / "Benchmarks/results")
    return parser.parse_args()


def _require_memory(sessions: int) -> None:
    found = re.search(r"^MemAvailable:\s+(\d+) kB", Path("/proc/meminfo").read_text(), re.MULTILINE)
    free = int(found[1]) / 1024 if found else 0.0
    needed = sessions * SESSION_MEMORY + 1024
    if free < needed:
        raise RuntimeError(f"they need {needed / 1024:.1f} GiB, and {free / 1024:.1f} GiB are free")


def _row(load: Path, binary: Path, folder: Path, sessions: int, seconds: float, end: float) -> str:
    # A session that waits for its turn among thousands is not a slow client.
    with corral(binary, folder, "--client-timeout", "10m", "--idle-timeout", "1h") as server:
        run_load(load, server.port, "corral", 4, 0.2)
        before = measure(server.pid)
        seen: dict[str, Memory] = {}

        def look(phase: str) -> None:
            seen[phase] = measure(server.pid)

        files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        connections = max(1, min(sessions, files - 3 * sessions - OTHER_FILES))
        phases = run_load(
            load, server.port, "corral", sessions, seconds, order="one", paused=look, connections=connections,
            limit=max(1.0, end - time.monotonic()),
        )  # fmt: skip
    opened, step, closed = phases["open"], phases["step"], phases["close"]
    return _line(sessions, connections, opened, step, closed, before, seen["step"])


def _line(
    sessions: int, connections: int, opened: Phase, step: Phase, closed: Phase, before: Memory, after: Memory
) -> str:
    memory = (after.server + after.workers - before.server - before.workers) / sessions / (1 << 20)
    files = (after.descriptors - before.descriptors) / sessions
    cells = (
        sessions, connections, f"{opened['wall'] / 1e6:.1f}", f"{step['count']:,}", f"{step['count'] / (step['wall'] / 1e6):,.0f}",
        f"{step['p50'] / 1e3:.0f}", f"{step['p99'] / 1e3:.0f}", step["least"], closed["errors"],
        f"{closed['wall'] / 1e6:.1f}", f"{memory:.2f}", f"{files:.1f}",
    )  # fmt: skip
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def _number(path: str) -> int:
    return int(Path(path).read_text())


if __name__ == "__main__":
    sys.exit(main())
