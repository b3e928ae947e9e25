"""One process that has imported everything, and forks a session in milliseconds."""

import array
import gc
import json
import os
import resource
import signal
import socket
import sys
import traceback

from . import (
    branching,
    entry,
    forking,
    landlock,
    linux,
    session,  # noqa: F401  (imported here so that no session has to)
    versions,
)
from .channel import Channel, write_errors_whole
from .encoding import parse
from .worker import Worker, seed_globals

DATAGRAM = 1 << 18
RIGHTS = (int(socket.SOL_SOCKET), int(socket.SCM_RIGHTS))
CLOSE_ON_EXEC = int(socket.MSG_CMSG_CLOEXEC)
_text = json.encoder.encode_basestring_ascii


class Zygote:
    """Obeys the control socket. Has no threads: only so is a fork of it whole.

    Each page that the zygote writes between two forks becomes private memory of a session, and so does each that the
    session writes, if only to count a reference. So the zygote does next to nothing but fork; the child reads the request,
    answers it, and becomes the session with as few of the library's functions as can be.
    """

    def __init__(self, descriptor, fence):
        """`fence` makes the `landlock.Fence` below a folder of scratch folders; None: sessions have none."""
        self._control = socket.socket(fileno=descriptor)
        os.set_inheritable(descriptor, False)
        self._make_fence = fence
        self._fence = None
        self._kind = None
        self._config = {}

    def run(self, name, config):
        """Prepares the class that `name` names, then forks until the control socket ends. Returns the exit status."""
        write_errors_whole()
        os.dup2(2, 1)
        sys.stdout = sys.stderr
        try:
            self._prepare(name, config)
        except BaseException as error:
            traceback.print_exc(file=sys.stderr)
            self._tell({"op": "failed", "message": "%s: %s" % (type(error).__name__, error)})
            return 1
        linux.set_handler(signal.SIGCHLD, linux.IGNORE)  # the kernel reaps
        sys.stderr.flush()
        gc.collect()
        gc.freeze()
        self._tell({"op": "ready"})
        return self._obey()

    def _prepare(self, name, config):
        if self._make_fence is not None:
            landlock.require()
        self._kind = entry.load(name)
        self._config = config
        entry.preload(self._kind, config)
        if issubclass(self._kind, Worker):
            versions.of(tuple(self._kind.packages))
        threads = len(os.listdir("/proc/self/task"))
        if threads > 1:
            raise RuntimeError(
                "%d threads run after the preparation; a process with threads cannot be forked: use `share: none`"
                % threads
            )

    def _obey(self):
        size = array.array("i").itemsize
        room = socket.CMSG_SPACE(8 * size)
        receive = self._control.recvmsg
        fork = forking.best()
        while True:
            data, ancillary, _, _ = receive(DATAGRAM, room, CLOSE_ON_EXEC)
            if not data:
                return 0
            descriptors = array.array("i")
            for level, kind, payload in ancillary:
                if (level, kind) == RIGHTS:
                    descriptors.frombytes(payload[: len(payload) - len(payload) % size])
            if self._make_fence is not None and self._fence is None:
                self._build_fence(data)
            try:
                child = fork()
            except OSError as error:
                self._refuse(data, error)
            else:
                if child == 0:
                    self._become(data, list(descriptors))
            for descriptor in descriptors:
                os.close(descriptor)

    def _tell(self, message):
        try:
            self._control.send(json.dumps(message).encode())
        except (BrokenPipeError, ConnectionResetError):
            pass  # the next receive sees the end

    def _refuse(self, data, error):
        try:
            token = json.loads(data).get("session")
        except (ValueError, AttributeError):
            token = None
        self._tell({"op": "failed", "session": token, "message": "%s: %s" % (type(error).__name__, error)})

    def _build_fence(self, data):
        """Prepares the fence for the folder of the first session, which is that of all others too."""
        try:
            request = parse(data)
            self._fence = self._make_fence(_root(request.get("family", request["scratch"])))
        except (ValueError, TypeError, KeyError, OSError):
            pass  # the child says what is wrong with the request

    def _become(self, data, descriptors):
        """The child: a session of its own from here to the end of the process."""
        status = 1
        try:
            request = self._accept(data, descriptors)
            if request is not None:
                channel = self._settle(request, descriptors)
                channel.send([b'{"event":"started"}\n'])
                if not issubclass(self._kind, Worker):
                    seed_globals(None)  # else done by `init`
                entry.serve(self._kind, self._config, channel)
                status = 0
        except BaseException:
            traceback.print_exc(file=sys.stderr)
        finally:
            try:
                sys.stderr.flush()
            finally:
                os._exit(status)

    def _accept(self, data, descriptors):
        """Answers the request; returns it, or None where it asks for the impossible."""
        try:
            request = parse(data)
            if request.get("op") != "fork" or not isinstance(request.get("session"), str) or len(descriptors) != 2:
                raise ValueError("expected a fork request with a session and two descriptors")
            if not isinstance(request.get("scratch"), str) or not isinstance(request.get("environment", {}), dict):
                raise ValueError("`scratch` is a path and `environment` an object")
            if not isinstance(request.get("files", 0), int):
                raise ValueError("`files` is a number")
            family = request.get("family", request["scratch"])
            if not isinstance(family, str):
                raise ValueError("`family` is a path")
            if self._make_fence is not None and (self._fence is None or self._fence.root != _root(family)):
                self._fence = self._make_fence(_root(family))
        except (ValueError, TypeError, AttributeError, OSError) as error:
            self._refuse(data, error)
            return None
        self._control.send(b'{"op":"forked","session":%s}' % _text(request["session"]).encode())
        return request

    def _settle(self, request, descriptors):
        channel, errors = descriptors
        os.dup2(errors, 2)
        os.dup2(channel, 0)
        os.dup2(channel, 1)
        os.setsid()
        if "files" in request:
            resource.setrlimit(resource.RLIMIT_NOFILE, (request["files"], request["files"]))
        linux.set_handler(linux.CHILD, linux.DEFAULT)
        _prefer_to_die()
        scratch = branching.home = request["scratch"]
        environment = os.environ
        for name, value in {"HOME": scratch, "TMPDIR": scratch, **request.get("environment", {})}.items():
            environment[name] = value
        if self._fence is not None:
            self._fence.restrict(request.get("family", scratch))
        linux.close_from(3)
        tempfile = sys.modules.get("tempfile")
        if tempfile is not None:
            tempfile.tempdir = None
        return Channel.claim()


def _prefer_to_die():
    """Where memory runs out the kernel shall end this session, not the zygote of all of them."""
    try:
        file = os.open("/proc/self/oom_score_adj", os.O_WRONLY)
        os.write(file, b"1000")
        os.close(file)
    except OSError:
        pass  # somebody else's limit of privileges; the zygote is no safer then


def _root(scratch):
    """The folder that a session's folder is in."""
    return scratch.rstrip("/").rpartition("/")[0] or "/"
