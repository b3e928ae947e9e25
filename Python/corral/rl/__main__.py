"""``python -m corral.rl train|play|view``; also ``corral train``, ``corral play`` and ``corral view``."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from .. import errors, registry
from .table import default_rl_cfg

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    given = _parser().parse_args(arguments)
    try:
        for module in given.imports:
            importlib.import_module(module)
        return int(given.run(given))
    except (ValueError, FileNotFoundError, errors.CorralError, ImportError, TypeError) as error:
        print(f"corral {given.command}: {error}{_remedy(error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _remedy(error: Exception) -> str:
    if isinstance(error, ModuleNotFoundError) and error.name in ("torch", "tensorboard", "stable_baselines3"):
        return "; it is needed to train and play: pip install -r Python/requirements/training.txt"
    return ""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="corral", description="Train agents, and look at them.")
    commands = parser.add_subparsers(dest="command", required=True)
    train = commands.add_parser("train", help="train an agent by the settings of its environment")
    train.add_argument("--env", default="cartpole", help="the environment (default: cartpole)")
    train.add_argument("--sim-backend", help="the implementation of an environment of corral.registry")
    train.add_argument("--num-envs", type=int, help="environments that step together (default: the settings')")
    train.add_argument(
        "--render", action="store_true", help="show the first environment in the terminal after training"
    )
    train.add_argument("--train-backend", choices=("jax", "torch"), default="torch", help="default: torch")
    train.add_argument("--rllib", default="corral", help="the library whose settings are read: corral or sb3")
    train.add_argument("--seed", type=int, help="makes the run repeatable")
    train.add_argument("--rand-seed", action="store_true", help="draw the seed, whatever the settings say")
    train.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", dest="changes",
                       help="another value for a setting; JSON or text")  # fmt: skip
    train.add_argument("--goal", type=float, metavar="RETURN", help="end when 100 episodes have this mean return")
    train.add_argument("--seconds", type=float, help="end after this time")
    train.set_defaults(run=_train)
    play = commands.add_parser("play", help="let a trained agent act")
    play.add_argument("--env", default="cartpole", help="the environment (default: cartpole)")
    play.add_argument("--policy", type=Path, help="the agent's file (default: the best one of the newest run)")
    play.add_argument("--num-envs", type=int, default=1, help="default: 1")
    play.add_argument("--episodes", type=int, default=10, help="default: 10")
    play.add_argument("--seed", type=int, help="makes the episodes repeatable")
    play.add_argument("--render", action="store_true", help="show the first environment in the terminal")
    play.set_defaults(run=_play)
    view = commands.add_parser("view", help="look at an environment under random actions, at its own pace")
    view.add_argument("--env", default="cartpole", help="the environment (default: cartpole)")
    view.add_argument("--num-envs", type=int, default=1, help="default: 1")
    view.add_argument("--seconds", type=float, default=10.0, help="default: 10")
    view.add_argument("--seed", type=int, help="makes actions and episodes repeatable")
    view.set_defaults(run=_view)
    for command in (train, play, view):
        command.add_argument("--runs", type=Path, default=Path("runs"), help="the folder of runs (default: runs)")
        command.add_argument("--import", action="append", default=[], metavar="MODULE", dest="imports",
                             help="a module that registers environments or settings")  # fmt: skip
    return parser


def _train(given: argparse.Namespace) -> int:
    if given.train_backend == "jax":
        raise ValueError("agents are trained with torch here; --train-backend torch")
    cfg = default_rl_cfg(given.env, given.rllib, given.train_backend)
    changes = dict(_change(text) for text in given.changes)
    for name, value in (("num_envs", given.num_envs), ("seed", given.seed)):
        if value is not None:
            changes[name] = value
    if given.rand_seed:
        changes["seed"] = None
    cfg = cfg.replace(**changes)
    if cfg.rllib == "sb3":
        from .sb3 import train as train_sb3

        outcome = train_sb3(given.env, cfg, root=given.runs, goal=given.goal)
    else:
        from .ppo import train

        outcome = train(
            given.env, cfg, sim_backend=given.sim_backend, root=given.runs, goal=given.goal, seconds=given.seconds
        )
    rate = outcome.steps / max(outcome.seconds, 1e-9)
    print(f"{outcome.run}: mean return {outcome.mean_return:.1f} after {outcome.steps:,} steps, "
          f"{outcome.seconds:.1f} s ({rate:,.0f} steps/s)")  # fmt: skip
    if given.render:
        return main(["play", "--env", given.env, "--runs", str(given.runs), "--render", "--episodes", "1"])
    return 0


def _change(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals:
        raise ValueError(f"--set takes NAME=VALUE, not {text!r}")
    try:
        return name, json.loads(value)
    except json.JSONDecodeError:
        return name, value


def _play(given: argparse.Namespace) -> int:
    from .environments import open_envs
    from .players import episodes, player_of
    from .runs import find_policy
    from .terminal import Screen

    policy = given.policy or find_policy(given.env, given.runs)
    envs = open_envs(given.env, given.num_envs, render=given.render)
    try:
        act = player_of(policy, envs)
        screen = Screen(envs) if given.render else None
        returns: list[float] = []
        for row, value in episodes(
            act, envs, given.episodes, seed=given.seed, after_step=screen.show if screen else None
        ):
            returns.append(value)
            print(f"episode {len(returns)}, environment {row}: return {value:.1f}")
    finally:
        envs.close()
    print(f"{policy}: mean return {np.mean(returns):.1f} of {len(returns)} episodes")
    return 0


def _view(given: argparse.Namespace) -> int:
    from .environments import open_envs
    from .terminal import Screen

    renders = not registry.is_own(given.env)
    envs = open_envs(given.env, given.num_envs, render=renders)
    try:
        envs.action_space.seed(given.seed)
        envs.reset(seed=given.seed)
        screen, ended, steps = Screen(envs), 0, 0
        end = time.monotonic() + given.seconds
        while time.monotonic() < end:
            _, _, terminated, truncated, _ = envs.step(envs.action_space.sample())
            ended += int((terminated | truncated).sum())
            steps += 1
            screen.show()
    finally:
        envs.close()
    print(f"{given.env}: {steps} steps of {envs.num_envs} environments at random, {ended} episodes ended")
    return 0


if __name__ == "__main__":
    sys.exit(main())
