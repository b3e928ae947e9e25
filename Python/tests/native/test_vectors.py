"""Vectors of the float64 path and of tables against Gymnasium's `SyncVectorEnv`: all auto-reset modes, masks, seeds,
options, and generators that were read from NumPy."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode, SyncVectorEnv

from .ours import generator_state, put_generator_state, records, vector, write
from .peers import CLASSIC_CONTROL, GAMES, TABLES, Game

ROWS = 7
STEPS = 250
MODES = [mode.value for mode in AutoresetMode]


def theirs(game: Game, mode: str) -> SyncVectorEnv:
    return SyncVectorEnv([game.peer for _ in range(ROWS)], autoreset_mode=AutoresetMode(mode))


def rows_of(observations: Any) -> list[list]:
    if isinstance(observations, tuple):
        return [[int(one[row]) for one in observations] for row in range(ROWS)]
    return [np.asarray(one).tolist() for one in observations]


def same_infos(ours: dict, expected: dict) -> None:
    """Every value that Gymnasium says a row has, and no row more. Rows without a value may hold anything."""
    for name, values in expected.items():
        if name.startswith("_"):
            continue
        present = expected[f"_{name}"]
        assert ours[f"_{name}"].tolist() == present.tolist(), name
        if isinstance(values, dict):
            same_infos(ours[name], values)
            continue
        for row in np.flatnonzero(present):
            # Gymnasium's vector takes the type of all rows from the first one, whose `prob` after a reset is the
            # integer 1: then it cuts the fractions of the others.
            found = np.asarray(ours[name][row]).astype(np.asarray(values).dtype)
            assert found.tolist() == np.asarray(values[row]).tolist(), (name, row)
    assert {name for name in ours if not name.startswith("_")} >= {
        name for name in expected if not name.startswith("_")
    }


def actions_for(game: Game, choices: np.random.Generator, observations: Any, infos: dict, space: Any) -> np.ndarray:
    chosen = []
    for row, observation in enumerate(rows_of(observations)):
        info = {name: values[row] for name, values in infos.items() if name == "action_mask"}
        seen = np.asarray(observation) if isinstance(space, gymnasium.spaces.Box) or game.state else observation
        chosen.append(game.act(choices, seen, info))
    return np.asarray(chosen, space.dtype)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("label", GAMES)
def test_a_vector_is_gymnasiums_sync_vector_in_every_auto_reset_mode(label, mode):
    game = GAMES[label]
    ours, peer = vector(game, ROWS, autoreset=mode), theirs(game, mode)
    observations, infos = ours.reset(seed=11)
    expected, expected_infos = peer.reset(seed=11)
    choices = np.random.default_rng(3)
    ends = 0
    for _ in range(STEPS):
        assert rows_of(observations) == rows_of(expected)
        same_infos(infos, expected_infos)
        # A row that ended in the same step says what can be done in its new episode only in `infos` of ours.
        actions = actions_for(game, choices, expected, infos, ours.single_action_space)
        observations, rewards, terminated, truncated, infos = ours.step(actions)
        expected, expected_rewards, expected_terminated, expected_truncated, expected_infos = peer.step(actions)
        assert rewards.tolist() == expected_rewards.tolist()
        assert terminated.tolist() == expected_terminated.tolist()
        assert truncated.tolist() == expected_truncated.tolist()
        over = terminated | truncated
        ends += int(over.sum())
        if mode == "SameStep" and over.any():
            for row in np.flatnonzero(over):
                last, wanted = infos["final_obs"][row], expected_infos["final_obs"][row]
                assert np.asarray(last).tolist() == np.asarray(wanted).tolist()
        if mode == "Disabled" and over.any():
            assert rows_of(observations) == rows_of(expected)
            observations, infos = ours.reset(options={"reset_mask": over})
            expected, expected_infos = peer.reset(options={"reset_mask": over.copy()})
    assert ends > 0 or label.startswith(("Acrobot", "CartPole-v0", "Cliff", "MountainCarContinuous"))


@pytest.mark.parametrize("seeds", [5, [9, 3, None, 3, 0, 2**40, None], None], ids=["one", "each", "none"])
def test_seeds_of_a_vector_reach_the_rows_that_gymnasium_gives_them(seeds):
    game = GAMES["CartPole-v1"]
    ours, peer = vector(game, ROWS), theirs(game, "NextStep")
    ours.reset(seed=1)
    peer.reset(seed=1)
    for _ in range(2):
        assert rows_of(ours.reset(seed=seeds)[0]) == rows_of(peer.reset(seed=seeds)[0])


OPTIONS = [{"low": -0.3, "high": 0.2}, {"low": -0.01}, {"high": 0.11}, {"low": 0.4, "high": 0.4}]


@pytest.mark.parametrize("game", [one for one in CLASSIC_CONTROL if not one.settings], ids=lambda game: game.label)
def test_reset_options_move_the_start_as_gymnasiums_do(game):
    given = OPTIONS
    if game.name == "Pendulum-v1":
        given = [{"x_init": 0.5}, {"y_init": 3}, {"x_init": 6.5, "y_init": 0}]
    if game.name.startswith("MountainCar"):
        given = [{"low": -1.1, "high": 0.5}, {"low": -0.55}, {"high": 0.6}]
    ours, peer = vector(game, 1), game.peer()
    for options in given:
        observation = peer.reset(seed=4, options=dict(options))[0]
        assert ours.reset(seed=4, options=options)[0][0].tolist() == observation.tolist()
        assert ours.reset()[0][0].tolist() == peer.reset()[0].tolist()


@pytest.mark.parametrize("options", [{"low": 1.0, "high": 0.0}, {"lo": 1.0}])
def test_reset_options_that_mean_nothing_are_refused_and_nothing_is_reset(options):
    from corral import errors

    ours = vector(GAMES["CartPole-v1"], 1)
    before = ours.reset(seed=4)[0].tolist()
    with pytest.raises(errors.InvalidArgument):
        ours.reset(options=options)
    assert ours.observe().tolist() == before


@pytest.mark.parametrize("label", ["CartPole-v1", "Blackjack-v1", "Taxi-v4", "FrozenLake-v1"])
def test_a_generator_goes_on_from_the_state_that_numpy_read(label):
    game = GAMES[label]
    ours, peer = vector(game, 1), game.peer()
    ours.reset(seed=1)
    peer.reset(seed=2)
    choices = np.random.default_rng(8)
    for _ in range(50):
        state = {
            "bit_generator": "PCG64",
            "state": {name: int(choices.bytes(16).hex(), 16) for name in ("state", "inc")},
            "has_uint32": int(choices.integers(2)),
            "uinteger": int(choices.integers(1 << 32)),
        }
        state["state"]["inc"] |= 1
        peer.unwrapped.np_random.bit_generator.state = state
        found = records(ours)
        put_generator_state(found[0], state)
        write(ours, found)
        ours.reset()
        peer.reset()
        assert generator_state(records(ours)[0]) == peer.unwrapped.np_random.bit_generator.state
        assert records(ours)[0]["elapsed_steps"] == 0


@pytest.mark.parametrize("label", [game.label for game in CLASSIC_CONTROL + TABLES] + ["Breakout"])
def test_a_row_that_was_saved_lives_again_bit_for_bit(label):
    game = GAMES.get(label) or Game("Breakout-MinAtar-v1", lambda generator, *rest: int(generator.integers(3)))
    ours = vector(game, ROWS)
    observations, infos = ours.reset(seed=21)
    choices = np.random.default_rng(4)

    def advance(observations: Any, infos: dict) -> tuple[Any, dict, list]:
        actions = actions_for(game, choices, observations, infos, ours.single_action_space)
        observations, rewards, terminated, truncated, infos = ours.step(actions)
        return observations, infos, [rows_of(observations), rewards.tolist(), terminated.tolist(), truncated.tolist()]

    for _ in range(40):
        observations, infos, _ = advance(observations, infos)
    saved, kept = ours.snapshot().copy(), (observations, infos, choices.bit_generator.state)
    lives = []
    for _ in range(2):
        observations, infos, choices.bit_generator.state = kept
        life = []
        for _ in range(60):
            observations, infos, what = advance(observations, infos)
            life.append(what)
        lives.append(life)
        ours.restore(saved)
        assert rows_of(ours.observe()) == rows_of(kept[0])
    assert lives[0] == lives[1]


@pytest.mark.parametrize("label", ["Acrobot-v1", "Taxi-v4", "Blackjack-v1", "Breakout"])
def test_a_row_lives_the_same_life_in_any_vector_and_with_any_threads(label):
    from corral.native import NativeVectorEnv

    name = {"Breakout": "Breakout-MinAtar-v1"}.get(label, label)
    rows, steps, last = 2100, 30, 2099
    choices = np.random.default_rng(6)
    envs = [NativeVectorEnv(name, rows, precision="float64", num_threads=threads) for threads in (1, 2)]
    alone = NativeVectorEnv(name, 1, precision="float64")
    seen = [one.reset(seed=100)[0] for one in envs]
    single = alone.reset(seed=100 + last)[0]
    for _ in range(steps):
        arrays = [np.stack(one, axis=1) if isinstance(one, tuple) else one for one in (*seen, single)]
        assert np.array_equal(arrays[0], arrays[1])
        assert np.array_equal(arrays[0][last], arrays[2][0])
        actions = choices.integers(envs[0].single_action_space.n, size=rows)
        outcomes = [one.step(actions) for one in envs]
        lonely = alone.step(actions[last:])
        assert np.array_equal(outcomes[0][1], outcomes[1][1]) and outcomes[0][1][last] == lonely[1][0]
        assert np.array_equal(outcomes[0][2], outcomes[1][2]) and outcomes[0][2][last] == lonely[2][0]
        seen, single = [outcome[0] for outcome in outcomes], lonely[0]
