"""`corral.make_vec` against Gymnasium's own vector environment, mode by mode."""

import os

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import data_equivalence
from gymnasium.vector import AutoresetMode, SyncVectorEnv
from premises import CARTPOLE

import corral
from corral import errors

COUNT = 3


@pytest.fixture
def make(server):
    made = []

    def run(mode=AutoresetMode.NEXT_STEP, **more):
        made.append(corral.make_vec(CARTPOLE, COUNT, url=server, autoreset_mode=mode, **more))
        return made[-1]

    yield run
    for envs in made:
        envs.close()


def own(mode):
    return SyncVectorEnv([lambda: gymnasium.make("CartPole-v1") for _ in range(COUNT)], autoreset_mode=mode)


def actions(number):
    """Environment 0 falls soonest, 2 last."""
    return np.array([1, number % 5 != 0, number % 2], np.int64)


@pytest.mark.parametrize("mode", [AutoresetMode.NEXT_STEP, AutoresetMode.SAME_STEP])
def test_it_resets_as_gymnasium_does(make, mode):
    ours, theirs = make(mode), own(mode)
    assert ours.observation_space == theirs.observation_space and ours.action_space == theirs.action_space
    assert ours.metadata["autoreset_mode"] == mode
    assert data_equivalence(ours.reset(seed=9), theirs.reset(seed=9), exact=True)
    ends = 0
    for number in range(60):
        got, expected = ours.step(actions(number)), theirs.step(actions(number))
        assert got[0].dtype == expected[0].dtype and got[1].dtype == np.float64 and got[2].dtype == np.bool_
        assert data_equivalence(got[:4], expected[:4], exact=True)
        assert got[4].keys() == expected[4].keys()
        for key in expected[4]:
            assert data_equivalence(got[4][key], expected[4][key], exact=True)
        ends += got[2].sum()
    assert ends >= 5
    theirs.close()


def test_without_autoreset_the_caller_resets(make):
    ours, theirs = make("Disabled"), own("Disabled")
    data_equivalence(ours.reset(seed=9), theirs.reset(seed=9), exact=True)
    while True:
        got, expected = ours.step(actions(1)), theirs.step(actions(1))
        assert data_equivalence(got[:4], expected[:4], exact=True)
        if got[2].any():
            break
    with pytest.raises(errors.EpisodeOver):
        ours.step(actions(1))
    mask = got[2] | got[3]
    begun, _ = ours.reset(seed=[5, 6, 7], options={"reset_mask": mask})
    expected, _ = theirs.reset(seed=[5, 6, 7], options={"reset_mask": mask})
    assert np.array_equal(begun, expected)
    assert data_equivalence(ours.step(actions(0))[:4], theirs.step(actions(0))[:4], exact=True)
    theirs.close()


def test_seeds_may_be_given_one_by_one(make):
    envs = make()
    assert np.array_equal(envs.reset(seed=[4, 5, 6])[0], envs.reset(seed=4)[0])
    for bad in ([1, 2], [-1, 2, 3]):
        with pytest.raises(errors.InvalidArgument):
            envs.reset(seed=bad)
    for mask in ([True, False, True], np.zeros(COUNT, bool), np.ones(2, bool), np.ones(COUNT)):
        with pytest.raises(errors.InvalidArgument):
            envs.reset(options={"reset_mask": mask})


def test_returned_arrays_are_the_callers(make):
    envs = make()
    first, _ = envs.reset(seed=1)
    kept = first.copy()
    envs.step(actions(0))
    assert np.array_equal(first, kept)


def test_a_bad_action_names_its_environment(make):
    envs = make()
    envs.reset(seed=1)
    with pytest.raises(errors.InvalidAction, match="environment 1"):
        envs.step(np.array([0, 5, 1]))
    with pytest.raises(errors.InvalidAction):
        envs.step(np.array([0, 1]))
    observations, _ = envs.reset(seed=1)
    assert observations in envs.observation_space


def test_a_step_before_the_first_reset_is_refused(make):
    with pytest.raises(errors.NotReset):
        make().step(actions(0))


def test_frames_come_one_an_environment(make):
    pytest.importorskip("pygame")
    envs = make(render_mode="rgb_array")
    envs.reset()
    assert [frame.shape for frame in envs.render()] == [(400, 600, 3)] * COUNT
    assert make().render() is None


def test_wrappers_of_gymnasium_work(make):
    envs = gymnasium.wrappers.vector.RecordEpisodeStatistics(make(AutoresetMode.SAME_STEP))
    envs.reset(seed=0)
    for number in range(30):
        infos = envs.step(actions(number))[4]
        if "episode" in infos:
            break
    assert infos["episode"]["l"][0] == number + 1


def test_closing_ends_the_sessions(make):
    envs = make()
    ids = [session.id for session in envs.sessions]
    envs.close()
    envs.close()
    for id in ids:
        with pytest.raises((errors.NotFound, AssertionError)):
            assert envs.client.sessions.get(id).info["state"] != "closed"


def test_a_forked_copy_does_not_end_the_sessions(make):
    envs = make()
    envs.reset(seed=1)
    child = os.fork()
    if child == 0:
        try:
            envs.close()
        finally:
            os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    envs.step(actions(0))


def test_a_mode_that_does_not_exist_is_refused(server):
    with pytest.raises(ValueError):
        corral.make_vec(CARTPOLE, 2, url=server, autoreset_mode="Sometimes")
