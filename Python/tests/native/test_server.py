"""Native environments of a real server: the same spaces, seeds and trajectories as in this process."""

import os
from pathlib import Path

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env, data_equivalence
from gymnasium.vector import AutoresetMode

import corral
from corral import errors, native

BINARY = os.environ.get("CORRAL_BIN") or str(Path(__file__).resolve().parents[3] / ".build/debug/corral")
SERVED = {
    "CartPole-v1": {"precision": "float64"}, "MountainCarContinuous-v0": {"precision": "float64"},
    "Acrobot-v1": {"precision": "float64"}, "FrozenLake-v1": {}, "Taxi-v4": {}, "Blackjack-v1": {},
}  # fmt: skip
"""Environments of each kind of space that Gymnasium has too, by the parameters that make them equal to Gymnasium's."""


@pytest.fixture(scope="session")
def url(tmp_path_factory):
    if not os.access(BINARY, os.X_OK):
        pytest.skip(f"there is no server at {BINARY}: build it or set CORRAL_BIN")
    from corral.local import LocalServer

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CORRAL_BIN", BINARY)
        running = LocalServer(["--data", str(tmp_path_factory.mktemp("data"))])
    yield running.url
    running.stop()


@pytest.fixture
def client(url):
    with corral.connect(url) as connected:
        yield connected


@pytest.fixture
def make(url):
    made = []

    def run(count=5, id="CartPole-v1", **more):
        made.append(corral.make_vec(f"native/{id}", count, url, **more))
        return made[-1]

    yield run
    for envs in made:
        envs.close()


def actions_of(space, rows, steps):
    generator = np.random.default_rng(3)
    if isinstance(space, gymnasium.spaces.Discrete):
        return generator.integers(0, space.n, (steps, rows))
    return generator.uniform(space.low, space.high, (steps, rows, *space.shape)).astype(space.dtype)


def equal(mine, theirs):
    """One observation, whatever kind of number it is in."""
    np.testing.assert_array_equal(np.array(mine), np.array(theirs))


def equal_info(mine, theirs):
    assert mine.keys() == theirs.keys()
    for name, value in theirs.items():
        equal(mine[name], value)


def same_rows(mine, theirs, rows):
    """Of the last observations and infos only those of rows that ended mean something."""
    if isinstance(theirs, dict):
        assert mine.keys() == theirs.keys()
        for name, value in theirs.items():
            same_rows(mine[name], value, rows)
    else:
        assert data_equivalence(mine[rows].tolist(), theirs[rows].tolist(), exact=True)


def same(mine, theirs):
    assert data_equivalence(mine[:4], theirs[:4], exact=True)
    assert mine[4].keys() == theirs[4].keys()
    for name, value in theirs[4].items():
        if name in ("final_obs", "final_info"):
            same_rows(mine[4][name], value, theirs[4]["_final_obs"])
        else:
            assert data_equivalence(mine[4][name], value, exact=True), name


def test_every_native_environment_is_a_version_of_the_server(client):
    listed = {item["title"]: item for item in client.environments.list() if item["backends"] == ["native"]}
    assert sorted(listed) == sorted(native.environments())
    described = client.environments.get("native/Taxi-v3")
    assert described["reference"] == "native/Taxi@3.0.0" and described["digest"].startswith("sha256:")
    assert described["manifest"]["render_modes"] == ["rgb_array"]
    assert client.environments.get("MountainCar-v0")["name"] == "native/MountainCar"
    assert client.environments.get("CartPole-v1")["name"] == "classic/CartPole"


@pytest.mark.parametrize("id", SERVED)
def test_a_seeded_session_is_gymnasiums_and_that_of_this_process(url, id):
    served = corral.make(f"native/{id}", url, **SERVED[id])
    here, theirs = corral.make(id, **SERVED[id]), gymnasium.make(id, disable_env_checker=True)
    assert served.backend == "native" and served.session.info["state"] == "ready"
    assert served.observation_space == here.observation_space and served.action_space == here.action_space
    envs = (served, here, theirs)
    episodes = 0
    for seed in (7, None, 8):
        first, *others = [env.reset(seed=seed) for env in envs]
        for other in others:
            equal(first[0], other[0])
            equal_info(first[1], other[1])
        for action in actions_of(theirs.action_space, 1, 60)[:, 0]:
            mine, local, _ = results = [env.step(action) for env in envs]
            equal_info(mine[4], local[4])
            equal(mine[0], local[0])
            # NumPy's sines of whole arrays, which Gymnasium's Acrobot does not take, are the only ones that differ.
            assert [one[1:4] for one in results] == [mine[1:4]] * 3
            np.testing.assert_allclose(np.array(mine[0], float), np.array(results[2][0], float), rtol=1e-6, atol=1e-9)
            if mine[2] or mine[3]:
                episodes += 1
                break
    assert episodes or id in ("MountainCarContinuous-v0", "Acrobot-v1", "Taxi-v4")
    for env in envs:
        env.close()


@pytest.mark.parametrize("mode", list(AutoresetMode))
@pytest.mark.parametrize("id", ["CartPole-v1", "FrozenLake-v1", "Blackjack-v1", "Taxi-v3", "Breakout-MinAtar-v1"])
def test_a_vector_session_does_what_rows_of_this_process_do(make, id, mode):
    served, here = make(5, id, autoreset_mode=mode), corral.make_vec(id, 5, autoreset_mode=mode)
    assert type(served) is corral.RemoteRowsEnv and served.unwrapped.backend == "native"
    assert served.observation_space == here.observation_space and served.action_space == here.action_space
    first, second = served.reset(seed=4), here.reset(seed=4)
    same((first[0], 0, 0, 0, first[1]), (second[0], 0, 0, 0, second[1]))
    ends = 0
    for actions in actions_of(here.single_action_space, 5, 60):
        mine, theirs = served.step(actions), here.step(actions)
        same(mine, theirs)
        assert mine[1].dtype == theirs[1].dtype
        over = mine[2] | mine[3]
        ends += over.sum()
        if mode is AutoresetMode.DISABLED and over.any():
            with pytest.raises(errors.EpisodeOver):
                served.step(actions)
            asked = {"options": {"reset_mask": over}, "seed": [int(place) for place in range(5)]}
            first, second = served.reset(**asked), here.reset(**asked)
            same((first[0], 0, 0, 0, first[1]), (second[0], 0, 0, 0, second[1]))
    assert ends or id in ("Taxi-v3", "Breakout-MinAtar-v1")
    here.close()


@pytest.mark.parametrize("count", [1, 7, 64, 4096])
def test_a_row_goes_the_same_way_for_any_number_of_rows_and_threads_and_through_the_server(make, count):
    alone, served = corral.make_vec("CartPole-v1", 1), make(count)
    here = {threads: corral.make_vec("CartPole-v1", count, num_threads=threads) for threads in (1, 2)}
    row = count - 1
    first = served.reset(seed=0)[0]
    np.testing.assert_array_equal(alone.reset(seed=row)[0][0], first[row])
    for envs in here.values():
        np.testing.assert_array_equal(envs.reset(seed=0)[0], first)
    for actions in actions_of(served.single_action_space, count, 100):
        mine, one = served.step(actions), alone.step(actions[[row]])
        for envs in here.values():
            same(mine, envs.step(actions))
        for got, expected in zip(mine[:4], one[:4]):
            np.testing.assert_array_equal(got[row], expected[0])
    for envs in (alone, *here.values()):
        envs.close()


@pytest.mark.filterwarnings("error::UserWarning", "ignore:.*infinity", "ignore:.*normalized space")
@pytest.mark.parametrize("id", ["CartPole-v1", "Blackjack-v1", "cartpole"])
def test_gymnasiums_own_checker_finds_nothing(url, id):
    with corral.make(f"native/{id}", url) as env:
        check_env(env)


def test_the_spec_makes_the_same_rows_again(make):
    served = make(3, id="FrozenLake-v1", is_slippery=False)
    again = gymnasium.make_vec(served.spec, num_envs=3)
    assert isinstance(again, corral.RemoteRowsEnv)
    np.testing.assert_array_equal(again.reset(seed=1)[0], served.reset(seed=1)[0])
    same(again.step(np.array([1, 2, 0])), served.step(np.array([1, 2, 0])))
    again.close()


def test_records_do_not_depend_on_how_a_vector_session_is_asked(client):
    asked = {"seed": 3, "rows": 4, "autoreset": "SameStep", "params": {"is_slippery": False}}
    actions = [[2, 1, 0, 2], [1, 1, 0, 2], [0, 2, 3, 1], [1, 1, 1, 1]]
    hashes = set()
    for packed in (True, False):
        with client.sessions.create("native/FrozenLake", **asked) as session:
            for one in actions:
                if packed:
                    session.step(np.array(one, np.int32))
                else:
                    body = client.step_many([(session, np.array(one))])
                    assert not isinstance(body[0], errors.CorralError)
            hashes.add(session.refresh()["trajectory_hash"])
    assert len(hashes) == 1
    for changed in ({"rows": 5}, {"autoreset": "NextStep"}, {"seed": 4}):
        with client.sessions.create("native/FrozenLake", **{**asked, **changed}) as session:
            assert session.info["trajectory_hash"] not in hashes
            hashes.add(session.info["trajectory_hash"])
    assert len(hashes) == 4


def test_a_retried_step_of_rows_is_answered_again(client):
    with client.sessions.create("native/CartPole", seed=1, rows=300, reset=True) as session:
        first = session.step(np.zeros(300, np.int64))
        session._core.index -= 1
        again = session.step(np.zeros(300, np.int64))
        assert again.index == first.index == 1
        assert np.array_equal(first.observation, again.observation) and np.array_equal(first.reward, again.reward)


def test_what_is_wrong_is_refused_and_nothing_moves(make, client):
    served = make(3)
    with pytest.raises(errors.NotReset):
        served.step(np.zeros(3, np.int64))
    first = served.reset(seed=1)[0]
    for wrong in ([0, 1], [0, 1, 2], [[0], [1], [0]], [0.5, 0, 1], np.array([np.nan, 0, 1]), "x", None, 0):
        with pytest.raises(errors.CorralError) as caught:
            served.step(np.array(wrong) if isinstance(wrong, list) else wrong)
        assert caught.value.code in ("invalid_action", "invalid_argument"), wrong
    for wrong in ({"seed": [1, 2]}, {"seed": [-1, 2, 3]}, {"options": {"lo": 1}}, {"options": {"reset_mask": [True]}}):
        with pytest.raises((errors.InvalidArgument, errors.CorralError)):
            served.reset(**wrong)
    here = corral.make_vec("CartPole-v1", 3)
    assert np.array_equal(here.reset(seed=1)[0], first)
    same(served.step(np.ones(3, np.int64)), here.step(np.ones(3, np.int64)))
    pendulum = make(2, id="Pendulum-v1")
    pendulum.reset(seed=1)
    for wrong in (np.array([[np.nan], [0]], np.float32), [["NaN"], [0]], np.full((2, 1), np.inf)):
        with pytest.raises(errors.InvalidAction):
            pendulum.step(wrong)
    for wrong in (
        {"rows": 0},
        {"rows": -1},
        {"rows": 65537},
        {"rows": 2, "autoreset": "Never"},
        {"autoreset": "NextStep"},
    ):
        with pytest.raises(errors.InvalidArgument):
            client.sessions.create("native/CartPole", **wrong)
    with pytest.raises(errors.FailedPrecondition, match="no rows"):
        client.sessions.create("classic/CartPole", rows=2)
    with pytest.raises(errors.InvalidArgument):
        client.sessions.create("native/CartPole", params={"sim_d": 1})
    served.close()
    with pytest.raises((errors.CorralError, AssertionError)):
        served.step(np.zeros(3, np.int64))
    here.close()


def test_rows_are_drawn_one_by_one(make):
    served = make(2, id="FrozenLake-v1", render_mode="rgb_array", is_slippery=False)
    here = corral.make_vec("FrozenLake-v1", 2, render_mode="rgb_array", is_slippery=False)
    for envs in (served, here):
        envs.reset(seed=0)
        envs.step(np.array([1, 2]))
    for mine, theirs in zip(served.render(), here.render()):
        np.testing.assert_array_equal(mine, theirs)
    with pytest.raises(errors.InvalidArgument):
        served.session.render("rgb_array", 2)
    here.close()


def test_a_fork_of_rows_goes_the_same_way(client):
    with client.sessions.create("native/CartPole", seed=5, rows=8) as session:
        session.step(np.ones(8, np.int64))
        _forked(client, session).close()
        with _forked(client, session) as branch:
            for actions in actions_of(gymnasium.spaces.Discrete(2), 8, 40):
                mine, theirs = session.step(actions), branch.step(actions)
                assert np.array_equal(mine.observation, theirs.observation)
            assert session.refresh()["trajectory_hash"] == branch.refresh()["trajectory_hash"]
            branch.step(np.zeros(8, np.int64))
            session.step(np.ones(8, np.int64))
            assert session.refresh()["trajectory_hash"] != branch.refresh()["trajectory_hash"]


def _forked(client, session):
    from corral._calls import Call, answer

    forked = client._run(Call("POST", f"/v1/sessions/{session.id}/fork", answer, {"count": 1}))
    assert forked["mechanism"] == "copy" and forked["exact"] is True
    return client.sessions.get(forked["sessions"][0]["id"])


def test_training_settings_are_told_for_native_environments(client):
    from corral._calls import Call, answer

    target = "/v1/environments/native%2FCartPole/rl-config?library=corral&backend=torch"
    settings = client._run(Call("GET", target, answer))["settings"]
    assert [one["environment"] for one in settings] == ["CartPole-v1"] and settings[0]["values"]["num_envs"] > 0
