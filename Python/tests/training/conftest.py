"""These tests need what `make test-training` installs; without it they are skipped, visibly."""

import pytest

from corral import native


@pytest.fixture(autouse=True)
def library(monkeypatch):
    monkeypatch.delenv("CORRAL_URL", raising=False)
    if native.library_path() is None:
        pytest.skip("libcorral.so is not built: scripts/build-library")
