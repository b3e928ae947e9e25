import json
import os
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
BINARY = os.environ.get("CORRAL_BIN", str(HERE.parents[2] / ".build/debug/corral"))


def pytest_collection_modifyitems(items):
    if os.access(BINARY, os.X_OK):
        return
    for item in items:
        if Path(item.fspath).is_relative_to(HERE):
            item.add_marker(pytest.mark.skip(reason=f"there is no program to test: {BINARY}"))


@pytest.fixture(scope="session")
def variables(tmp_path_factory):
    folder = tmp_path_factory.mktemp("admission")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CORRAL_", "XDG_"))}
    yield {**kept, "HOME": str(folder), "CORRAL_DATA": str(folder / "data")}
    left = [str(path) for path in (folder / "data" / "run").glob("*")]
    assert not left, f"commands left behind {left}"


@pytest.fixture(scope="session")
def corral(variables):
    """Runs a command: its status, what it printed, and its errors."""

    def run(*words, seconds=120):
        return subprocess.run(
            [BINARY, *map(str, words)], env=variables, text=True, capture_output=True, timeout=seconds
        )  # fmt: skip

    return run


@pytest.fixture(scope="session")
def check(corral):
    """The reports of `corral check`, and its status."""

    def run(*words, seconds=120):
        done = corral("check", "--json", *words, seconds=seconds)
        assert done.stdout, done.stderr
        return json.loads(done.stdout)["reports"], done.returncode

    return run


@pytest.fixture(scope="session")
def open_folder(tmp_path_factory):
    """A folder that workers of other users can read."""
    folder = tmp_path_factory.mktemp("environments")
    for part in (folder, *folder.parents):
        if part.owner() != "root" or part == Path("/tmp"):
            break
        part.chmod(0o755)
    return folder
