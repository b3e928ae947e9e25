"""`corral.make`, Gymnasium ids, and Gymnasium's own checker."""

import subprocess
import sys
import warnings

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from premises import CARTPOLE, ROOT

import corral
from corral import errors


@pytest.fixture
def env(server):
    with corral.make(CARTPOLE, url=server) as made:
        yield made


def test_gymnasiums_checker_finds_nothing(server):
    pytest.importorskip("pygame")
    with corral.make(CARTPOLE, url=server, render_mode="rgb_array") as env, warnings.catch_warnings():
        warnings.simplefilter("error")
        # CartPole's own space has infinite bounds, of which the checker warns.
        warnings.filterwarnings("ignore", message=".*(minimum|maximum) value is -?infinity.*")
        check_env(env)


def test_it_does_what_gymnasiums_own_does(env):
    with gymnasium.make("CartPole-v1") as own:
        assert env.observation_space == own.observation_space and env.action_space == own.action_space
        ours, theirs = env.reset(seed=42), own.reset(seed=42)
        assert np.array_equal(ours[0], theirs[0])
        for action in [0, 1, 1, 0, 1, 1, 1, 0]:
            ours, theirs = env.step(action), own.step(action)
            assert np.array_equal(ours[0], theirs[0]) and ours[1:] == theirs[1:]


def test_it_tells_what_it_is(env):
    assert env.unwrapped.backend == "process" and env.unwrapped.instance is None
    assert env.metadata["render_modes"] == ["rgb_array"]
    assert env.spec.id == "corral/classic.CartPole-v1" and not env.spec.nondeterministic
    assert str(env) == "<RemoteEnv<classic/CartPole@1.0.0>>"
    with env.spec.make() as again:
        assert isinstance(again.unwrapped, corral.RemoteEnv)
        again.reset()


def test_rendering_without_a_mode_warns(env):
    env.reset()
    with pytest.warns(UserWarning, match="render mode"):
        assert env.render() is None


def test_parameters_reach_the_environment(server):
    with corral.make(CARTPOLE, url=server, sutton_barto_reward=True) as env:
        env.reset()
        assert env.step(0)[1] == 0.0
    with pytest.raises(errors.InvalidArgument):
        corral.make(CARTPOLE, url=server, nonsense=1)
    with pytest.raises(errors.InvalidArgument):
        corral.make(CARTPOLE, url=server, render_mode="ansi")
    with pytest.raises(errors.NotFound):
        corral.make("no/such", url=server)


def test_closing_twice_is_closing(server):
    env = corral.make(CARTPOLE, url=server)
    env.close()
    env.close()


@pytest.mark.parametrize("id", ["corral/classic.CartPole-v1", "corral:corral/classic.CartPole-v1"])
def test_gymnasium_makes_it_by_id(server, id):
    with gymnasium.make(id, url=server, max_episode_steps=2) as env:
        env.reset(seed=1)
        assert env.step(0)[3] is False and env.step(0)[3] is True


def test_gymnasium_makes_any_reference(server):
    with gymnasium.make("corral/Remote-v0", reference="classic/CartPole@^1.0", url=server) as env:
        env.reset(seed=1)
        assert env.unwrapped.session.info["environment"] == "classic/CartPole@1.0.0"


def test_gymnasium_makes_vectors(server):
    envs = gymnasium.make_vec("corral/classic.CartPole-v1", num_envs=2, url=server)
    try:
        assert isinstance(envs, corral.RemoteVectorEnv)
        assert envs.reset(seed=1)[0].shape == (2, 4)
    finally:
        envs.close()


def test_what_a_server_lists_is_registered(server):
    ids = corral.register_envs(server)
    assert "corral/classic.CartPole-v1" in ids
    try:
        with gymnasium.make("corral/classic.CartPole-v1") as env:
            assert env.unwrapped.client.url == server
    finally:
        corral._registration._register(corral._registration.BUNDLED, {})


def test_bundled_ids_are_those_of_the_bundled_manifests():
    listed = set()
    for manifest in ROOT.glob("Manifests/*/*/environment.yaml"):
        lines = dict(
            line.split(": ", 1) for line in manifest.read_text().splitlines() if line[:5] in ("name:", "versi")
        )
        listed.add(f"{lines['name']}-v{lines['version'].split('.')[0]}")
    assert set(corral._registration.BUNDLED) == listed


@pytest.mark.parametrize(
    "reference, id",
    [
        ("classic/CartPole-v1", "corral/classic.CartPole-v1"),
        ("CartPole-v1", "corral/CartPole-v1"),
        ("a/b.c", "corral/a.b.c"),
        ("a/b@^1.2", None),
        ("a.b/c", None),
        ("b.c", None),
        ("a/b/c", None),
    ],
)
def test_references_have_ids_where_ids_can_hold_them(reference, id):
    assert corral._registration.gymnasium_id(reference) == id


@pytest.mark.parametrize(
    "program",
    [
        "import corral, sys; assert 'numpy' not in sys.modules and 'gymnasium' not in sys.modules",
        "import corral.worker, sys; assert 'numpy' not in sys.modules and 'gymnasium' not in sys.modules",
        "import corral, gymnasium; assert 'corral/classic.CartPole-v1' in gymnasium.registry",
        "import gymnasium, corral; assert 'corral/classic.CartPole-v1' in gymnasium.registry",
        "import corral, gymnasium.spaces; assert 'corral/Remote-v0' in gymnasium.registry",
        "import sys, corral, gymnasium; assert 'AfterGymnasium' not in str(sys.meta_path)",
        "import corral; corral.errors.NotFound, corral.CorralError, corral.connect, corral.RemoteVectorEnv",
        "import corral; assert 'make_vec' in dir(corral) and not hasattr(corral, 'nonsense')",
    ],
)
def test_the_package_loads_only_what_is_used(program):
    subprocess.run([sys.executable, "-W", "error", "-c", program], cwd=ROOT / "Python", check=True)
