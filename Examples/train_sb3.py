"""Trains an agent of Stable-Baselines3 in CartPole by its shipped settings, and evaluates it.

    make training                                  # once: PyTorch and Stable-Baselines3 into .venvs/training
    .venvs/training/bin/python Examples/train_sb3.py

Stable-Baselines3 sees Corral's native environments as a `VecEnv`.
"""

from __future__ import annotations

import argparse

from stable_baselines3.common.evaluation import evaluate_policy

from corral.rl import default_rl_cfg
from corral.rl.sb3 import train
from corral.sb3 import make_vec_env


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--env", default="CartPole-v1")
    parser.add_argument("--seed", type=int)
    given = parser.parse_args()

    cfg = default_rl_cfg(given.env, "sb3", "torch").replace(seed=given.seed)
    outcome = train(given.env, cfg)
    print(f"trained {outcome.steps:,} steps in {outcome.seconds:.1f} s; the run is in {outcome.run}")

    envs = make_vec_env(given.env, 20, seed=10_000)
    mean, deviation = evaluate_policy(outcome.agent, envs, n_eval_episodes=100)
    envs.close()
    print(f"mean return {mean:.1f} ± {deviation:.1f} of 100 episodes")


if __name__ == "__main__":
    main()
