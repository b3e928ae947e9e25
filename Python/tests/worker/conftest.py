import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from harness import Single, Zygote  # noqa: E402


@pytest.fixture
def single():
    """Starts workers of one session; ends them after the test."""
    started = []

    def start(entry, config=None, **more):
        started.append(Single(entry, config, **more))
        return started[-1]

    yield start
    for worker in started:
        worker.__exit__()


@pytest.fixture
def zygote():
    """Starts zygotes; ends them and their sessions after the test."""
    started = []

    def start(entry, config=None, **more):
        started.append(Zygote(entry, config, **more))
        return started[-1]

    yield start
    for process in started:
        process.__exit__()
