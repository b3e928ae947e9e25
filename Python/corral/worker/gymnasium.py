"""Any environment of Gymnasium, by its id."""

import importlib

from . import snapshots, spaces
from .errors import BadRequest, Unsupported
from .rehearsal import rehearse
from .worker import Worker, fresh_seed


class GymnasiumWorker(Worker):
    """Serves `gymnasium.make(id, **kwargs)`.

    Configuration: `id`; `kwargs` (parameters of a session go over them); `import`: modules that register ids;
    `wrappers`: names of `gymnasium.wrappers`, `module:Class`, or `{"name", "kwargs"}`, innermost first; `render_mode`
    (default: `rgb_array` where the environment has it, else `ansi`, else none).
    """

    name = "corral.worker.gymnasium"
    packages = ("gymnasium", "numpy")

    _ready = None  # an environment made ahead; each session resets it before use
    _snapshots = False

    @classmethod
    def preload(cls, config):
        cls.packages = (*cls.packages, *config.get("packages", ()))
        cls._ready = make(config, {})
        cls._snapshots = snapshots.work(make(config, {}))
        rehearse(cls, config, lambda: spaces.plain(cls._ready.action_space.sample()))

    def __init__(self, config=None):
        super().__init__(config)
        self._env = type(self)._ready
        self._own = False  # whether this session made the environment
        self._seed = None

    @property
    def render_modes(self):
        mode = self._env.render_mode if self._env is not None else None
        return (mode,) if mode in ("rgb_array", "ansi") else ()

    @property
    def capabilities(self):
        return ("seed",) + ("render",) * bool(self.render_modes) + ("snapshot",) * self._snapshots

    def init(self, instance, params, seed):
        if instance is not None:
            raise BadRequest("this environment has no instances to choose from")
        if self._own:
            self._env.close()
        given = self.config.get("kwargs", {})
        self._own = self.slot != 0 or type(self)._ready is None or {**given, **params} != given
        self._use(make(self.config, params) if self._own else type(self)._ready)
        self.decode_action = spaces.decoder(self._env.action_space)
        self._seed = fresh_seed() if seed is None else seed

    def spaces(self):
        return spaces.form(self._env.observation_space), spaces.form(self._env.action_space)

    def reset(self, seed, options):
        if seed is None:
            seed = self._seed
        self._seed = None
        return self._env.reset(seed=seed, options=options or None)

    def render(self, mode):
        frame = self._env.render()
        if frame is None:
            raise Unsupported("the environment gave no frame")
        return frame

    def snapshot(self):
        if not self._snapshots:
            raise Unsupported("this environment cannot go back to a state")
        return snapshots.capture(self._env)

    def restore(self, state):
        if not self._snapshots:
            raise Unsupported("this environment cannot go back to a state")
        self._use(snapshots.revive(self._env, state))

    def close(self):
        if self._env is not None and (self._own or self.slot == 0):
            self._env.close()

    def _use(self, env):
        self._env = env
        self.step = env.step


def make(config, params):
    """The environment that a configuration and a session's parameters describe."""
    import gymnasium

    for module in config.get("import", []):
        importlib.import_module(module)
    kwargs = {"disable_env_checker": True, **config.get("kwargs", {}), **params}
    if "render_mode" not in kwargs:
        kwargs["render_mode"] = config.get("render_mode", _cheap_render_mode(gymnasium, config["id"]))
    if kwargs["render_mode"] is None:
        del kwargs["render_mode"]
    env = gymnasium.make(config["id"], **kwargs)
    for wrapper in config.get("wrappers", []):
        name, arguments = (wrapper, {}) if isinstance(wrapper, str) else (wrapper["name"], wrapper.get("kwargs", {}))
        env = _wrapper(name)(env, **arguments)
    return env


def _cheap_render_mode(gymnasium, name):
    """The mode to make an environment with although nobody may look: one that draws only when asked."""
    creator = gymnasium.envs.registration.load_env_creator(gymnasium.spec(name).entry_point)
    modes = (getattr(creator, "metadata", None) or {}).get("render_modes", [])
    for mode in ("rgb_array", "ansi"):
        if mode in modes:
            return mode
    return None


def _wrapper(name):
    module, _, attribute = name.rpartition(":")
    return getattr(importlib.import_module(module or "gymnasium.wrappers"), attribute)
