"""Ids of Corral's environments in Gymnasium's registry.

Gymnasium 1.x has no plugin mechanism (it went with 1.0): ids exist once the package that registers them is imported.
So `import corral` registers the environments that come with Corral, whether Gymnasium is imported before or after it,
and without importing it: the id ``corral/classic.CartPole-v1`` is the reference ``classic/CartPole-v1`` (an id has
one slash, so the second is a dot). ``gymnasium.make("corral:corral/classic.CartPole-v1")`` does the import by itself.

Everything else has three ways: ``gymnasium.make("corral/Remote-v0", reference="any/reference@^1.2")``,
`register_envs` for all that a server lists, and `corral.make`, which needs no ids.
"""

from __future__ import annotations

import importlib.machinery
import re
import sys
import types
from collections.abc import Sequence
from typing import Any

BUNDLED = ("ale/Pong-v5", "classic/CartPole-v1", "minigrid/Empty-5x5-v1", "text/ScienceWorld-v1", "text/TextWorld-v1")
"""References of the environments that come with Corral."""

ENTRY_POINT = "corral.env:RemoteEnv"
VECTOR_ENTRY_POINT = "corral.vector:RemoteVectorEnv"

_HOOK_ON = "gymnasium.envs"


def gymnasium_id(reference: str) -> str | None:
    """``corral/classic.CartPole-v1`` for ``classic/CartPole-v1``.

    None where a reference has no such id: with a range, a digest, or a dot in the namespace.
    """
    match = re.fullmatch(r"(?:([\w:-]+)/)?([\w:-]+(?:\.[\w:-]+)*)", reference)
    if match is None or (match[1] is None and "." in match[2]):
        return None
    return f"corral/{match[1]}.{match[2]}" if match[1] else f"corral/{match[2]}"


def register_envs(url: str | None = None, client: Any = None) -> list[str]:
    """Registers every environment that a server lists, so that `gymnasium.make` finds it; returns the ids.

    Environments made by these ids run on that server: `client`'s, the one at `url`, or the default one (see
    `corral.connect`).
    """
    from .client import connect

    with _client(client, connect, url) as listed:
        names = [f"{item['name']}-v{str(item['version']).split('.')[0]}" for item in listed.environments.list()]
        where = client.url if client is not None else url
    return _register(names, {} if where is None else {"url": where})


def _client(client: Any, connect: Any, url: str | None) -> Any:
    import contextlib

    return contextlib.nullcontext(client) if client is not None else connect(url)


def _register(references: Sequence[str], kwargs: Any) -> list[str]:
    from gymnasium.envs.registration import register, registry

    done = []
    for reference in references:
        id = gymnasium_id(reference)
        if id is not None:
            registry.pop(id, None)
            register(
                id,
                entry_point=ENTRY_POINT,
                vector_entry_point=VECTOR_ENTRY_POINT,
                disable_env_checker=True,
                order_enforce=False,
                kwargs={"reference": reference, **kwargs},
            )
            done.append(id)
    return done


def _register_bundled() -> None:
    from gymnasium.envs.registration import register, registry

    if "corral/Remote-v0" not in registry:
        register(
            "corral/Remote-v0",
            entry_point=ENTRY_POINT,
            vector_entry_point=VECTOR_ENTRY_POINT,
            disable_env_checker=True,
            order_enforce=False,
        )
        _register(BUNDLED, {})


def register_when_gymnasium_is_loaded() -> None:
    """Registers now if Gymnasium is there, else at the end of its import. Never imports it."""
    if hasattr(sys.modules.get("gymnasium"), "envs"):
        _register_bundled()
    elif not any(isinstance(finder, _AfterGymnasium) for finder in sys.meta_path):
        sys.meta_path.insert(0, _AfterGymnasium())


class _AfterGymnasium:
    """Stands in the way of one import, that of ``gymnasium.envs``, to register when it is done."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name != _HOOK_ON:
            return None
        sys.meta_path.remove(self)
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            run: Any = spec.loader.exec_module

            def run_and_register(module: types.ModuleType) -> None:
                run(module)
                _register_bundled()

            spec.loader.exec_module = run_and_register  # type: ignore[method-assign]
        return spec
