"""One step at a time from the peer's own state, in both precisions, with NumPy as it comes.

A step in float64 differs from Gymnasium's by at most 1e-12, relative to the size of the quantity. A step in float32
differs by at most the bound of its environment. The ends of episodes may differ only where the quantity that decides
is within that bound of its threshold; such steps are counted.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from .conftest import REPORTS
from .ours import LONG, records, vector, write
from .peers import CLASSIC_CONTROL, Game

SEEDS = 100 if LONG else 10
STEPS = 1000 if LONG else 300
ANY_STEPS = 300
FLOAT64 = 1e-12
FLOAT32 = {
    "CartPole-v0": 5e-7,
    "CartPole-v1": 5e-7,
    "MountainCar-v0": 5e-7,
    "MountainCarContinuous-v0": 5e-7,
    "Pendulum-v1": 1e-6,
    "Acrobot-v1": 5e-6,
}
"""How far a float32 step of an episode may be off: times the larger of 1 and the size of the quantity."""
ANYWHERE = {**FLOAT32, "Acrobot-v1": 5e-3}
"""The same from any state: at its highest speeds Acrobot's Runge-Kutta step multiplies a rounding by thousands."""
SIZES = {"MountainCar-v0": 0.07, "MountainCarContinuous-v0": 0.07}
"""What stands for 1 above, where the quantities are small."""
WRAPPED = {"Acrobot-v1": [0, 1], "Pendulum-v1": [0]}


def margins(game: Game, state: np.ndarray) -> float:
    """How far the quantity that ends an episode is from its threshold."""
    if game.name.startswith("CartPole"):
        return min(abs(abs(state[0]) - 2.4), abs(abs(state[2]) - 12 * 2 * np.pi / 360))
    if game.name.startswith("MountainCar"):
        goal = 0.5 if game.name == "MountainCar-v0" else 0.45
        return min(abs(state[0] - goal), abs(state[1] - game.settings.get("goal_velocity", 0)))
    if game.name == "Acrobot-v1":
        return abs(-np.cos(state[0]) - np.cos(state[0] + state[1]) - 1)
    return np.inf


def off(game: Game, ours: np.ndarray, theirs: np.ndarray) -> float:
    """The largest difference, relative to the size of each quantity; angles modulo a turn where one side wraps them."""
    difference = np.abs(ours - theirs)
    for place in WRAPPED.get(game.name, []):
        difference[place] = abs(math.remainder(difference[place], 2 * math.pi))
    return float(np.max(difference / np.maximum(np.abs(theirs), SIZES.get(game.name, 1.0))))


@dataclass
class Tally:
    """What a comparison found."""

    compared: int = 0
    worst_state: float = 0.0
    worst_reward: float = 0.0
    worst_observation: float = 0.0
    flags: int = 0
    """Ends that differ within the bound of the threshold."""
    wrong: tuple = ()


class Pair:
    """Peers and a vector of ours, which is put where the peers are before every step."""

    def __init__(self, game: Game, precision: str, count: int) -> None:
        self.game = game
        self.element = np.float32 if precision == "float32" else np.float64
        self.ours = vector(game, count, precision)
        self.ours.reset(seed=0)
        self.peers = [game.peer() for _ in range(count)]
        self.latest = [peer.reset(seed=seed) for seed, peer in enumerate(self.peers)]
        self.steps = np.zeros(count, np.int64)

    def put(self, row: int, state: np.ndarray, steps: int) -> np.ndarray:
        """Puts a peer into a state that our precision has exactly, and returns it."""
        exact = np.asarray(state, self.element).astype(np.float64)
        held = exact.astype(np.float32) if self.game.single and self.element == np.float32 else exact
        self.peers[row].unwrapped.state = held
        if hasattr(self.peers[row].unwrapped, "steps_beyond_terminated"):
            self.peers[row].unwrapped.steps_beyond_terminated = None
        self.peers[row]._elapsed_steps = steps
        return exact

    def settle(self) -> None:
        """Resets the peers whose episodes are over, and makes our rows what the peers are."""
        found = records(self.ours)
        for row, peer in enumerate(self.peers):
            state = np.asarray(peer.unwrapped.state)
            exact = self.put(row, state, int(self.steps[row]))
            for name, value in zip(self.game.state, exact, strict=True):
                found[name][row] = value
            if "is_start" in found.dtype.names and self.element == np.float64:
                found["is_start"][row] = self.steps[row] == 0
                if self.game.single and self.steps[row] > 0:
                    peer.unwrapped.state = exact.astype(np.float32)
        found["elapsed_steps"] = self.steps
        found["phase"] = 0
        write(self.ours, found)

    def step(self, actions: list, tally: Tally, bound: float) -> None:
        given = np.asarray(actions, self.ours.single_action_space.dtype)
        observations, rewards, terminated, truncated, _ = self.ours.step(given)
        after = records(self.ours)
        for row, peer in enumerate(self.peers):
            observation, reward, ended, cut, info = peer.step(actions[row])
            self.steps[row] += 1
            theirs = np.asarray(peer.unwrapped.state, np.float64)
            ours = np.array([after[name][row] for name in self.game.state], np.float64)
            tally.compared += 1
            tally.worst_state = max(tally.worst_state, off(self.game, ours, theirs))
            shown = np.max(np.abs(observations[row] - observation) / np.maximum(np.abs(observation), 1.0))
            tally.worst_observation = max(tally.worst_observation, float(shown))
            if bool(terminated[row]) != bool(ended):
                if margins(self.game, theirs) > bound:
                    tally.wrong += ((row, ours.tolist(), theirs.tolist(), bool(ended)),)
                tally.flags += 1
            else:
                distance = abs(float(rewards[row]) - float(reward)) / max(1.0, abs(float(reward)))
                tally.worst_reward = max(tally.worst_reward, distance)
            if bool(truncated[row]) != bool(cut):
                tally.wrong += ((row, "truncated", int(self.steps[row])),)
            self.latest[row] = (observation, info)
            if ended or cut:
                self.latest[row] = peer.reset()
                self.steps[row] = 0


def check(tally: Tally, bound: float, precision: str, request: pytest.FixtureRequest) -> None:
    if precision == "float32":
        request.config.stash.setdefault(REPORTS, []).append(
            f"{request.node.name}: {tally.compared} steps, off by {tally.worst_state:.1e} (state), "
            f"{tally.worst_reward:.1e} (reward); {tally.flags} ends differ at their threshold"
        )
    assert tally.wrong == ()
    assert tally.worst_state <= bound
    assert tally.worst_reward <= bound
    # What both show was rounded to float32 from quantities that are this close.
    assert tally.worst_observation <= bound + 2**-22
    if precision == "float64":
        assert tally.flags == 0


@pytest.mark.parametrize("precision", ["float64", "float32"])
@pytest.mark.parametrize("game", CLASSIC_CONTROL, ids=lambda game: game.label)
def test_each_step_of_seeded_episodes_is_gymnasiums(game, precision, request):
    bound = FLOAT64 if precision == "float64" else FLOAT32[game.name]
    pair = Pair(game, precision, SEEDS)
    choices = np.random.default_rng(5)
    tally = Tally()
    for _ in range(STEPS):
        pair.settle()
        actions = [game.act(choices, *latest) for latest in pair.latest]
        pair.step(actions, tally, bound)
    assert tally.compared == STEPS * SEEDS
    check(tally, bound, precision, request)


@pytest.mark.parametrize("precision", ["float64", "float32"])
@pytest.mark.parametrize("game", CLASSIC_CONTROL, ids=lambda game: game.label)
def test_a_step_from_any_state_with_any_action_is_gymnasiums(game, precision, request):
    bound = FLOAT64 if precision == "float64" else ANYWHERE[game.name]
    pair = Pair(game, precision, SEEDS)
    choices = np.random.default_rng(6)
    tally = Tally()
    for _ in range(ANY_STEPS):
        for row in range(SEEDS):
            pair.put(row, any_state(game, choices), int(choices.integers(1, 2000)))
            pair.steps[row] = pair.peers[row]._elapsed_steps
        pair.settle()
        actions = [any_action(pair.ours.single_action_space, choices) for _ in range(SEEDS)]
        pair.step(actions, tally, bound)
    check(tally, bound, precision, request)


def any_state(game: Game, choices: np.random.Generator) -> np.ndarray:
    """Within and at the limits of what a running episode can have, and close to the thresholds that end it."""
    high = {
        "CartPole-v0": [2.4, 4, 0.2094, 4],
        "CartPole-v1": [2.4, 4, 0.2094, 4],
        "Pendulum-v1": [20, 8],
        "Acrobot-v1": [np.pi, np.pi, 4 * np.pi, 9 * np.pi],
    }.get(game.name)
    low = [-1.2, -0.07] if high is None else [-one for one in high]
    high = [0.6, 0.07] if high is None else high
    state = choices.uniform(low, high)
    for place in range(len(state)):
        if choices.random() < 0.05:
            state[place] = choices.choice([low[place], high[place], 0.0])
    return state


def any_action(space: Any, choices: np.random.Generator) -> Any:
    if space.shape == ():
        return int(choices.integers(space.n))
    return choices.uniform(2 * space.low, 2 * space.high).astype(np.float32)
