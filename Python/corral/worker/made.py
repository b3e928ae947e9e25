"""What the workers of ready-made environments share: one is made ahead, before sessions are forked, and each session
makes its own only where its parameters ask for another."""

from .errors import BadRequest, Unsupported
from .rehearsal import rehearse
from .worker import Worker, fresh_seed


class MadeWorker(Worker):
    """Serves environments that `make(config, params)` makes, which have `reset`, `render` and `close` of Gymnasium."""

    _ready = None  # the environment made ahead; each session resets it before use

    @classmethod
    def preload(cls, config):
        cls.packages = (*cls.packages, *config.get("packages", ()))
        cls._ready = cls.make(config, {})
        rehearse(cls, config, lambda: cls.sample(cls._ready))

    @staticmethod
    def make(config, params):
        """The environment that a configuration and a session's parameters describe."""
        raise NotImplementedError

    @staticmethod
    def sample(env):
        """Any action of an environment, in the form that travels."""
        raise NotImplementedError

    def __init__(self, config=None):
        super().__init__(config)
        self._env = type(self)._ready
        self._own = False  # whether this session made the environment
        self._seed = None

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
        self._use(self.make(self.config, params) if self._own else type(self)._ready)
        self._seed = fresh_seed() if seed is None else seed

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

    def close(self):
        if self._env is not None and (self._own or self.slot == 0):
            self._env.close()

    def _use(self, env):
        self._env = env
