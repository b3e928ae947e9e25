"""Proximal policy optimisation (Schulman et al., 2017) in PyTorch on the CPU, over a vector environment."""

from __future__ import annotations

import time
from collections import deque
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from .config import PPOCfg
from .environments import identity, open_envs
from .networks import ActorCritic
from .runs import Run, settings_of

__all__ = ["Outcome", "load", "train"]


class Outcome(NamedTuple):
    """What a training came to. `mean_return` is that of the last 100 episodes while training; times in seconds."""

    agent: ActorCritic
    run: Path
    steps: int
    mean_return: float
    seconds: float


class Rollout:
    """The steps between two updates; every array is `[rollouts, num_envs]` (`[…, width]` for rows of numbers)."""

    def __init__(self, cfg: PPOCfg, rows: Tensor, actions: Tensor) -> None:
        shape = (cfg.rollouts, cfg.num_envs)
        self.rows = torch.zeros(*shape, rows.shape[1])
        self.actions = torch.zeros(*shape, *actions.shape[1:], dtype=actions.dtype)
        self.log_probs, self.values, self.rewards, self.ends = (torch.zeros(shape) for _ in range(4))

    def advantages(self, next_values: Tensor, cfg: PPOCfg) -> Tensor:
        """Generalised advantage estimation (Schulman et al., 2015)."""
        found = torch.zeros_like(self.rewards)
        carried = torch.zeros_like(next_values)
        for step in reversed(range(cfg.rollouts)):
            running = 1 - self.ends[step]
            error = self.rewards[step] + cfg.discount_factor * next_values * running - self.values[step]
            carried = error + cfg.discount_factor * cfg.lam * running * carried
            found[step] = carried
            next_values = self.values[step]
        return found


class Episodes:
    """Returns and lengths of the episodes of a vector environment."""

    def __init__(self, count: int, kept: int = 100) -> None:
        self.running, self.length = np.zeros(count), np.zeros(count, np.int64)
        self.returns: deque[float] = deque(maxlen=kept)
        self.lengths: deque[int] = deque(maxlen=kept)

    def add(self, rewards: Any, ended: Any) -> None:
        self.running += rewards
        self.length += 1
        if ended.any():
            self.returns.extend(self.running[ended].tolist())
            self.lengths.extend(self.length[ended].tolist())
            self.running[ended] = 0
            self.length[ended] = 0

    @property
    def mean_return(self) -> float:
        return float(np.mean(self.returns)) if self.returns else float("nan")


def train(
    name: str,
    cfg: PPOCfg,
    *,
    sim_backend: str | None = None,
    root: Path = Path("runs"),
    log: bool = True,
    goal: float | None = None,
    seconds: float | None = None,
    threads: int = 1,
) -> Outcome:
    """Trains an agent in an environment and leaves a run's folder.

    Args:
        name: See `open_envs`.
        cfg: How.
        sim_backend: Of an environment of `corral.registry`.
        root: Where the run's folder goes.
        log: Whether to write TensorBoard's events (needs the package `tensorboard`).
        goal: Ends when the last 100 episodes have this mean return.
        seconds: Ends after this time.
        threads: Of PyTorch. Networks of this size are slower with two.
    """
    seed = cfg.seed if cfg.seed is not None else int(np.random.SeedSequence().generate_state(1)[0])
    torch.manual_seed(seed)
    torch.set_num_threads(threads)
    envs = open_envs(name, cfg.num_envs, sim_backend=sim_backend)
    try:
        run = Run(name, cfg.replace(seed=seed), identity(name, envs), root)
        agent = ActorCritic(
            envs.single_observation_space, envs.single_action_space, cfg.hidden_layer_sizes, cfg.share_features,
            cfg.normalize_observations,
        )  # fmt: skip
        return _Trainer(cfg, envs, agent, run, log).learn(seed, goal, seconds)
    finally:
        envs.close()


class _Trainer:
    def __init__(self, cfg: PPOCfg, envs: Any, agent: ActorCritic, run: Run, log: bool) -> None:
        self.cfg, self.envs, self.agent, self.run = cfg, envs, agent, run
        self.optimizer = torch.optim.Adam(agent.parameters(), cfg.learning_rate, eps=1e-5, foreach=True)
        self.rate = cfg.learning_rate
        self.episodes = Episodes(cfg.num_envs)
        self.events: Any = None
        if log:
            from torch.utils.tensorboard import SummaryWriter

            self.events = SummaryWriter(str(run.path))

    def learn(self, seed: int, goal: float | None, seconds: float | None) -> Outcome:
        cfg, began = self.cfg, time.monotonic()
        observations, _ = self.envs.reset(seed=seed)
        rows, steps, saved = self.agent.encode(observations), 0, 0
        while steps + cfg.rollouts <= cfg.max_batch_env_steps:
            rows, rollout, next_values = self._roll_out(rows)
            steps += cfg.rollouts
            losses = self._update(rollout, rollout.advantages(next_values, cfg))
            mean = self.episodes.mean_return
            self._report(steps * cfg.num_envs, losses, time.monotonic() - began)
            if steps // cfg.check_point_interval > saved:
                saved = steps // cfg.check_point_interval
                self._save(self.run.checkpoint(steps))
            if len(self.episodes.returns) == self.episodes.returns.maxlen and self.run.is_best(mean):
                self._save(self.run.best)
            if goal is not None and mean >= goal or seconds is not None and time.monotonic() - began >= seconds:
                break
        self._save(self.run.checkpoint(steps))
        if self.events is not None:
            self.events.close()
        took = time.monotonic() - began
        return Outcome(self.agent, self.run.path, steps * cfg.num_envs, self.episodes.mean_return, took)

    @torch.no_grad()
    def _roll_out(self, rows: Tensor) -> tuple[Tensor, Rollout, Tensor]:
        cfg, agent, rollout = self.cfg, self.agent, None
        for step in range(cfg.rollouts):
            choice, values = agent(rows)
            actions = agent.act(choice)
            if rollout is None:
                rollout = Rollout(cfg, rows, actions)
            observations, rewards, terminated, truncated, infos = self.envs.step(agent.to_environment(actions))
            ended = terminated | truncated
            self.episodes.add(rewards, ended)
            rollout.rows[step], rollout.actions[step] = rows, actions
            rollout.log_probs[step], rollout.values[step] = choice.log_prob(actions), values
            rollout.rewards[step] = torch.from_numpy(np.asarray(rewards)) * cfg.rewards_scale
            rollout.ends[step] = torch.from_numpy(ended)
            if cfg.time_limit_bootstrap and truncated.any():
                cut = np.flatnonzero(truncated & ~terminated)
                rollout.rewards[step, cut] += cfg.discount_factor * self._final_values(infos, cut)
            rows = agent.encode(observations)
        assert rollout is not None, "rollouts is 0"
        return rows, rollout, agent(rows)[1]

    def _final_values(self, infos: dict[str, Any], rows: Any) -> Tensor:
        if len(rows) == 0:
            return torch.zeros(0)
        last = [infos["final_obs"][row] for row in rows]
        tuples = isinstance(last[0], tuple)
        stacked: Any = tuple(np.stack(part) for part in zip(*last)) if tuples else np.stack(last)
        return self.agent(self.agent.encode(stacked))[1]

    def _update(self, rollout: Rollout, advantages: Tensor) -> dict[str, float]:
        cfg, agent = self.cfg, self.agent
        returns = (advantages + rollout.values).flatten()
        rows, actions = rollout.rows.flatten(0, 1), rollout.actions.flatten(0, 1)
        old_log_probs, old_values = rollout.log_probs.flatten(), rollout.values.flatten()
        gains = advantages.flatten()
        gains = (gains - gains.mean()) / (gains.std() + 1e-8)
        if agent.scale is not None:
            agent.scale.update(rows)
        totals = np.zeros(4)
        for _ in range(cfg.learning_epochs):
            moved = 0.0
            for part in torch.randperm(len(rows)).chunk(cfg.mini_batches):
                choice, values = agent(rows[part])
                change = choice.log_prob(actions[part]) - old_log_probs[part]
                ratio = change.exp()
                gain = gains[part]
                clipped = ratio.clamp(1 - cfg.ratio_clip, 1 + cfg.ratio_clip)
                policy_loss = -torch.min(gain * ratio, gain * clipped).mean()
                if cfg.value_clip > 0:
                    before = old_values[part]
                    values = before + (values - before).clamp(-cfg.value_clip, cfg.value_clip)
                value_loss = nn.functional.mse_loss(values, returns[part])
                entropy = choice.entropy().mean()
                loss = policy_loss + cfg.value_loss_scale * value_loss - cfg.entropy_loss_scale * entropy
                self.optimizer.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(agent.parameters(), cfg.grad_norm_clip)
                self.optimizer.step()
                with torch.no_grad():
                    kl = float((ratio - 1 - change).mean())
                moved += kl / cfg.mini_batches
                totals += [policy_loss.item(), value_loss.item(), entropy.item(), kl]
            self._adapt(moved)
        means = totals / (cfg.learning_epochs * cfg.mini_batches)
        return dict(zip(("policy loss", "value loss", "entropy", "kl"), means.tolist()))

    def _adapt(self, kl: float) -> None:
        """Keeps the policy's change for an epoch near the threshold (Heess et al., 2017)."""
        if self.cfg.kl_threshold <= 0:
            return
        if kl > 2 * self.cfg.kl_threshold:
            self.rate = max(self.rate / 1.5, 1e-6)
        elif kl < self.cfg.kl_threshold / 2:
            self.rate = min(self.rate * 1.5, 1e-2)
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate

    def _report(self, steps: int, losses: dict[str, float], seconds: float) -> None:
        if self.events is None:
            return
        values = {f"losses/{name}": value for name, value in losses.items()}
        values["charts/learning rate"] = self.rate
        values["charts/steps a second"] = steps / seconds
        if self.episodes.returns:
            values["charts/mean return"] = self.episodes.mean_return
            values["charts/mean length"] = float(np.mean(self.episodes.lengths))
        for name, value in values.items():
            self.events.add_scalar(name, value, steps)

    def _save(self, path: Path) -> None:
        torch.save(self.agent.state_dict(), path)


def load(policy: Path, envs: Any) -> ActorCritic:
    """The agent of a checkpoint, for environments of the spaces that it was trained in."""
    values = settings_of(policy)["values"]
    agent = ActorCritic(
        envs.single_observation_space, envs.single_action_space, values["hidden_layer_sizes"],
        values["share_features"], values["normalize_observations"],
    )  # fmt: skip
    agent.load_state_dict(torch.load(policy, weights_only=True))
    return agent
