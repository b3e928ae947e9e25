import os
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

from contract import ENVIRONMENT, WORKER  # noqa: E402

from e2e import environments, machine  # noqa: E402
from e2e.server import BINARY, Server  # noqa: E402


def pytest_configure(config):
    machine.adopt_orphans()


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(item.fspath).is_relative_to(HERE) and not os.path.exists(BINARY):
            item.add_marker(pytest.mark.skip(reason="there is no server to test: %s" % BINARY))


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """The environment of the contract."""
    place = tmp_path_factory.mktemp("environments")
    resources = {"step_time": "1s"}
    return environments.write_source(place, ENVIRONMENT, {"worker": "worker.py:Contract"}, WORKER, resources=resources)


@pytest.fixture(scope="session")
def server(folder):
    """A server that all doors share."""
    with Server("--max-sessions", "16", "--grpc", "127.0.0.1:0", environments=[folder]) as server:
        yield server


@pytest.fixture(scope="session")
def crowded(folder):
    """A server with room for one session."""
    with Server("--max-sessions", "1", "--grpc", "127.0.0.1:0", environments=[folder]) as server:
        yield server
