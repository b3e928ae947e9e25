import os
import shutil
import tempfile
from pathlib import Path

import pytest

ONE_ENGINE = {"e2e/test_containers.py", "e2e/test_engine.py", "e2e/test_podman.py", "packages/test_examples.py"}
"""Files whose tests start the container engines of this checkout."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Where tests run in several processes, those of a file share one (and its server), as those of an engine do."""
    for item in items:
        file = "/".join(Path(item.fspath).parts[-2:])
        item.add_marker(pytest.mark.xdist_group("engine" if file in ONE_ENGINE else file))


def pytest_configure(config):
    """Servers that are not told where to keep things keep nothing of the tests in the home of whoever runs them."""
    folder = tempfile.mkdtemp(prefix="corral-home-")
    os.environ["XDG_DATA_HOME"] = folder
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
