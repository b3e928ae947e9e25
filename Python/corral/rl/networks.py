"""Policy and value networks in PyTorch for Gymnasium's spaces."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import gymnasium
import numpy as np
import torch
from torch import Tensor, nn
from torch.distributions import Categorical, Distribution, Independent, Normal

__all__ = ["ActorCritic", "Encoder", "RunningScale"]


class Encoder(nn.Module):
    """Observations as rows of numbers: arrays flat, choices one-hot, members of a tuple one after the other."""

    def __init__(self, space: gymnasium.Space[Any]) -> None:
        super().__init__()
        if isinstance(space, gymnasium.spaces.Tuple):
            self.choices = [self._count(one) for one in space.spaces]
        elif isinstance(space, gymnasium.spaces.Discrete):
            self.choices = [self._count(space)]
        elif isinstance(space, gymnasium.spaces.MultiDiscrete):
            self.choices = [int(count) for count in space.nvec.reshape(-1)]
        elif isinstance(space, gymnasium.spaces.Box):
            self.choices = []
        else:
            raise TypeError(f"cannot learn from observations of {space}; wrap it into a Box or a Discrete")
        self.width = sum(self.choices) if self.choices else int(np.prod(space.shape or (1,)))

    @staticmethod
    def _count(space: gymnasium.Space[Any]) -> int:
        if isinstance(space, gymnasium.spaces.Discrete) and space.start == 0:
            return int(space.n)
        raise TypeError(f"cannot learn from a tuple with {space}")

    def forward(self, observations: Tensor) -> Tensor:
        rows = observations.reshape(len(observations), -1)
        if not self.choices:
            return rows.float()
        hot = [nn.functional.one_hot(rows[:, place].long(), count) for place, count in enumerate(self.choices)]
        return torch.cat(hot, 1).float()

    def tensor(self, observations: Any) -> Tensor:
        """Observations of a vector environment; NumPy's memory is shared, not copied."""
        if isinstance(observations, tuple):
            return torch.stack([torch.from_numpy(np.asarray(one)) for one in observations], 1)
        return torch.from_numpy(np.asarray(observations))


class RunningScale(nn.Module):
    """Centres and scales numbers by the mean and variance of all that it has seen while training."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.register_buffer("count", torch.tensor(1e-4, dtype=torch.float64))
        self.register_buffer("mean", torch.zeros(width, dtype=torch.float64))
        self.register_buffer("variance", torch.ones(width, dtype=torch.float64))

    def update(self, rows: Tensor) -> None:
        """Counts rows in (Chan, Golub, LeVeque: parallel variance)."""
        rows = rows.double()
        count, mean, variance = len(rows), rows.mean(0), rows.var(0, unbiased=False)
        total = self.count + count
        apart = mean - self.mean
        both = self.variance * self.count + variance * count + apart**2 * self.count * count / total
        self.mean += apart * count / total
        self.variance.copy_(both / total)
        self.count.copy_(total)

    def forward(self, rows: Tensor) -> Tensor:
        return ((rows - self.mean) / (self.variance + 1e-8).sqrt()).clamp(-10, 10).float()


class ActorCritic(nn.Module):
    """A policy and a value; with `share` they part only in their last layer."""

    def __init__(
        self, observations: gymnasium.Space[Any], actions: gymnasium.Space[Any], sizes: Sequence[int],
        share: bool = True, normalize: bool = False,
    ) -> None:  # fmt: skip
        super().__init__()
        self.encoder = Encoder(observations)
        self.scale = RunningScale(self.encoder.width) if normalize else None
        self.discrete = isinstance(actions, gymnasium.spaces.Discrete)
        self.shape: tuple[int, ...] = ()
        if isinstance(actions, gymnasium.spaces.Discrete):
            outputs = int(actions.n)
        elif isinstance(actions, gymnasium.spaces.Box):
            self.shape = actions.shape
            outputs = int(np.prod(actions.shape))
            self.register_buffer("low", torch.as_tensor(actions.low))
            self.register_buffer("high", torch.as_tensor(actions.high))
        else:
            raise TypeError(f"cannot learn actions of {actions}; only Discrete and Box")
        self.start = int(getattr(actions, "start", 0))
        self.body, width = _layers(self.encoder.width, sizes)
        self.value_body = self.body if share else _layers(self.encoder.width, sizes)[0]
        self.policy, self.value = _linear(width, outputs, 0.01), _linear(width, 1, 1.0)
        if not self.discrete:
            self.log_std = nn.Parameter(torch.zeros(outputs))

    def encode(self, observations: Any) -> Tensor:
        """Observations of a vector environment as the rows that the networks see."""
        return self.encoder(self.encoder.tensor(observations))

    def forward(self, rows: Tensor) -> tuple[Distribution, Tensor]:
        """The distribution of the actions and the values of encoded observations."""
        if self.scale is not None:
            rows = self.scale(rows)
        features = self.body(rows)
        apart = features if self.value_body is self.body else self.value_body(rows)
        outputs = self.policy(features)
        if self.discrete:
            choice: Distribution = Categorical(logits=outputs, validate_args=False)
        else:
            choice = Independent(Normal(outputs, self.log_std.exp().expand_as(outputs), validate_args=False), 1)
        return choice, self.value(apart).squeeze(-1)

    def act(self, choice: Distribution, *, greedy: bool = False) -> Tensor:
        """Actions that are drawn, or the likeliest ones."""
        if greedy:
            return choice.probs.argmax(-1) if isinstance(choice, Categorical) else choice.mean
        return choice.sample()

    def to_environment(self, actions: Tensor) -> Any:
        """Actions as the environment takes them: a continuous one is cut to its bounds."""
        if self.discrete:
            return actions.numpy() + self.start if self.start else actions.numpy()
        return torch.clamp(actions.reshape(len(actions), *self.shape), self.low, self.high).numpy()


def _layers(width: int, sizes: Sequence[int]) -> tuple[nn.Sequential, int]:
    layers: list[nn.Module] = []
    for size in sizes:
        layers += [_linear(width, size, math.sqrt(2)), nn.Tanh()]
        width = size
    return nn.Sequential(*layers), width


def _linear(inputs: int, outputs: int, gain: float) -> nn.Linear:
    layer = nn.Linear(inputs, outputs)
    nn.init.orthogonal_(layer.weight, gain)
    nn.init.zeros_(layer.bias)
    return layer
