import os
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from e2e import machine  # noqa: E402
from e2e.server import BINARY, Server  # noqa: E402

IDS = ["boil", "melt", "rooms/blue/one"]


def pytest_configure(config):
    machine.adopt_orphans()


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(item.fspath).is_relative_to(HERE) and not os.path.exists(BINARY):
            item.add_marker(pytest.mark.skip(reason="there is no server to test: %s" % BINARY))


@pytest.fixture(scope="session")
def worker():
    """The command of the worker whose replies tests write."""
    return ["python", "-u", str(HERE / "workers" / "scripted.py")]


@pytest.fixture(scope="session")
def ids(tmp_path_factory):
    path = tmp_path_factory.mktemp("ids") / "ids.txt"
    path.write_text("\n" + "\n\n".join(IDS) + "\n")
    return path


@pytest.fixture(scope="module")
def door(worker, ids):
    """A server as DockerGym's is started, which the tests of a module share."""
    flags = ["--worker-command", *worker, "--env-file-list", str(ids), "--max-sessions", "4", "--command-timeout", "20"]
    with Server(*flags) as server:
        yield server


@pytest.fixture
def api(door):
    """A client of the shared server; its sessions are deleted after the test."""
    yield door.client
    door.client.call("DELETE", "/sessions")
    door.client.close()


@pytest.fixture
def serve(worker):
    """Starts servers with options of their own; after the test all are stopped and nothing may be left."""
    started = []

    def start(*options, **more):
        flags = [str(option) for option in options]
        if "--worker-command" not in flags and "--environments" not in flags:
            flags = ["--worker-command", *worker, *flags]
        started.append(Server(*flags, **more))
        return started[-1]

    yield start
    for server in reversed(started):
        server.__exit__(None)


@pytest.fixture
def program(tmp_path):
    """Writes a worker where an unprivileged one can read it; returns its path."""

    def write(name, text):
        tmp_path.chmod(0o755)
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


@pytest.fixture
def create(api):
    """Makes a session at the root; returns its SessionResponse."""

    def make(env_id="boil", **params):
        answer = api.post("/sessions", {"env_id": env_id, "params": params})
        assert answer.status == 200, answer
        return answer.json

    return make
