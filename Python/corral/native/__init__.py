"""Corral's native environments inside this process: no server, no pipe, no copy between.

`corral.make` and `corral.make_vec` use them by themselves for references that are native; this package is for those
who want them and nothing else:

>>> from corral import native
>>> envs = native.NativeVectorEnv("CartPole-v1", 4096)
>>> observations, infos = envs.reset(seed=7)
"""

from .catalog import describe, environments, is_native
from .env import NativeEnv
from .library import library_path
from .pool import Batch, NativePool
from .vector import NativeVectorEnv

__all__ = [
    "Batch",
    "NativeEnv",
    "NativePool",
    "NativeVectorEnv",
    "describe",
    "environments",
    "is_native",
    "library_path",
]
