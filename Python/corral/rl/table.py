"""Which settings there are: those that come with Corral, and those that a program registers over them."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from . import shipped

__all__ = ["default_rl_cfg", "list_rl_cfgs", "register_rl_cfg", "rlcfg"]

BACKENDS = ("jax", "torch")
"""Those that `rlcfg` registers for when none is named."""

Cfg = TypeVar("Cfg", bound=type)
Maker = Callable[[], Any]

_registered: dict[str, dict[str, dict[str, Maker]]] = {}


def rlcfg(env_name: str, backend: str | None = None, *, rllib: str | None = None) -> Callable[[Cfg], Cfg]:
    """Registers a class of settings for an environment, as a decorator; without a backend for `jax` and `torch`.

    The library is the class's own (`BaseRLCfg.rllib`) unless it is named.
    """

    def register(cls: Cfg) -> Cfg:
        for one in BACKENDS if backend is None else (backend,):
            register_rl_cfg(env_name, cls, one, rllib=rllib)
        return cls

    return register


def register_rl_cfg(env_name: str, cfg_cls: type, backend: str, *, rllib: str | None = None) -> None:
    """Registers a class of settings; they go before those that come with Corral.

    Raises ValueError where the environment or the library is unknown, or where the program registered some already.
    """
    _check_environment(env_name)
    library = rllib or getattr(cfg_cls, "rllib", "")
    if not library:
        raise ValueError(
            f"{cfg_cls.__qualname__} does not say which RL library it is for; "
            "derive it from PPOCfg or SB3PPOCfg, set its class attribute rllib, or give rllib"
        )
    backends = _registered.setdefault(env_name, {}).setdefault(library, {})
    if backend in backends:
        raise ValueError(
            f"Environment '{env_name}' already has RL settings for '{library}' on '{backend}'; "
            "change those, or give another backend"
        )
    backends[backend] = cfg_cls


def default_rl_cfg(env_name: str, rllib: str, backend: str) -> Any:
    """A new instance of the settings for an environment, a library and a backend.

    Raises ValueError where the environment has none, then where it has none for the library, then for the backend.
    """
    known = _settings(env_name)
    if not known:
        _check_environment(env_name)
        raise ValueError(
            f"Environment '{env_name}' has no RL settings; register some with @rlcfg({env_name!r}), "
            f"or start from PPOCfg().{_nearest(env_name, list_rl_cfgs())}"
        )
    if rllib not in known:
        raise ValueError(
            f"Unsupported RL framework '{rllib}' for environment '{env_name}'; it has settings for: {', '.join(known)}"
        )
    if backend not in known[rllib]:
        raise ValueError(
            f"Environment '{env_name}' has no RL settings for '{rllib}' on backend '{backend}'; "
            f"it has some on: {', '.join(known[rllib])}"
        )
    return known[rllib][backend]()


def list_rl_cfgs() -> dict[str, dict[str, list[str]]]:
    """The backends that there are settings for, by environment and library."""
    names = dict.fromkeys([*_registered, *shipped.settings()])
    return {name: {library: list(makers) for library, makers in _settings(name).items()} for name in names}


def _settings(env_name: str) -> dict[str, dict[str, Maker]]:
    merged = {library: dict(makers) for library, makers in shipped.settings().get(env_name, {}).items()}
    for library, makers in _registered.get(env_name, {}).items():
        merged.setdefault(library, {}).update(makers)
    return merged


def _check_environment(name: str) -> None:
    from .. import registry

    known = [*registry.list_registered_envs(), *shipped.settings()]
    if name not in known:
        raise ValueError(
            f"Environment '{name}' is not registered. Register it with corral.registry, "
            f"or import the module that does.{_nearest(name, known)}"
        )


def _nearest(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), n=1)
    return f" Did you mean '{close[0]}'?" if close else ""
