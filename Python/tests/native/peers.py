"""Gymnasium's environments as the peers of ours: how they are made, how an agent plays them, what their state is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import gymnasium
import numpy as np

Action = Callable[[Any, Any, dict], Any]
"""An action from the generator, the last observation and the last info; chosen so that episodes end now and then."""


def uniform(count: int) -> Action:
    return lambda generator, observation, info: int(generator.integers(count))


def mountain_car(generator, observation, info) -> int:
    """Pushes where the car is going, mostly, so that it reaches the goal."""
    return int(generator.integers(3)) if generator.random() < 0.2 else 2 * int(observation[1] >= 0)


def mountain_car_continuous(generator, observation, info) -> Any:
    """Pushes where the car is going, also harder than the bounds."""
    strength = 1.2 * generator.random() if observation[1] >= 0 else -1.2 * generator.random()
    return np.array([strength], np.float32)


def pendulum(generator, observation, info) -> Any:
    return np.array([generator.uniform(-2.6, 2.6)], np.float32)


def acrobot(generator, observation, info) -> int:
    """Swings the lower link up, mostly."""
    return int(generator.integers(3)) if generator.random() < 0.1 else 2 * int(observation[4] < 0)


def cliff_walking(generator, observation, info) -> int:
    """Along the row above the cliff, with missteps."""
    row, column = divmod(observation, 12)
    best = 0 if row == 3 and column == 0 else 2 if column == 11 else 1 if row == 2 else 2
    return int(generator.integers(4)) if generator.random() < 0.2 else best


def taxi(generator, observation, info) -> int:
    """What the mask allows; a stop where one can be made mostly is."""
    mask = info["action_mask"]
    stops = [action for action in (4, 5) if mask[action]]
    if stops and generator.random() < 0.7:
        return stops[0]
    return int(generator.integers(6)) if generator.random() < 0.1 else int(generator.choice(np.flatnonzero(mask)))


@dataclass(frozen=True)
class Game:
    """One environment, by the same name and settings in both libraries."""

    name: str
    act: Action
    settings: dict[str, Any] = field(default_factory=dict)
    theirs: str | None = None
    """Its name in Gymnasium, where that is another one."""
    state: tuple[str, ...] = ()
    """The fields of a record that are Gymnasium's `state`, where it is an array."""
    single: bool = False
    """Whether that array is float32 after the first step."""
    ends: bool = True
    """Whether episodes can terminate."""

    @property
    def label(self) -> str:
        return "-".join([self.name, *(f"{key}={value}" for key, value in sorted(self.settings.items()))])

    def peer(self) -> gymnasium.Env:
        return gymnasium.make(self.theirs or self.name, disable_env_checker=True, **self.settings)


CLASSIC_CONTROL = [
    Game("CartPole-v0", uniform(2), state=("x", "x_dot", "theta", "theta_dot")),
    Game("CartPole-v1", uniform(2), state=("x", "x_dot", "theta", "theta_dot")),
    Game("CartPole-v1", uniform(2), {"sutton_barto_reward": True}, state=("x", "x_dot", "theta", "theta_dot")),
    Game("MountainCar-v0", mountain_car, state=("position", "velocity")),
    Game("MountainCar-v0", mountain_car, {"goal_velocity": 0.03}, state=("position", "velocity")),
    Game("MountainCarContinuous-v0", mountain_car_continuous, state=("position", "velocity"), single=True),
    Game(
        "MountainCarContinuous-v0",
        mountain_car_continuous,
        {"goal_velocity": 0.03},
        state=("position", "velocity"),
        single=True,
    ),
    Game("Pendulum-v1", pendulum, state=("theta", "theta_dot"), ends=False),
    Game("Pendulum-v1", pendulum, {"g": 9.81}, state=("theta", "theta_dot"), ends=False),
    Game("Acrobot-v1", acrobot, state=("theta1", "theta2", "theta1_dot", "theta2_dot")),
]

TABLES = [
    Game("FrozenLake-v1", uniform(4)),
    Game("FrozenLake-v1", uniform(4), {"is_slippery": False}),
    Game("FrozenLake-v1", uniform(4), {"success_rate": 0.75, "reward_schedule": (3, -2.5, -0.125)}),
    Game("FrozenLake-v1", uniform(4), {"desc": ["SFS", "FFF", "HFF", "FFG", "SGH"]}),
    Game("FrozenLake8x8-v1", uniform(4)),
    Game("CliffWalking-v1", cliff_walking),
    Game("CliffWalkingSlippery-v1", cliff_walking),
    Game("Taxi-v4", taxi),
    Game("Taxi-v4", taxi, {"is_rainy": True, "fickle_passenger": True}),
    Game("Taxi-v4", taxi, {"is_rainy": True, "rainy_probability": 0.4}),
    Game("Taxi-v4", taxi, {"fickle_passenger": True, "fickle_probability": 0.9}),
    Game("Taxi-v3", taxi, theirs="Taxi-v4"),
    Game("Blackjack-v1", uniform(2)),
    Game("Blackjack-v1", uniform(2), {"natural": True, "sab": False}),
    Game("Blackjack-v1", uniform(2), {"natural": False, "sab": False}),
]

GAMES = {game.label: game for game in CLASSIC_CONTROL + TABLES}
