"""The worker of ScienceWorld: one simulator, in a Java machine of its own, for as many episodes as are asked for."""

import random

from corral.dockergym.worker import BaseWorker
from scienceworld import ScienceWorldEnv


class ScienceWorldWorker(BaseWorker):
    env = None

    def init_env(self, env_id, params):
        if self.env is None:
            self.env = ScienceWorldEnv()
        variation = params.get("variation_idx")
        if variation is None:
            self.env.load(env_id, 0)
            variation = random.choice(self.env.get_variations_train())
        gold = params.get("generate_gold_path", False)
        self.env.load(env_id, variation, params.get("simplification_str", ""), gold)
        self.env.envStepLimit = params.get("env_step_limit", 100)
        observation, raw = self.env.reset()
        info = read_info(raw)
        info.update(task_name=raw["taskName"], variation_idx=raw["variationIdx"])
        if gold:
            info["gold_path"] = list(self.env.get_gold_action_sequence())
        return observation, 0.0, False, info

    def step_env(self, action):
        observation, reward, done, raw = self.env.step(action)
        return observation, reward, done, read_info(raw)

    def close_env(self):
        if self.env is not None:
            self.env.close()


def read_info(raw):
    return {
        "valid_actions": list(raw["valid"]),
        "score": raw["score"],
        "task_description": raw["taskDesc"],
        "look": raw["look"],
        "inventory": raw["inv"],
        "moves": raw["moves"],
    }


if __name__ == "__main__":
    ScienceWorldWorker().run()
