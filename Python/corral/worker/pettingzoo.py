"""Any environment of PettingZoo whose agents act at once."""

import importlib

from . import spaces
from .errors import InvalidAction
from .made import MadeWorker


class ParallelWorker(MadeWorker):
    """Serves `module.parallel_env(**kwargs)`.

    Configuration: `env`: the module (`pettingzoo.butterfly.pistonball_v6`); `kwargs` (parameters of a session go over
    them); `render_mode` (default: `rgb_array` where the environment takes it).
    """

    name = "corral.worker.pettingzoo"
    packages = ("pettingzoo", "gymnasium", "numpy")

    @staticmethod
    def make(config, params):
        module = importlib.import_module(config["env"])
        kwargs = {**config.get("kwargs", {}), **params}
        if "render_mode" in config:
            kwargs.setdefault("render_mode", config["render_mode"])
        if "render_mode" in kwargs:
            return module.parallel_env(**kwargs)
        try:
            return module.parallel_env(render_mode="rgb_array", **kwargs)
        except TypeError:
            return module.parallel_env(**kwargs)

    @staticmethod
    def sample(env):
        return {agent: spaces.plain(env.action_space(agent).sample()) for agent in env.agents}

    def __init__(self, config=None):
        super().__init__(config)
        self._decoders = {}

    @property
    def agents(self):
        return list(self._env.possible_agents) if self._env is not None else []

    def spaces(self):
        env = self._env
        return (
            {agent: spaces.form(env.observation_space(agent)) for agent in self.agents},
            {agent: spaces.form(env.action_space(agent)) for agent in self.agents},
        )

    def decode_action(self, action):
        live = self._env.agents
        if not isinstance(action, dict) or action.keys() != set(live):
            raise InvalidAction("expected an object with one action for each of: %s" % ", ".join(live))
        return {agent: self._decode(agent, move) for agent, move in action.items()}

    def step(self, action):
        return self._env.step(action)

    def _use(self, env):
        super()._use(env)
        self._decoders = {agent: spaces.decoder(env.action_space(agent)) for agent in self.agents}

    def _decode(self, agent, move):
        try:
            return self._decoders[agent](move)
        except InvalidAction as error:
            raise InvalidAction("%s: %s" % (agent, error)) from None
