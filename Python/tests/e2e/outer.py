"""A fence around a whole server: a cgroup of this test's own that limits processes and memory, so that no bomb gets out."""

import os
from pathlib import Path

import pytest

from e2e import machine

PROCESSES = 2000
MEMORY = 3 << 30


class OuterFence:
    """Folders of a version 1 (pids, memory) or version 2 hierarchy, below the cgroups of this process."""

    def __init__(self, folders):
        self.folders = folders

    @classmethod
    def make(cls, name):
        """Makes and limits it, and reads the limits back. Skips the test where that cannot be."""
        own = machine.memberships(os.getpid())
        if "pids" in own and "memory" in own:
            wanted = {"pids": {"pids.max": PROCESSES}, "memory": {"memory.limit_in_bytes": MEMORY}}
            trees = {role: machine.CGROUPS / role for role in wanted}
        else:
            wanted = {"": {"pids.max": PROCESSES, "memory.max": MEMORY}}
            trees = {"": machine.CGROUPS}
        fence = cls({})
        try:
            for role, limits in wanted.items():
                folder = Path(str(trees[role]) + own[role]) / name
                folder.mkdir()
                fence.folders[role] = folder
                for file, limit in limits.items():
                    (folder / file).write_text(str(limit))
                    assert int((folder / file).read_text()) == limit
        except (OSError, KeyError, AssertionError) as error:
            fence.remove()
            pytest.skip("no outer cgroup for bombs can be made here: %s" % error)
        return fence

    @property
    def prefix(self):
        """Put before a command: it joins the fence and becomes the command."""
        joins = "".join("echo $$ > %s/cgroup.procs && " % folder for folder in self.folders.values())
        return ["/bin/sh", "-c", joins + 'exec "$0" "$@"']

    def holds(self, process):
        """Whether a process is in the fence or below it, in every tree of it."""
        memberships = machine.memberships(process)
        for role, folder in self.folders.items():
            tree = machine.CGROUPS / role if role else machine.CGROUPS
            path = str(tree) + memberships.get(role, "/")
            if path != str(folder) and not path.startswith(str(folder) + "/"):
                return False
        return True

    def processes(self):
        return machine.processes_in(self.folders.values())

    def remove(self):
        for folder in self.folders.values():
            machine.until(lambda: _remove(folder))


def _remove(folder):
    try:
        os.rmdir(folder)
    except FileNotFoundError:
        pass
    except OSError:
        return False
    return True
