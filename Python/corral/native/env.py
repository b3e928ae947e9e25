"""One native environment as a Gymnasium environment: `NativeEnv`."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import gymnasium
import numpy as np

from .actions import ActionReader
from .buffers import BufferSet
from .handle import Handle, settings_of
from .observations import Outputs
from .resets import ResetCall

__all__ = ["NativeEnv"]


class NativeEnv(gymnasium.Env[Any, Any]):
    """A single environment in this process; the arguments are those of `NativeVectorEnv`.

    A step after the end of an episode raises `errors.EpisodeOver`.
    """

    metadata: dict[str, Any] = {"render_modes": ["rgb_array"], "render_fps": 30}

    def __init__(
        self,
        id: str,
        *,
        precision: str | None = None,
        simulator: str | None = None,
        render_mode: str | None = None,
        overrides: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> None:
        settings = settings_of(precision, simulator, "Disabled", 1, overrides, more)
        self._native = Handle(id, 1, settings)
        self.observation_space = self._native.observation_space
        self.action_space = self._native.action_space
        self._native.check_render_mode(render_mode)
        self.render_mode = render_mode
        self.metadata = self._native.metadata
        del settings["threads"]
        self.spec = self._native.spec(render_mode, settings)
        self._out = BufferSet(self._native.layout, 1, final=False)
        self._outputs = Outputs(self._native.layout, self.observation_space, 1)
        self._reset_call = ResetCall(1)
        self._actions = ActionReader(self._native.layout.action, self.action_space, 1)

    @property
    def backend(self) -> str:
        return "native"

    @property
    def description(self) -> dict[str, Any]:
        """What the library says of the environment: configuration, simulator, layout of the arrays."""
        return self._native.description

    def reset(self, *, seed: int | None = None, options: Mapping[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        self._reset_call.read(seed, options or {})
        self._native.reset(self._reset_call, self._out)
        return self._observation(), self._info()

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        native, out, reader = self._native, self._out, self._actions
        reader.read(np.asarray(action)[None])
        status = native.step_function(native.number, reader.pointer, reader.bytes, out.reference)
        if status < 0:
            raise native.error(status)
        flags = out.flags
        return self._observation(), out.rewards.item(), flags[0] != 0, flags[1] != 0, self._info()

    def get_state(self) -> Any:
        """All that decides the environment's future: uint8[bytes]."""
        return self._native.get_state(None)[0]

    def set_state(self, record: Any) -> None:
        """Makes the environment what a record says."""
        self._native.set_state(np.asarray(record)[None], None)

    def fork(self, count: int = 1) -> list[NativeEnv]:
        """`count` more environments that are where this one is, and go their own ways."""
        assert self.spec is not None
        state = self.get_state()
        branches = [type(self)(**self.spec.kwargs) for _ in range(count)]
        for branch in branches:
            branch.set_state(state)
            branch._np_random = copy.deepcopy(self._np_random)
        return branches

    def render(self) -> Any:
        """The picture, uint8[height, width, 3]; None, with a warning, without a render mode."""
        if self.render_mode is None:
            gymnasium.logger.warn(
                "render() needs a render mode: give it when the environment is made, e.g. render_mode='rgb_array'."
            )
            return None
        return self._native.render(0)

    def close(self) -> None:
        if hasattr(self, "_native"):
            self._native.close()

    def __str__(self) -> str:
        return f"<NativeEnv<{self._native.id}>>"

    def _observation(self) -> Any:
        array = self._out.observations[0]
        if self._outputs.is_tuple:
            return tuple(int(one) for one in array)
        return array.copy() if array.shape else np.dtype(self.observation_space.dtype).type(array)

    def _info(self) -> dict[str, Any]:
        if not self._outputs.layout.info:
            return {}
        infos = self._outputs.infos(self._out, None)
        return {name: array[0] for name, array in infos.items() if not name.startswith("_")}
