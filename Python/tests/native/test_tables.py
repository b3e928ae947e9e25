"""Table-driven environments from every state with every action, and Blackjack from any hands."""

from __future__ import annotations

import numpy as np
import pytest

from .ours import LONG, generator_state, put_generator_state, records, vector, write
from .peers import TABLES

DRAWS = 40 if LONG else 6


@pytest.mark.parametrize(
    "game", [game for game in TABLES if not game.name.startswith("Blackjack")], ids=lambda game: game.label
)
def test_every_action_in_every_state_does_what_gymnasiums_does(game):
    peer = game.peer().unwrapped
    states, actions = peer.observation_space.n, peer.action_space.n
    cases = [(state, action) for state in range(states) for action in range(actions)]
    ours = vector(game, len(cases))
    ours.reset(seed=0)
    peer.reset(seed=0)
    choices = np.random.default_rng(1)
    for _ in range(DRAWS):
        found = records(ours)
        starts = []
        for row, (state, _) in enumerate(cases):
            peer.np_random.bit_generator.state = numpy_state(choices)
            starts.append(peer.np_random.bit_generator.state)
            put_generator_state(found[row], starts[-1])
            found[row]["state"], found[row]["phase"], found[row]["elapsed_steps"] = state, 0, 0
        fickle = choices.random(len(cases)) < 0.5 if game.settings.get("fickle_passenger") else np.zeros(len(cases))
        if "fickle_step" in found.dtype.names:
            found["fickle_step"] = fickle
        write(ours, found)
        observations, rewards, terminated, _, infos = ours.step(np.array([action for _, action in cases]))
        found = records(ours)
        for row, (state, action) in enumerate(cases):
            peer.s, peer.fickle_step = state, bool(fickle[row])
            peer.np_random.bit_generator.state = starts[row]
            observation, reward, ended, _, info = peer.step(action)
            expected = (observation, float(reward), bool(ended), float(info["prob"]))
            got = (observations[row], rewards[row], bool(terminated[row]), infos["prob"][row])
            assert got == expected, (state, action)
            if "action_mask" in info:
                assert infos["action_mask"][row].tolist() == info["action_mask"].tolist()
                assert found[row]["fickle_step"] == peer.fickle_step
            assert generator_state(found[row]) == peer.np_random.bit_generator.state


@pytest.mark.parametrize(
    "game", [game for game in TABLES if game.name.startswith("Blackjack")], ids=lambda game: game.label
)
def test_any_two_hands_are_played_as_gymnasium_plays_them(game):
    count = 200 * DRAWS
    ours, peer = vector(game, count), game.peer().unwrapped
    ours.reset(seed=0)
    peer.reset(seed=0)
    choices = np.random.default_rng(2)
    found, cases = records(ours), []
    for row in range(count):
        player, dealer = hand(choices, choices.integers(2, 7)), hand(choices, 2)
        start, action = numpy_state(choices), int(choices.integers(2))
        cases.append((player, dealer, start, action))
        for name, cards in (("player", player), ("dealer", dealer)):
            found[row][f"{name}_sum"], found[row][f"{name}_cards"] = sum(cards), len(cards)
            found[row][f"{name}_ace"] = 1 in cards
        found[row]["dealer_card"], found[row]["phase"] = dealer[0], 0
        put_generator_state(found[row], start)
    write(ours, found)
    observations, rewards, terminated, _, _ = ours.step(np.array([case[3] for case in cases]))
    naturals = 0
    for row, (player, dealer, start, action) in enumerate(cases):
        peer.player, peer.dealer = list(player), list(dealer)
        peer.np_random.bit_generator.state = start
        observation, reward, ended, _, _ = peer.step(action)
        got = tuple(int(one[row]) for one in observations)
        assert (got, rewards[row], terminated[row]) == (observation, reward, ended), (player, dealer, action)
        assert generator_state(records_row(ours, row)) == peer.np_random.bit_generator.state
        naturals += sorted(player) == [1, 10] and action == 0
    assert naturals > 0


def records_row(ours, row: int):
    from .ours import record_type

    return ours.get_state([row]).view(record_type(ours)).reshape(1)[0]


def hand(choices: np.random.Generator, count: int) -> list[int]:
    """Cards of a hand that is still in the game; aces and tens are frequent."""
    while True:
        cards = [int(choices.choice([1, 10, choices.integers(1, 11)])) for _ in range(count)]
        if sum(cards) <= 21:
            return cards


def numpy_state(choices: np.random.Generator) -> dict:
    return {
        "bit_generator": "PCG64",
        "state": {
            "state": int.from_bytes(choices.bytes(16), "little"),
            "inc": int.from_bytes(choices.bytes(16), "little") | 1,
        },
        "has_uint32": int(choices.integers(2)),
        "uinteger": int(choices.integers(1 << 32)),
    }
