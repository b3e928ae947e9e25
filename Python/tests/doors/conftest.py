import os
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

from doors import ENVIRONMENT  # noqa: E402
from e2e import environments, machine  # noqa: E402
from e2e.server import BINARY, Server  # noqa: E402

WORKER = """
import os, random, time
from corral.worker import Worker

class Contract(Worker):
    '''0 to 2 count; 5 takes a while; 6 ends the process; 7 never comes back.'''

    def spaces(self):
        box = {"type": "Box", "dtype": "float64", "shape": [2], "low": -1, "high": 1000000}
        return box, {"type": "Discrete", "n": 8}

    def init(self, instance, params, seed):
        self.random = random.Random(seed)

    def reset(self, seed, options):
        if seed is not None:
            self.random = random.Random(seed)
        self.count = self.steps = 0
        return [self.count, self.random.random()], {"options": len(options or {})}

    def step(self, action):
        if action == 5:
            time.sleep(0.4)
        if action == 6:
            os._exit(3)
        if action == 7:
            time.sleep(60)
        self.steps += 1
        self.count += action + 1
        return [self.count, self.random.random()], action / 4, self.steps == 37, self.count >= 90, {"steps": self.steps}
"""


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
