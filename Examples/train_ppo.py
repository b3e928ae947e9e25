"""Trains an agent in CartPole by its shipped settings, and lets it play.

    make training                                  # once: PyTorch into .venvs/training
    .venvs/training/bin/python Examples/train_ppo.py
    .venvs/training/bin/tensorboard --logdir runs  # what happened meanwhile

The algorithm is one file, `corral/rl/ppo.py`; the environments run inside this process. Everything about the run is
left in `runs/<environment>/<time>/`.
"""

from __future__ import annotations

import argparse

import numpy as np

from corral.rl import default_rl_cfg
from corral.rl.environments import open_envs
from corral.rl.players import episodes, player_of
from corral.rl.ppo import train
from corral.rl.runs import find_policy


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--env", default="CartPole-v1")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--goal", type=float, default=495.0, help="mean return of 100 episodes that is good enough")
    given = parser.parse_args()

    cfg = default_rl_cfg(given.env, "corral", "torch").replace(seed=given.seed)
    outcome = train(given.env, cfg, goal=given.goal)
    print(f"trained {outcome.steps:,} steps in {outcome.seconds:.1f} s; the run is in {outcome.run}")

    envs = open_envs(given.env, 20)
    returns = [value for _, value in episodes(player_of(find_policy(given.env), envs), envs, 100, seed=10_000)]
    envs.close()
    print(f"mean return {np.mean(returns):.1f} of {len(returns)} episodes")


if __name__ == "__main__":
    main()
