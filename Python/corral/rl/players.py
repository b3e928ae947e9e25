"""Trained agents as functions from observations to actions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from .runs import settings_of

__all__ = ["episodes", "player_of"]


def player_of(policy: Path, envs: Any) -> Callable[[Any], Any]:
    """The agent of a file, for environments of the spaces that it was trained in; it takes the likeliest action.

    Raises ValueError for a file of another kind than the two libraries leave.
    """
    if policy.suffix == ".zip":
        from .sb3 import load as load_sb3

        return load_sb3(policy)
    if policy.suffix != ".pt":
        raise ValueError(f"{policy} is no agent of torch (.pt) or of Stable-Baselines3 (.zip)")
    settings = settings_of(policy)
    if settings["library"] != "corral":
        raise ValueError(f"{policy} was left by {settings['library']}, whose agents are .zip files")
    import torch

    from .ppo import load

    agent = load(policy, envs)

    def act(observations: Any) -> Any:
        with torch.no_grad():
            choice, _ = agent(agent.encode(observations))
            return agent.to_environment(agent.act(choice, greedy=True))

    return act


def episodes(
    act: Callable[[Any], Any],
    envs: Any,
    count: int,
    *,
    seed: int | None = None,
    after_step: Callable[[], None] | None = None,
) -> Iterator[tuple[int, float]]:
    """Plays, and gives the number of an environment and the return of each of its episodes as they end.

    As many from each environment, so that short episodes do not count more often than long ones: the last ones of
    `count` are shared out to the first environments.
    """
    left = np.full(envs.num_envs, count // envs.num_envs)
    left[: count % envs.num_envs] += 1
    running = np.zeros(envs.num_envs)
    observations, _ = envs.reset(seed=seed)
    while left.any():
        observations, rewards, terminated, truncated, _ = envs.step(act(observations))
        running += rewards
        if after_step is not None:
            after_step()
        for row in np.flatnonzero(terminated | truncated):
            if left[row] > 0:
                left[row] -= 1
                yield int(row), float(running[row])
            running[row] = 0
