"""The hooks of ScienceWorld: which tasks there are, and which one a session gets."""

import random

from corral.dockergym.app import Hooks, create_app
from corral.dockergym.config import ServerConfig

TASKS = [
    "boil",
    "melt",
    "freeze",
    "change-the-state-of-matter-of",
    "use-thermometer",
    "measure-melting-point-known-substance",
    "measure-melting-point-unknown-substance",
    "power-component",
    "power-component-renewable-vs-nonrenewable-energy",
    "test-conductivity",
    "test-conductivity-of-unknown-substances",
    "find-living-thing",
    "find-non-living-thing",
    "find-plant",
    "find-animal",
    "grow-plant",
    "grow-fruit",
    "chemistry-mix",
    "chemistry-mix-paint-secondary-color",
    "chemistry-mix-paint-tertiary-color",
    "lifespan-longest-lived",
    "lifespan-shortest-lived",
    "lifespan-longest-lived-then-shortest-lived",
    "identify-life-stages-1",
    "identify-life-stages-2",
    "inclined-plane-determine-angle",
    "inclined-plane-friction-named-surfaces",
    "inclined-plane-friction-unnamed-surfaces",
    "mendelian-genetics-known-plant",
    "mendelian-genetics-unknown-plant",
]
"""ScienceWorld's names; the simulator itself is only in the image."""


class ScienceWorldHooks(Hooks):
    def __init__(self, server_config: ServerConfig):
        self.server_config = server_config

    async def on_startup(self, app):
        self.server_config.env_files = list(TASKS)

    async def on_create_session(self, env_id, params):
        return {"env_id": env_id or random.choice(self.server_config.env_files), **params}


def create_scienceworld_app(server_config: ServerConfig):
    return create_app(server_config, hooks=ScienceWorldHooks(server_config))
