"""Memory of a server and of everything that it started."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

KIB = 1024


@dataclass(frozen=True)
class Memory:
    """Bytes. Pss: private pages, and of shared pages each process its part."""

    server: int
    """Pss of the server alone."""
    workers: int
    """Pss of all its descendants."""
    charged: int | None
    """What the kernel charges to the control group of the workers, its own memory for them included."""
    descriptors: int
    """Open descriptors of the server."""


def measure(server: int) -> Memory:
    below = descendants(server)
    return Memory(
        pss(server),
        sum(pss(process) for process in below),
        _charged(below),
        len(list(Path(f"/proc/{server}/fd").iterdir())),
    )


def pss(process: int) -> int:
    """0 where the process has gone."""
    try:
        text = Path(f"/proc/{process}/smaps_rollup").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    found = re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)
    return int(found[1]) * KIB if found else 0


def descendants(root: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
        children.setdefault(parent, []).append(int(entry.name))
    found: list[int] = []
    waiting = [root]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def _charged(processes: list[int]) -> int | None:
    for process in processes:
        try:
            lines = Path(f"/proc/{process}/cgroup").read_text().splitlines()
        except (FileNotFoundError, ProcessLookupError):
            continue
        for line in lines:
            _, controllers, path = line.split(":", 2)
            if controllers not in ("memory", ""):
                continue
            found = re.match(r".*?/corral-[0-9a-f]{8}", path)
            for name in ("memory/{}/memory.usage_in_bytes", "{}/memory.current", "unified/{}/memory.current"):
                file = Path("/sys/fs/cgroup") / name.format(found[0].lstrip("/")) if found else Path("/nonexistent")
                if file.exists():
                    return int(file.read_text())
    return None
