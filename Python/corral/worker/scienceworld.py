"""The thirty tasks of ScienceWorld."""

import random

from .errors import BadRequest, InvalidAction
from .worker import Worker, fresh_seed

TEXT = {"type": "Text", "min_length": 0, "max_length": None, "charset": None}
PARAMS = {"variation_idx": int, "simplification_str": str, "env_step_limit": int, "generate_gold_path": bool}


class ScienceWorldWorker(Worker):
    """Serves ScienceWorld; an action is a command in words, an instance is a task (`boil`).

    Parameters: `variation_idx` (without it the seed chooses one of the training variations), `simplification_str`,
    `env_step_limit` (default 100; the move after it truncates, and looking around is no move), `generate_gold_path`.
    The reward of a step is the change of the score, which goes from 0 to 100 points; a fatal mistake makes the score
    -100. The simulator runs in a Java machine of its own and is reached over the loopback interface, so it can neither
    be forked nor do without `lo`.
    """

    name = "corral.worker.scienceworld"
    packages = ("scienceworld", "py4j")

    @classmethod
    def preload(cls, config):
        import scienceworld  # noqa: F401

    def __init__(self, config=None):
        super().__init__(config)
        self._env = None
        self._task = None
        self._params = {}
        self._seed = None

    def instances(self):
        from scienceworld.constants import ID2TASK

        return list(ID2TASK.values())

    def init(self, instance, params, seed):
        if instance not in self.instances():
            raise BadRequest("unknown task %r; `instances` of hello lists them" % (instance,))
        for name, value in params.items():
            if name not in PARAMS or type(value) is not PARAMS[name]:
                raise BadRequest("`%s` is unknown or has the wrong type" % name)
        if self._env is None:
            from scienceworld import ScienceWorldEnv

            self._env = ScienceWorldEnv()
        variations = self._env.get_max_variations(instance)
        if not 0 <= params.get("variation_idx", 0) < variations:
            raise BadRequest("`variation_idx` of %s goes from 0 to %d" % (instance, variations - 1))
        self._task = instance
        self._params = params
        self._seed = seed

    def spaces(self):
        return TEXT, TEXT

    def reset(self, seed, options):
        seed = self._seed if seed is None else seed
        seed = fresh_seed() if seed is None else seed
        env, params = self._env, self._params
        gold = params.get("generate_gold_path", False)
        env.load(self._task, self._variation(seed), params.get("simplification_str", ""), gold)
        env.envStepLimit = params.get("env_step_limit", 100)
        observation, raw = env.reset()
        info = _info(raw)
        info.update(task_name=raw["taskName"], variation_idx=raw["variationIdx"])
        if gold:
            info["gold_path"] = list(env.get_gold_action_sequence())
        return observation, info

    def decode_action(self, action):
        if not isinstance(action, str):
            raise InvalidAction("expected text")
        return action

    def step(self, action):
        observation, reward, done, raw = self._env.step(action)
        info = _info(raw)
        terminated = done and (raw["score"] < 0 or bool(self._env.server.getCompleted()))
        return observation, reward, terminated, done and not terminated, info

    def close(self):
        if self._env is not None:
            self._env.close()

    def _variation(self, seed):
        chosen = self._params.get("variation_idx")
        if chosen is not None:
            return chosen
        env = self._env
        env.load(self._task, 0, "", False)  # the lists below are those of the loaded task
        return random.Random(seed).choice(sorted(env.get_variations_train()))


def _info(raw):
    return {
        "valid_actions": sorted(raw["valid"]),
        "score": raw["score"],
        "task_description": raw["taskDesc"],
        "look": raw["look"],
        "inventory": raw["inv"],
        "moves": raw["moves"],
    }
