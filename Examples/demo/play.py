"""Plays environments with a random agent: every session has a thread of its own."""

from __future__ import annotations

import random
import statistics
import threading
import time
from dataclasses import dataclass, field
from typing import Any, Callable

import corral

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Game:
    """What is played: `sessions` at once, each for `steps` steps and however many episodes that makes."""

    reference: str
    sessions: int
    steps: int
    instance: str | None = None
    commands: str | None = None
    """Where `info` lists the commands that are possible; None: actions are drawn from the action space."""


GAMES = (
    Game("classic/CartPole", sessions=4, steps=1500),
    Game("minigrid/Empty-5x5", sessions=4, steps=1000),
    Game("ale/Pong", sessions=2, steps=600),
    Game("text/TextWorld", sessions=2, steps=150, commands="admissible_commands"),
    Game("text/ScienceWorld", sessions=2, steps=80, instance="find-living-thing", commands="valid_actions"),
)


def shortened(game: Game) -> Game:
    """The same in a few seconds."""
    return Game(game.reference, 2, max(10, game.steps // 20), game.instance, game.commands)


@dataclass
class Result:
    """What came of a game."""

    game: Game
    cold: float = 0.0
    """Seconds until the first session was there."""
    warm: list[float] = field(default_factory=list)
    """Seconds until each further one was."""
    steps: int = 0
    episodes: int = 0
    returns: list[float] = field(default_factory=list)
    """Sums of rewards: of finished episodes, and of the last one of a session where it finished none."""
    playing: float = 0.0
    """Seconds from the first step to the last."""
    sessions: list[dict[str, Any]] = field(default_factory=list)
    """The server's descriptions."""

    @property
    def rate(self) -> float:
        return self.steps / self.playing if self.playing else 0.0

    @property
    def mean_return(self) -> float:
        return statistics.fmean(self.returns) if self.returns else 0.0

    @property
    def median_warm(self) -> float | None:
        return statistics.median(self.warm) if self.warm else None


class Match:
    """One game while it is played."""

    def __init__(self, client: corral.Client, game: Game, seed: int, stop: threading.Event, progress: Progress) -> None:
        self.result = Result(game)
        self.error: Exception | None = None
        self._client = client
        self.game = game
        self._seed = seed
        self._stop = stop
        self._progress = progress
        self._lock = threading.Lock()
        self._sessions: list[corral.Session] = []
        self._began: float | None = None

    def open(self) -> None:
        """Starts the sessions one after another, so that the times are those of a start."""
        for number in range(self.game.sessions):
            start = time.perf_counter()
            session = self._client.sessions.create(self.game.reference, instance=self.game.instance, reset=False)
            seconds = time.perf_counter() - start
            self._sessions.append(session)
            if number == 0:
                self.result.cold = seconds
            else:
                self.result.warm.append(seconds)

    def play(self) -> None:
        """Returns when all sessions are closed; `error` tells what went wrong, and then all other games stop, too."""
        threads = [
            threading.Thread(target=self._run, args=(session, number), daemon=True)
            for number, session in enumerate(self._sessions)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _run(self, session: corral.Session, number: int) -> None:
        try:
            with session:
                self._act(session, self._seed + number)
        except Exception as error:
            self._failed(error)

    def _act(self, session: corral.Session, seed: int) -> None:
        chance = random.Random(seed)
        if session.action_space is not None:
            session.action_space.seed(seed)
        returns: list[float] = []
        total, over = 0.0, False
        info = session.reset(seed=seed).info
        for done in range(1, self.game.steps + 1):
            if self._stop.is_set():
                return
            if over:
                info = session.reset().info
                total = 0.0
            self._first_step()
            step = session.step(self._choose(session, info, chance))
            total += step.reward or 0.0
            info, over = step.info, step.terminated or step.truncated
            if over:
                returns.append(total)
            self._stepped(done)
        self._finished(session, returns, total)

    def _choose(self, session: corral.Session, info: dict[str, Any], chance: random.Random) -> Any:
        if self.game.commands is None:
            return session.action_space.sample()
        return chance.choice(info[self.game.commands])

    def _first_step(self) -> None:
        if self._began is None:
            self._began = time.perf_counter()

    def _stepped(self, done: int) -> None:
        if done % 10 == 0 or done == self.game.steps:
            self._progress(done - (done - 1) // 10 * 10)

    def _finished(self, session: corral.Session, returns: list[float], last: float) -> None:
        with self._lock:
            self.result.sessions.append(session.info)
            self.result.steps += self.game.steps
            self.result.episodes += len(returns)
            self.result.returns += returns or [last]
            if self._began is not None:
                self.result.playing = time.perf_counter() - self._began

    def _failed(self, error: Exception) -> None:
        with self._lock:
            if self.error is None and not self._stop.is_set():
                self.error = error
        self._stop.set()
