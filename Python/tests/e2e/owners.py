"""Who runs a server: the user of the tests, or an ordinary user whom root made and gave cgroups and ids of his own."""

import os
import pwd
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

from e2e import machine
from e2e.outer import OuterFence
from e2e.server import BINARY, ROOT

DELEGATE = str(ROOT / "scripts/delegate")
SUBORDINATE = [Path("/etc/subuid"), Path("/etc/subgid")]
PROGRAMS = ["useradd", "userdel", "setpriv", "newuidmap"]


@contextmanager
def place(owner=None):
    """A folder that every user may enter, and `owner` may write; pytest's own are closed to others."""
    with tempfile.TemporaryDirectory(prefix="corral-e2e-") as folder:
        os.chmod(folder, 0o755)
        if owner is not None:
            owner.give(folder)
        yield Path(folder)


class Tester:
    """Whoever runs the tests: root, mostly."""

    name = "tester"
    many = 200
    """Sessions that tests of many sessions start."""
    has_own_system = False
    """Whether sandboxes have the files of an image instead of some of the host's."""
    options = []
    """What a server is started with."""

    @contextmanager
    def fence(self):
        """An outer fence for bombs; skips the test where there can be none."""
        fence = OuterFence.make("e2e-%d" % os.getpid())
        try:
            yield fence
        finally:
            fence.remove()

    def prefix(self, fence=None):
        """What is put before the command of a server, inside of a fence or without one."""
        return fence.prefix if fence else []

    def give(self, folder):
        """Lets the owner write there."""

    def launch(self, launch):
        """The `launch` of a manifest by what the worker is started with."""
        return {"process": launch}

    def processes(self, server):
        """Those that a server's sandboxes hold, and where it is behind the fence too the server."""
        return sorted([server.process.pid, *server.processes()])

    def cgroups(self, server):
        return sorted(folder for top in machine.cgroups(server.id) for folder, _, _ in os.walk(top))


class OrdinaryUser(Tester):
    """A user without rights, with subordinate ids and cgroups by `scripts/delegate`, which limit all that he runs.

    Where sessions share no zygote each has an interpreter of its own, so `many` are fewer.
    """

    name = "ordinary"
    many = 30

    def __init__(self, name, delegated=True):
        self.user = name
        self._fence = None
        if delegated:
            subprocess.run([DELEGATE, name], check=True)
            self._fence = OuterFence.around(OuterFence.delegated(name))

    @contextmanager
    def fence(self):
        yield self._fence

    def prefix(self, fence=None):
        return [DELEGATE, self.user] if self._fence else as_user(self.user)

    def give(self, folder):
        shutil.chown(folder, self.user)


def as_user(name):
    """Put before a command: it becomes the command as this user."""
    return ["setpriv", "--reuid=" + name, "--regid=%d" % pwd.getpwnam(name).pw_gid, "--clear-groups"]


@contextmanager
def new_user(kind):
    """The name of a user made for the tests, without subordinate ids; skips where he could not run the server."""
    if os.geteuid() != 0:
        pytest.skip("only root can make an ordinary user to run the server")
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if missing:
        pytest.skip("not installed: " + ", ".join(missing))
    name = "corral-%s-%d" % (kind, os.getpid())
    subprocess.run(["useradd", "--system", "--no-create-home", "--shell", "/bin/sh", name], check=True)
    try:
        for path in [BINARY, str(ROOT / ".venv/bin/python"), str(ROOT / "Python/corral/worker/base.py")]:
            if subprocess.run([*as_user(name), "test", "-r", path]).returncode != 0:
                pytest.skip("other users cannot read %s" % path)
        yield name
    finally:
        subprocess.run([DELEGATE, "--remove", name], check=True)
        subprocess.run(["userdel", name], check=True, capture_output=True)
        for file in SUBORDINATE:
            lines = file.read_text().splitlines(keepends=True)
            file.write_text("".join(line for line in lines if not line.startswith(name + ":")))
