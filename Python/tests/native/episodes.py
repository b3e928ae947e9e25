"""Plays whole seeded episodes in Gymnasium and in ours, and prints every difference as JSON.

A program of its own, because NumPy reads NPY_DISABLE_CPU_FEATURES when it is imported: without the features it calls
the C library for sines and cosines of float32 arrays too.

    python episodes.py LABEL FIRST_SEED SEEDS STEPS
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.native.ours import generator_state, records, vector
from tests.native.peers import GAMES, Game

SHOWN = 5


def features() -> list[str]:
    """The processor's features beyond its baseline that NumPy makes use of."""
    from numpy._core import _multiarray_umath as umath

    return [name for name in umath.__cpu_dispatch__ if umath.__cpu_features__.get(name)]


def bits(value: Any) -> Any:
    """Something that is equal exactly where all bits are."""
    array = np.asarray(value)
    return array.dtype.str, array.shape, array.tobytes()


class Row:
    """One peer under Gymnasium's rules for next-step auto-reset."""

    def __init__(self, game: Game, seed: int) -> None:
        self.game, self.seed = game, seed
        self.env = game.peer()
        self.choices = np.random.default_rng([seed, 77])
        self.observation, self.info = self.env.reset(seed=seed)
        self.over = False
        self.outcome = (0.0, False, False)

    def action(self) -> Any:
        return self.game.act(self.choices, self.observation, self.info)

    def step(self, action: Any) -> None:
        if self.over:
            self.observation, self.info = self.env.reset()
            self.outcome = (0.0, False, False)
        else:
            self.observation, reward, terminated, truncated, self.info = self.env.step(action)
            self.outcome = (float(reward), bool(terminated), bool(truncated))
        self.over = self.outcome[1] or self.outcome[2]

    def expected(self) -> dict[str, Any]:
        """What there is to compare, by name."""
        found: dict[str, Any] = {
            "reward": bits(np.float64(self.outcome[0])),
            "terminated": self.outcome[1],
            "truncated": self.outcome[2],
            "generator": self.env.unwrapped.np_random.bit_generator.state,
        }
        many = isinstance(self.observation, tuple)
        kind = self.observation.dtype if isinstance(self.observation, np.ndarray) else np.int64
        found["observation"] = bits(np.asarray(self.observation, np.int64 if many else kind))
        for name, value in self.info.items():
            found[name] = bits(np.asarray(value, np.float64) if name == "prob" else value)
        if self.game.state:
            found["state"] = bits(np.array(self.env.unwrapped.state, np.float64))
        return found


class Column:
    """Our side: one vector with a row for each peer."""

    def __init__(self, game: Game, first: int, count: int) -> None:
        self.game = game
        self.envs = vector(game, count)
        self.many = isinstance(self.envs.single_observation_space.sample(), tuple)
        self.observations, self.infos = self.envs.reset(seed=first)
        self.rewards, self.terminated, self.truncated = np.zeros(count), np.zeros(count, bool), np.zeros(count, bool)

    def step(self, actions: list) -> None:
        given = np.asarray(actions, self.envs.single_action_space.dtype)
        self.observations, self.rewards, self.terminated, self.truncated, self.infos = self.envs.step(given)

    def found(self) -> list[dict[str, Any]]:
        rows = []
        for row, record in enumerate(records(self.envs)):
            observation = [one[row] for one in self.observations] if self.many else self.observations[row]
            found: dict[str, Any] = {
                "reward": bits(self.rewards[row]),
                "terminated": bool(self.terminated[row]),
                "truncated": bool(self.truncated[row]),
                "generator": generator_state(record),
                "observation": bits(np.asarray(observation)),
            }
            for name, values in self.infos.items():
                if not name.startswith("_"):
                    found[name] = bits(values[row])
            if self.game.state:
                found["state"] = bits(np.array([record[name] for name in self.game.state], np.float64))
            rows.append(found)
        return rows


def play(game: Game, first: int, count: int, steps: int) -> dict[str, Any]:
    ours = Column(game, first, count)
    peers = [Row(game, first + row) for row in range(count)]
    report: dict[str, Any] = {"compared": 0, "terminated": 0, "truncated": 0, "different": 0, "shown": []}

    def compare(step: int) -> None:
        for peer, found in zip(peers, ours.found(), strict=True):
            expected = peer.expected()
            report["compared"] += 1
            if found != expected:
                report["different"] += 1
                if len(report["shown"]) < SHOWN:
                    names = [name for name in {**expected, **found} if expected.get(name) != found.get(name)]
                    what = {name: (str(expected.get(name)), str(found.get(name))) for name in names}
                    report["shown"].append({"seed": peer.seed, "step": step, "gymnasium, ours": what})
        report["terminated"] += sum(peer.outcome[1] for peer in peers)
        report["truncated"] += sum(peer.outcome[2] for peer in peers)

    compare(0)
    for step in range(1, steps + 1):
        actions = [peer.action() for peer in peers]
        for peer, action in zip(peers, actions, strict=True):
            peer.step(action)
        ours.step(actions)
        compare(step)
    return report


if __name__ == "__main__":
    label, first, count, steps = sys.argv[1], *map(int, sys.argv[2:5])
    print(json.dumps({"features": features(), **play(GAMES[label], first, count, steps)}))
