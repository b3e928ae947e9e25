"""Text games of TextWorld: a game file, or games of its own generator."""

import hashlib
import os
import re
import tempfile

from .errors import BadRequest, InvalidAction
from .worker import Worker, fresh_seed

# What the generator takes; `seed` beside them chooses the game.
GENERATOR = {"world_size": 1, "nb_objects": 10, "quest_length": 5, "quest_breadth": 1}
TEXT = {"type": "Text", "min_length": 0, "max_length": None, "charset": None}

# The prompt and the status line that a terminal would show: "> … -= Kitchen =-0/3".
_STATUS = re.compile(r"\n+>(\s*-= .* =-\s*-?\d+/\d+)?\s*\Z")


class TextWorldWorker(Worker):
    """Serves one game at a time; an action is a command in words.

    Configuration: `game`: a `.z8` file with its `.json` beside it; or values for `world_size`, `nb_objects`,
    `quest_length`, `quest_breadth`, over which the parameters of a session go. A generated game is chosen by the
    parameter `seed`; without it the seed of the reset chooses one. `max_steps` (default 100) truncates an episode.

    The reward of a step is the change of the score.
    """

    name = "corral.worker.textworld"
    packages = ("textworld", "jericho")

    @classmethod
    def preload(cls, config):
        import textworld

        if "game" not in config:
            textworld.generator.make_game(_options(config, 0, "."))

    def __init__(self, config=None):
        super().__init__(config)
        self._settings = {}
        self._seed = None
        self._made = None  # the seed that the present game was made with
        self._env = None
        self._score = 0
        self._steps = 0

    def init(self, instance, params, seed):
        if instance is not None:
            raise BadRequest("this environment has no instances to choose from")
        unknown = params.keys() - GENERATOR.keys() - {"seed", "max_steps"}
        if unknown or ("game" in self.config and params.keys() - {"max_steps"}):
            raise BadRequest("unknown parameters: %s" % ", ".join(sorted(unknown or params)))
        self._settings = {**self.config, **params}
        self._seed = seed
        self._made = None

    def spaces(self):
        return TEXT, TEXT

    def reset(self, seed, options):
        seed = self._seed if seed is None else seed
        if seed is None:
            seed = fresh_seed()
        self._seed = seed
        chosen = self._settings.get("seed", seed)
        if self._made != chosen or self._env is None:
            self._open(chosen)
        self._env.seed(seed)
        state = self._env.reset()
        self._score = 0
        self._steps = 0
        info = self._info(state)
        info["objective"] = state["objective"]
        start = state.feedback.find(state["objective"] or "")
        return _clean(state.feedback[max(start, 0) :]), info

    def decode_action(self, action):
        if not isinstance(action, str):
            raise InvalidAction("expected text")
        return action

    def step(self, action):
        state, score, done = self._env.step(action)
        self._steps += 1
        score = score or 0
        reward = score - self._score
        self._score = score
        limit = self._settings.get("max_steps", 100)
        return _clean(state.feedback), reward, bool(done), not done and self._steps >= limit, self._info(state)

    def branched(self, before, after):
        self._made = None  # the next reset opens the game in this session's own folder

    def close(self):
        if self._env is not None:
            self._env.close()

    def _open(self, seed):
        import textworld

        wanted = textworld.EnvInfos(
            admissible_commands=True, score=True, max_score=True, won=True, lost=True, description=True,
            inventory=True, objective=True, moves=True, feedback=True,
        )  # fmt: skip
        self.close()
        self._env = None
        path = self.config["game"] if "game" in self.config else _generate(self._settings, seed)
        self._env = textworld.start(path, wanted)
        self._made = seed

    def _info(self, state):
        names = ("admissible_commands", "description", "inventory", "max_score", "moves", "won", "lost")
        info = {name: state.get(name) for name in names}
        info["score"] = state.get("score") or 0
        return info


def _options(settings, seed, path):
    """The generator's options. Raises `BadRequest` for values that it does not take."""
    import textworld

    values = {name: settings.get(name, default) for name, default in GENERATOR.items()}
    for name, value in [*values.items(), ("seed", seed)]:
        if type(value) is not int or value < (name != "seed"):
            raise BadRequest("`%s` must be a positive integer" % name)
    options = textworld.GameOptions()
    options.nb_rooms = values["world_size"]
    options.nb_objects = values["nb_objects"]
    options.quest_length = values["quest_length"]
    options.quest_breadth = values["quest_breadth"]
    options.seeds = seed % 2**32
    options.path = path
    return options


def _generate(settings, seed):
    """Makes and compiles a game in the temporary folder; returns its path."""
    import textworld

    key = repr([(name, settings.get(name)) for name in GENERATOR] + [seed]).encode()
    folder = os.path.join(tempfile.gettempdir(), "games")
    path = os.path.join(folder, hashlib.sha256(key).hexdigest()[:16] + ".z8")
    if not os.path.exists(path):
        os.makedirs(folder, exist_ok=True)
        options = _options(settings, seed, path)
        textworld.generator.compile_game(textworld.generator.make_game(options), options)
    return path


def _clean(feedback):
    """The narrative alone."""
    return _STATUS.sub("", feedback).strip()
