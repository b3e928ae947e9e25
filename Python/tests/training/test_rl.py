"""Training by the shipped settings: runs, checkpoints, playing, and that CartPole is solved."""

import json
import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from corral import registry
from corral.registry import table as environments
from corral.rl import PPOCfg, default_rl_cfg, list_rl_cfgs, runs
from corral.rl.__main__ import main

pytest.importorskip("torch", reason="make test-training installs PyTorch")
ROOT = Path(__file__).resolve().parents[3]
SHORT = ["--set", "max_env_steps=2048", "--set", "num_envs=16", "--set", "check_point_interval=64", "--seed", "1"]


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def only(path, pattern):
    (found,) = path.glob(pattern)
    return found


def test_a_run_keeps_settings_digest_checkpoints_and_events(here, capsys):
    assert main(["train", "--env", "CartPole-v1", *SHORT]) == 0
    run = only(here, "runs/CartPole-v1/*")
    settings = json.loads((run / "settings.json").read_text())
    assert settings["environment"] == "CartPole-v1" and settings["backend"] == "native"
    assert settings["digest"].startswith("sha256:") and settings["values"]["seed"] == 1
    assert settings["values"]["num_envs"] == 16 and settings["library"] == "corral"
    assert {path.name for path in (run / "checkpoints").iterdir()} >= {"agent_64.pt", "agent_128.pt"}
    assert only(run, "events.out.tfevents.*").stat().st_size > 1000
    assert "2,048 steps" in capsys.readouterr().out


def test_an_agent_plays_as_many_episodes_of_each_environment(here, capsys):
    main(["train", "--env", "CartPole-v1", *SHORT])
    capsys.readouterr()
    assert main(["play", "--env", "CartPole-v1", "--num-envs", "3", "--episodes", "4", "--seed", "2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    rows = [line.split("environment ")[1][0] for line in lines[:-1]]
    assert sorted(rows) == ["0", "0", "1", "2"] and "of 4 episodes" in lines[-1]


def test_the_same_seed_trains_the_same_agent(here):
    import torch

    for folder in ("a", "b"):
        main(["train", "--env", "CartPole-v1", *SHORT, "--runs", folder])
    first, second = (torch.load(only(here, f"{one}/*/*/checkpoints/agent_128.pt")) for one in "ab")
    assert all(torch.equal(first[name], second[name]) for name in first)


@pytest.mark.parametrize("library", ["corral", "sb3"])
def test_every_environment_can_be_trained_in_by_its_settings(here, library):
    from corral import native

    trained = []
    for name, libraries in list_rl_cfgs().items():
        known = name in native.environments() or registry.contains(name)
        if library in libraries and known:
            cfg = default_rl_cfg(name, library, "torch")
            steps = cfg.num_envs * (cfg.rollouts if library == "corral" else cfg.n_steps)
            changes = ["--set", f"max_env_steps={steps}", "--set", "check_point_interval=1"]
            assert main(["train", "--env", name, "--rllib", library, "--seed", "1", *changes]) == 0, name
            assert runs.find_policy(name).is_file()
            trained.append(name)
    assert len(trained) >= 10


def test_an_agent_of_stable_baselines3_plays(here, capsys):
    pytest.importorskip("stable_baselines3")
    changes = ["--set", "max_env_steps=512", "--set", "normalize=true"]
    assert main(["train", "--env", "CartPole-v1", "--rllib", "sb3", *changes, "--seed", "1"]) == 0
    assert main(["play", "--env", "CartPole-v1", "--episodes", "2"]) == 0
    assert "agent_" in capsys.readouterr().out


def test_an_environment_of_the_registry_is_trained_in(here, monkeypatch):
    monkeypatch.setattr(environments, "_envs", dict(environments._envs))
    example = runpy.run_path(str(ROOT / "Python/tests/registry/test_np_env.py"))
    exec(example["PROGRAM"].format(imports=example["IMPORTS"]), {"__name__": "example"})
    from corral.rl.ppo import train

    outcome = train("my-custom-env", PPOCfg(num_envs=8, max_env_steps=8 * 64, check_point_interval=64, seed=1))
    assert outcome.steps == 512 and np.isfinite(outcome.mean_return)
    assert json.loads((outcome.run / "settings.json").read_text())["backend"] == "np"


@pytest.mark.parametrize(
    "arguments, complaint",
    [
        (["train", "--env", "Nothing-v1"], "is not registered"),
        (["train", "--env", "CartPole-v1", "--rllib", "skrl"], "Unsupported RL framework"),
        (["train", "--env", "CartPole-v1", "--train-backend", "jax"], "torch"),
        (["train", "--env", "CartPole-v1", "--set", "learning_rat=1"], "did you mean 'learning_rate'"),
        (["train", "--env", "CartPole-v1", "--set", "x"], "NAME=VALUE"),
        (["play", "--env", "CartPole-v1"], "no run"),
        (["play", "--env", "CartPole-v1", "--policy", "agent.pt"], "settings.json"),
    ],
)
def test_what_cannot_be_is_told(here, capsys, arguments, complaint):
    assert main(arguments) == 1
    assert complaint in capsys.readouterr().err


def test_view_acts_at_random(here, capsys):
    assert main(["view", "--env", "CartPole-v1", "--num-envs", "2", "--seconds", "0.3", "--seed", "1"]) == 0
    assert "of 2 environments at random" in capsys.readouterr().out


@pytest.mark.parametrize("example", ["train_ppo.py", "train_sb3.py"])
def test_an_example_solves_cartpole(here, example):
    done = subprocess.run(
        [sys.executable, str(ROOT / "Examples" / example), "--seed", "1"], capture_output=True, text=True, timeout=600,
        env={"PYTHONPATH": str(ROOT / "Python"), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    mean = float(done.stdout.strip().splitlines()[-1].split("mean return ")[1].split()[0])
    assert mean >= 475, done.stdout
