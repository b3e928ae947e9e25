import dataclasses
import json
from dataclasses import dataclass

import pytest

from corral import registry
from corral.registry import EnvCfg
from corral.registry import table as environments
from corral.rl import BaseRLCfg, PPOCfg, SB3PPOCfg, default_rl_cfg, list_rl_cfgs, register_rl_cfg, rlcfg, shipped, table

ENVIRONMENTS = [
    "Acrobot-v1", "Blackjack-v1", "Breakout-MinAtar-v1", "CartPole-v0", "CartPole-v1", "CliffWalking-v1", "CliffWalkingSlippery-v1", "FrozenLake-v1",
    "FrozenLake8x8-v1", "MountainCar-v0", "MountainCarContinuous-v0", "Pendulum-v1", "Taxi-v3", "Taxi-v4", "cartpole", "pendulum",
]  # fmt: skip


@pytest.fixture(autouse=True)
def own(monkeypatch):
    """Each test has tables of its own, with one environment."""
    monkeypatch.setattr(table, "_registered", {})
    monkeypatch.setattr(environments, "_envs", {})
    registry.register_env_config("mine", EnvCfg)


def refused(call, *arguments, **named):
    with pytest.raises(ValueError) as caught:
        call(*arguments, **named)
    return str(caught.value)


@dataclass
class Mine(PPOCfg):
    num_envs: int = 7
    learning_epochs: int = 5


def test_settings_are_registered_for_both_backends_when_none_is_named():
    assert rlcfg("mine")(Mine) is Mine
    for backend in ("jax", "torch"):
        assert default_rl_cfg("mine", "corral", backend) == Mine()
    assert list_rl_cfgs()["mine"] == {"corral": ["jax", "torch"]}


def test_settings_of_one_backend_leave_the_other_free():
    rlcfg("mine", backend="torch")(Mine)
    assert default_rl_cfg("mine", "corral", "torch").num_envs == 7
    text = refused(default_rl_cfg, "mine", "corral", "jax")
    assert "no RL settings for 'corral' on backend 'jax'" in text and text.endswith("torch")
    rlcfg("mine", backend="jax")(PPOCfg)
    assert default_rl_cfg("mine", "corral", "jax").num_envs == 2048


def test_an_instance_is_the_callers_own():
    rlcfg("mine")(Mine)
    default_rl_cfg("mine", "corral", "torch").num_envs = 1
    assert default_rl_cfg("mine", "corral", "torch").num_envs == 7


def test_settings_go_before_those_that_come_with_corral():
    assert default_rl_cfg("CartPole-v1", "corral", "torch") != Mine()
    rlcfg("CartPole-v1", backend="torch")(Mine)
    assert default_rl_cfg("CartPole-v1", "corral", "torch") == Mine()
    assert isinstance(default_rl_cfg("CartPole-v1", "sb3", "torch"), SB3PPOCfg)


def test_settings_are_registered_once():
    rlcfg("mine", backend="torch")(Mine)
    assert "already has RL settings for 'corral' on 'torch'" in refused(register_rl_cfg, "mine", PPOCfg, "torch")


def test_an_unknown_environment_is_refused_by_its_nearest():
    for call in (rlcfg("mien"), lambda cls: default_rl_cfg("mien", "corral", "torch")):
        text = refused(call, Mine)
        assert text.startswith("Environment 'mien' is not registered.") and "'mine'" in text


def test_an_environment_without_settings_and_an_unknown_library_are_told_apart():
    assert refused(default_rl_cfg, "mine", "corral", "torch").startswith("Environment 'mine' has no RL settings")
    rlcfg("mine")(Mine)
    text = refused(default_rl_cfg, "mine", "skrl", "torch")
    assert text.startswith("Unsupported RL framework 'skrl'") and text.endswith("corral")


def test_a_class_says_which_library_it_is_for():
    assert "does not say which RL library" in refused(rlcfg("mine"), BaseRLCfg)
    rlcfg("mine", rllib="skrl")(BaseRLCfg)
    assert type(default_rl_cfg("mine", "skrl", "jax")) is BaseRLCfg


def test_the_base_has_motrixlabs_defaults():
    base = BaseRLCfg()
    assert (base.seed, base.num_envs, base.play_num_envs) == (None, 2048, 16)
    assert (base.max_env_steps, base.check_point_interval) == (20_480_000, 1000)
    assert base.max_batch_env_steps == 10_000
    assert base.replace(max_env_steps=10_000_000, check_point_interval=500).max_batch_env_steps == 4500
    assert base.replace(max_env_steps=1000).max_batch_env_steps == 0
    assert "num_envs" in refused(lambda: base.replace(num_envs=0).max_batch_env_steps)


def test_a_setting_is_replaced_by_its_name():
    assert PPOCfg().replace(lam=0.5).lam == 0.5 and PPOCfg().lam == 0.95
    assert "did you mean 'learning_rate'?" in refused(PPOCfg().replace, learning_rat=1)
    assert PPOCfg().replace(hidden_layer_sizes=[8]).hidden_layer_sizes == (8,)


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_every_native_environment_has_settings(name):
    cfg = default_rl_cfg(name, "corral", "torch")
    assert isinstance(cfg, PPOCfg) and cfg.num_envs >= 1
    assert cfg.num_envs * cfg.rollouts % cfg.mini_batches == 0
    assert cfg.max_batch_env_steps >= cfg.rollouts


def test_no_file_speaks_of_another_environment():
    names = {path.stem for path in shipped.folder().glob("*.json")} - {"defaults"}
    assert names == set(shipped.settings()) == set(ENVIRONMENTS)


@pytest.mark.parametrize("cls", [PPOCfg, SB3PPOCfg])
def test_the_defaults_of_the_file_are_those_of_the_class(cls):
    document = json.loads((shipped.folder() / "defaults.json").read_text())
    values = next(one["values"] for one in document["settings"] if one["library"] == cls.rllib)
    assert set(values) == {field.name for field in dataclasses.fields(cls)}
    assert cls(**values) == cls()
