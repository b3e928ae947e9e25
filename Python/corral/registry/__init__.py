"""A typed registry of environments inside this process, with the names and checks of MotrixLab's.

An environment is a configuration class and, for each simulation backend, a class that runs it:

>>> from dataclasses import dataclass
>>> from corral import registry
>>> from corral.registry import EnvCfg, NpEnv, env, envcfg
>>> @envcfg("my-env")
... @dataclass
... class MyCfg(EnvCfg):
...     gain: float = 1.0

A program written for MotrixLab changes its imports (``motrix_envs.registry``, ``motrix_envs.base`` and
``motrix_envs.np.env`` are all this package) and nothing else. Every refusal is a `ValueError` that begins with
MotrixLab's text and goes on with what to do. Beyond MotrixLab: overrides may be dotted (``reward.scale``), the
observation that ended an episode is kept, `make` takes a seed, and Corral's native environments are registered.
"""

from .base import ABEnv, EnvCfg
from .np_env import NpEnv, NpEnvState
from .scene import SceneData
from .table import (
    EnvMeta,
    contains,
    env,
    envcfg,
    find_available_sim_backend,
    is_own,
    list_registered_envs,
    make,
    register_env,
    register_env_config,
)

__all__ = [
    "ABEnv",
    "EnvCfg",
    "EnvMeta",
    "NpEnv",
    "NpEnvState",
    "SceneData",
    "contains",
    "env",
    "envcfg",
    "find_available_sim_backend",
    "is_own",
    "list_registered_envs",
    "make",
    "register_env",
    "register_env_config",
]
