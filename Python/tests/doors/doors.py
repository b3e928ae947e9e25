"""The doors of a server, each behind the same few methods.

A new door is a class here and a line in `DOORS`. It drives one session; what the protocol cannot do it says in
`lacks`, and `codes` says what its errors are called.
"""

import asyncio
import contextlib
import itertools
import json
import struct
import threading

import numpy as np
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect


class DoorError(Exception):
    """The protocol's own error, by its own code."""

    def __init__(self, code, message=""):
        super().__init__(code, message)
        self.code = code


class Door:
    """One session through one protocol."""

    name = "none"
    #: Of `index` (retries), `interrupt`, `outlives` (sessions outlive connections), `unknown` (sessions are named), `drop`
    #: (a lost connection leaves the episode), `not_reset` (steps before the first reset are refused).
    lacks = frozenset()
    #: What this protocol calls the faults of the contract.
    codes = {
        "bad_action": "invalid_action",
        "unknown_session": "not_found",
        "capacity": "resource_exhausted",
        "timeout": "deadline_exceeded",
        "death": "session_failed",
        "interrupted": "interrupted",
        "not_reset": "not_reset",
    }

    def __init__(self, server):
        self.server = server
        self.session = None

    def open(self, environment, seed=None, reset=True):
        """Creates the session, reset unless told otherwise."""
        raise NotImplementedError

    def reset(self, seed=None):
        """Returns the observation."""
        raise NotImplementedError

    def step(self, action, index=None):
        """Returns `(observation, reward, over)`."""
        raise NotImplementedError

    def interrupt(self):
        raise NotImplementedError

    def send_step(self, action):
        """Sends a step and does not wait for its answer."""
        raise NotImplementedError

    def step_other(self, session):
        """A step of a session of that id."""
        raise NotImplementedError

    def disconnect(self):
        """Drops the connection without a word."""
        raise NotImplementedError

    def close(self):
        """Ends the session, if the protocol does that."""
        raise NotImplementedError

    def leave(self):
        """Gives back what the adapter holds; called at the end of each test."""


class REST(Door):
    name = "rest"

    def _call(self, method, path, body=None):
        answer = self.server.client.call(method, path, body)
        if answer.status >= 400:
            raise DoorError(answer.code, answer.json["error"]["message"])
        return answer.json

    def open(self, environment, seed=None, reset=True):
        self.session = self._call("POST", "/v1/sessions", {"environment": environment, "seed": seed, "reset": reset})[
            "id"
        ]

    def reset(self, seed=None):
        return self._call("POST", "/v1/sessions/%s/reset" % self.session, {"seed": seed})["observation"]

    def step(self, action, index=None):
        body = self._call("POST", "/v1/sessions/%s/step" % self.session, {"action": action, "index": index})
        return body["observation"], body["reward"], body["terminated"] or body["truncated"]

    def step_other(self, session):
        return self._call("POST", "/v1/sessions/%s/step" % session, {"action": 0})

    def interrupt(self):
        self._call("POST", "/v1/sessions/%s/interrupt" % self.session)

    def send_step(self, action):
        self._connection = self.server.client.connect()
        self._connection.request("POST", "/v1/sessions/%s/step" % self.session, json.dumps({"action": action}))

    def disconnect(self):
        self._connection.close()

    def close(self):
        if self.session:
            self._call("DELETE", "/v1/sessions/%s" % self.session)


class WebSocketJSON(Door):
    name = "websocket-json"

    def __init__(self, server):
        super().__init__(server)
        self._connect()

    def _connect(self):
        self._opening = connect("ws://%s/v1/ws" % self.server.client.address, max_size=None)
        self._socket = self._opening.__enter__()
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    def _send(self, message):
        self._socket.send(json.dumps(message))

    def _receive(self):
        return json.loads(self._socket.recv(timeout=30))

    def _ask(self, op, **fields):
        with self._lock:
            number = next(self._numbers)
            self._send({"id": number, "op": op, **fields})
            answer = self._receive()
            assert answer["id"] == number
        if "error" in answer:
            raise DoorError(answer["error"]["code"], answer["error"]["message"])
        return answer["result"]

    def open(self, environment, seed=None, reset=True):
        self.session = self._ask("create", environment=environment, seed=seed, reset=reset)["id"]

    def reset(self, seed=None):
        return self._plain(self._ask("reset", session=self.session, seed=seed)["observation"])

    def step(self, action, index=None):
        body = self._ask("step", session=self.session, action=action, index=index)
        return self._plain(body["observation"]), body["reward"], body["terminated"] or body["truncated"]

    def _plain(self, observation):
        return observation

    def step_other(self, session):
        return self._ask("step", session=session, action=0)

    def interrupt(self):
        """Over a connection of its own: this one waits for the step."""
        other = type(self)(self.server)
        other._ask("interrupt", session=self.session)
        other.leave()

    def send_step(self, action):
        self._send({"id": 0, "op": "step", "session": self.session, "action": action})

    def disconnect(self):
        self._socket.socket.close()
        self._connect()

    def close(self):
        if self.session:
            self._ask("close", session=self.session)

    def leave(self):
        self._socket.close()


class WebSocketBinary(WebSocketJSON):
    name = "websocket-binary"

    def _send(self, message):
        text = json.dumps(message).encode()
        self._socket.send(struct.pack("<I", len(text)) + text)

    def _receive(self):
        from corral.values import unpack

        data = self._socket.recv(timeout=30)
        assert isinstance(data, bytes)
        return unpack(data)

    def _plain(self, observation):
        assert isinstance(observation, np.ndarray) and observation.dtype.kind == "f"
        return observation.tolist()


class PythonClient(Door):
    """The Python client; `url` is how it finds its transport."""

    name = "python-websocket"
    transport = "websocket"

    def __init__(self, server):
        import corral

        super().__init__(server)
        self._client = corral.connect("http://" + server.client.address, transport=self.transport)
        self._session = None

    def _run(self, call, *arguments, **more):
        import corral

        try:
            return call(*arguments, **more)
        except corral.CorralError as error:
            raise DoorError(error.code, error.message) from None

    def open(self, environment, seed=None, reset=True):
        self._session = self._run(self._client.sessions.create, environment, seed=seed, reset=reset)
        self.session = self._session.id

    def reset(self, seed=None):
        return self._run(self._session.reset, seed=seed).observation.tolist()

    def step(self, action, index=None):
        if index is not None:
            self._session._core.index = index - 1
        result = self._run(self._session.step, action)
        return result.observation.tolist(), result.reward, result.terminated or result.truncated

    def step_other(self, session):
        return self._run(lambda: self._client.sessions.get(session).step(0))

    def interrupt(self):
        self._run(self._session.interrupt)

    def send_step(self, action):
        connection = self._client._transport._take()
        connection.ask(_message(self._session._core.step_call(action)))
        self._taken = connection

    def disconnect(self):
        self._taken.socket.close()
        self._session._core.known = False

    def close(self):
        if self._session:
            self._run(self._session.close)

    def leave(self):
        self._client.close()


def _message(call):
    from corral._messages import message

    return message(call)


class AsyncPythonClient(Door):
    """The asynchronous Python client over WebSockets, driven from a loop of its own."""

    name = "python-async-websocket"

    def __init__(self, server):
        import corral

        super().__init__(server)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._client = corral.aconnect(self._url())
        self._session = None

    def _url(self):
        return "ws://" + self.server.client.address

    def _run(self, coroutine):
        import corral

        try:
            return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(60)
        except corral.CorralError as error:
            raise DoorError(error.code, error.message) from None

    def open(self, environment, seed=None, reset=True):
        self._session = self._run(self._client.sessions.create(environment, seed=seed, reset=reset))
        self.session = self._session.id

    def reset(self, seed=None):
        return self._run(self._session.reset(seed=seed)).observation.tolist()

    def step(self, action, index=None):
        if index is not None:
            self._session._core.index = index - 1
        result = self._run(self._session.step(action))
        return result.observation.tolist(), result.reward, result.terminated or result.truncated

    def step_other(self, session):
        async def go():
            return await (await self._client.sessions.get(session)).step(0)

        return self._run(go())

    def interrupt(self):
        self._run(self._session.interrupt())

    def send_step(self, action):
        self._sent = asyncio.run_coroutine_threadsafe(self._session.step(action), self._loop)

    def disconnect(self):
        """The task that waits is cancelled, which gives up its connection or its call."""
        self._sent.cancel()

    def close(self):
        if self._session:
            self._run(self._session.close())

    def leave(self):
        self._run(self._client.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class OpenEnv(Door):
    name = "openenv"
    lacks = frozenset({"index", "interrupt", "outlives"})
    codes = {
        "bad_action": "VALIDATION_ERROR",
        "unknown_session": "SESSION_ERROR",
        "capacity": "CAPACITY_REACHED",
        "timeout": "EXECUTION_ERROR",
        "death": "EXECUTION_ERROR",
        "not_reset": "EXECUTION_ERROR",
    }

    def __init__(self, server):
        super().__init__(server)
        self._opening = None

    def _connect(self, environment, query=""):
        reference = environment.replace("/", "%2F")
        self._opening = connect("ws://%s/openenv/%s/ws%s" % (self.server.client.address, reference, query))
        self._socket = self._opening.__enter__()

    def _ask(self, kind, **data):
        with contextlib.suppress(ConnectionClosed):  # what the server said before it closed can still be read
            self._socket.send(json.dumps({"type": kind, **data}))
        answer = json.loads(self._socket.recv(timeout=30))
        if answer["type"] == "error":
            raise DoorError(answer["data"]["code"], answer["data"]["message"])
        return answer["data"]

    def open(self, environment, seed=None, reset=True):
        self._connect(environment)
        self.session = self._ask("state")["session_id"]
        if reset:
            self.reset(seed)

    def reset(self, seed=None):
        data = {} if seed is None else {"seed": seed}
        return self._ask("reset", data=data)["observation"]["observation"]

    def step(self, action, index=None):
        body = self._ask("step", data={"action": action})
        return body["observation"]["observation"], body["reward"], body["done"]

    def step_other(self, session):
        self._connect("test/contract", "?session_id=" + session)
        return self._ask("step", data={"action": 0})

    def send_step(self, action):
        self._socket.send(json.dumps({"type": "step", "data": {"action": action}}))

    def disconnect(self):
        self._socket.socket.shutdown(2)

    def close(self):
        if self.session:
            self._socket.send(json.dumps({"type": "close"}))

    def leave(self):
        if self._opening is not None:
            self._socket.close()


class InProcess(Door):
    """No door at all: the native environment in this process."""

    name = "in-process"

    @staticmethod
    def is_there():
        from corral import native

        try:
            native.NativeEnv("CartPole-v1").close()
            return True
        except Exception:
            return False

    def open(self, environment, seed=None, reset=True):
        from corral import native

        self._env = native.NativeEnv(environment.rpartition("/")[2] + "-v1")

    def reset(self, seed=None):
        return self._env.reset(seed=seed)[0].tolist()

    def step(self, action, index=None):
        observation, reward, terminated, truncated, _ = self._env.step(action)
        return observation.tolist(), float(reward), bool(terminated or truncated)

    def close(self):
        self._env.close()


DOORS = [REST, WebSocketJSON, WebSocketBinary, PythonClient, AsyncPythonClient, OpenEnv]
Gone = (ConnectionClosed, OSError)
