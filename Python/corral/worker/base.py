"""Protocol version 1, as DockerGym's workers speak it."""

import json
import sys
import traceback

from .channel import Channel


class BaseWorker:
    """A worker of DockerGym: subclass it, define `init_env` and `step_env`, call `run()`.

    Both methods return `(observation, reward, done, info)`; the keys of `info` are spread over the reply.
    """

    def init_env(self, env_id, params):
        """Begins an episode of the instance `env_id`; `params` are the remaining keys of the command."""
        raise NotImplementedError

    def step_env(self, action):
        """Applies one action, which is text."""
        raise NotImplementedError

    def close_env(self):
        """Frees what the environment holds; called once, at the end of the input."""

    def run(self):
        """Answers commands until standard input ends."""
        self.serve(Channel.claim())

    def serve(self, channel):
        """Answers the commands of a channel until it ends; a server that goes away ends it too."""
        session = _Session(self)
        try:
            while True:
                line = channel.line()
                if line is None:
                    break
                text = line.decode("utf-8", "replace").strip()
                if text:
                    channel.send([session.answer(text).encode() + b"\n"])
        except BrokenPipeError:
            pass
        finally:
            try:
                self.close_env()
            except Exception:
                traceback.print_exc(file=sys.stderr)


class _Session:
    def __init__(self, worker):
        self._worker = worker
        self._ready = False

    def answer(self, text):
        """The reply to one line, as JSON text."""
        try:
            command = json.loads(text)
        except (ValueError, RecursionError) as error:
            return _error("Invalid JSON: %s" % error)
        if not isinstance(command, dict):
            return _error("Invalid JSON: expected an object")
        name = command.get("cmd")
        if name == "init":
            return self._init(command)
        if name == "step":
            return self._step(command)
        return _error("Unknown command: %s" % (name,))

    def _init(self, command):
        params = {key: value for key, value in command.items() if key not in ("cmd", "env_id")}
        try:
            result = self._worker.init_env(command.get("env_id", ""), params)
            reply = _reply(*result)
        except Exception as error:
            traceback.print_exc(file=sys.stderr)
            return _error("Init failed: %s" % error)
        self._ready = True
        return reply

    def _step(self, command):
        if not self._ready:
            return _error("Environment not initialized")
        try:
            return _reply(*self._worker.step_env(command.get("action", "")))
        except Exception as error:
            traceback.print_exc(file=sys.stderr)
            return _error("Step failed: %s" % error)


def _reply(observation, reward, done, info):
    reply = {"status": "ok", "observation": observation, "reward": float(reward), "done": bool(done)}
    reply.update(info)
    return json.dumps(reply, allow_nan=False)


def _error(message):
    return json.dumps({"status": "error", "message": message})
