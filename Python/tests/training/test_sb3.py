"""`corral.sb3` with the real Stable-Baselines3."""

import numpy as np
import pytest

import corral
from corral import errors

pytest.importorskip("stable_baselines3", reason="make test-training installs Stable-Baselines3")

from stable_baselines3 import A2C, PPO  # noqa: E402
from stable_baselines3.common.evaluation import evaluate_policy  # noqa: E402
from stable_baselines3.common.vec_env import VecFrameStack, VecNormalize  # noqa: E402

from corral.sb3 import CorralVecEnv, make_vec_env  # noqa: E402


def test_the_last_observation_and_the_time_limit_are_in_the_infos():
    envs = make_vec_env("CartPole-v1", 4, seed=0, overrides={"max_episode_seconds": 0.1})
    other = corral.make_vec("CartPole-v1", 4, overrides={"max_episode_seconds": 0.1})
    np.testing.assert_array_equal(envs.reset(), other.reset(seed=0)[0])
    for step in range(5):
        actions = np.full(4, step % 2)
        observations, rewards, ended, infos = envs.step(actions)
        expected = other.step(actions)
    assert ended.all() and rewards.dtype == np.float32
    for row, info in enumerate(infos):
        np.testing.assert_array_equal(info["terminal_observation"], expected[0][row])
        assert info["TimeLimit.truncated"] is True and info["episode"]["l"] == 5
    assert np.abs(observations).max() <= 0.05
    envs.close(), other.close()


def test_infos_of_an_environment_reach_their_rows():
    envs = make_vec_env("Taxi-v3", 2, seed=0)
    envs.reset()
    assert envs.unwrapped.reset_infos[1]["action_mask"].shape == (6,)
    _, _, _, infos = envs.step(np.array([0, 0]))
    assert all(info["prob"] == 1.0 for info in infos)
    envs.close()


def test_another_autoreset_is_refused():
    with pytest.raises(errors.InvalidArgument, match="SameStep"):
        CorralVecEnv(corral.make_vec("CartPole-v1", 2))


@pytest.mark.parametrize("algorithm", [PPO, A2C])
def test_algorithms_and_wrappers_run_on_it(algorithm):
    envs = VecNormalize(VecFrameStack(make_vec_env("CartPole-v1", 4, seed=0), 2))
    model = algorithm("MlpPolicy", envs, n_steps=16, device="cpu", seed=0)
    model.learn(256)
    mean, _ = evaluate_policy(model, envs, n_eval_episodes=4, warn=False)
    assert mean > 0
    envs.close()


def test_continuous_actions_are_taken():
    envs = make_vec_env("Pendulum-v1", 2, seed=0)
    PPO("MlpPolicy", envs, n_steps=16, batch_size=32, device="cpu", seed=0).learn(64)
    envs.close()
