"""The settings that come with Corral: the JSON files of ``Manifests/rl``, which the server reads too."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from .config import BaseRLCfg, PPOCfg, SB3PPOCfg

__all__ = ["folder", "settings"]

CLASSES: dict[tuple[str, str], type[BaseRLCfg]] = {(cls.rllib, cls.algorithm): cls for cls in (PPOCfg, SB3PPOCfg)}
_PACKAGE = Path(__file__).resolve().parents[1]
PLACES = (_PACKAGE / "share/corral/Manifests/rl", _PACKAGE.parents[1] / "Manifests/rl")
"""In an installed package, and in a checkout."""


def folder() -> Path | None:
    """The folder with the files; None where the package came without them."""
    return next((place for place in PLACES if place.is_dir()), None)


@functools.cache
def settings() -> Mapping[str, Mapping[str, Mapping[str, Callable[[], BaseRLCfg]]]]:
    """What makes the settings, by environment, library and backend."""
    found: dict[str, dict[str, dict[str, Callable[[], BaseRLCfg]]]] = {}
    place = folder()
    files = sorted(place.glob("*.json")) if place else []
    defaults = _entries(place / "defaults.json") if place else []
    base = {_key(one): one["values"] for one in defaults}
    for file in files:
        if file.name != "defaults.json":
            for one in _entries(file):
                cls = CLASSES[one["library"], one["algorithm"]]
                values = {**base.get(_key(one), {}), **one["values"]}
                library = found.setdefault(one["environment"], {}).setdefault(one["library"], {})
                library[one["backend"]] = functools.partial(cls, **values)
    return found


def _entries(file: Path) -> list[dict[str, Any]]:
    document = json.loads(file.read_text(encoding="utf-8"))
    return [{"environment": document["environment"], **one} for one in document["settings"]]


def _key(one: Mapping[str, Any]) -> tuple[str, str, str]:
    return one["library"], one["backend"], one["algorithm"]
