import os
import sys
from pathlib import Path

import pytest
from hypothesis import settings

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))
sys.path.insert(0, str(HERE))

from premises import BINARY, CARTPOLE  # noqa: E402
from stub import Stub  # noqa: E402

# The same examples in every run; `make test-long` draws new ones.
settings.register_profile("corral", derandomize="CORRAL_LONG" not in os.environ)
settings.load_profile("corral")


@pytest.fixture(scope="session")
def binary():
    """The server's program."""
    if not os.access(BINARY, os.X_OK):
        pytest.skip(f"there is no server at {BINARY}: build it or set CORRAL_BIN")
    return BINARY


@pytest.fixture(scope="session")
def server(binary, tmp_path_factory):
    """The address of a real server, for the whole run."""
    from corral.local import LocalServer

    before = os.environ.get("CORRAL_BIN")
    os.environ["CORRAL_BIN"] = binary
    running = LocalServer(["--data", str(tmp_path_factory.mktemp("data"))])
    yield running.url
    running.stop()
    if before is None:
        del os.environ["CORRAL_BIN"]
    else:
        os.environ["CORRAL_BIN"] = before


@pytest.fixture
def client(server):
    import corral

    with corral.connect(server) as connected:
        yield connected


@pytest.fixture
def session(client):
    with client.sessions.create(CARTPOLE, seed=7) as opened:
        yield opened


@pytest.fixture
def stub():
    """An HTTP server that plays a script, to test what the transport does with each kind of answer."""
    with Stub() as running:
        yield running
