"""Rows that step in batches, in a thread of their own, while the caller does something else: `NativePool`."""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from gymnasium.vector import AutoresetMode

from .. import errors
from .vector import NativeVectorEnv

__all__ = ["Batch", "NativePool"]


class Batch(NamedTuple):
    """What some rows gave, in the order of `rows` (int32[batch]); `elapsed` counts the steps of their episodes."""

    observations: Any
    rewards: Any
    terminated: Any
    truncated: Any
    infos: dict[str, Any]
    rows: Any
    elapsed: Any


class NativePool:
    """`num_envs` environments of which `batch_size` step at a time: `send` actions for some, `recv` the next results.

    Results come in the order in which their actions were sent. A row whose episode has ended begins the next one in
    its next step, which ignores the action. Closing waits for what runs.

    Args:
        id: Such as ``CartPole-v1``.
        num_envs: How many.
        batch_size: How many `recv` gives; all without it.
        seed: Row `i` draws from ``seed + i``; without it from the system's random numbers.
        settings: Of `NativeVectorEnv`, such as ``num_threads`` and ``precision``.
    """

    def __init__(
        self, id: str, num_envs: int, batch_size: int | None = None, *, seed: int | None = None, **settings: Any
    ) -> None:
        self.batch_size = num_envs if batch_size is None else batch_size
        whole = isinstance(self.batch_size, (int, np.integer)) and not isinstance(self.batch_size, bool)
        if not whole or not isinstance(num_envs, (int, np.integer)) or not 1 <= self.batch_size <= num_envs:
            raise errors.error(
                "invalid_argument", f"batch_size has to be from 1 to num_envs ({num_envs}), not {self.batch_size!r}"
            )
        self.envs = NativeVectorEnv(id, num_envs, autoreset_mode=AutoresetMode.NEXT_STEP, **settings)
        self.num_envs, self.seed = self.envs.num_envs, seed
        self._settings = {**settings, "autoreset_mode": AutoresetMode.NEXT_STEP}
        self._part: NativeVectorEnv | None = None
        self._is_new = True
        self._elapsed = np.zeros(self.num_envs, np.int32)
        self._over = np.zeros(self.num_envs, np.bool_)
        self._asked: queue.SimpleQueue[tuple[Any, Any] | None] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[Batch | BaseException] = queue.SimpleQueue()
        self._rest: deque[Batch] = deque()
        self._awaited = 0
        self._thread: threading.Thread | None = None

    def async_reset(self) -> None:
        """Begins an episode in every row; `recv` gives the first observations, batch by batch."""
        self._ask(np.arange(self.num_envs, dtype=np.int32), None)

    def reset(self, rows: Any = None) -> Batch:
        """Begins episodes in rows, all without `rows`, and waits for them."""
        self._must_be_idle()
        return self._advance(self._rows(rows), None)

    def step(self, actions: Any, rows: Any = None) -> Batch:
        """Sends actions for rows, all without `rows`, and waits for as many results as `recv` gives."""
        if rows is None and self.batch_size == self.num_envs:
            self._must_be_idle()
            return self._advance(self._rows(None), actions)
        if rows is not None and self._awaited == 0:
            return self._advance(self._rows(rows), actions)
        self.send(actions, rows)
        return self.recv()

    def send(self, actions: Any, rows: Any = None) -> None:
        """Hands over one action for each of `rows` (all without it), and returns at once.

        An action that is none of the action space makes the `recv` that would give its row raise
        `errors.InvalidAction`; the rows that were sent together with it have not moved.
        """
        chosen = self._rows(rows)
        given = np.array(actions)
        wanted = (len(chosen), *(self.envs.action_space.shape or ())[1:])
        if given.shape != wanted:
            raise errors.error("invalid_action", f"the actions have the shape {given.shape}, not {wanted}")
        if self._is_new:
            raise errors.error("not_reset", "no row was ever reset", "call async_reset or reset first")
        self._ask(chosen, given)

    def recv(self) -> Batch:
        """The next `batch_size` results.

        Raises `errors.FailedPrecondition` where fewer were sent for, instead of waiting for ever.
        """
        found: list[Batch] = []
        count = 0
        while count < self.batch_size:
            if self._rest:
                piece = self._rest.popleft()
            elif count + self._awaited < self.batch_size:
                self._rest.extendleft(reversed(found))
                raise errors.error(
                    "failed_precondition",
                    f"{count + self._awaited} rows are under way, and recv gives {self.batch_size}",
                    "send more actions first",
                )
            else:
                done = self._done.get()
                if isinstance(done, BaseException):
                    self._awaited -= int(getattr(done, "rows", 0))
                    self._rest.extendleft(reversed(found))
                    raise done
                piece = done
                self._awaited -= len(piece.rows)
            room = self.batch_size - count
            if len(piece.rows) > room:
                self._rest.appendleft(_cut(piece, slice(room, None)))
                piece = _cut(piece, slice(0, room))
            found.append(piece)
            count += len(piece.rows)
        return found[0] if len(found) == 1 else _join(found)

    def close(self) -> None:
        """Ends the rows, and the thread after what it has been asked for."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._asked.put(None)
            thread.join()
        if self._part is not None:
            self._part.close()
        self.envs.close()

    def __enter__(self) -> NativePool:
        return self

    def __exit__(self, *problem: object) -> None:
        self.close()

    def _ask(self, rows: Any, actions: Any) -> None:
        if self.envs.closed:
            raise errors.error("session_closed", "these environments were closed", "make others")
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="corral-pool", daemon=True)
            self._thread.start()
        self._awaited += len(rows)
        self._is_new = self._is_new and actions is not None
        self._asked.put((rows, actions))

    def _run(self) -> None:
        while (asked := self._asked.get()) is not None:
            rows, actions = asked
            try:
                self._done.put(self._advance(rows, actions))
            except Exception as error:
                error.rows = len(rows)  # type: ignore[attr-defined]
                self._done.put(error)

    def _advance(self, rows: Any, actions: Any) -> Batch:
        """Steps rows, or resets them where there are no actions."""
        if len(rows) == self.num_envs and (rows[0] == 0 and np.all(np.diff(rows) == 1)):
            first = self.seed if actions is None and self._begins() else None
            return self._finish(self._of(self.envs, actions, first), rows, actions is None)
        pieces = [
            self._advance_part(rows[start : start + self.batch_size], actions, start)
            for start in range(0, len(rows), self.batch_size)
        ]
        return pieces[0] if len(pieces) == 1 else _join(pieces)

    def _begins(self) -> bool:
        """True once: for the reset that seeds the rows."""
        if getattr(self, "_seeded", False):
            return False
        self._seeded = True
        self._is_new = False
        return True

    def _advance_part(self, rows: Any, actions: Any, start: int) -> Batch:
        """Some rows, by their records, in a vector of as many rows as a batch."""
        if self._begins():
            self._finish(self._of(self.envs, None, self.seed), np.arange(self.num_envs, dtype=np.int32), True)
        if self._part is None:
            self._part = NativeVectorEnv(self.envs._native.id, self.batch_size, **self._settings)
            self._part.reset(seed=0)
        part, count = self._part, len(rows)
        given = None
        if actions is not None:
            mine = actions[start : start + count]
            given = np.concatenate([mine, np.repeat(mine[:1], self.batch_size - count, axis=0)])
        numbers = np.arange(count)
        before = self.envs.get_state(rows)
        part.set_state(before, numbers)
        result = self._of(part, given, None)
        self.envs.set_state(part.get_state(numbers), rows)
        return self._finish(tuple(_take(one, slice(0, count)) for one in result), rows, actions is None)

    def _of(self, envs: NativeVectorEnv, actions: Any, seed: int | None) -> tuple[Any, ...]:
        if actions is not None:
            return envs.step(actions)
        observations, infos = envs.reset(seed=seed)
        count = envs.num_envs
        rewards = np.zeros(count, envs._native.layout.reward.dtype)
        return observations, rewards, np.zeros(count, np.bool_), np.zeros(count, np.bool_), infos

    def _finish(self, result: tuple[Any, Any, Any, Any, Any], rows: Any, reset: bool) -> Batch:
        self._elapsed[rows] = np.where(reset | self._over[rows], 0, self._elapsed[rows] + 1)
        self._over[rows] = result[2] | result[3]
        return Batch(*result, rows, self._elapsed[rows])

    def _rows(self, rows: Any) -> Any:
        if rows is None:
            return np.arange(self.num_envs, dtype=np.int32)
        chosen = np.asarray(rows)
        good = chosen.ndim == 1 and chosen.size > 0 and chosen.dtype.kind in "iu"
        if not good or chosen.min() < 0 or chosen.max() >= self.num_envs or len(np.unique(chosen)) < len(chosen):
            raise errors.error(
                "invalid_argument", f"rows have to be different numbers from 0 to {self.num_envs - 1}, not {rows!r}"
            )
        return chosen.astype(np.int32)

    def _must_be_idle(self) -> None:
        if self._awaited or self._rest:
            raise errors.error(
                "failed_precondition", f"{self._awaited} rows are under way", "recv them before all rows step or reset"
            )


def _take(value: Any, rows: slice) -> Any:
    if isinstance(value, tuple):
        return tuple(one[rows] for one in value)
    if isinstance(value, Mapping):
        return {name: _take(one, rows) for name, one in value.items()}
    return value[rows]


def _cut(batch: Batch, rows: slice) -> Batch:
    return Batch(*(_take(one, rows) for one in batch))


def _join(batches: Sequence[Batch]) -> Batch:
    return Batch(*(_joined([batch[place] for batch in batches]) for place in range(len(Batch._fields))))


def _joined(values: Sequence[Any]) -> Any:
    if isinstance(values[0], tuple):
        return tuple(np.concatenate(parts) for parts in zip(*values))
    if isinstance(values[0], Mapping):
        return {name: _joined([one[name] for one in values]) for name in values[0]}
    return np.concatenate(values)
