"""Any environment of PettingZoo whose agents act at once."""

import importlib

from . import spaces
from .errors import BadRequest, InvalidAction, Unsupported
from .rehearsal import rehearse
from .worker import Worker, fresh_seed


class ParallelWorker(Worker):
    """Serves `module.parallel_env(**kwargs)`.

    Configuration: `env`: the module (`pettingzoo.butterfly.pistonball_v6`); `kwargs` (parameters of a session go over
    them); `render_mode` (default: `rgb_array` where the environment takes it).
    """

    name = "corral.worker.pettingzoo"
    packages = ("pettingzoo", "gymnasium", "numpy")

    _ready = None

    @classmethod
    def preload(cls, config):
        cls.packages = (*cls.packages, *config.get("packages", ()))
        cls._ready = make(config, {})

        def sample():
            ready = cls._ready
            return {agent: spaces.plain(ready.action_space(agent).sample()) for agent in ready.agents}

        rehearse(cls, config, sample)

    def __init__(self, config=None):
        super().__init__(config)
        self._env = type(self)._ready
        self._own = False
        self._seed = None
        self._decoders = {}

    @property
    def agents(self):
        return list(self._env.possible_agents) if self._env is not None else []

    @property
    def render_modes(self):
        mode = getattr(self._env, "render_mode", None)
        return (mode,) if mode in ("rgb_array", "ansi") else ()

    @property
    def capabilities(self):
        return ("seed",) + ("render",) * bool(self.render_modes)

    def init(self, instance, params, seed):
        if instance is not None:
            raise BadRequest("this environment has no instances to choose from")
        if self._own:
            self._env.close()
        given = self.config.get("kwargs", {})
        self._own = self.slot != 0 or type(self)._ready is None or {**given, **params} != given
        self._env = make(self.config, params) if self._own else type(self)._ready
        self._decoders = {agent: spaces.decoder(self._env.action_space(agent)) for agent in self.agents}
        self._seed = fresh_seed() if seed is None else seed

    def spaces(self):
        env = self._env
        return (
            {agent: spaces.form(env.observation_space(agent)) for agent in self.agents},
            {agent: spaces.form(env.action_space(agent)) for agent in self.agents},
        )

    def reset(self, seed, options):
        if seed is None:
            seed = self._seed
        self._seed = None
        return self._env.reset(seed=seed, options=options or None)

    def decode_action(self, action):
        live = self._env.agents
        if not isinstance(action, dict) or action.keys() != set(live):
            raise InvalidAction("expected an object with one action for each of: %s" % ", ".join(live))
        return {agent: self._decode(agent, move) for agent, move in action.items()}

    def step(self, action):
        return self._env.step(action)

    def render(self, mode):
        frame = self._env.render()
        if frame is None:
            raise Unsupported("the environment gave no frame")
        return frame

    def close(self):
        if self._env is not None and (self._own or self.slot == 0):
            self._env.close()

    def _decode(self, agent, move):
        try:
            return self._decoders[agent](move)
        except InvalidAction as error:
            raise InvalidAction("%s: %s" % (agent, error)) from None


def make(config, params):
    """The environment that a configuration and a session's parameters describe."""
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
