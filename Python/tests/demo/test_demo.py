"""The demo in its short form, against the server that `CORRAL_BIN` names."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

DEMO = Path(__file__).parents[3] / "Examples/demo/demo.py"
BINARY = os.environ.get("CORRAL_BIN", "")

needs_server = pytest.mark.skipif(not BINARY, reason="CORRAL_BIN names no server")
needs_java = pytest.mark.skipif(shutil.which("java") is None, reason="text/ScienceWorld needs Java")


def start(tmp_path, *arguments):
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    return subprocess.Popen(
        [sys.executable, str(DEMO), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )


@needs_server
@needs_java
def test_a_random_agent_plays_every_environment_and_leaves_nothing(tmp_path):
    demo = start(tmp_path, "--binary", BINARY, "--quick")
    said, complained = demo.communicate(timeout=240)
    assert demo.returncode == 0, complained
    for name in ("classic/CartPole", "minigrid/Empty-5x5", "ale/Pong", "text/TextWorld", "text/ScienceWorld"):
        assert re.search(rf"^{name}\s+2\s+\d+\s+\d+ ", said, re.MULTILINE), said
    assert "isolation in force" in said
    assert "Try next" in said
    assert list(tmp_path.iterdir()) == []


@needs_server
def test_after_ctrl_c_nothing_is_left(tmp_path):
    demo = start(tmp_path, "--binary", BINARY)
    assert "server ready" in demo.stdout.readline()
    time.sleep(0.5)  # anywhere in the middle will do
    demo.send_signal(signal.SIGINT)
    _, complained = demo.communicate(timeout=120)
    assert demo.returncode == 130, complained
    assert "interrupted" in complained
    assert list(tmp_path.iterdir()) == []


def test_without_a_server_it_says_how_to_build_one(tmp_path):
    demo = start(tmp_path, "--binary", str(tmp_path / "none"))
    _, complained = demo.communicate(timeout=60)
    assert demo.returncode == 1
    assert "make build" in complained


def test_a_server_that_does_not_start_is_a_failure_with_its_words(tmp_path):
    broken = tmp_path / "broken"
    broken.write_text("#!/bin/sh\necho this server is broken >&2\nexit 3\n")
    broken.chmod(0o755)
    demo = start(tmp_path, "--binary", str(broken))
    _, complained = demo.communicate(timeout=60)
    assert demo.returncode == 1
    assert "this server is broken" in complained
