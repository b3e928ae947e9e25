"""Which native environments there are."""

from __future__ import annotations

import functools
import json
from typing import Any

from .. import errors
from .library import Library, library, library_path

__all__ = ["describe", "environments", "is_native", "native_id"]

NAMESPACE = "native/"


def environments() -> list[str]:
    """The ids of all native environments; raises `errors.Unavailable` without the library."""
    return [one["id"] for one in _listed(library())]


def describe(id: str) -> dict[str, Any]:
    """Everything about one: spaces, configuration with its defaults, simulators, time limit.

    Raises `errors.NotFound` with the nearest id.
    """
    found = library()
    return dict(json.loads(found.text(found.call.corral_describe, native_id(id).encode())))


def is_native(reference: str) -> bool:
    """Whether a reference means a native environment; False for all where there is no library."""
    return library_path() is not None and native_id(reference) in environments()


def native_id(reference: str) -> str:
    """``CartPole-v1`` for ``native/CartPole-v1`` and for itself."""
    return reference[len(NAMESPACE) :] if reference.startswith(NAMESPACE) else reference


@functools.cache
def _listed(found: Library) -> Any:
    listed = json.loads(found.text(found.call.corral_list))
    if not isinstance(listed, list):
        raise errors.error("internal", f"{found.path} lists no environments")
    return listed
