"""A small client over `http.client`: the tests see status, headers and bytes as they are."""

import http.client
import json
import socket
import threading

from e2e import machine


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        """The code of an error; None for anything else."""
        if self.status < 400:
            return None
        return self.json["error"]["code"]

    def __repr__(self):
        return "%d %r" % (self.status, self.body[:2000])


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout):
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class Client:
    """Calls one server; every thread has a connection of its own, kept alive."""

    def __init__(self, address, timeout=60, tls=None):
        self.address = address
        self._timeout = timeout
        self._tls = tls
        self._connections = threading.local()

    def connect(self):
        if self.address.startswith("/"):
            return UnixConnection(self.address, self._timeout)
        host, _, port = self.address.rpartition(":")
        if self._tls is not None:
            return http.client.HTTPSConnection(host, int(port), timeout=self._timeout, context=self._tls)
        return http.client.HTTPConnection(host, int(port), timeout=self._timeout)

    def call(self, method, path, body=None, headers=None):
        """Sends bytes as they are and anything else as JSON; returns the `Answer`."""
        if body is not None and not isinstance(body, (bytes, bytearray)):
            body = json.dumps(body).encode()
        connection = getattr(self._connections, "value", None)
        if connection is None:
            connection = self._connections.value = self.connect()
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            answer = Answer(response.status, response.headers, response.read())
        except BaseException:
            self.close()
            raise
        if response.will_close:
            self.close()
        return answer

    def close(self):
        connection = getattr(self._connections, "value", None)
        if connection is not None:
            connection.close()
            self._connections.value = None

    def get(self, path, **headers):
        return self.call("GET", path, headers={key.replace("_", "-"): value for key, value in headers.items()})

    def post(self, path, body=None, **headers):
        return self.call("POST", path, body, {key.replace("_", "-"): value for key, value in headers.items()})

    def create(self, environment, **fields):
        """A session object; anything but 201 fails the test."""
        answer = self.post("/v1/sessions", {"environment": environment, **fields})
        assert answer.status == 201, answer
        return answer.json

    def reset(self, session, **fields):
        return self.post("/v1/sessions/%s/reset" % session, fields)

    def step(self, session, action, **fields):
        return self.post("/v1/sessions/%s/step" % session, {"action": action, **fields})

    def read(self, session):
        return self.get("/v1/sessions/%s" % session).json

    def until_busy(self, session):
        """Waits until a call of the session runs; an index that nobody can have keeps the question without effect."""
        assert machine.until(lambda: self.reset(session, index=10**6).code == "busy")

    def delete(self, session):
        return self.call("DELETE", "/v1/sessions/%s" % session)
