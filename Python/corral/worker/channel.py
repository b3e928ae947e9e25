"""The descriptors that lead to the server: lines in, lines and raw bytes out."""

import collections
import io
import os
import sys

CHUNK = 65536
GATHER = 512  # buffers in one system call, below every kernel's limit


class Channel:
    """A stream of lines in both directions over two raw descriptors.

    `writing` is true while a message is half written; whoever interrupts the main thread must not write then.
    """

    def __init__(self, source, sink):
        self.source = source
        self.sink = sink
        self.writing = False
        self.ended = False
        self._lines = collections.deque()
        self._partial = []

    @classmethod
    def claim(cls):
        """Takes descriptors 0 and 1 for the protocol; from then on input is empty and prints go to standard error."""
        write_errors_whole()
        sys.stdout.flush()
        source = os.dup(0)
        sink = os.dup(1)
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.close(null)
        os.dup2(2, 1)
        sys.stdout = sys.stderr
        for descriptor in (source, sink):
            os.set_blocking(descriptor, True)
        return cls(source, sink)

    def line(self):
        """The next line, with or without its line feed; None at the end of the stream."""
        if self._lines:
            return self._lines.popleft()
        while not self.ended:
            chunk = os.read(self.source, CHUNK)
            if chunk.find(b"\n") == len(chunk) - 1 and chunk and not self._partial:
                return chunk
            self._feed(chunk)
            if self._lines:
                return self._lines.popleft()
        return None

    def receive(self):
        """Reads once what has already arrived, for whoever looks between two calls of `line`."""
        self._feed(os.read(self.source, CHUNK))

    def waiting(self):
        """The complete lines that nobody has taken yet, oldest first."""
        return self._lines

    def send(self, parts):
        """Writes all parts (bytes or contiguous buffers), however often the kernel takes only a piece of them."""
        self.writing = True
        if len(parts) == 1:
            data = parts[0]
            count = os.write(self.sink, data)
            if count != len(data):
                self._send_views([memoryview(data)[count:]])
        else:
            self._send_views([memoryview(part).cast("B") for part in parts])
        self.writing = False

    def take_over(self, descriptor):
        """Leads to where another descriptor leads, from now on; what had arrived is forgotten."""
        for own in {self.source, self.sink}:
            os.dup2(descriptor, own, inheritable=False)
        os.set_blocking(descriptor, True)
        self._lines.clear()
        self._partial = []
        self.ended = self.writing = False

    def _feed(self, chunk):
        if not chunk:
            self.ended = True
            if self._partial:
                self._lines.append(b"".join(self._partial))
                self._partial = []
            return
        head, *rest = chunk.split(b"\n")
        self._partial.append(head)
        for piece in rest:
            self._lines.append(b"".join(self._partial))
            self._partial = [piece]
        if self._partial == [b""]:
            self._partial = []

    def _send_views(self, views):
        while views:
            count = os.writev(self.sink, views[:GATHER])
            while views and count >= len(views[0]):
                count -= len(views[0])
                views.pop(0)
            if count:
                views[0] = views[0][count:]


def write_errors_whole():
    """Puts a line buffer before standard error, where the interpreter runs without one (`python -u`).

    A signal cuts a long write to a pipe short; only a buffer writes the rest. Commands that run long get signals.
    """
    raw = getattr(sys.stderr, "buffer", None)
    if isinstance(raw, io.FileIO):
        whole = io.BufferedWriter(io.FileIO(raw.fileno(), "w", closefd=False))
        sys.stderr = io.TextIOWrapper(whole, encoding="utf-8", errors="backslashreplace", line_buffering=True)
