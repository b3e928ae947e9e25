"""Peers for tests of the transport: an HTTP server with a script, and a proxy that loses answers."""

import json
import socket
import threading
from contextlib import suppress


def respond(status, body, headers=(), raw=None):
    """The bytes of a response with a JSON body."""
    data = json.dumps(body).encode() if raw is None else raw
    lines = [f"HTTP/1.1 {status} X", "Content-Type: application/json", f"Content-Length: {len(data)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + data


def read_request(stream):
    """Method, target, headers and body of the next request, or None at the end."""
    first = stream.readline()
    if not first:
        return None
    method, target, _ = first.decode().split(" ")
    headers = {}
    while True:
        line = stream.readline().strip()
        if not line:
            break
        name, _, value = line.decode().partition(":")
        headers[name.lower()] = value.strip()
    body = stream.read(int(headers.get("content-length", "0")))
    return method, target, headers, body


class Listener:
    """Accepts TCP connections on a free port, in a thread of its own, and gives each to `take`."""

    def __init__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def take(self, connection):
        raise NotImplementedError

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.take(connection)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts
        self._listener.close()


class Stub(Listener):
    """Answers each request with what `answer(number, request)` gives.

    `answer` gives the bytes to send, or None to close the connection instead; a tuple `(bytes,)` is sent before the
    connection closes.
    """

    def __init__(self):
        self.requests = []
        self.connections = 0
        self.answer = lambda number, request: respond(200, {})
        self._open = []
        super().__init__()

    def take(self, connection):
        self.connections += 1
        self._open.append(connection)
        threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with connection, connection.makefile("rb") as stream, suppress(OSError):
            while True:
                request = read_request(stream)
                if request is None:
                    return
                self.requests.append(request)
                answer = self.answer(len(self.requests), request)
                if answer is None:
                    break
                if isinstance(answer, tuple):
                    connection.sendall(answer[0])
                    break
                connection.sendall(answer)
            connection.shutdown(socket.SHUT_RDWR)

    def cut(self):
        """Closes every connection, as a server does with idle ones."""
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._open.clear()

    def __exit__(self, *error):
        super().__exit__(*error)
        self.cut()


class Proxy(Listener):
    """Carries bytes between TCP clients and a Unix socket; the next `lose` answers drop, with their connections."""

    def __init__(self, path):
        self.lose = 0
        self.lost = 0
        self._path = path
        super().__init__()

    def take(self, near):
        far = socket.socket(socket.AF_UNIX)
        far.connect(self._path)
        threading.Thread(target=self._forward, args=(near, far, False), daemon=True).start()
        threading.Thread(target=self._forward, args=(far, near, True), daemon=True).start()

    def _forward(self, source, sink, answers):
        with suppress(OSError):
            while True:
                data = source.recv(65536)
                if not data:
                    break
                if answers and self.lose > 0:
                    self.lose -= 1
                    self.lost += 1
                    break
                sink.sendall(data)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
