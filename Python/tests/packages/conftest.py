import os
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
BINARY = os.environ.get("CORRAL_BIN") or str(ROOT / ".build/debug/corral")
sys.path.insert(0, str(HERE.parents[1]))
sys.path.insert(0, str(HERE))


@pytest.fixture(scope="session")
def binary():
    """The server's program."""
    if not os.access(BINARY, os.X_OK):
        pytest.skip(f"there is no server at {BINARY}: build it or set CORRAL_BIN")
    return BINARY
