import dataclasses
from dataclasses import dataclass, field

import pytest

from corral import registry
from corral.registry import EnvCfg, NpEnv, table


@pytest.fixture(autouse=True)
def empty(monkeypatch):
    """Each test has a registry of its own, without native environments."""
    monkeypatch.setattr(table, "_envs", {})
    monkeypatch.setattr(table, "_native", dict)


@dataclass
class Inner:
    scale: float = 1.0
    terms: dict = field(default_factory=lambda: {"speed": 0.5})


@dataclass
class Cfg(EnvCfg):
    gain: float = 1.0
    reward: Inner = field(default_factory=Inner)


class Still(NpEnv):
    observation_space = None
    action_space = None

    def apply_action(self, actions, state):
        return state

    def update_state(self, state):
        return state

    def reset(self, data):
        raise NotImplementedError


class Other(Still):
    pass


def refused(call, *arguments, **named):
    with pytest.raises(ValueError) as caught:
        call(*arguments, **named)
    return str(caught.value)


def begins(text, beginning):
    """The refusal begins with MotrixLab's text and goes on."""
    assert text.startswith(beginning), text
    assert len(text) > len(beginning) + 5, "there is no hint"
    return True


def test_a_registered_environment_is_made_with_its_configuration():
    registry.register_env_config("a", Cfg)
    registry.register_env("a", Still, "np")
    assert registry.contains("a") and not registry.contains("b")
    env = registry.make("a", "np", {"gain": 2.0}, 3)
    assert type(env) is Still and env.num_envs == 3 and env.cfg.gain == 2.0
    assert registry.make("a").num_envs == 1
    assert registry.make(name="a", num_envs=2, env_cfg_override={}).cfg.gain == 1.0


def test_the_decorators_register_and_give_the_class_back():
    assert registry.envcfg("a")(Cfg) is Cfg
    assert registry.env("a", "np")(Still) is Still
    assert registry.list_registered_envs() == {"a": {"config_class": "Cfg", "available_backends": ["np"]}}
    assert registry.find_available_sim_backend("a") == "np"


def test_a_name_is_registered_once():
    registry.register_env_config("a", Cfg)
    assert begins(refused(registry.register_env_config, "a", Cfg), "Environment 'a' is already registered.")
    assert begins(refused(registry.envcfg("a"), Cfg), "Environment 'a' is already registered.")


def test_an_implementation_is_refused_for_its_backend_first_then_for_its_name_then_for_a_double():
    unsupported = "Unsupported simulation backend: jax. Only 'np' is supported yet."
    assert begins(refused(registry.register_env, "a", Still, "jax"), unsupported)
    unknown = "Environment 'a' is not registered. Please register the config first."
    assert begins(refused(registry.register_env, "a", Still, "np"), unknown)
    registry.register_env_config("a", Cfg)
    assert begins(refused(registry.register_env, "a", Still, "jax"), unsupported)
    registry.register_env("a", Still, "np")
    double = "Environment 'a' with sim backend 'np' is already registered."
    assert begins(refused(registry.env("a", "np"), Other), double)
    assert type(registry.make("a")) is Still


def test_an_unknown_name_is_refused_with_the_nearest():
    registry.register_env_config("cartpole", Cfg)
    for call in (registry.find_available_sim_backend, registry.make):
        text = refused(call, "cartpol")
        assert begins(text, "Environment 'cartpol' is not registered.") and "'cartpole'" in text


def test_an_environment_without_an_implementation_is_refused_after_its_overrides():
    registry.register_env_config("a", Cfg)
    none = "Environment 'a' does not support any simulation backend."
    assert begins(refused(registry.find_available_sim_backend, "a"), none)
    assert begins(refused(registry.make, "a"), none)
    assert begins(refused(registry.make, "a", "torch"), "Environment 'a' does not support simulation backend 'torch'.")
    text = refused(registry.make, "a", "torch", {"gian": 1})
    assert begins(text, "Config class 'Cfg' has no attribute 'gian'") and "'gain'" in text
    text = refused(registry.make, "a", "torch", {"sim_dt": 1.0})
    assert begins(text, "sim_dt must be less than or equal to ctrl_dt")


def test_an_unsupported_backend_is_refused_at_last():
    registry.register_env_config("a", Cfg)
    registry.register_env("a", Still, "np")
    text = refused(registry.make, "a", "torch")
    assert begins(text, "Environment 'a' does not support simulation backend 'torch'.") and "np" in text


def test_overrides_may_be_dotted():
    registry.register_env_config("a", Cfg)
    registry.register_env("a", Still, "np")
    cfg = registry.make("a", env_cfg_override={"reward.scale": 3.0, "reward.terms.speed": 0.1}).cfg
    assert cfg.reward.scale == 3.0 and cfg.reward.terms == {"speed": 0.1}
    for path, near in [("reward.scal", "scale"), ("rewards.scale", "reward"), ("reward.terms.sped", "speed")]:
        text = refused(registry.make, "a", env_cfg_override={path: 1})
        assert begins(text, f"Config class 'Cfg' has no attribute '{path}'") and f"'{near}'" in text


def test_a_derived_attribute_cannot_be_overridden():
    registry.register_env_config("a", Cfg)
    text = refused(registry.make, "a", env_cfg_override={"max_episode_steps": 5})
    assert begins(text, "Config class 'Cfg' has no attribute 'max_episode_steps'")


def test_overrides_leave_the_class_alone():
    registry.register_env_config("a", Cfg)
    registry.register_env("a", Still, "np")
    registry.make("a", env_cfg_override={"gain": 9.0, "reward.terms.speed": 9.0})
    assert registry.make("a").cfg == Cfg()


@pytest.mark.parametrize("seconds, dt, steps", [(10.0, 0.1, 100), (1.0, 0.3, 3), (None, 0.1, None), (10.0, 0.01, 1000)])
def test_an_episode_has_as_many_steps_as_fit_in_its_seconds(seconds, dt, steps):
    assert EnvCfg(max_episode_seconds=seconds, ctrl_dt=dt).max_episode_steps == steps


def test_the_physics_may_step_more_often_than_the_environment():
    assert EnvCfg(sim_dt=0.0125, ctrl_dt=0.025).sim_substeps == 2
    assert EnvCfg().sim_substeps == 1
    defaults = {one.name: one.default for one in dataclasses.fields(EnvCfg)}
    assert defaults == {
        "model_file": None, "sim_dt": 0.01, "max_episode_seconds": None, "ctrl_dt": 0.01, "render_spacing": 1.0,
    }  # fmt: skip


@pytest.mark.parametrize("changes", [{"sim_dt": 0}, {"ctrl_dt": "a"}, {"sim_dt": None}, {"max_episode_seconds": -1}])
def test_times_that_cannot_be_are_refused(changes):
    name = next(iter(changes))
    assert begins(refused(EnvCfg(**changes).validate), f"{name} must be a positive number")


def test_a_number_of_environments_is_from_one_up():
    for count in (0, -1, 1.5, "2", True):
        assert begins(refused(Still, Cfg(), num_envs=count), "num_envs must be a whole number")


def test_an_entry_names_its_backends():
    meta = registry.EnvMeta(Cfg)
    assert meta.available_sim_backend() is None and not meta.support_sim_backend("np")
    meta.env_cls_dict["np"] = Still
    assert meta.available_sim_backend() == "np" and meta.support_sim_backend("np")
