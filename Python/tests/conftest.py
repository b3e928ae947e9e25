import os
import shutil
import tempfile

import pytest

ONE_ENGINE = {
    "e2e/test_containers.py",
    "e2e/test_engine.py",
    "e2e/test_escapes.py",
    "e2e/test_forks_in_containers.py",
    "e2e/test_hostile_workers.py",
    "e2e/test_podman.py",
    "packages/test_examples.py",
}
"""Files whose tests start the container engines of this checkout."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Where tests run in several processes, those of a file share one (and its server), as those of an engine do."""
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            file = "/".join(nodeid.split("::")[0].split("/")[-2:])
            return "engine" if file in ONE_ENGINE else file

    return ByFile(config, log)


def pytest_configure(config):
    """Servers that are not told where to keep things keep nothing of the tests in the home of whoever runs them."""
    folder = tempfile.mkdtemp(prefix="corral-home-")
    os.environ["XDG_DATA_HOME"] = folder
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
