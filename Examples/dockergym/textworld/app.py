"""The hooks of TextWorld: levels of difficulty, and the game that a session gets."""

import random

from corral.dockergym.app import Hooks, Refusal, create_app
from corral.dockergym.config import ServerConfig

LEVELS = {
    "easy": {"world_size": 1, "nb_objects": 5, "quest_length": 2},
    "medium": {"world_size": 3, "nb_objects": 8, "quest_length": 4},
    "hard": {"world_size": 6, "nb_objects": 12, "quest_length": 8},
}
"""What TextWorld's generator is asked for; parameters of a session go over it."""
MOST = {"world_size": 50, "nb_objects": 100, "quest_length": 20, "max_steps": 100_000, "seed": 2**32 - 1}


class TextWorldHooks(Hooks):
    def __init__(self, server_config: ServerConfig):
        self.server_config = server_config

    async def on_startup(self, app):
        self.server_config.env_files = list(LEVELS)

    async def on_create_session(self, env_id, params):
        env_id = env_id or random.choice(list(LEVELS))
        if env_id not in LEVELS:
            raise Refusal(f"there is no level `{env_id}`, but {', '.join(LEVELS)}")
        settings = {**LEVELS[env_id], "max_steps": 100, "seed": random.getrandbits(32), **params}
        for name, value in settings.items():
            least = 0 if name == "seed" else 1
            if type(value) is not int or not least <= value <= MOST.get(name, -1):
                raise Refusal(f"`{name}`: there are {', '.join(f'{one} (to {most})' for one, most in MOST.items())}")
        return {"env_id": env_id, **settings}


def create_textworld_app(server_config: ServerConfig):
    return create_app(server_config, hooks=TextWorldHooks(server_config))
