"""Corral's Python package: a client of the server, Gymnasium environments over it or (`corral.native`) inside this
process, and (in `corral.worker`) the worker inside of sandboxes.

>>> import corral
>>> with corral.make("classic/CartPole-v1") as env:
...     observation, info = env.reset(seed=7)

Names are loaded when they are first used, so that `corral.worker` needs neither NumPy nor Gymnasium.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from . import _registration

__version__ = "0.1.0"

_HOMES = {
    "AsyncClient": "aio",
    "AsyncSession": "aio",
    "Client": "client",
    "CorralError": "errors",
    "NativeEnv": "native",
    "NativeVectorEnv": "native",
    "RemoteEnv": "env",
    "RemoteRowsEnv": "rows",
    "RemoteVectorEnv": "vector",
    "ResetResult": "client",
    "Session": "client",
    "StepResult": "client",
    "aconnect": "aio",
    "connect": "client",
    "make": "env",
    "make_vec": "vector",
    "register_envs": "_registration",
}
_MODULES = (
    "aio", "client", "env", "envpool_compat", "errors", "local", "native", "registry", "rl", "rows", "sb3", "spaces", "values",
    "vector", "worker",
)  # fmt: skip

__all__ = [
    "__version__",
    "AsyncClient",
    "AsyncSession",
    "Client",
    "CorralError",
    "NativeEnv",
    "NativeVectorEnv",
    "RemoteEnv",
    "RemoteRowsEnv",
    "RemoteVectorEnv",
    "ResetResult",
    "Session",
    "StepResult",
    "aconnect",
    "connect",
    "make",
    "make_vec",
    "register_envs",
    "aio",
    "client",
    "env",
    "envpool_compat",
    "errors",
    "local",
    "native",
    "registry",
    "rl",
    "rows",
    "sb3",
    "spaces",
    "values",
    "vector",
    "worker",
]

if TYPE_CHECKING:
    from . import (
        aio,
        client,
        env,
        envpool_compat,
        errors,
        local,
        native,
        registry,
        rl,
        rows,
        sb3,
        spaces,
        values,
        vector,
        worker,
    )
    from ._registration import register_envs
    from .aio import AsyncClient, AsyncSession, aconnect
    from .client import Client, ResetResult, Session, StepResult, connect
    from .env import RemoteEnv, make
    from .errors import CorralError
    from .native import NativeEnv, NativeVectorEnv
    from .rows import RemoteRowsEnv
    from .vector import RemoteVectorEnv, make_vec


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is not None:
        value = getattr(importlib.import_module(f"{__name__}.{home}"), name)
        globals()[name] = value
        return value
    if name in _MODULES:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES, *_MODULES])


_registration.register_when_gymnasium_is_loaded()
