"""PPO of Stable-Baselines3 by the settings of this package."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from stable_baselines3 import PPO
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.vec_env import VecMonitor, VecNormalize
from torch import nn

from ..sb3 import CorralVecEnv
from .config import SB3PPOCfg
from .environments import identity, open_envs
from .ppo import Outcome
from .runs import Run

__all__ = ["load", "train"]

ACTIVATIONS = {"tanh": nn.Tanh, "relu": nn.ReLU}


def train(name: str, cfg: SB3PPOCfg, *, root: Path = Path("runs"), log: bool = True, goal: float | None = None) -> Any:
    """Trains an agent and leaves a run's folder, as `corral.rl.ppo.train` does; `goal` ends it early."""
    if cfg.activation not in ACTIVATIONS:
        raise ValueError(f"activation is one of {', '.join(ACTIVATIONS)}, not {cfg.activation!r}")
    seed = cfg.seed if cfg.seed is not None else int(np.random.SeedSequence().generate_state(1)[0])
    torch.set_num_threads(1)  # networks of this size are slower with more
    inner = open_envs(name, cfg.num_envs)
    try:
        run = Run(name, cfg.replace(seed=seed), identity(name, inner), root)
        envs: Any = VecMonitor(CorralVecEnv(inner))
        if cfg.normalize:
            envs = VecNormalize(envs, gamma=cfg.gamma)
        model = _model(cfg, envs, seed, str(run.path) if log else None)
        began = time.monotonic()
        keeper = _Keeper(run, cfg, envs, goal)
        model.learn(cfg.max_env_steps, callback=keeper, tb_log_name="tensorboard")
        keeper.save(run.checkpoint(model.num_timesteps // cfg.num_envs, ".zip"))
        return Outcome(model, run.path, model.num_timesteps, keeper.mean_return, time.monotonic() - began)
    finally:
        inner.close()


def _model(cfg: SB3PPOCfg, envs: Any, seed: int, log: str | None) -> PPO:
    def fading(value: float) -> Any:
        return (lambda left: left * value) if cfg.anneal else value

    return PPO(
        "MlpPolicy", envs, n_steps=cfg.n_steps, batch_size=cfg.batch_size, n_epochs=cfg.n_epochs, gamma=cfg.gamma,
        gae_lambda=cfg.gae_lambda, learning_rate=fading(cfg.learning_rate), clip_range=fading(cfg.clip_range),
        ent_coef=cfg.ent_coef, vf_coef=cfg.vf_coef, max_grad_norm=cfg.max_grad_norm, use_sde=cfg.use_sde, seed=seed,
        tensorboard_log=log, device="cpu",
        policy_kwargs={"net_arch": list(cfg.net_arch), "activation_fn": ACTIVATIONS[cfg.activation]},
    )  # fmt: skip


class _Keeper(BaseCallback):
    """Keeps checkpoints, and ends the training at its goal."""

    def __init__(self, run: Run, cfg: SB3PPOCfg, envs: Any, goal: float | None) -> None:
        super().__init__()
        self.run, self.cfg, self.envs, self.goal = run, cfg, envs, goal
        self.saved = 0

    @property
    def mean_return(self) -> float:
        recent = [episode["r"] for episode in self.model.ep_info_buffer or []]
        return float(np.mean(recent)) if recent else float("nan")

    def _on_step(self) -> bool:
        return self.goal is None or len(self.model.ep_info_buffer or []) < 100 or self.mean_return < self.goal

    def _on_rollout_end(self) -> None:
        interval = self.n_calls // self.cfg.check_point_interval
        if interval > self.saved:
            self.saved = interval
            self.save(self.run.checkpoint(self.n_calls, ".zip"))
        if len(self.model.ep_info_buffer or []) == 100 and self.run.is_best(self.mean_return):
            self.save(self.run.best.with_suffix(".zip"))

    def save(self, path: Path) -> None:
        self.model.save(path)
        if isinstance(self.envs, VecNormalize):
            self.envs.save(str(path.with_suffix(".normalize")))


def load(policy: Path) -> Callable[[Any], Any]:
    """The agent of a file as a function from observations to the likeliest actions."""
    model = PPO.load(policy, device="cpu")
    scales: Any = None
    if policy.with_suffix(".normalize").is_file():
        import pickle

        with open(policy.with_suffix(".normalize"), "rb") as file:
            scales = pickle.load(file)

    def act(observations: Any) -> Any:
        seen = observations if scales is None else scales.normalize_obs(observations)
        return model.predict(seen, deterministic=True)[0]

    return act
