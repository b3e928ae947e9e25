"""Gymnasium environments: `make`, and `RemoteEnv` for a session of a server."""

from __future__ import annotations

import contextlib
import copy
import math
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import gymnasium
from gymnasium.envs.registration import EnvSpec

from . import errors
from ._registration import ENTRY_POINT, VECTOR_ENTRY_POINT, gymnasium_id
from .client import Branches, Client, Session, connect

if TYPE_CHECKING:
    from .native import NativeEnv

__all__ = ["RemoteEnv", "make"]

_shared: dict[str, Client] = {}


def shared_client(url: str | None) -> Client:
    """The client that all environments of this process use for the server at `url`."""
    probe = connect(url)
    return _shared.setdefault(probe.url, probe)


def make(
    reference: str,
    url: str | None = None,
    *,
    instance: str | None = None,
    render_mode: str | None = None,
    client: Client | None = None,
    **params: Any,
) -> RemoteEnv | NativeEnv:
    """A Gymnasium environment: a native one inside this process, or one in a sandbox of a Corral server.

    Args:
        reference: What to run, e.g. ``CartPole-v1``, ``classic/CartPole-v1`` or ``text/ScienceWorld@^1.2``. Where no
            server and no instance is named, the id of a native environment (`corral.native.environments`) means that.
        url: The server. Without it: ``CORRAL_URL``, else a private local server that ends with this process.
        instance: The level, game or task.
        render_mode: One of the environment's own, ``rgb_array`` or ``ansi``.
        client: A client to use instead of `url`.
        params: Parameters of the environment; for a native one, those of `corral.native.NativeEnv`.
    """
    if runs_here(reference, url, client, instance):
        from .native import NativeEnv

        return NativeEnv(reference, render_mode=render_mode, **params)
    return RemoteEnv(reference, url, instance=instance, render_mode=render_mode, client=client, **params)


def runs_here(reference: str, url: str | None, client: Client | None, instance: str | None) -> bool:
    """Whether a reference means a native environment, and nothing asks for a server."""
    if url is not None or client is not None or instance is not None or os.environ.get("CORRAL_URL"):
        return False
    from .native import is_native

    return is_native(reference)


class RemoteEnv(gymnasium.Env[Any, Any]):
    """One session of a server, as `gymnasium.Env`.

    A reward that the environment did not give is NaN. What the server refuses raises `corral.errors.CorralError`.
    `metadata["render_modes"]` of an instance tells what this environment can draw; 30 frames a second is only how fast
    to play them.
    """

    metadata: dict[str, Any] = {"render_modes": ["rgb_array", "ansi"], "render_fps": 30}

    def __init__(
        self,
        reference: str,
        url: str | None = None,
        *,
        instance: str | None = None,
        render_mode: str | None = None,
        client: Client | None = None,
        **params: Any,
    ) -> None:
        self.client = client if client is not None else shared_client(url)
        self.session: Session = self.client.sessions.create(reference, instance, params or None, reset=False)
        try:
            self.observation_space, self.action_space = spaces_of(self.session)
            facts = facts_of(self.session)
            check_render_mode(self.session, facts, render_mode)
        except BaseException:
            with contextlib.suppress(errors.CorralError):
                self.session.close()
            raise
        self.metadata = {**type(self).metadata, "render_modes": facts.render_modes}
        self.render_mode = render_mode
        if client is not None:
            url = client.url
        self.spec = spec_of(reference, url, instance, render_mode, params, facts)

    @property
    def backend(self) -> str | None:
        """How the server executes the environment: ``native``, ``process``, ``docker`` or ``plain``."""
        return self.session.info.get("backend")

    @property
    def instance(self) -> str | None:
        return self.session.info.get("instance")

    def reset(self, *, seed: int | None = None, options: Mapping[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        result = self.session.reset(seed, options)
        return result.observation, result.info

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        result = self.session.step(action)
        reward = math.nan if result.reward is None else result.reward
        return result.observation, reward, result.terminated, result.truncated, result.info

    def render(self) -> Any:
        if self.render_mode is None:
            gymnasium.logger.warn(
                "render() needs a render mode: give it when the environment is made, e.g. render_mode='rgb_array'."
            )
            return None
        return self.session.render(self.render_mode)

    def fork(self, count: int = 1, seed: int | None = None) -> Branches[RemoteEnv]:
        """Branches the environment in mid-episode: `count` more that are where it is now, and go their own ways.

        With a `seed` their random numbers start anew, those of branch *k* from ``seed + k``.

        Raises `errors.FailedPrecondition` where it cannot be forked now, with the reason.
        """
        return self.session.fork(count, seed).map(self._around)

    def _around(self, session: Session) -> RemoteEnv:
        other = copy.copy(self)
        other.session = session
        other._np_random = copy.deepcopy(self._np_random)
        return other

    def close(self) -> None:
        # A server that is gone took the session with it.
        with contextlib.suppress(errors.ConnectionLost, errors.NotFound):
            self.session.close()

    def __str__(self) -> str:
        return f"<RemoteEnv<{self.session.info.get('environment')}>>"


def spaces_of(session: Session) -> tuple[gymnasium.Space[Any], gymnasium.Space[Any]]:
    """Both spaces of a session; raises `errors.FailedPrecondition` where the environment does not declare them."""
    observations, actions = session.observation_space, session.action_space
    if observations is None or actions is None:
        raise errors.error(
            "failed_precondition",
            f"{session.info.get('environment')} does not declare its spaces",
            "use corral.connect(…).sessions, which needs none",
        )
    return observations, actions


class Facts(NamedTuple):
    """What the manifest of an environment says beside its spaces."""

    render_modes: list[str]
    nondeterministic: bool


def facts_of(session: Session) -> Facts:
    """The facts of the version that a session runs; versions never change, so they are read once."""
    client, reference = session._client, str(session.info.get("environment"))
    key = (client.url, reference)
    known = _facts.get(key)
    if known is None:
        try:
            described = client.environments.get(reference)
        except errors.NotFound:  # served without a manifest
            described = {}
        manifest = described.get("manifest")
        modes = manifest.get("render_modes") if isinstance(manifest, dict) else None
        names = [str(mode) for mode in modes] if isinstance(modes, list) else []
        known = _facts[key] = Facts(names, described.get("nondeterministic") is True)
    return known


_facts: dict[tuple[str, str], Facts] = {}


def check_render_mode(session: Session, facts: Facts, mode: str | None) -> None:
    """Raises `errors.InvalidArgument` if `mode` is none of the environment's."""
    if mode is not None and mode not in facts.render_modes:
        raise errors.error(
            "invalid_argument",
            f"{session.info.get('environment')} has no render mode {mode!r}",
            f"use one of: {', '.join(facts.render_modes)}" if facts.render_modes else "it cannot be rendered",
        )


def spec_of(
    reference: str,
    url: str | None,
    instance: str | None,
    render_mode: str | None,
    params: Mapping[str, Any],
    facts: Facts,
    vector_entry_point: str = VECTOR_ENTRY_POINT,
) -> EnvSpec:
    """What `gymnasium.make` needs to make the same environment again."""
    given = {"url": url, "instance": instance, "render_mode": render_mode, **params}
    return EnvSpec(
        id=gymnasium_id(reference) or "corral/Remote-v0",
        entry_point=ENTRY_POINT,
        vector_entry_point=vector_entry_point,
        nondeterministic=facts.nondeterministic,
        order_enforce=False,
        disable_env_checker=True,
        kwargs={"reference": reference, **{name: value for name, value in given.items() if value is not None}},
    )
