import os
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
sys.path.insert(0, str(HERE.parents[1]))

from e2e import machine  # noqa: E402
from e2e.server import BINARY, Server  # noqa: E402

# The core must not have threads of its own when tests fork servers.
os.environ.setdefault("GRPC_VERBOSITY", "ERROR")


def pytest_configure(config):
    machine.adopt_orphans()


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(item.fspath).is_relative_to(HERE) and not os.path.exists(BINARY):
            item.add_marker(pytest.mark.skip(reason="there is no server to test: %s" % BINARY))


def grpc_address(server):
    """`HOST:PORT` of a server's gRPC."""
    addresses = [record.get("address", "") for record in server.records() if record["message"] == "listening"]
    found = machine.until(
        lambda: [
            record["address"].split("://")[1]
            for record in server.records()
            if record["message"] == "listening" and record["address"].startswith("grpc")
        ],
        20,
    )
    assert found, addresses
    return found[0]


@pytest.fixture(scope="session")
def server():
    """A server that the tests share."""
    with Server("--grpc", "127.0.0.1:0", "--max-sessions", "64") as running:
        yield running


@pytest.fixture(scope="session")
def address(server):
    return grpc_address(server)


@pytest.fixture
def channel(address):
    import grpc

    with grpc.insecure_channel(address) as opened:
        yield opened


@pytest.fixture
def serve():
    """Starts servers with options of their own."""
    started = []

    def start(*options, **named):
        running = Server("--grpc", "127.0.0.1:0", *options, **named)
        started.append(running)
        return running

    yield start
    for running in started:
        running.stop()
