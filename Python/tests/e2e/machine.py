"""What is on this machine: processes, cgroups, mounts."""

import ctypes
import os
import time
from pathlib import Path

CGROUPS = Path("/sys/fs/cgroup")
PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans():
    """From now on processes whose parents end become children of this one, so that none is lost from sight."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def children(process):
    found = []
    for task in _folder("/proc/%d/task" % process):
        found += [int(word) for word in _read("/proc/%d/task/%s/children" % (process, task)).split()]
    return found


def descendants(process):
    """All processes below one, zombies left out."""
    found = []
    for child in children(process):
        if is_alive(child):
            found.append(child)
        found += descendants(child)
    return found


def is_alive(process):
    return _state(process) not in ("Z", "X", "")


def describe(process):
    words = _read("/proc/%d/cmdline" % process).replace("\0", " ").strip()
    return "%d %s %s" % (process, _state(process), words or _read("/proc/%d/comm" % process).strip())


def program(process):
    """The path of what a process runs; empty for one that is not there."""
    try:
        return os.readlink("/proc/%d/exe" % process)
    except OSError:
        return ""


def cgroups(server):
    """The folders of one server in all trees."""
    name = "corral-" + server
    found = []
    for folder, folders, _ in os.walk(CGROUPS):
        for match in [each for each in folders if each in (name, name + ".server")]:
            found.append(os.path.join(folder, match))
            folders.remove(match)
    return found


def processes_in(folders):
    found = set()
    for top in folders:
        for folder, _, files in os.walk(top):
            if "cgroup.procs" in files:
                found.update(int(word) for word in _read(os.path.join(folder, "cgroup.procs")).split())
    return sorted(found)


def memberships(process):
    """The cgroup of a process in each tree, by controller; version 2 is the empty name."""
    found = {}
    for line in _read("/proc/%d/cgroup" % process).splitlines():
        _, controllers, path = line.split(":", 2)
        for controller in controllers.split(","):
            found[controller] = path
    return found


def mounts_below(path):
    return [line for line in _read("/proc/self/mountinfo").splitlines() if str(path) in line]


PATIENCE = 60.0  # seconds: the machine that runs the tests may be busy with others


def until(condition, seconds=PATIENCE, pause=0.02):
    """Looks again and again; returns the first true value, or the last one when the time is over.

    A shorter time than `PATIENCE` is for what promises to be done by then.
    """
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value or time.monotonic() > end:
            return value
        time.sleep(pause)


def _state(process):
    text = _read("/proc/%d/stat" % process)
    return text[text.rfind(")") + 2 :][:1]


def _read(path):
    try:
        with open(path, errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def _folder(path):
    try:
        return os.listdir(path)
    except OSError:
        return []
