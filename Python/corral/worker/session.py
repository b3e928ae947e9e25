"""The loop of protocol version 2: one reply to every command, in the right order of commands."""

import base64
import sys
import traceback

from . import errors, fields, versions
from .encoding import Encoder, parse
from .interrupts import Watch
from .worker import seed_globals


class Session:
    """Serves one worker over one channel."""

    def __init__(self, worker, channel):
        self._worker = worker
        self._channel = channel
        self._encode = Encoder()
        self._running = None  # the id of the command being executed
        self._warned = False  # it was interrupted already
        self._obstacle = errors.NotInitialized("init comes first")  # why no step is possible now
        self._initialized = False
        self._closing = False
        self._watch = None
        self._commands = {
            "hello": self._hello,
            "init": self._init,
            "reset": self._reset,
            "step": self._step,
            "step_many": self._step_many,
            "render": self._render,
            "snapshot": self._snapshot,
            "restore": self._restore,
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
            try:
                worker.close()
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
            self._worker.interrupt()

    def _interrupted(self, ident):
        if self._initialized:
            self._obstacle = errors.NotReset("the episode was interrupted; reset begins another")
        return self._error(ident, "interrupted", "the command was interrupted")

    def _error(self, ident, code, message):
        return self._encode({"id": ident, "status": "error", "code": code, "message": message})

    def _hello(self, request):
        self._encode.buffers = request.get("buffers") is True
        worker = self._worker
        capabilities = list(worker.capabilities) + ["buffers"]
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

    def _init(self, request):
        worker = self._worker
        instance = fields.field(request, "instance", (str, type(None)), None)
        params = fields.field(request, "params", dict, {})
        seed = fields.seed_field(request)
        seed_globals(seed)
        self._initialized = False
        self._obstacle = errors.NotInitialized("init comes first")
        worker.init(instance, params, seed)
        observation_space, action_space = worker.spaces()
        self._initialized = True
        self._obstacle = errors.NotReset("reset comes first")
        return {
            "status": "ok",
            "observation_space": observation_space,
            "action_space": action_space,
            "render_modes": list(worker.render_modes),
        }

    def _reset(self, request):
        if not self._initialized:
            raise self._obstacle
        seed = fields.seed_field(request)
        options = fields.field(request, "options", dict, {})
        if seed is not None:
            seed_globals(seed)
        self._obstacle = errors.NotReset("the last reset failed")
        observation, info = self._worker.reset(seed, options)
        self._obstacle = None
        return self._observed({"status": "ok", "observation": observation, "info": info})

    def _step(self, request):
        if self._obstacle is not None:
            raise self._obstacle
        worker = self._worker
        try:
            action = request["action"]
        except KeyError:
            raise errors.BadRequest("step needs `action`") from None
        return self._observed(self._result(worker.step(worker.decode_action(action))))

    def _result(self, result):
        """The fields of a step reply; notes the end of the episode."""
        observation, reward, terminated, truncated, info = result
        if type(reward) is not float:
            reward = fields.reward_value(reward)
        if type(terminated) is not bool:
            terminated = fields.flag_value(terminated, "terminated")
        if type(truncated) is not bool:
            truncated = fields.flag_value(truncated, "truncated")
        if terminated or truncated:
            if self._worker.agents is None or fields.all_over(terminated, truncated):
                self._obstacle = errors.EpisodeOver("the episode is over; reset begins another")
        return {
            "id": None,
            "status": "ok",
            "observation": observation,
            "reward": reward,
            "terminated": terminated,
            "truncated": truncated,
            "info": info,
        }

    def _observed(self, reply):
        acting = self._worker.acting
        if acting is not None:
            reply["agent"] = acting
        return reply

    def _step_many(self, request):
        if self._obstacle is not None and not isinstance(self._obstacle, errors.EpisodeOver):
            raise self._obstacle
        steps = fields.field(request, "steps", list, None)
        worker = self._worker
        decoded = []
        for step in steps:
            if not isinstance(step, dict) or type(step.get("slot")) is not int or "action" not in step:
                raise errors.BadRequest("each of `steps` needs an integer `slot` and an `action`")
            decoded.append((step["slot"], worker.decode_action(step["action"])))
        results = [fields.plain_result(result) for result in worker.step_many(decoded)]
        if len(results) != len(decoded):
            raise errors.WorkerError("%d steps gave %d results" % (len(decoded), len(results)))
        return {"status": "ok", "results": results}

    def _render(self, request):
        if self._obstacle is not None and not isinstance(self._obstacle, errors.EpisodeOver):
            raise self._obstacle
        modes = list(self._worker.render_modes)
        mode = fields.field(request, "mode", (str, type(None)), None)
        if not modes or (mode is not None and mode not in modes):
            raise errors.Unsupported("render modes are: %s" % (", ".join(modes) or "none"))
        mode = mode or modes[0]
        return {"status": "ok", "mode": mode, "frame": self._worker.render(mode)}

    def _snapshot(self, _):
        if self._obstacle is not None and not isinstance(self._obstacle, errors.EpisodeOver):
            raise self._obstacle
        over = b"\1" if self._obstacle is not None else b"\0"
        return {"status": "ok", "state": base64.b64encode(over + self._worker.snapshot()).decode()}

    def _restore(self, request):
        if not self._initialized:
            raise self._obstacle
        text = fields.field(request, "state", str, None)
        try:
            state = base64.b64decode(text, validate=True)
        except ValueError:
            raise errors.BadRequest("`state` is not base64") from None
        if not state:
            raise errors.BadRequest("`state` is empty")
        self._obstacle = errors.NotReset("the last restore failed")
        self._worker.restore(state[1:])
        self._obstacle = errors.EpisodeOver("the episode is over; reset begins another") if state[0] else None
        return {"status": "ok"}

    def _close(self, _):
        self._closing = True
        return {"status": "ok"}
