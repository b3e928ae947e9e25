"""The registry itself: names, configuration classes and implementations."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from .base import ABEnv, EnvCfg

__all__ = [
    "EnvMeta",
    "contains",
    "env",
    "envcfg",
    "find_available_sim_backend",
    "list_registered_envs",
    "make",
    "register_env",
    "register_env_config",
]

SIM_BACKENDS = ("np",)
"""The backends that an implementation can be registered for."""

Cfg = TypeVar("Cfg", bound=type)
Env = TypeVar("Env", bound=type)


@dataclass
class EnvMeta:
    """One entry: the configuration class, and the implementations by simulation backend, in the order they came."""

    env_cfg_cls: type
    env_cls_dict: dict[str, type] = field(default_factory=dict)

    def available_sim_backend(self) -> str | None:
        """The first backend that was registered, None where none was."""
        return next(iter(self.env_cls_dict), None)

    def support_sim_backend(self, sim_backend: str) -> bool:
        return sim_backend in self.env_cls_dict


_envs: dict[str, EnvMeta] = {}
"""What the program registered. It goes before the native environments, which it may shadow."""


def contains(name: str) -> bool:
    """Whether a configuration is registered under `name`, by the program or by Corral."""
    return _find(name) is not None


def is_own(name: str) -> bool:
    """Whether the program itself registered a configuration under `name`."""
    return name in _envs


def register_env_config(name: str, env_cfg_cls: type[EnvCfg]) -> None:
    """Adds an environment; raises ValueError where the name is taken."""
    if name in _envs:
        raise ValueError(
            f"Environment '{name}' is already registered. "
            f"Its configuration is {_envs[name].env_cfg_cls.__qualname__}; choose another name."
        )
    _envs[name] = EnvMeta(env_cfg_cls)


def envcfg(name: str) -> Callable[[Cfg], Cfg]:
    """`register_env_config` as a decorator. It goes above ``@dataclass``."""

    def register(cls: Cfg) -> Cfg:
        register_env_config(name, cls)
        return cls

    return register


def register_env(name: str, env_cls: type[ABEnv], sim_backend: str) -> None:
    """Adds an implementation; raises ValueError for an unknown backend or name, or where there is one."""
    if sim_backend not in SIM_BACKENDS:
        raise ValueError(
            f"Unsupported simulation backend: {sim_backend}. Only 'np' is supported yet. "
            f"Register {env_cls.__qualname__} for 'np'."
        )
    if name not in _envs:
        raise ValueError(
            f"Environment '{name}' is not registered. Please register the config first. "
            f"Put @envcfg({name!r}) above its configuration class.{_nearest(name, _envs)}"
        )
    registered = _envs[name].env_cls_dict
    if sim_backend in registered:
        raise ValueError(
            f"Environment '{name}' with sim backend '{sim_backend}' is already registered. "
            f"It is {registered[sim_backend].__qualname__}; register yours under another name."
        )
    registered[sim_backend] = env_cls


def env(name: str, sim_backend: str) -> Callable[[Env], Env]:
    """`register_env` as a decorator."""

    def register(cls: Env) -> Env:
        register_env(name, cls, sim_backend)
        return cls

    return register


def find_available_sim_backend(env_name: str) -> str:
    """The backend that `make` takes when none is named; raises ValueError where there is none."""
    return _default_backend(env_name, _known(env_name))


def make(
    name: str,
    sim_backend: str | None = None,
    env_cfg_override: Mapping[str, Any] | None = None,
    num_envs: int = 1,
    *,
    seed: int | None = None,
) -> Any:
    """`num_envs` environments that step together.

    Args:
        name: The registered name.
        sim_backend: Which implementation; the first that was registered without it.
        env_cfg_override: Values for attributes of the configuration; ``"reward.scale"`` sets one of a nested
            configuration or dictionary.
        num_envs: How many.
        seed: Makes the resets repeatable, where the environment draws from its `np_random`.

    Raises:
        ValueError: the name, an attribute or the backend is unknown, or the configuration refuses its values.
    """
    meta = _known(name)
    cfg = meta.env_cfg_cls()
    for key, value in (env_cfg_override or {}).items():
        _override(cfg, key, value)
    cfg.validate()
    backend = _default_backend(name, meta) if sim_backend is None else sim_backend
    if not meta.support_sim_backend(backend):
        raise ValueError(
            f"Environment '{name}' does not support simulation backend '{backend}'. "
            f"It supports: {', '.join(meta.env_cls_dict) or 'none'}."
        )
    made = meta.env_cls_dict[backend](cfg, num_envs=num_envs)
    if seed is not None:
        made.seed(seed)
    return made


def list_registered_envs() -> dict[str, dict[str, Any]]:
    """By name: ``config_class`` (the name of the class) and ``available_backends``."""
    return {
        name: {"config_class": meta.env_cfg_cls.__name__, "available_backends": list(meta.env_cls_dict)}
        for name, meta in _all().items()
    }


def _find(name: str) -> EnvMeta | None:
    return _envs.get(name) or _native().get(name)


def _all() -> dict[str, EnvMeta]:
    return {**_envs, **{name: meta for name, meta in _native().items() if name not in _envs}}


def _native() -> dict[str, EnvMeta]:
    from .native import native_entries

    return {name: EnvMeta(cfg, {"np": cls}) for name, (cfg, cls) in native_entries().items()}


def _known(name: str) -> EnvMeta:
    meta = _find(name)
    if meta is None:
        raise ValueError(
            f"Environment '{name}' is not registered. Import the module that registers it.{_nearest(name, _all())}"
        )
    return meta


def _default_backend(name: str, meta: EnvMeta) -> str:
    backend = meta.available_sim_backend()
    if backend is None:
        raise ValueError(
            f"Environment '{name}' does not support any simulation backend. "
            f"Put @env({name!r}, 'np') above the class that implements it, and import its module."
        )
    return backend


def _override(cfg: Any, path: str, value: Any) -> None:
    """Sets the attribute, or the key of a dictionary, that a path of names leads to."""
    holder, names = cfg, str(path).split(".")
    for number, name in enumerate(names):
        present = name in holder if isinstance(holder, dict) else hasattr(holder, name)
        if not present:
            known = holder if isinstance(holder, dict) else _attributes(holder)
            raise ValueError(f"{_missing(cfg, path)}; {_where(names, number)}{_nearest(name, known)}")
        if number < len(names) - 1:
            holder = holder[name] if isinstance(holder, dict) else getattr(holder, name)
        elif isinstance(holder, dict):
            holder[name] = value
        else:
            try:
                setattr(holder, name, value)
            except AttributeError:
                raise ValueError(f"{_missing(cfg, path)} that can be set; it is derived from others") from None


def _missing(cfg: Any, path: str) -> str:
    return f"Config class '{type(cfg).__name__}' has no attribute '{path}'"


def _where(names: list[str], number: int) -> str:
    if number == 0:
        return "override one that it has."
    return f"'{'.'.join(names[:number])}' has no '{names[number]}'."


def _attributes(holder: Any) -> list[str]:
    return [name for name in dir(holder) if not name.startswith("_") and not callable(getattr(holder, name))]


def _nearest(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(str(name), [str(one) for one in known], n=1)
    return f" Did you mean '{close[0]}'?" if close else ""
