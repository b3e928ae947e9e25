"""What every environment of the registry has: a configuration (`EnvCfg`) and four properties (`ABEnv`)."""

from __future__ import annotations

import abc
from dataclasses import dataclass
from typing import Any, Optional

__all__ = ["ABEnv", "EnvCfg"]

TOLERANCE = 1e-6
"""How far, relative, a quotient of two times may be from a whole number that it stands for."""


@dataclass
class EnvCfg:
    """The base of configurations. Times are in seconds of the simulation; `render_spacing` is in metres."""

    model_file: Optional[str] = None  # noqa: UP045 - evaluated by programs that read the fields' types
    sim_dt: float = 0.01
    max_episode_seconds: Optional[float] = None  # noqa: UP045
    ctrl_dt: float = 0.01
    render_spacing: float = 1.0

    @property
    def max_episode_steps(self) -> int | None:
        """How many steps an episode may have, None without a limit.

        10 s of 0.1 s are 100 steps although the quotient of the two is a little less.
        """
        if not self.max_episode_seconds:
            return None
        steps = self.max_episode_seconds / self.ctrl_dt
        whole = round(steps)
        return whole if abs(steps - whole) <= TOLERANCE * max(1.0, steps) else int(steps)

    @property
    def sim_substeps(self) -> int:
        """How many steps the physics makes in one step of the environment."""
        return round(self.ctrl_dt / self.sim_dt)

    def validate(self) -> None:
        """Raises ValueError where the times cannot be."""
        for name in ("sim_dt", "ctrl_dt"):
            if not _is_positive(getattr(self, name)):
                raise ValueError(f"{name} must be a positive number of seconds, not {getattr(self, name)!r}")
        if self.max_episode_seconds is not None and not _is_positive(self.max_episode_seconds):
            raise ValueError(
                f"max_episode_seconds must be a positive number of seconds or None, not {self.max_episode_seconds!r}"
            )
        if self.sim_dt > self.ctrl_dt:
            raise ValueError(
                "sim_dt must be less than or equal to ctrl_dt; "
                f"they are {self.sim_dt} and {self.ctrl_dt} seconds: raise ctrl_dt or lower sim_dt"
            )


def _is_positive(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0


class ABEnv(abc.ABC):
    """The least that an environment of the registry offers."""

    @property
    @abc.abstractmethod
    def num_envs(self) -> int:
        """How many environments step together."""

    @property
    @abc.abstractmethod
    def cfg(self) -> EnvCfg:
        """The configuration it was made with."""

    @property
    @abc.abstractmethod
    def observation_space(self) -> Any:
        """The Gymnasium space of one environment's observations."""

    @property
    @abc.abstractmethod
    def action_space(self) -> Any:
        """The Gymnasium space of one environment's actions."""
