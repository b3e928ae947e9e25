"""`corral.make` and `corral.make_vec` choose the native environment where nothing asks for a server."""

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import VectorEnv

import corral
from corral import errors, native

IDS = native.environments() if native.library_path() else []


def test_a_native_reference_runs_in_this_process(monkeypatch):
    monkeypatch.setenv("CORRAL_BIN", "/nowhere/corral")  # a server could not be started
    with corral.make("CartPole-v1") as env:
        assert env.unwrapped.backend == "native" and isinstance(env, gymnasium.Env)
        env.reset(seed=1)
    for reference in ("native/CartPole-v1", "CartPole-v1"):
        envs = corral.make_vec(reference, num_envs=3)
        assert envs.unwrapped.backend == "native" and isinstance(envs, VectorEnv)
        envs.close()


@pytest.mark.parametrize("asks", [{"url": "http://127.0.0.1:9"}, {"instance": "easy", "url": "http://127.0.0.1:9"}])
def test_a_url_means_the_server_there(asks):
    for make in (corral.make, lambda *all, **named: corral.make_vec(*all, num_envs=2, **named)):
        with pytest.raises(errors.ConnectionLost):
            make("CartPole-v1", **asks)


def test_the_variable_corral_url_means_the_server_there(monkeypatch):
    monkeypatch.setenv("CORRAL_URL", "http://127.0.0.1:9")
    with pytest.raises(errors.ConnectionLost):
        corral.make("CartPole-v1")


def test_a_name_that_is_not_native_goes_to_the_server(monkeypatch):
    monkeypatch.setenv("CORRAL_BIN", "/nowhere/corral")
    with pytest.raises(errors.Unavailable, match="CORRAL_BIN"):
        corral.make("text/TextWorld")


@pytest.mark.parametrize("id", IDS)
@pytest.mark.filterwarnings("error::UserWarning", "ignore:.*infinity", "ignore:.*normalized space")
def test_gymnasiums_own_checker_finds_nothing(id):
    env = corral.make(id)
    check_env(env)
    env.close()


@pytest.mark.parametrize("id", IDS)
def test_the_spec_makes_the_same_environment_again(id):
    with corral.make(id) as env:
        again = env.spec.make()
        assert again.unwrapped.backend == "native" and again.unwrapped.description == env.description
        first, second = env.reset(seed=5)[0], again.reset(seed=5)[0]
        np.testing.assert_array_equal(first, second)
        again.close()


def test_the_facts_of_an_environment_are_told():
    found = native.describe("CartPole-v1")
    assert found["id"] == "CartPole-v1" and found["max_episode_steps"] == 500
    with pytest.raises(errors.NotFound, match="CartPole-v1"):
        native.describe("CartPol-v1")


def test_a_render_mode_that_there_is_not_is_refused():
    with pytest.raises(errors.InvalidArgument, match="no render mode 'human'"):
        corral.make("CartPole-v1", render_mode="human")
    with pytest.raises(errors.InvalidArgument, match="no render mode 'human'"):
        corral.make_vec("CartPole-v1", 2, render_mode="human")
