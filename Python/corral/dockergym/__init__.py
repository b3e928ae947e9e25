"""DockerGym's Python interface over Corral: an environment package works after changing its imports.

>>> from corral.dockergym import Hooks, ServerConfig, create_app, run
>>> config = ServerConfig(docker_image="echo:latest", worker_command=["python", "-u", "/app/echo_env/worker.py"])
>>> run(create_app(config, Hooks()), host="127.0.0.1", port=8000)  # doctest: +SKIP

`corral serve` does the work; hooks stay in this process and are called by the server over a private Unix socket. The
modules have DockerGym's names (`app`, `config`, `worker`); `worker` needs the standard library only and Python 3.8, as
it is copied into images, so all other names are loaded when they are first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .app import App, Hooks, Refusal, create_app
    from .config import ServerConfig
    from .server import run
    from .worker import BaseWorker

_HOMES = {
    "App": "app",
    "BaseWorker": "worker",
    "Hooks": "app",
    "Refusal": "app",
    "ServerConfig": "config",
    "create_app": "app",
    "run": "server",
}

__all__ = ["App", "BaseWorker", "Hooks", "Refusal", "ServerConfig", "create_app", "run"]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
