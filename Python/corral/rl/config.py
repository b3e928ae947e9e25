"""Training settings as classes: what every library needs (`BaseRLCfg`), and those of two libraries."""

from __future__ import annotations

import dataclasses
import difflib
from dataclasses import dataclass
from typing import Any, ClassVar, Optional, TypeVar

__all__ = ["BaseRLCfg", "PPOCfg", "SB3PPOCfg"]

Cfg = TypeVar("Cfg", bound="BaseRLCfg")


@dataclass
class BaseRLCfg:
    """How much to train. Steps are those of single environments: one step of 2,048 of them counts 2,048."""

    rllib: ClassVar[str] = ""
    """The library that a class is for; `rlcfg` reads it."""
    algorithm: ClassVar[str] = ""

    seed: Optional[int] = None  # noqa: UP045 - evaluated by programs that read the fields' types
    num_envs: int = 2048
    play_num_envs: int = 16
    max_env_steps: int = 20_480_000
    check_point_interval: int = 1000
    """Steps of all environments together between two checkpoints."""

    @property
    def max_batch_env_steps(self) -> int:
        """How often all environments step together: whole intervals between checkpoints, at most `max_env_steps`."""
        if self.num_envs < 1 or self.check_point_interval < 1:
            raise ValueError("num_envs and check_point_interval must be 1 or more")
        steps = self.max_env_steps // self.num_envs
        return steps // self.check_point_interval * self.check_point_interval

    def replace(self: Cfg, **changes: Any) -> Cfg:
        """A copy with other values of some fields; raises ValueError for a field that there is not."""
        names = [field.name for field in dataclasses.fields(self)]
        for name in changes:
            if name not in names:
                close = difflib.get_close_matches(name, names, n=1)
                hint = f"did you mean '{close[0]}'?" if close else f"it has: {', '.join(names)}"
                raise ValueError(f"{type(self).__name__} has no setting '{name}'; {hint}")
        return dataclasses.replace(self, **changes)


@dataclass
class PPOCfg(BaseRLCfg):
    """Proximal policy optimisation by the trainer of this package (`corral.rl.ppo`). The defaults are MotrixLab's."""

    rllib: ClassVar[str] = "corral"
    algorithm: ClassVar[str] = "ppo"

    hidden_layer_sizes: tuple[int, ...] = (256, 128, 64)
    share_features: bool = True
    """One network for policy and value, which part in the last layer."""
    rollouts: int = 32
    """Steps of all environments between two updates."""
    learning_epochs: int = 2
    mini_batches: int = 32
    discount_factor: float = 0.99
    lam: float = 0.95
    learning_rate: float = 1e-3
    kl_threshold: float = 0.008
    """The learning rate falls where an update changes the policy by twice as much, and rises at half; 0: it stays."""
    grad_norm_clip: float = 1.0
    ratio_clip: float = 0.2
    value_clip: float = 0.2
    """How far a value may move in an update; 0: as far as it wants."""
    entropy_loss_scale: float = 0.0
    value_loss_scale: float = 2.0
    time_limit_bootstrap: bool = True
    """An episode cut by its time limit counts the value of where it was cut."""
    normalize_observations: bool = False
    rewards_scale: float = 1.0

    def __post_init__(self) -> None:
        self.hidden_layer_sizes = tuple(self.hidden_layer_sizes)


@dataclass
class SB3PPOCfg(BaseRLCfg):
    """PPO of Stable-Baselines3; the fields are its arguments. `anneal` lets rate and clip range fall to zero."""

    rllib: ClassVar[str] = "sb3"
    algorithm: ClassVar[str] = "ppo"

    num_envs: int = 8
    max_env_steps: int = 100_000
    n_steps: int = 128
    batch_size: int = 256
    n_epochs: int = 10
    gamma: float = 0.99
    gae_lambda: float = 0.95
    learning_rate: float = 3e-4
    clip_range: float = 0.2
    ent_coef: float = 0.0
    vf_coef: float = 0.5
    max_grad_norm: float = 0.5
    net_arch: tuple[int, ...] = (64, 64)
    activation: str = "tanh"
    anneal: bool = False
    normalize: bool = False
    use_sde: bool = False

    def __post_init__(self) -> None:
        self.net_arch = tuple(self.net_arch)
