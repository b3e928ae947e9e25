"""A fence around a whole server: a cgroup of this test's own that limits processes and memory, so that no bomb gets out."""

import os
from pathlib import Path

import pytest

from e2e import machine

PROCESSES = 2000
MEMORY = 3 << 30


class OuterFence:
    """Limited folders of a version 1 (pids, memory) or version 2 hierarchy, by controller; version 2 is the empty name."""

    def __init__(self, folders):
        self.folders = folders

    @classmethod
    def make(cls, name, below_own=True):
        """A fence in new folders below the cgroups of this process, or at the top. Skips where that cannot be."""
        own = machine.memberships(os.getpid())
        roles = ["pids", "memory"] if "pids" in own and "memory" in own else [""]
        fence = cls({})
        try:
            for role in roles:
                folder = Path(str(_tree(role)) + (own[role] if below_own else "/")) / name
                folder.mkdir()
                fence.folders[role] = folder
            fence._limit()
        except (OSError, KeyError, AssertionError) as error:
            fence.remove()
            pytest.skip("no outer cgroup for bombs can be made here: %s" % error)
        return fence

    @classmethod
    def around(cls, folders):
        """A fence of folders that are there. Skips the test where they cannot be limited."""
        fence = cls(folders)
        try:
            assert set(folders) >= {"pids", "memory"} or "" in folders, "there are only %s" % sorted(folders)
            fence._limit()
        except (OSError, AssertionError) as error:
            pytest.skip("no outer cgroup for bombs can be made here: %s" % error)
        return fence

    @staticmethod
    def delegated(user):
        """The folders that `scripts/delegate` gave to a user, by controller."""
        found = {}
        for folder, folders, _ in os.walk(machine.CGROUPS):
            if "corral." + user in folders:
                tree = Path(folder).relative_to(machine.CGROUPS).parts[:1]
                is_second = (machine.CGROUPS / "cgroup.controllers").exists()
                for role in [""] if is_second else tree[0].split(","):
                    found[role] = Path(folder) / ("corral." + user)
        return found

    @property
    def name(self):
        return next(iter(self.folders.values())).name

    def _limit(self):
        """Sets the limits and reads them back."""
        limits = {"pids.max": PROCESSES, "memory.limit_in_bytes": MEMORY, "memory.max": MEMORY}
        held = set()
        for folder in self.folders.values():
            for file, limit in limits.items():
                if (folder / file).exists():
                    (folder / file).write_text(str(limit))
                    assert int((folder / file).read_text()) == limit, folder / file
                    held.add(file.split(".")[0])
        assert held == {"pids", "memory"}, "only %s can be limited" % sorted(held)

    @property
    def prefix(self):
        """Put before a command: it joins the fence and becomes the command."""
        joins = "".join("echo $$ > %s/cgroup.procs && " % folder for folder in self.folders.values())
        return ["/bin/sh", "-c", joins + 'exec "$0" "$@"']

    def holds(self, process):
        """Whether a process is in the fence or below it, in every tree of it."""
        memberships = machine.memberships(process)
        for role, folder in self.folders.items():
            path = str(_tree(role)) + memberships.get(role, "/")
            if path != str(folder) and not path.startswith(str(folder) + "/"):
                return False
        return True

    def processes(self):
        return machine.processes_in(self.folders.values())

    def remove(self):
        for folder in self.folders.values():
            machine.until(lambda: _remove(folder))


def _tree(role):
    return machine.CGROUPS / role if role else machine.CGROUPS


def _remove(folder):
    try:
        os.rmdir(folder)
    except FileNotFoundError:
        pass
    except OSError:
        return False
    return True
