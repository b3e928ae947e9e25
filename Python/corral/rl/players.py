"""Trained agents as functions from observations to actions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from .runs import settings_of

__all__ = ["player_of"]


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
