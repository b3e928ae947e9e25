"""Breakout against the package that its paper came with, where that is installed: `pip install --no-deps minatar`."""

from __future__ import annotations

import numpy as np
import pytest

from .ours import record_type

ROWS = 64
STEPS = 2000
DIRECTIONS = {(-1, -1): 0, (-1, 1): 1, (1, 1): 2, (1, -1): 3}
"""Theirs by ours: down and right."""


def test_a_game_of_breakout_is_minatars():
    breakout = pytest.importorskip("minatar.environments.breakout")
    from corral.native import NativeVectorEnv

    ours = NativeVectorEnv("Breakout-MinAtar-v1", ROWS, overrides={"sticky_action_prob": 0.0})
    ours.reset(seed=0)
    peers = [breakout.Env() for _ in range(ROWS)]

    def begin(row: int) -> None:
        """Lets a peer begin where ours does: which corner is drawn differs."""
        record = ours.get_state([row]).view(record_type(ours)).reshape(1)[0]
        peer = peers[row]
        peer.reset()
        peer.ball_y, peer.ball_x = map(int, record["ball"])
        peer.last_y, peer.last_x = peer.ball_y, peer.ball_x
        peer.ball_dir = DIRECTIONS[tuple(map(int, record["direction"]))]

    for row in range(ROWS):
        begin(row)
    choices = np.random.default_rng(1)
    over = np.zeros(ROWS, bool)
    earned = 0.0
    for _ in range(STEPS):
        towards = np.array([2 if peer.ball_x > peer.pos else int(peer.ball_x < peer.pos) for peer in peers])
        actions = np.where(choices.random(ROWS) < 0.05, choices.integers(3, size=ROWS), towards)
        observations, rewards, terminated, _, _ = ours.step(actions)
        for row, peer in enumerate(peers):
            reward, ended = (0, False) if over[row] else peer.act([0, 1, 3][actions[row]])
            if over[row]:
                begin(row)
            assert np.array_equal(observations[row], peer.state())
            assert (rewards[row], bool(terminated[row])) == (reward, bool(ended))
        over = terminated.copy()
        earned += rewards.sum()
    assert earned > ROWS * 30, "no wall was broken and came back"
