"""Any environment of Gymnasium, by its id."""

import importlib

from . import snapshots, spaces
from .errors import Unsupported
from .made import MadeWorker

#: Packages whose environments draw all that is random from `np_random`; an emulator has generators of its own.
REPEATABLE = ("gymnasium", "minigrid")


class GymnasiumWorker(MadeWorker):
    """Serves `gymnasium.make(id, **kwargs)`.

    Configuration: `id`; `kwargs` (parameters of a session go over them); `import`: modules that register ids;
    `wrappers`: names of `gymnasium.wrappers`, `module:Class`, or `{"name", "kwargs"}`, innermost first; `render_mode`
    (default: `rgb_array` where the environment has it, else `ansi`, else none).
    """

    name = "corral.worker.gymnasium"
    packages = ("gymnasium", "numpy")

    _snapshots = False
    _portable = False
    _reseeds = False

    @classmethod
    def preload(cls, config):
        env = cls.make(config, {})
        cls._portable = snapshots.is_known(env)
        cls._snapshots = snapshots.work(env)
        cls._reseeds = snapshots.is_known(env, REPEATABLE)
        super().preload(config)

    @staticmethod
    def make(config, params):
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
            name, arguments = (
                (wrapper, {}) if isinstance(wrapper, str) else (wrapper["name"], wrapper.get("kwargs", {}))
            )
            env = _wrapper(name)(env, **arguments)
        return env

    @staticmethod
    def sample(env):
        return spaces.plain(env.action_space.sample())

    @property
    def capabilities(self):
        found = super().capabilities
        if self._snapshots:
            found += ("snapshot",) + ("portable",) * self._portable
        return found + ("reseed",) * self._reseeds

    def reseed(self, seed):
        from gymnasium.utils import seeding

        self._env.unwrapped.np_random = seeding.np_random(seed)[0]

    def init(self, instance, params, seed):
        super().init(instance, params, seed)
        self.decode_action = spaces.decoder(self._env.action_space)

    def spaces(self):
        return spaces.form(self._env.observation_space), spaces.form(self._env.action_space)

    def snapshot(self):
        if not self._snapshots:
            raise Unsupported("this environment cannot go back to a state")
        return snapshots.capture(self._env)

    def restore(self, state):
        if not self._snapshots:
            raise Unsupported("this environment cannot go back to a state")
        self._use(snapshots.revive(self._env, state))
        self._seed = None  # the state is of after a reset

    def _use(self, env):
        super()._use(env)
        self.step = env.step


def _cheap_render_mode(gymnasium, name):
    """The mode to make an environment with although nobody may look: one that draws only when asked."""
    creator = gymnasium.spec(name).entry_point
    if isinstance(creator, str):
        creator = gymnasium.envs.registration.load_env_creator(creator)
    modes = (getattr(creator, "metadata", None) or {}).get("render_modes", [])
    for mode in ("rgb_array", "ansi"):
        if mode in modes:
            return mode
    return None


def _wrapper(name):
    module, _, attribute = name.rpartition(":")
    return getattr(importlib.import_module(module or "gymnasium.wrappers"), attribute)
