"""Starts the real binary and makes sure that nothing of it is left."""

import json
import os
import re
import signal
import subprocess
import tempfile
from pathlib import Path

import pytest

from e2e import machine
from e2e.http import Client

ROOT = Path(__file__).resolve().parents[3]
BINARY = os.environ.get("CORRAL_BIN") or str(ROOT / ".build/debug/corral")
START_PATIENCE = 60  # seconds


class Server:
    """One `corral serve` of its own data directory, or of one that is given.

    `prefix` is put before the command: whatever it is has to end in an `exec` of the rest.
    """

    running = set()  # process ids of all servers of this test process

    def __init__(
        self, *options, data=None, environments=None, prefix=(), listen=("--port", "0"), tls=None, wait=True, owner=None
    ):
        self._folder = tempfile.TemporaryDirectory(prefix="corral-e2e-")
        os.chmod(self._folder.name, 0o755)
        if owner is not None:
            owner.give(self._folder.name)
        self.data = Path(data or os.path.join(self._folder.name, "data"))
        self.log_path = os.path.join(self._folder.name, "log")
        self.servers_before = set(self.ledgers())
        command = [*prefix, BINARY, "serve", "--data", str(self.data), "--log-format", "json", *listen, *options]
        for folder in environments or []:
            command += ["--environments", str(folder)]
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        Server.running.add(self.process.pid)
        self.id = None
        self.client = None
        self._tls = tls
        if wait:
            try:
                self.wait_until_listening()
            except BaseException:
                self.kill()
                raise

    def wait_until_executed(self):
        """Until the process is the server itself and no longer what the prefix names."""
        binary = os.path.realpath(BINARY)
        assert machine.until(lambda: machine.program(self.process.pid) == binary, START_PATIENCE, pause=0.001)

    def wait_until_listening(self):
        address = machine.until(lambda: self._address() or self.process.poll() is not None, START_PATIENCE)
        assert isinstance(address, str), "the server did not start (%s):\n%s" % (self.process.poll(), self.log())
        self.id = self.newest_ledger()
        self.client = Client(re.sub("^(https?://|unix:)", "", address), tls=self._tls)

    def newest_ledger(self):
        """The id of this server: the only new directory below `run`; None before there is one."""
        new = [name for name in self.ledgers() if name not in self.servers_before]
        assert len(new) <= 1, new
        return new[0] if new else None

    def ledgers(self):
        try:
            return [name for name in os.listdir(self.data / "run") if re.fullmatch("[0-9a-f]{8}", name)]
        except OSError:
            return []

    def _address(self):
        for record in self.records():
            if record["message"] == "listening":
                return record["address"]
        return None

    def records(self):
        """What the server logged, parsed; lines that are no JSON are left out."""
        found = []
        for line in self.log().splitlines():
            try:
                found.append(json.loads(line))
            except ValueError:
                pass
        return found

    def log(self):
        return Path(self.log_path).read_text(errors="replace")

    def processes(self):
        """All live processes of its sandboxes."""
        return machine.descendants(self.process.pid)

    def skip_unless_shared(self, share):
        """Skips a test of sessions that share a zygote where each session has a sandbox of its own."""
        features = self.client.get("/v1/capabilities").json["features"]
        sharing = next(each for each in features if each["feature"] == "sharing")
        if share == "shared" and not sharing["active"]:
            pytest.skip("no zygote is shared here: %s" % sharing["reason"])

    def stop(self, seconds=30):
        """Ends it in order; returns the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.wait(seconds)

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        return self.wait(30)

    def wait(self, seconds):
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError("the server did not end in %s s:\n%s" % (seconds, self.log()[-4000:])) from None
        finally:
            Server.running.discard(self.process.pid)

    def leftovers(self):
        """What is there of a server that ended; empty if all is well. Orphans are looked for in the whole test process."""
        found = ["process " + machine.describe(process) for process in orphans()]
        if self.id is not None:
            found += ["cgroup " + path for path in machine.cgroups(self.id)]
            if self.id in self.ledgers():
                found.append("ledger " + self.id)
        found += ["mount " + line for line in machine.mounts_below(self.data)]
        return found

    def check_nothing_left(self, seconds=2):
        machine.until(lambda: not self.leftovers(), seconds)
        left = self.leftovers()
        assert left == [], left

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        """Stops it and checks that nothing is left; a test that failed keeps its own error."""
        was_running = self.process.poll() is None
        status = self.stop()
        if kind is None:
            assert not was_running or status == 0, "the server ended with %s:\n%s" % (status, self.log()[-4000:])
            found = self.log().find("Sanitizer")  # of a server built by `make sanitize`
            assert found < 0, self.log()[found:][:4000]
            self.check_nothing_left()
        self._folder.cleanup()


def orphans():
    """Live processes below this one that belong to no running server."""
    found = []
    for child in machine.children(os.getpid()):
        # An engine's containers may be a living server's; the engine tells whose they are.
        if child in Server.running or "/containerd-shim" in machine.describe(child):
            continue
        _reap(child)
        found += [process for process in [child, *machine.descendants(child)] if machine.is_alive(process)]
    return found


def _reap(process):
    try:
        os.waitpid(process, os.WNOHANG)
    except ChildProcessError:
        pass


def corral(server, *words, status=0):
    """Runs the program against a server, whose data folder holds the keys; returns what it prints."""
    variables = {**os.environ, "CORRAL_URL": "http://" + server.client.address, "CORRAL_DATA": str(server.data)}
    done = subprocess.run([BINARY, *words], env=variables, capture_output=True, text=True, timeout=120)
    allowed = status if isinstance(status, tuple) else (status,)
    assert done.returncode in allowed, done.stdout + done.stderr
    return done.stdout
