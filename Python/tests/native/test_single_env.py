"""`NativeEnv`, one environment."""

import numpy as np
import pytest

import corral
from corral import errors


@pytest.fixture
def env():
    with corral.make("CartPole-v1") as made:
        yield made


def test_an_episode_ends_once(env):
    observation, info = env.reset(seed=3)
    assert observation in env.observation_space and info == {}
    for _ in range(100):
        observation, reward, terminated, truncated, info = env.step(1)
        assert type(reward) is float and type(terminated) is bool and type(truncated) is bool
        if terminated:
            break
    assert terminated and not truncated and abs(observation[2]) > 0.2
    with pytest.raises(errors.EpisodeOver):
        env.step(1)
    env.reset()
    env.step(1)


def test_it_goes_the_way_of_a_row(env):
    envs = corral.make_vec("CartPole-v1", 3)
    np.testing.assert_array_equal(env.reset(seed=8)[0], envs.reset(seed=7)[0][1])
    for step in range(9):
        single, rows = env.step(step % 2), envs.step(np.full(3, step % 2))
        np.testing.assert_array_equal(single[0], rows[0][1])
        assert single[1] == rows[1][1]
    envs.close()


def test_its_observations_are_the_callers_to_keep(env):
    first = env.reset(seed=3)[0]
    copy = first.copy()
    env.step(1)
    np.testing.assert_array_equal(first, copy)


@pytest.mark.parametrize("action", [2, -1, 0.5, None, "left", [0, 1], np.array([0])])
def test_a_wrong_action_is_refused(env, action):
    env.reset(seed=3)
    with pytest.raises(errors.InvalidAction):
        env.step(action)
    env.step(np.int32(1))


def test_options_bound_the_first_state(env):
    for _ in range(20):
        observation, _ = env.reset(options={"low": 0.1, "high": 0.2})
        assert np.all((observation >= 0.1) & (observation <= 0.2))
    for options in ({"low": "x"}, {"low": float("nan")}, {"lo": 1}):
        with pytest.raises(errors.InvalidArgument):
            env.reset(options=options)


def test_a_record_brings_it_back(env):
    env.reset(seed=3)
    record = env.get_state()
    first = env.step(1)[0]
    env.set_state(record)
    np.testing.assert_array_equal(env.step(1)[0], first)


def test_use_after_close_is_an_exception():
    env = corral.make("CartPole-v1")
    env.reset(seed=1)
    env.close()
    env.close()
    for call in (env.reset, lambda: env.step(0), env.get_state):
        with pytest.raises(errors.SessionClosed):
            call()
