"""An app is a configuration with the hooks of an environment package."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from types import SimpleNamespace
from typing import Any

from .config import ServerConfig

Message = MutableMapping[str, Any]


class Refusal(Exception):
    """Raised by `on_create_session` when no session shall be made; the caller is told the text."""


class Hooks:
    """What an environment package may override. Each method may also be an ordinary function.

    All calls come one after the other on one event loop; a hook that blocks holds up the others.
    """

    async def on_startup(self, app: App) -> None:
        """Called before the server starts; the place to fill `env_files` of the configuration."""

    async def on_shutdown(self, app: App) -> None:
        """Called once, when the server has stopped listening and before its last sessions end."""

    async def on_create_session(self, env_id: str | None, params: dict[str, Any]) -> dict[str, Any]:
        """What the worker's `init` gets: `env_id`, and beside it the parameters.

        `env_id` is None where the caller named none. Raise `Refusal` to refuse; any other exception fails the
        creation, too, and is told to the log only.
        """
        return {"env_id": env_id or "", **params}


class App:
    """What `create_app` makes and `corral.dockergym.run` runs; `state` holds whatever hooks keep in it.

    It is an ASGI application as well, for packages that call `uvicorn.run(app, …)`.
    """

    def __init__(self, config: ServerConfig, hooks: Hooks | None) -> None:
        self.config = config
        self.hooks = hooks
        self.state = SimpleNamespace(hooks=hooks)
        self.title = config.title
        self.version = config.version
        self._application: Any = None

    async def __call__(
        self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        from .asgi import Application

        if self._application is None:
            self._application = Application(self)
        await self._application(scope, receive, send)


def create_app(config: ServerConfig, hooks: Hooks | None = None) -> App:
    """An app of this configuration. Without hooks a session without `env_id` gets one of `env_files` at random."""
    return App(config, hooks)
