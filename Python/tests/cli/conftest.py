import os
import subprocess
import time
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
    """The environment of every command: nothing of the caller's settings, and a data folder of its own."""
    folder = tmp_path_factory.mktemp("cli")
    (folder / "home").mkdir()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CORRAL_", "XDG_"))}
    yield {**kept, "HOME": str(folder / "home"), "CORRAL_DATA": str(folder / "data"), "COLORTERM": "truecolor"}
    left = [str(path) for path in (folder / "data" / "run").glob("*")]
    assert not left, f"commands left behind {left}"


@pytest.fixture
def corral(variables, tmp_path):
    """Runs a command in an empty folder: `corral("run", …)`."""

    def run(*words, text="", **more):
        return subprocess.run(
            [BINARY, *map(str, words)], cwd=tmp_path, env={**variables, **more}, input=text, text=True,
            capture_output=True, timeout=120,
        )  # fmt: skip

    return run


@pytest.fixture
def toys(corral):
    """The same with the environments beside these tests."""
    return lambda *words, **more: corral(*words, CORRAL_ENVIRONMENTS=str(HERE / "environments"), **more)


@pytest.fixture(scope="session")
def serve(variables, tmp_path_factory):
    """Starts servers on Unix sockets; returns their addresses."""
    started = []

    def start(*options):
        path = tmp_path_factory.mktemp("server") / "socket"
        log = open(path.with_name("log"), "wb")
        process = subprocess.Popen(
            [BINARY, "serve", "--unix-socket", path, *options], env=variables, stdin=subprocess.DEVNULL, stdout=log,
            stderr=log,
        )  # fmt: skip
        started.append((process, log))
        deadline = time.monotonic() + 30
        while not path.exists():
            assert process.poll() is None and time.monotonic() < deadline, path.with_name("log").read_text()
            time.sleep(0.02)
        return f"unix://{path}"

    yield start
    for process, log in started:
        process.terminate()
        assert process.wait(30) == 0
        log.close()


@pytest.fixture(scope="session")
def url(serve):
    """The address of a server with the environments beside these tests."""
    return serve("--environments", HERE / "environments")
