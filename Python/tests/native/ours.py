"""Our environments with their records as arrays of named fields."""

from __future__ import annotations

import os
from typing import Any

import gymnasium
import numpy as np

from .peers import Game

LONG = bool(os.environ.get("CORRAL_LONG"))
MASK = (1 << 64) - 1


def vector(game: Game, rows: int, precision: str = "float64", autoreset: str = "NextStep") -> Any:
    from corral.native import NativeVectorEnv

    mode = gymnasium.vector.AutoresetMode(autoreset)
    settings = {key: list(value) if isinstance(value, tuple) else value for key, value in game.settings.items()}
    return NativeVectorEnv(game.name, rows, precision=precision, autoreset_mode=mode, overrides=settings)


def record_type(envs: Any) -> np.dtype:
    """The record of a row as a structured type."""
    described = envs.description
    return np.dtype(
        {
            "names": [one["name"] for one in described["record"]],
            "formats": [(one["dtype"], tuple(one["shape"])) for one in described["record"]],
            "offsets": [one["offset"] for one in described["record"]],
            "itemsize": described["record_bytes"],
        }
    )


def records(envs: Any) -> np.ndarray:
    """The records of all rows; what is written into them counts after `write`."""
    return envs.get_state().view(record_type(envs)).reshape(envs.num_envs)


def write(envs: Any, changed: np.ndarray) -> None:
    envs.set_state(changed.view(np.uint8).reshape(envs.num_envs, -1))


def generator_state(record: np.void) -> dict[str, Any]:
    """The generator of a row as NumPy's `bit_generator.state`."""
    return {
        "bit_generator": "PCG64",
        "state": {
            "state": int(record["rng_state"][0]) | int(record["rng_state"][1]) << 64,
            "inc": int(record["rng_inc"][0]) | int(record["rng_inc"][1]) << 64,
        },
        "has_uint32": int(record["rng_has_uint32"]),
        "uinteger": int(record["rng_uinteger"]),
    }


def put_generator_state(record: np.void, state: dict[str, Any]) -> None:
    for name, number in (("rng_state", state["state"]["state"]), ("rng_inc", state["state"]["inc"])):
        record[name] = number & MASK, number >> 64
    record["rng_has_uint32"], record["rng_uinteger"] = state["has_uint32"], state["uinteger"]
