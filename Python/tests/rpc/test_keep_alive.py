"""Who is silent is asked whether it is there, and who asks too often is sent away: HTTP/2 by hand."""

import os
import socket
import struct
import time

import pytest

from rpc.addresses import grpc_address

SETTINGS, PING, GOAWAY = 4, 6, 7
ACK = 1
ENHANCE_YOUR_CALM = 11


class Peer:
    """One connection to the server, and the frames that it sends."""

    def __init__(self, server):
        host, _, port = grpc_address(server).rpartition(":")
        self._socket = socket.create_connection((host, int(port)))
        self._waiting = b""
        self._socket.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + self._frame(SETTINGS))

    @staticmethod
    def _frame(kind, flags=0, payload=b""):
        return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, 0) + payload

    def ping(self, number):
        self._socket.sendall(self._frame(PING, 0, struct.pack(">Q", number)))

    def answer(self, payload):
        self._socket.sendall(self._frame(PING, ACK, payload))

    def frames(self, seconds):
        """What comes until then or until the server hangs up: `(kind, flags, payload)`."""
        end = time.monotonic() + seconds
        while True:
            while len(self._waiting) >= 9:
                length = int.from_bytes(self._waiting[:3], "big")
                if len(self._waiting) < 9 + length:
                    break
                kind, flags = self._waiting[3], self._waiting[4]
                payload, self._waiting = self._waiting[9 : 9 + length], self._waiting[9 + length :]
                if kind == SETTINGS and not flags & ACK:
                    self._socket.sendall(self._frame(SETTINGS, ACK))
                yield kind, flags, payload
            left = end - time.monotonic()
            if left <= 0:
                raise TimeoutError("the server did not hang up")
            self._socket.settimeout(left)
            try:
                data = self._socket.recv(65536)
            except ConnectionResetError:
                return
            if not data:
                return
            self._waiting += data

    def close(self):
        self._socket.close()


@pytest.fixture
def peer(server):
    opened = Peer(server)
    yield opened
    opened.close()


def test_pings_are_answered_and_who_sends_too_many_is_sent_away(peer):
    for number in range(8):
        peer.ping(number)
    frames = list(peer.frames(20))
    answered = [payload for kind, flags, payload in frames if kind == PING and flags & ACK]
    assert answered[:2] == [struct.pack(">Q", 0), struct.pack(">Q", 1)]
    code, reason = next(
        (int.from_bytes(payload[4:8], "big"), payload[8:]) for kind, _, payload in frames if kind == GOAWAY
    )
    assert code == ENHANCE_YOUR_CALM and reason == b"too_many_pings"


@pytest.mark.skipif(os.environ.get("CORRAL_LONG") != "1", reason="it takes 140 s")
def test_who_is_silent_is_asked_and_cut_off_when_it_does_not_answer(peer):
    started = time.monotonic()
    asked = []
    for kind, flags, payload in peer.frames(200):
        if kind == PING and not flags & ACK:
            asked.append(time.monotonic() - started)
            if len(asked) == 1:
                peer.answer(payload)
    assert len(asked) == 2 and 50 < asked[0] < 75 and 110 < asked[1] < 150
    assert 10 < time.monotonic() - started - asked[1] < 40
