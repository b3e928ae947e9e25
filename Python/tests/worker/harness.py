"""Drives workers as the server does: lines over a channel, datagrams to a zygote."""

import array
import json
import os
import select
import socket
import struct
import subprocess
import sys
from pathlib import Path

SOURCES = Path(__file__).resolve().parents[2]
PATIENCE = 60  # seconds until a silent worker fails the test


def environment(**more):
    paths = [str(SOURCES), str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths)), **more}


class Peer:
    """The server's end of a session's channel."""

    def __init__(self, end):
        self.end = end
        self.end.settimeout(PATIENCE)
        self.pending = b""
        self.last_id = 0

    def send_raw(self, data):
        self.end.sendall(data)

    def send(self, **message):
        self.send_raw(json.dumps(message).encode() + b"\n")

    def line(self):
        """The next line; None at the end."""
        while b"\n" not in self.pending:
            chunk = self.end.recv(1 << 20)
            if not chunk:
                return None
            self.pending += chunk
        line, _, self.pending = self.pending.partition(b"\n")
        return line

    def exactly(self, count):
        while len(self.pending) < count:
            chunk = self.end.recv(1 << 20)
            assert chunk, "the worker ended inside a buffer"
            self.pending += chunk
        data, self.pending = self.pending[:count], self.pending[count:]
        return data

    def reply(self):
        line = self.line()
        return None if line is None else json.loads(line)

    def quiet(self, seconds=0.2):
        """Whether nothing arrives for a while."""
        return not self.pending and not select.select([self.end], [], [], seconds)[0]

    def call(self, cmd, **fields):
        """Sends a version 2 command and returns its reply."""
        self.last_id += 1
        self.send(cmd=cmd, id=self.last_id, **fields)
        reply = self.reply()
        assert reply is not None, "the worker ended"
        assert reply["id"] == self.last_id
        return reply

    def ok(self, cmd, **fields):
        reply = self.call(cmd, **fields)
        assert reply["status"] == "ok", reply
        return reply

    def code(self, cmd, **fields):
        reply = self.call(cmd, **fields)
        assert reply["status"] == "error", reply
        return reply["code"]

    def begin(self, instance=None, params=None, seed=None, reset_seed=None):
        """hello, init and reset; returns the reset reply."""
        self.ok("hello", protocol=2, buffers=False)
        self.ok("init", instance=instance, params=params or {}, seed=seed)
        return self.ok("reset", seed=reset_seed, options={})

    def close(self):
        self.end.close()


class Single(Peer):
    """A worker process of one session."""

    def __init__(self, entry, config=None, command=None, **more):
        ours, theirs = socket.socketpair()
        command = command or [
            sys.executable, "-m", "corral.worker", entry, "--config", json.dumps(config or {}),
        ]  # fmt: skip
        self.process = subprocess.Popen(
            command, stdin=theirs, stdout=theirs, stderr=subprocess.PIPE, env=environment(**more)
        )
        theirs.close()
        super().__init__(ours)

    def finish(self):
        """Ends the input; returns the exit status and what was printed."""
        self.end.shutdown(socket.SHUT_WR)
        _, errors = self.process.communicate(timeout=PATIENCE)
        self.close()
        return self.process.returncode, errors.decode(errors="replace")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end.close()
        if self.process.returncode is None:
            self.process.kill()
            self.process.communicate()


class Child(Peer):
    """A session that a zygote forked."""

    def __init__(self, end, errors, scratch):
        super().__init__(end)
        self.errors = errors
        self.scratch = scratch
        self.pid = None

    def started(self):
        """Waits for the first line, and learns the process from the kernel."""
        self.end.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        data, ancillary, _, _ = self.end.recvmsg(4096, socket.CMSG_SPACE(12))
        if not data:
            return None
        for level, kind, payload in ancillary:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_CREDENTIALS):
                self.pid = struct.unpack("3i", payload[:12])[0]
        line, _, self.pending = data.partition(b"\n")
        return json.loads(line)

    def fork(self, scratch, count=1):
        """Has the session fork itself, `count` times; returns the branches, which have said `started`.

        `scratch` makes their folders: below the folder of the session's family.
        """
        self.last_id += 1
        self.send(cmd="fork", id=self.last_id)
        ready = self.reply()
        if "event" not in ready:
            return ready
        assert ready == {"id": self.last_id, "event": "ready"}
        branches = []
        for _ in range(count):
            folder = scratch / ("branch-%d" % len(list(scratch.iterdir())))
            folder.mkdir(parents=True)
            ours, channel = socket.socketpair()
            ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
            errors, their_errors = socket.socketpair()
            rights = array.array("i", [channel.fileno(), their_errors.fileno()])
            line = json.dumps({"scratch": str(folder)}).encode() + b"\n"
            self.end.sendmsg([line], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])
            channel.close()
            their_errors.close()
            branch = Child(ours, errors, folder)
            assert branch.started() == {"event": "started"}, branch.printed()
            branches.append(branch)
        self.send_raw(b"{}\n")
        assert self.reply() == {"id": self.last_id, "status": "ok"}
        return branches

    def printed(self):
        """Everything on standard error, up to its end."""
        self.errors.settimeout(PATIENCE)
        pieces = []
        while True:
            piece = self.errors.recv(65536)
            if not piece:
                return b"".join(pieces).decode(errors="replace")
            pieces.append(piece)

    def close(self):
        self.end.close()
        self.errors.close()


class Zygote:
    """A zygote process and the server's end of its control socket."""

    def __init__(self, entry, config=None, landlock="required", **more):
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.control.settimeout(PATIENCE)
        self.children = []
        self.process = subprocess.Popen(
            [
                sys.executable, "-m", "corral.worker", "--zygote", str(theirs.fileno()), "--landlock", landlock,
                entry, "--config", json.dumps(config or {}),
            ],  # fmt: skip
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            pass_fds=[theirs.fileno()], env=environment(**more),
        )  # fmt: skip
        theirs.close()
        self.greeting = self.receive()

    def receive(self):
        data = self.control.recv(1 << 18)
        return json.loads(data) if data else None

    def request(self, message, descriptors):
        rights = array.array("i", descriptors)
        self.control.sendmsg(
            [json.dumps(message).encode()], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)] if descriptors else []
        )

    def fork(self, scratch, token="s", **more):
        """Asks for a session; returns it and the zygote's answer."""
        ours, channel = socket.socketpair()
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        errors, their_errors = socket.socketpair()
        message = {"op": "fork", "session": token, "scratch": str(scratch), "environment": {}, **more}
        self.request(message, [channel.fileno(), their_errors.fileno()])
        answer = self.receive()
        channel.close()
        their_errors.close()
        child = Child(ours, errors, scratch)
        self.children.append(child)
        return child, answer

    def session(self, scratch, **more):
        """A forked session that has said `started`."""
        scratch.mkdir(parents=True, exist_ok=True)
        child, answer = self.fork(scratch, **more)
        assert answer["op"] == "forked", answer
        assert child.started() == {"event": "started"}, child.printed()
        return child

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for child in self.children:
            child.close()
        self.control.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.process.communicate()
