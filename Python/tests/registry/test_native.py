"""Native environments in the registry: the interface of `NpEnv` over the library."""

import numpy as np
import pytest

from corral import native, registry
from corral.registry import EnvCfg, table

if native.library_path() is None:
    pytest.skip("libcorral.so is not built: scripts/build-library", allow_module_level=True)
MOTRIX = pytest.mark.skipif("cartpole" not in native.environments(), reason="this library has no cartpole")


@pytest.fixture(autouse=True)
def own(monkeypatch):
    monkeypatch.setattr(table, "_envs", {})


def test_native_environments_are_registered_for_np():
    listed = registry.list_registered_envs()
    assert set(listed) >= set(native.environments())
    assert listed["CartPole-v1"] == {"config_class": "CartPoleV1Cfg", "available_backends": ["np"]}
    assert registry.contains("CartPole-v1") and not registry.is_own("CartPole-v1")
    assert registry.find_available_sim_backend("CartPole-v1") == "np"


def test_rows_step_and_begin_anew_in_the_same_step():
    env = registry.make("CartPole-v1", num_envs=4, seed=7)
    state = env.init_state()
    state.validate()
    for step in range(1, 200):
        last = state.obs.copy()
        state = env.step(np.full(4, 1))
        if state.done.any():
            break
        assert state.info["steps"].tolist() == [step] * 4
    ended = state.terminated
    assert np.all(np.abs(state.info["final_obs"][ended, 2]) > 0.2)
    assert np.all(np.abs(state.obs[ended]) <= 0.05) and np.all(state.info["steps"][ended] == 0)
    assert not np.array_equal(last, state.obs)
    env.close()


def test_overrides_reach_the_library():
    env = registry.make("CartPole-v1", env_cfg_override={"max_episode_seconds": 0.06}, num_envs=2)
    assert env.cfg.max_episode_steps == 3
    cuts = [env.step(np.array([0, 1])).truncated.tolist() for _ in range(3)]
    assert cuts == [[False, False], [False, False], [True, True]]
    with pytest.raises(ValueError, match="has no attribute 'sim_td'"):
        registry.make("CartPole-v1", env_cfg_override={"sim_td": 1})
    env.close()


@MOTRIX
def test_the_cartpole_of_motrixlab_has_its_spaces_limits_and_timing():
    env = registry.make("cartpole", num_envs=3, seed=1)
    assert env.action_space.low.tolist() == [-3] and env.action_space.high.tolist() == [3]
    assert env.observation_space.shape == (4,)
    assert (env.cfg.sim_dt, env.cfg.ctrl_dt, env.cfg.max_episode_steps, env.cfg.render_spacing) == (0.01, 0.01, 1000, 2)
    state = env.init_state()
    assert np.all(np.abs(state.obs) <= 0.01)
    for _ in range(400):
        state = env.step(np.full((3, 1), 3.0, np.float32))
        assert np.all(state.reward == 1)
        if state.terminated.any():
            break
    last = state.info["final_obs"][state.terminated]
    assert np.all((np.abs(last[:, 1]) > 0.2) | (np.abs(last[:, 0]) > 0.8))
    env.close()


def test_a_program_may_register_the_name_of_a_native_environment():
    class Mine(EnvCfg):
        pass

    registry.register_env_config("CartPole-v1", Mine)
    assert registry.is_own("CartPole-v1")
    assert registry.list_registered_envs()["CartPole-v1"] == {"config_class": "Mine", "available_backends": []}
