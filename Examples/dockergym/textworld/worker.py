"""The worker of TextWorld: makes a game with TextWorld's generator, and plays it."""

import os
import re
import tempfile

import textworld
from corral.dockergym.worker import BaseWorker

WANTED = textworld.EnvInfos(
    admissible_commands=True, score=True, max_score=True, won=True, lost=True, moves=True, inventory=True,
    description=True, objective=True,
)  # fmt: skip

# The prompt and the status line that a terminal would show: "> … -= Kitchen =-0/3".
STATUS = re.compile(r"\n+>(\s*-= .* =-\s*-?\d+/\d+)?\s*\Z")


class TextWorldWorker(BaseWorker):
    env = None

    def init_env(self, env_id, params):
        self.close_env()
        self.limit = params["max_steps"]
        self.score = 0
        with tempfile.TemporaryDirectory() as folder:
            self.env = textworld.start(generate(params, os.path.join(folder, "game.z8")), WANTED)
            self.env.seed(params["seed"])
            state = self.env.reset()
        start = max(state.feedback.find(state["objective"]), 0)
        info = {"objective": state["objective"], "seed": params["seed"], **read_info(state)}
        return STATUS.sub("", state.feedback[start:]).strip(), 0.0, False, info

    def step_env(self, action):
        state, score, done = self.env.step(action)
        reward, self.score = score - self.score, score
        info = read_info(state)
        return STATUS.sub("", state.feedback).strip(), reward, done or info["moves"] >= self.limit, info

    def close_env(self):
        if self.env is not None:
            self.env.close()
            self.env = None


def generate(params, path):
    options = textworld.GameOptions()
    options.nb_rooms = params["world_size"]
    options.nb_objects = params["nb_objects"]
    options.quest_length = params["quest_length"]
    options.seeds = params["seed"]
    options.path = path
    textworld.generator.compile_game(textworld.generator.make_game(options), options)
    return path


def read_info(state):
    names = ("admissible_commands", "score", "max_score", "won", "lost", "moves", "inventory", "description")
    return {name: state[name] for name in names}


if __name__ == "__main__":
    TextWorldWorker().run()
