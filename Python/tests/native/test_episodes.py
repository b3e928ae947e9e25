"""Whole seeded episodes equal Gymnasium's: observations, states, rewards, ends, infos, random numbers, bit for bit."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from .episodes import features
from .ours import LONG
from .peers import GAMES

STEPS = 1000
SEEDS = 100 if LONG else 4
PROGRAM = Path(__file__).with_name("episodes.py")


@pytest.mark.parametrize("label", GAMES)
def test_whole_episodes_are_bit_identical_to_gymnasiums(label):
    environment = {**os.environ, "NPY_DISABLE_CPU_FEATURES": " ".join(features())}
    run = subprocess.run(
        [sys.executable, PROGRAM, label, "0", str(SEEDS), str(STEPS)],
        env=environment,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    report = json.loads(run.stdout.splitlines()[-1])
    assert report["features"] == []
    assert report["different"] == 0, json.dumps(report["shown"], indent=1)
    assert report["compared"] == SEEDS * (STEPS + 1)
    assert (report["terminated"] > 0) == GAMES[label].ends
