"""The life of an `NpEnv`, with MotrixLab's custom-environment example as the environment."""

import gymnasium as gym
import numpy as np
import pytest

from corral import registry
from corral.registry import SceneData, table

PROGRAM = """
import gymnasium as gym
import numpy as np
from dataclasses import dataclass

{imports}


@envcfg("my-custom-env")
@dataclass
class MyEnvCfg(EnvCfg):
    reset_noise_scale: float = 0.01
    max_episode_seconds: float = 10.0
    custom_param_1: float = 1.0
    custom_param_2: str = "default_value"
    enable_feature_x: bool = True


@env("my-custom-env", "np")
class MyCustomEnv(NpEnv):
    def __init__(self, cfg: MyEnvCfg, num_envs: int = 1):
        super().__init__(cfg, num_envs=num_envs)
        self._obs_dim = 2
        self._action_dim = 1
        self._position = np.zeros((num_envs, 2), np.float32)

    @property
    def observation_space(self):
        return gym.spaces.Box(-np.inf, np.inf, (self._obs_dim,), dtype=np.float32)

    @property
    def action_space(self):
        return gym.spaces.Box(-1.0, 1.0, (self._action_dim,), dtype=np.float32)

    def apply_action(self, actions: np.ndarray, state: NpEnvState):
        self._position[:, 0] += actions[:, 0] * self.cfg.custom_param_1
        return state

    def update_state(self, state: NpEnvState):
        state.obs[:] = self._position
        state.reward[:] = -np.abs(self._position[:, 0])
        state.terminated[:] = np.abs(self._position[:, 0]) > 3.5
        return state

    def reset(self, data: SceneData):
        chosen = data.rows
        self._position[chosen, 0] = np.random.uniform(-1, 1, len(chosen)) * self.cfg.reset_noise_scale
        self._position[chosen, 1] += 1
        return self._position[chosen].copy(), {{"start": self._position[chosen, 0].copy()}}
"""
"""MotrixLab's documented example with the bodies that it leaves out; `imports` is the line that is changed."""

IMPORTS = "from corral.registry import EnvCfg, NpEnv, NpEnvState, SceneData, env, envcfg"


@pytest.fixture
def program(monkeypatch):
    monkeypatch.setattr(table, "_envs", {})
    exec(compile(PROGRAM.format(imports=IMPORTS), "my_custom_env_module.py", "exec"), {"__name__": "example"})


def test_the_custom_environment_of_motrixlab_runs_with_its_imports_changed(program):
    env = registry.make(
        name="my-custom-env",
        sim_backend="np",
        num_envs=256,
        env_cfg_override={"custom_param_1": 2.0, "reset_noise_scale": 0.02},
    )
    assert isinstance(env.observation_space, gym.spaces.Box)
    state = env.step(np.full((256, 1), 0.5, np.float32))
    state.validate()
    assert state.obs.shape == (256, 2) and state.obs.dtype == np.float32
    assert np.all(np.abs(state.obs[:, 0] - 1.0) <= 0.02) and not np.ptp(state.obs[:, 0]) == 0
    assert state.info["steps"].dtype == np.uint64 and np.all(state.info["steps"] == 1)


def test_an_episode_that_ends_begins_anew_in_the_same_step_and_keeps_its_last_observation(program):
    env = registry.make("my-custom-env", num_envs=3, env_cfg_override={"reset_noise_scale": 0.0})
    pushes = np.array([[1.0], [0.0], [-1.0]], np.float32)
    for _ in range(3):
        state = env.step(pushes)
    assert not state.done.any()
    state = env.step(pushes)
    np.testing.assert_array_equal(state.terminated, [True, False, True])
    np.testing.assert_array_equal(state.reward, [-4.0, 0.0, -4.0])
    np.testing.assert_array_equal(state.obs, [[0, 2], [0, 1], [0, 2]])
    np.testing.assert_array_equal(state.info["final_obs"][[0, 2]], [[4, 1], [-4, 1]])
    np.testing.assert_array_equal(state.info["steps"], [0, 4, 0])
    state = env.step(pushes)
    assert not state.terminated.any()
    np.testing.assert_array_equal(state.reward, [-1.0, 0.0, -1.0])


def test_an_episode_is_truncated_when_its_seconds_are_over(program):
    env = registry.make("my-custom-env", num_envs=2, env_cfg_override={"max_episode_seconds": 0.03})
    still = np.zeros((2, 1), np.float32)
    assert [env.step(still).truncated.tolist() for _ in range(4)] == [[False] * 2, [False] * 2, [True] * 2, [False] * 2]
    assert env.state.info["steps"].tolist() == [1, 1]


def test_infos_of_a_partial_reset_go_to_their_rows(program):
    env = registry.make("my-custom-env", num_envs=2)
    env.init_state()
    before = env.state.info["start"].copy()
    assert before.shape == (2,)
    pushes = np.array([[1.0], [0.0]], np.float32)
    state = env.step(pushes)
    while not state.terminated.any():  # in the third step or the fourth, by the noise of the start
        state = env.step(pushes)
    assert state.terminated.tolist() == [True, False]
    assert state.info["start"][1] == before[1] and state.info["start"][0] != before[0]


def test_actions_of_another_number_of_environments_are_refused(program):
    env = registry.make("my-custom-env", num_envs=2)
    with pytest.raises(ValueError, match="one row for each of 2"):
        env.step(np.zeros((3, 1), np.float32))


def test_the_physics_advances_by_substeps_between_the_action_and_the_observation(program):
    calls = []

    class Watched(table._envs["my-custom-env"].env_cls_dict["np"]):
        def apply_action(self, actions, state):
            calls.append("action")
            return super().apply_action(actions, state)

        def physics_step(self):
            calls.append("physics")

        def update_state(self, state):
            calls.append("update")
            return super().update_state(state)

    table._envs["my-custom-env"].env_cls_dict["np"] = Watched
    env = registry.make("my-custom-env", env_cfg_override={"sim_dt": 0.01, "ctrl_dt": 0.03})
    env.step(np.zeros((1, 1)))
    assert calls == ["action", "physics", "physics", "physics", "update"]


def test_a_state_is_replaced_field_by_field_and_checked(program):
    state = registry.make("my-custom-env", num_envs=2).init_state()
    other = state.replace(reward=np.ones(2, np.float32))
    assert other.reward.sum() == 2 and state.reward.sum() == 0 and other.obs is state.obs
    with pytest.raises(AssertionError, match="reward"):
        state.replace(reward=np.ones(3)).validate()


def test_a_selection_of_a_scene_writes_the_rows_of_the_whole():
    data = SceneData(4, position=np.zeros((4, 2)))
    some = data[np.array([True, False, True, False])]
    assert len(some) == 2 and some.shape == (2,) and list(some.rows) == [0, 2]
    some.position = [[1, 1], [2, 2]]
    some[1].position = 5
    np.testing.assert_array_equal(data.position[:, 0], [1, 0, 5, 0])
    with pytest.raises(AttributeError, match="position"):
        print(data.speed)
    with pytest.raises(AttributeError, match="all environments first"):
        some.speed = 1
    with pytest.raises(ValueError, match="one row for each of 4"):
        data.speed = np.zeros(3)
