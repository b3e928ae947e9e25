"""The environments that are trained in: those of `corral.registry`, native ones, and all others through a server."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from gymnasium.vector import AutoresetMode

from .. import __version__, registry
from ..registry.vector import NpVectorEnv

__all__ = ["identity", "open_envs"]


def open_envs(name: str, num_envs: int, *, sim_backend: str | None = None, render: bool = False) -> Any:
    """A Gymnasium vector environment with same-step autoreset, whose infos have ``final_obs`` of ended episodes.

    A name that the program registered with `corral.registry` means that; any other is `corral.make_vec`'s.
    """
    if registry.is_own(name):
        return NpVectorEnv(registry.make(name, sim_backend, num_envs=num_envs))
    from ..vector import make_vec

    mode = "rgb_array" if render else None
    return make_vec(name, num_envs, autoreset_mode=AutoresetMode.SAME_STEP, render_mode=mode)


def identity(name: str, envs: Any) -> dict[str, Any]:
    """What was trained in, to be kept beside the weights: the name, how it runs, and a digest of its version.

    The digest is the server's where a server runs it, else that of the spaces and of what the environment says of
    itself, with this package's version.
    """
    sessions = getattr(envs, "sessions", None)
    if sessions:
        info = sessions[0].info
        return {"environment": info.get("environment"), "backend": info.get("backend"), "digest": info.get("digest")}
    described = getattr(envs, "description", None) or {}
    says = [name, __version__, described, str(envs.single_observation_space), str(envs.single_action_space)]
    digest = hashlib.sha256(json.dumps(says, sort_keys=True, default=str).encode()).hexdigest()
    return {"environment": name, "backend": "native" if described else "np", "digest": f"sha256:{digest}"}
