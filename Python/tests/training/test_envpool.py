"""`corral.envpool_compat` beside the real EnvPool: the same calls give arrays of the same kinds."""

import numpy as np
import pytest

from corral import envpool_compat, errors, native

envpool = pytest.importorskip("envpool", reason="make test-training installs EnvPool")

TASKS = [
    "CartPole-v1", "Acrobot-v1", "MountainCar-v0", "MountainCarContinuous-v0", "Pendulum-v1", "FrozenLake-v1",
    "Taxi-v3", "CliffWalking-v1", "Blackjack-v1",
]  # fmt: skip
MAKERS = [envpool, envpool_compat]


def made(task, **more):
    if task not in native.environments():
        pytest.skip(f"this library has no {task}")
    return [maker.make(task, **more) for maker in MAKERS]


def kinds(value):
    """The structure of a result with shapes and types instead of numbers; without what EnvPool tells of some tasks."""
    if hasattr(value, "_fields"):
        return {name: kinds(getattr(value, name)) for name in value._fields if name not in ("state", "prob")}
    if isinstance(value, dict):
        return {name: kinds(value[name]) for name in ("env_id", "players", "elapsed_step") if name in value}
    if isinstance(value, tuple):
        return [kinds(one) for one in value]
    return value.shape, value.dtype


def sample(env, count):
    space = env.action_space
    return np.stack([space.sample() for _ in range(count)]).astype(space.dtype)


@pytest.mark.parametrize("task", TASKS)
def test_the_gymnasium_type_gives_arrays_of_the_same_kinds(task):
    theirs, ours = made(task, env_type="gymnasium", num_envs=4, seed=1)
    assert len(theirs) == len(ours) == 4
    assert kinds(theirs.reset()) == kinds(ours.reset())
    for _ in range(30):
        actions = sample(theirs, 4)
        actions = actions.astype(np.int32) if actions.dtype.kind == "i" else actions
        assert kinds(theirs.step(actions)) == kinds(ours.step(actions))
    ours.close()


@pytest.mark.parametrize("task", TASKS)
def test_the_dm_type_gives_arrays_of_the_same_kinds(task):
    theirs, ours = made(task, env_type="dm", num_envs=3, seed=1)
    assert kinds(theirs.reset()) == kinds(ours.reset())
    shape, dtype = (3, *theirs.action_spec().shape), theirs.action_spec().dtype
    for _ in range(30):
        first, second = theirs.step(np.zeros(shape, dtype)), ours.step(np.zeros(shape, dtype))
        assert kinds(first) == kinds(second)
    assert (ours.action_spec().shape, ours.action_spec().dtype) == (shape[1:], dtype)
    for spec in ("reward_spec", "discount_spec"):  # EnvPool's say float64, and its arrays are float32
        assert getattr(ours, spec)().shape == getattr(theirs, spec)().shape == ()
    assert set(ours.observation_spec()._fields) <= set(theirs.observation_spec()._fields)
    ours.close()


def course(env, step):
    """Ids, elapsed steps, flags and rewards of a task whose episodes end by their time limit after 4 steps."""
    env.reset()
    for number in range(11):
        yield step(env, np.full(2, number % 2, np.int32))


def test_an_end_by_the_time_limit_looks_the_same():
    def gymnasium(env, actions):
        _, rewards, terminated, truncated, info = env.step(actions)
        return [rewards.tolist(), terminated.tolist(), truncated.tolist(), info["elapsed_step"].tolist()]

    def dm(env, actions):
        step = env.step(actions)
        return [step.step_type.tolist(), step.reward.tolist(), step.discount.tolist()]

    for kind, look in (("gymnasium", gymnasium), ("dm", dm)):
        theirs, ours = made("CartPole-v1", env_type=kind, num_envs=2, seed=1, max_episode_steps=4)
        assert list(course(theirs, look)) == list(course(ours, look))
        ours.close()


def test_batches_hold_the_same_environments():
    theirs, ours = made("CartPole-v1", env_type="gymnasium", num_envs=4, batch_size=2, seed=1)
    for env in (theirs, ours):
        env.async_reset()
        seen = []
        result = env.recv()
        for _ in range(9):
            ids = result[-1]["env_id"]
            seen.extend(ids.tolist())
            env.send(np.zeros(len(ids), np.int32), ids)
            result = env.recv()
        counts = np.bincount(seen, minlength=4)
        assert len(ids) == 2 and counts.min() >= 4 and counts.max() <= 5
        assert env.is_async
    ours.close()


def test_some_environments_step_and_reset_by_their_ids():
    for env in made("CartPole-v1", env_type="gymnasium", num_envs=4, seed=1):
        env.reset()
        observations, *_, info = env.step(np.zeros(2, np.int32), np.array([1, 3]))
        assert observations.shape == (2, 4) and info["env_id"].tolist() == [1, 3]
        observations, info = env.reset(np.array([0, 2]))
        assert observations.shape == (2, 4) and info["env_id"].tolist() == [0, 2]
        env.close()


def test_what_is_not_supported_is_refused():
    with pytest.raises(errors.NotFound, match="list_all_envs"):
        envpool_compat.make("Pong-v5")
    with pytest.raises(errors.InvalidArgument, match="gym"):
        envpool_compat.make("CartPole-v1", env_type="gym")
    with pytest.raises(errors.InvalidArgument, match="batch_size"):
        envpool_compat.make("CartPole-v1", num_envs=2, batch_size=3)
