"""Many WebSockets of one server, and what they cost it."""

import os
import re
import resource
import shutil
import socket
import ssl
import subprocess
import time
from pathlib import Path

import pytest

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
        assert machine.until(lambda: metric(server, "corral_websocket_connections") == MOST)
        time.sleep(0.2)
        assert (memory(server) - before) / MOST <= LIMIT
        for peer in sockets:
            peer.close()
        assert machine.until(lambda: metric(server, "corral_websocket_connections") == 0)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not there")
def test_a_websocket_over_tls_is_one_as_any_other_and_the_server_stops_with_it_open(tmp_path, folder):
    from websockets.exceptions import ConnectionClosed
    from websockets.sync.client import connect

    import corral

    key, certificate = str(tmp_path / "key.pem"), str(tmp_path / "certificate.pem")
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=localhost"
    more = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate]
    subprocess.run([*command.split(), *more], check=True, capture_output=True)
    trusted = ssl.create_default_context(cafile=certificate)
    with Server("--tls-certificate", certificate, "--tls-key", key, tls=trusted, environments=[folder]) as server:
        address = "wss://" + server.client.address
        with corral.connect(address, ssl_context=trusted) as client:
            with client.sessions.create("test/contract", seed=1) as session:
                assert [session.step(1).observation[0] for _ in range(20)] == list(range(2, 42, 2))
        with connect(address + "/v1/ws", ssl=trusted, max_size=None) as open_to_the_end:
            open_to_the_end.send('{"id":"%s","op":"fly"}' % ("x" * 60))
            assert "there is no operation" in open_to_the_end.recv()
            open_to_the_end.send(b"\0" * 1_000_000)
            assert b"malformed_json" in open_to_the_end.recv()
            assert server.stop() == 0
            with pytest.raises(ConnectionClosed) as end:
                open_to_the_end.recv()
            assert end.value.rcvd.code == 1001
