"""The search by forks in a small form, against a real server."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from e2e.marks import long
from e2e.server import BINARY, Server

SEARCH = Path(__file__).parents[3] / "Examples/search/search.py"

pytestmark = pytest.mark.skipif(not os.path.exists(BINARY), reason="there is no server to test: %s" % BINARY)


@pytest.mark.parametrize(
    "environment, more",
    [
        ("minigrid/Empty-5x5", []),
        pytest.param("text/TextWorld", ["--param", "quest_length=2", "--param", "seed=1"], marks=long),
    ],
)
def test_the_search_finds_something_and_leaves_no_session(tmp_path, environment, more):
    with Server("--max-sessions", "400") as server:
        image = tmp_path / "search.svg"
        done = subprocess.run(
            [sys.executable, str(SEARCH), environment, "--seconds", "1", "2", "--plot", str(image), *more],
            env={**os.environ, "CORRAL_URL": "http://" + server.client.address},
            capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        rows = [line.split() for line in done.stdout.splitlines()[1:]]
        assert [row[0] for row in rows] == ["forks", "forks", "replay", "replay"]
        assert all(int(row[3]) > 0 for row in rows)
        assert max(float(row[2]) for row in rows) > 0
        assert image.read_text().startswith("<svg")
        assert server.client.get("/v1/health").json["sessions"] == 0
