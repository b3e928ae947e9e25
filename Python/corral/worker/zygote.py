"""One process that has imported everything, and forks a session in milliseconds."""

import array
import gc
import json
import os
import signal
import socket
import sys
import traceback

from . import entry, landlock, session
from .channel import Channel
from .worker import Worker, seed_globals

DATAGRAM = 1 << 18


class Zygote:
    """Obeys the control socket. Has no threads: only so is a fork of it whole."""

    def __init__(self, descriptor, fenced):
        self._control = socket.socket(fileno=descriptor)
        os.set_inheritable(descriptor, False)
        self._fenced = fenced
        self._fence = None
        self._kind = None
        self._config = {}

    def run(self, name, config):
        """Prepares the class that `name` names, then forks until the control socket ends. Returns the exit status."""
        os.dup2(2, 1)
        sys.stdout = sys.stderr
        try:
            self._prepare(name, config)
        except BaseException as error:
            traceback.print_exc(file=sys.stderr)
            self._tell({"op": "failed", "message": "%s: %s" % (type(error).__name__, error)})
            return 1
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel reaps
        gc.collect()
        gc.freeze()
        self._tell({"op": "ready"})
        while True:
            data, descriptors = self._receive()
            if not data:
                return 0
            try:
                self._obey(data, descriptors)
            finally:
                for descriptor in descriptors:
                    os.close(descriptor)

    def _prepare(self, name, config):
        if self._fenced:
            landlock.require()
        self._kind = entry.load(name)
        self._config = config
        entry.preload(self._kind, config)
        if issubclass(self._kind, Worker):
            session.package_versions(tuple(self._kind.packages))
        threads = len(os.listdir("/proc/self/task"))
        if threads > 1:
            raise RuntimeError(
                "%d threads run after the preparation; a process with threads cannot be forked: use `share: none`"
                % threads
            )

    def _receive(self):
        size = array.array("i").itemsize
        data, ancillary, _, _ = self._control.recvmsg(DATAGRAM, socket.CMSG_SPACE(8 * size), socket.MSG_CMSG_CLOEXEC)
        descriptors = array.array("i")
        for level, kind, payload in ancillary:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                descriptors.frombytes(payload[: len(payload) - len(payload) % size])
        return data, list(descriptors)

    def _tell(self, message):
        try:
            self._control.send(json.dumps(message).encode())
        except (BrokenPipeError, ConnectionResetError):
            pass  # the next receive sees the end

    def _obey(self, data, descriptors):
        token = None
        try:
            request = json.loads(data)
            token = request.get("session")
            if request.get("op") != "fork" or not isinstance(token, str) or len(descriptors) != 2:
                raise ValueError("expected a fork request with a session and two descriptors")
            scratch = request["scratch"]
            environment = request.get("environment") or {}
            if self._fenced:
                self._share_fence(os.path.dirname(os.path.abspath(scratch)))
            sys.stderr.flush()
            child = os.fork()
        except Exception as error:
            self._tell({"op": "failed", "session": token, "message": "%s: %s" % (type(error).__name__, error)})
            return
        if child == 0:
            self._become(scratch, environment, descriptors)
        self._tell({"op": "forked", "session": token})

    def _share_fence(self, root):
        if self._fence is None or self._fence.root != root:
            if self._fence is not None:
                self._fence.close()
            self._fence = landlock.Fence(root)

    def _become(self, scratch, environment, descriptors):
        """The child: a session of its own from here to the end of the process."""
        status = 1
        try:
            channel = self._settle(scratch, environment, descriptors)
            channel.send([b'{"event":"started"}\n'])
            entry.serve(self._kind, self._config, channel)
            status = 0
        except BaseException:
            traceback.print_exc(file=sys.stderr)
        finally:
            try:
                sys.stderr.flush()
            finally:
                os._exit(status)

    def _settle(self, scratch, environment, descriptors):
        os.setsid()
        for number in (signal.SIGCHLD, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        channel, errors = descriptors
        os.dup2(channel, 0)
        os.dup2(channel, 1)
        os.dup2(errors, 2)
        os.chdir(scratch)
        os.environ.update({"HOME": scratch, "TMPDIR": scratch})
        os.environ.update(environment)
        if self._fence is not None:
            self._fence.restrict(scratch)
        _close_from(3)
        tempfile = sys.modules.get("tempfile")
        if tempfile is not None:
            tempfile.tempdir = None
        seed_globals(None)
        return Channel.claim()


def _close_from(first):
    """Closes every descriptor from `first` on, whoever opened it."""
    try:
        found = [int(name) for name in os.listdir("/proc/self/fd")]
    except OSError:
        os.closerange(first, os.sysconf("SC_OPEN_MAX"))
        return
    for descriptor in found:
        if descriptor >= first:
            try:
                os.close(descriptor)
            except OSError:
                pass  # the listing's own
