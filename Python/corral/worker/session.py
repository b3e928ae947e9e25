"""The loop of protocol version 2: one reply to every command."""

import sys
import traceback

from . import branching, errors, fields, versions
from .encoding import Encoder, parse
from .interrupts import Watch
from .slot import Slot


class Session:
    """Serves one worker, and more of its class where the server wants several, over one channel."""

    def __init__(self, worker, channel):
        self._worker = worker
        self._channel = channel
        self._encode = Encoder()
        self._running = None  # the id of the command being executed
        self._warned = False  # it was interrupted already
        self._slots = {0: Slot(worker)}
        self._active = self._slots[0]  # the one that the running command is for
        self._closing = False
        self._watch = None
        self._commands = {
            "hello": self._hello,
            "init": self._init,
            "reset": lambda request: self._slot(request).reset(request),
            "step": lambda request: self._slot(request).step(request),
            "step_many": self._step_many,
            "render": lambda request: self._slot(request).render(request),
            "snapshot": lambda request: self._slot(request).snapshot(request),
            "restore": lambda request: self._slot(request).restore(request, len(self._slots) == 1),
            "reseed": lambda request: self._slot(request).reseed(request),
            "drop": self._drop,
            "fork": self._fork,
            "close": self._close,
        }

    def run(self):
        worker = self._worker
        worker._session = self
        self._watch = Watch.over(self._channel, lambda: self._running is not None, self._look)
        try:
            while not self._closing:
                line = self._channel.line()
                if line is None:
                    break
                parts = self.answer(line)
                if parts is not None:
                    self._channel.send(parts)
        except (BrokenPipeError, ConnectionResetError, errors.ChannelClosed):
            pass
        finally:
            if self._watch is not None:
                self._watch.end()
            for slot in list(self._slots.values()):
                try:
                    slot.worker.close()
                except Exception:
                    traceback.print_exc(file=sys.stderr)

    def answer(self, line):
        """The parts of the reply to one line; None where the protocol gives none (a blank line, a late interrupt)."""
        try:
            request = parse(line)
        except (ValueError, RecursionError) as error:
            return None if not line.strip() else self._error(None, "bad_request", "not JSON: %s" % error)
        if type(request) is not dict:
            return self._error(None, "bad_request", "a command is a JSON object")
        ident = request.get("id")
        name = request.get("cmd")
        if name == "interrupt":
            return None
        if type(ident) is not int:
            return self._error(None, "bad_request", "a command needs an integer `id`")
        command = self._commands.get(name) if type(name) is str else None
        if command is None:
            return self._error(ident, "unknown_command", "Unknown command: %s" % (name,))
        watch = self._watch
        if watch is not None and not watch.armed:
            watch.arm()
        self._warned = False
        try:
            parts = self._execute(ident, command, request)
        except errors.StepInterrupted:
            parts = self._interrupted(ident)
        if watch is not None and watch.announcing:
            watch.relax()
        return parts

    def event(self, event):
        """Sends an event of the running command; without one there is nobody to tell."""
        if self._running is not None:
            self._channel.send(self._encode({"id": self._running, **event}))

    def _execute(self, ident, command, request):
        try:
            self._running = ident
            reply = command(request)
            self._running = None
            reply["id"] = ident
            return self._encode(reply)
        except branching.Branched:
            self._running = None
            return None
        except errors.StepInterrupted:
            self._running = None
            return self._interrupted(ident)
        except errors.WorkerError as error:
            self._running = None
            return self._error(ident, error.code, str(error))
        except (Exception, SystemExit) as error:
            self._running = None
            traceback.print_exc(file=sys.stderr)
            return self._error(ident, "environment_error", "%s: %s" % (type(error).__name__, error))

    def _look(self):
        """Obeys what arrived while a command runs: interrupts. Everything else waits for its turn."""
        waiting = self._channel.waiting()
        later = []
        asked = False
        while waiting:
            line = waiting.popleft()
            if b'"interrupt"' in line:
                try:
                    request = parse(line)
                except (ValueError, RecursionError):
                    request = None
                if isinstance(request, dict) and request.get("cmd") == "interrupt":
                    asked = asked or request.get("id") == self._running
                    continue
            later.append(line)
        waiting.extend(later)
        if self._channel.ended:
            raise errors.ChannelClosed()
        if asked and not self._warned:
            self._warned = True
            self._active.worker.interrupt()

    def _interrupted(self, ident):
        self._active.interrupted()
        return self._error(ident, "interrupted", "the command was interrupted")

    def _error(self, ident, code, message):
        return self._encode({"id": ident, "status": "error", "code": code, "message": message})

    def _hello(self, request):
        self._encode.buffers = request.get("buffers") is True
        worker = self._worker
        capabilities = list(worker.capabilities) + ["buffers"] + ["batch"] * worker.holds_many
        if worker.forks and branching.home is not None:
            capabilities.append("fork")
        if self._watch is not None:
            capabilities.append("interrupt")
        return {
            "status": "ok",
            "protocol": 2,
            "worker": {
                "name": worker.name or type(worker).__name__,
                "version": worker.version,
                "language": versions.LANGUAGE,
                "packages": versions.of(tuple(worker.packages)),
            },
            "capabilities": capabilities,
            "instances": worker.instances(),
            "agents": worker.agents,
        }

    def _slot(self, request):
        """The slot that a command is for."""
        number = request.get("slot", 0)
        slot = self._slots.get(number) if type(number) is int else None
        if slot is None:
            if type(number) is not int or number < 0:
                raise errors.BadRequest("`slot` is an integer from 0")
            raise errors.NotInitialized("slot %d has no environment; init comes first" % number)
        self._active = slot
        return slot

    def _init(self, request):
        number = request.get("slot", 0)
        if type(number) is int and 0 <= number and number not in self._slots:
            first = self._worker
            if not first.holds_many:
                raise errors.Unsupported("this worker holds one environment")
            worker = type(first)(first.config)
            worker.slot = number
            worker._session = self
            slot = self._active = Slot(worker)
            try:
                reply = slot.init(request)
            except BaseException:
                worker.close()
                raise
            self._slots[number] = slot
            return reply
        return self._slot(request).init(request)

    def _drop(self, request):
        slot = self._slot(request)
        number = slot.worker.slot
        # The first one stays, since it may hold what was made ahead.
        if number == 0:
            self._slots[0] = Slot(slot.worker)
        else:
            del self._slots[number]
            slot.worker.close()
        return {"status": "ok"}

    def _step_many(self, request):
        steps = fields.field(request, "steps", list, None)
        return {"status": "ok", "results": [self._one_of_many(step) for step in steps]}

    def _one_of_many(self, step):
        """The result of one step, whose error is its own."""
        try:
            if type(step) is not dict:
                raise errors.BadRequest("each of `steps` is an object")
            return self._slot(step).step(step)
        except errors.WorkerError as error:
            return {"status": "error", "code": error.code, "message": str(error)}
        except (Exception, SystemExit) as error:
            traceback.print_exc(file=sys.stderr)
            message = "%s: %s" % (type(error).__name__, error)
            return {"status": "error", "code": "environment_error", "message": message}

    def _fork(self, _):
        """Forks the process as often as the server asks; returns in the old one, raises `Branched` in each new one."""
        if len(self._slots) > 1:
            raise errors.NotForkable("the process holds %d environments" % len(self._slots))
        if not self._worker.forks or branching.home is None:
            raise errors.Unsupported("this worker cannot be forked")
        announce = self._encode({"id": self._running, "event": "ready"})
        branch = branching.branch(self._channel, lambda: self._channel.send(announce))
        if branch is None:
            return {"status": "ok"}
        if self._watch is not None:
            self._watch = Watch.over(self._channel, lambda: self._running is not None, self._look)
        self._worker.branched(branch.before, branch.after)
        self._channel.send([b'{"event":"started"}\n'])
        raise branching.Branched()

    def _close(self, _):
        self._closing = True
        return {"status": "ok"}
