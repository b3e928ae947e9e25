import os

import pytest

from corral import errors, native

REPORTS = pytest.StashKey()
"""Lines that tests want to be read at the end of a run, also where they pass."""


def pytest_terminal_summary(terminalreporter, config):
    for line in config.stash.get(REPORTS, []):
        terminalreporter.write_line(line)


def has_library():
    try:
        return native.library_path() is not None
    except errors.CorralError:
        return False


@pytest.fixture(autouse=True)
def library():
    """Tests of this folder need libcorral.so."""
    if not has_library():
        pytest.skip("libcorral.so is not built: scripts/build-library")


@pytest.fixture(autouse=True)
def no_server(monkeypatch):
    """Whatever the shell says, these environments run in this process."""
    monkeypatch.delenv("CORRAL_URL", raising=False)
    monkeypatch.delenv("CORRAL_NUM_THREADS", raising=False)
    assert "CORRAL_URL" not in os.environ
