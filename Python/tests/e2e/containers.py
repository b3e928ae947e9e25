"""A private container engine, whose containers are all below cgroups with limits of the tests' own."""

import os
import shutil
import subprocess
from contextlib import contextmanager

import pytest

from e2e.outer import OuterFence
from e2e.owners import Tester
from e2e.server import ROOT, Server

IMAGE = "corral-base:bookworm"
LABEL = "org.corral.server"


class Engine:
    """Docker Engine by `scripts/engine`; its images stay in `.cache/engine-e2e`."""

    def __init__(self, fence):
        self.fence = fence
        self._folder = ROOT / ".cache/engine-e2e"
        self.start()

    def start(self):
        parent = "--cgroup-parent=/" + self.fence.name
        done = self._run([ROOT / "scripts/engine", "start", self._folder, parent], None)
        self.address = done.strip()
        Server.running.add(self.process)

    def stop(self):
        self._run([ROOT / "scripts/engine", "stop", self._folder], None)

    @property
    def process(self):
        return int((self._folder / "pid").read_text())

    def docker(self, *arguments):
        return self._run(["docker", *arguments], self.address)

    def build(self):
        self._run([ROOT / "scripts/base-image"], self.address)

    def containers(self, server=None):
        """The ids of all containers, or of those that one server made."""
        filters = ["--filter", "label=%s=%s" % (LABEL, server)] if server else []
        return self.docker("ps", "--all", "--quiet", *filters).split()

    def _run(self, command, address):
        variables = {**os.environ, **({"DOCKER_HOST": address} if address else {})}
        done = subprocess.run(command, env=variables, capture_output=True, text=True, timeout=600)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@contextmanager
def running_engine():
    """Starts an engine behind an outer fence; skips where that cannot be."""
    missing = [program for program in ("dockerd", "docker", "mmdebstrap") if shutil.which(program) is None]
    if os.geteuid() != 0 or missing:
        pytest.skip("a private container engine needs root and docker.io, mmdebstrap; missing: %s" % ", ".join(missing))
    fence = OuterFence.make("corral-e2e-engine-%d" % os.getpid(), below_own=False)
    engine = None
    try:
        engine = Engine(fence)
        engine.build()
        yield engine
        assert engine.containers() == []
    finally:
        if engine is not None:
            engine.stop()
        fence.remove()


class Containers(Tester):
    """The user of the tests, whose environments are containers of an engine that is fenced in."""

    name = "containers"

    has_own_system = True

    def __init__(self, engine):
        self.engine = engine
        self.options = ["--docker-host", engine.address, "--backend", "docker"]

    @contextmanager
    def fence(self):
        yield self.engine.fence

    def prefix(self, fence=None):
        return []

    def launch(self, launch):
        return {"docker": {**launch, "image": IMAGE, "pull": "never"}}

    def processes(self, server):
        return self.engine.fence.processes()

    def cgroups(self, server):
        return [folder for top in self.engine.fence.folders.values() for folder, _, _ in os.walk(top)]
