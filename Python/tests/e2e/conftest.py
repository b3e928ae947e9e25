import os
import resource
import signal
from pathlib import Path

import pytest

from e2e import containers, machine, owners, sampling
from e2e.server import BINARY, Server

HERE = Path(__file__).parent


def pytest_configure(config):
    machine.adopt_orphans()
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:  # of a test run in the background; servers would inherit it
        signal.signal(signal.SIGINT, signal.default_int_handler)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 65536)), hard))


def pytest_collection_modifyitems(config, items):
    sampling.drop(config, items)
    for item in items:
        if Path(item.fspath).is_relative_to(HERE):
            item.add_marker(pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning"))
            if not os.path.exists(BINARY):
                item.add_marker(pytest.mark.skip(reason="there is no server to test: %s" % BINARY))


@pytest.fixture(scope="module")
def server():
    """A server with the bundled environments that the tests of a module share."""
    with Server("--max-sessions", "64") as server:
        yield server


@pytest.fixture
def api(server):
    """A client of the shared server; its sessions are closed after the test."""
    yield server.client
    listed = server.client.get("/v1/sessions?limit=1000").json["sessions"]
    for session in listed:
        if session["state"] not in ("closed", "failed"):
            server.client.delete(session["id"])
    server.client.close()


@pytest.fixture
def serve():
    """Starts servers with options of their own; after the test all are stopped and nothing may be left."""
    started = []

    def start(*options, **more):
        started.append(Server(*options, **more))
        return started[-1]

    yield start
    for server in reversed(started):
        server.__exit__(None)


@pytest.fixture(scope="session")
def ordinary_user():
    with owners.new_user("ordinary") as name:
        yield owners.OrdinaryUser(name)


@pytest.fixture(scope="module", params=["tester", "ordinary"])
def owner(request):
    """Who runs the servers of a test: the adversarial list is gone through as both."""
    if request.param == "ordinary":
        return request.getfixturevalue("ordinary_user")
    return owners.Tester()


@pytest.fixture(scope="session")
def engine():
    with containers.running_engine() as engine:
        yield engine


@pytest.fixture(scope="module", params=["tester", "ordinary", "containers"])
def fenced_owner(request):
    """The same, and once more with containers as sandboxes."""
    if request.param == "containers":
        return containers.Containers(request.getfixturevalue("engine"))
    if request.param == "ordinary":
        return request.getfixturevalue("ordinary_user")
    return owners.Tester()


@pytest.fixture
def place():
    """A folder that every user may enter."""
    with owners.place() as folder:
        yield folder
