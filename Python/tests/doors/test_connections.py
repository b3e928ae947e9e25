"""Many WebSockets of one server, and what they cost it."""

import os
import re
import resource
import socket
import time
from pathlib import Path

from e2e import machine
from e2e.server import Server

MOST = 2000 if os.environ.get("CORRAL_LONG") == "1" else 300
LIMIT = 32 << 10
UPGRADE = (
    b"GET /v1/ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


def memory(server):
    """What the server's process has in memory, in bytes."""
    text = Path("/proc/%d/smaps_rollup" % server.process.pid).read_text()
    return int(re.search(r"^Pss:\s+(\d+)", text, re.MULTILINE)[1]) * 1024


def opened(server, count):
    host, _, port = server.client.address.rpartition(":")
    sockets = []
    for _ in range(count):
        peer = socket.create_connection((host, int(port)))
        peer.sendall(UPGRADE)
        sockets.append(peer)
    for peer in sockets:
        assert peer.recv(4096).startswith(b"HTTP/1.1 101 ")
    return sockets


def metric(server, name):
    text = server.client.get("/metrics").body.decode()
    return float(re.search(r"^%s (\S+)$" % name, text, re.MULTILINE)[1])


def test_an_idle_connection_costs_little_and_goes_when_its_client_does():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 65536)), hard))
    with Server() as server:
        for peer in opened(server, 50):  # what is allocated once
            peer.close()
        assert machine.until(lambda: metric(server, "corral_websocket_connections") == 0)
        before = memory(server)
        sockets = opened(server, MOST)
        assert metric(server, "corral_websocket_connections") == MOST
        time.sleep(0.2)
        assert (memory(server) - before) / MOST <= LIMIT
        for peer in sockets:
            peer.close()
        assert machine.until(lambda: metric(server, "corral_websocket_connections") == 0)
