"""The folder of a training run, ``runs/<environment>/<time>/``: settings, metadata, checkpoints, TensorBoard's events."""

from __future__ import annotations

import dataclasses
import datetime
import json
import platform
import re
from pathlib import Path
from typing import Any

from .. import __version__
from .config import BaseRLCfg

__all__ = ["Run", "find_policy", "settings_of"]

SETTINGS = "settings.json"
CHECKPOINTS = "checkpoints"
RANKED = ("best_agent.pt", "best_agent.zip")


class Run:
    """A new run's folder. `identity` says which version of the environment it trains in."""

    def __init__(self, name: str, cfg: BaseRLCfg, identity: dict[str, Any], root: Path = Path("runs")) -> None:
        base = root / _folder_name(name)
        time = datetime.datetime.now().strftime("%Y-%m-%d_%H-%M-%S")
        for number in range(1000):
            self.path = base / (time if number == 0 else f"{time}-{number}")
            try:
                self.path.mkdir(parents=True)
                break
            except FileExistsError:
                continue
        self.checkpoints = self.path / CHECKPOINTS
        self.checkpoints.mkdir()
        settings = {
            **identity,
            "library": cfg.rllib,
            "algorithm": cfg.algorithm,
            "values": dataclasses.asdict(cfg),
            "corral": __version__,
            "python": platform.python_version(),
        }
        (self.path / SETTINGS).write_text(json.dumps(settings, indent=2) + "\n")
        self._best = float("-inf")

    def checkpoint(self, number: int, suffix: str = ".pt") -> Path:
        """Where the agent after `number` steps of all environments goes."""
        return self.checkpoints / f"agent_{number}{suffix}"

    def is_best(self, mean_return: float) -> bool:
        """Whether no agent so far did better; remembers it."""
        if mean_return < self._best or mean_return != mean_return:
            return False
        self._best = mean_return
        return True

    @property
    def best(self) -> Path:
        return self.checkpoints / "best_agent.pt"


def find_policy(name: str, root: Path = Path("runs")) -> Path:
    """The best agent of the newest run in an environment, else its agent of the most steps.

    Raises FileNotFoundError where no run has left one.
    """
    for run in sorted((root / _folder_name(name)).glob("*/"), reverse=True):
        for ranked in RANKED:
            if (run / CHECKPOINTS / ranked).is_file():
                return run / CHECKPOINTS / ranked
        numbered = [(int(found[1]), path) for path in (run / CHECKPOINTS).glob("agent_*.*")
                    if (found := re.fullmatch(r"agent_(\d+)\.\w+", path.name))]  # fmt: skip
        if numbered:
            return max(numbered)[1]
    raise FileNotFoundError(f"no run in {root / _folder_name(name)} has left an agent; train one, or name a policy")


def settings_of(policy: Path) -> dict[str, Any]:
    """What the run that left an agent was trained with; raises FileNotFoundError for an agent that lies alone."""
    file = policy.resolve().parents[1] / SETTINGS
    if not file.is_file():
        raise FileNotFoundError(f"{policy} has no {SETTINGS} beside its folder, so nobody knows what it was trained in")
    return dict(json.loads(file.read_text()))


def _folder_name(name: str) -> str:
    """An environment's name as a folder: a reference's slash would be a folder of its own."""
    return re.sub(r"[^\w.-]", "_", name)
