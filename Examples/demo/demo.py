"""A random agent plays real environments, each in isolated sessions, several at once.

Starts a private server on a Unix socket in a temporary folder, and leaves nothing behind. Exit status: 0 when all
was played, 1 when something failed, 130 after Ctrl-C.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path

from play import GAMES, Game, Match, Result, shortened
from rich.console import Console
from show import LEGEND, bars, console, isolation, line, next_steps, table

import corral
from corral.local import LocalServer

STOP_LIMIT = 20.0
"""Seconds that running calls may take to end after Ctrl-C."""


def main() -> int:
    arguments = _arguments()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    out = console()
    if not os.access(arguments.binary, os.X_OK):
        print(f"demo: there is no server program at {arguments.binary}; build it with: make build", file=sys.stderr)
        return 1
    os.environ["CORRAL_BIN"] = str(arguments.binary.resolve())
    games = [shortened(game) if arguments.quick else game for game in GAMES]
    try:
        results = _play(out, games, arguments.seed)
    except KeyboardInterrupt:
        print("demo: interrupted; the server and all sessions are gone", file=sys.stderr)
        return 130
    except corral.CorralError as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    out.print(table(results))
    for text in isolation(results):
        out.print(text, style="green", highlight=False)
    out.print(LEGEND, style="dim", highlight=False)
    out.print()
    out.print(next_steps(os.path.relpath(arguments.binary)), highlight=False, soft_wrap=True)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=Path, default=Path(".build/release/corral"), help="the server program")
    parser.add_argument("--quick", action="store_true", help="two sessions each and few steps")
    parser.add_argument("--seed", type=int, default=7, help="of environments and agents")
    return parser.parse_args()


def _play(out: Console, games: list[Game], seed: int) -> list[Result]:
    with tempfile.TemporaryDirectory(prefix="corral-demo-") as data:
        start = time.perf_counter()
        server = LocalServer(["--data", data])
        out.print(f"server ready after {time.perf_counter() - start:.2f} s", highlight=False)
        try:
            with corral.connect(server.url) as client:
                results = _play_all(out, client, games, seed)
                left = client.health()["sessions"]
                if left:
                    raise corral.CorralError("internal", f"{left} sessions were closed and are still there")
                return results
        finally:
            _without_interrupts(server.stop)


def _play_all(out: Console, client: corral.Client, games: list[Game], seed: int) -> list[Result]:
    stop = threading.Event()
    matches: list[Match] = []
    threads: list[threading.Thread] = []
    with bars(out) as progress:
        for game in games:
            bar = progress.add_task(game.reference, total=game.sessions * game.steps)
            match = Match(client, game, seed, stop, lambda steps, bar=bar: progress.advance(bar, steps))
            matches.append(match)
            threads.append(threading.Thread(target=match.play, daemon=True))
        try:
            for match, bar in zip(matches, progress.task_ids):
                progress.update(bar, description=f"{match.game.reference} starts")
                _open(match)
                progress.update(bar, description=match.game.reference)
            for thread in threads:
                thread.start()
            _wait(out, matches, threads)
        finally:
            stop.set()
            deadline = time.monotonic() + STOP_LIMIT
            for thread in threads:
                if thread.is_alive():
                    thread.join(max(0.0, deadline - time.monotonic()))
    for match in matches:
        if match.error is not None:
            raise _named(match.error, match.game)
    return [match.result for match in matches]


def _open(match: Match) -> None:
    try:
        match.open()
    except corral.CorralError as error:
        raise _named(error, match.game) from error


def _wait(out: Console, matches: list[Match], threads: list[threading.Thread]) -> None:
    for match, thread in zip(matches, threads):
        while thread.is_alive():
            thread.join(0.2)
        if not out.is_terminal and match.error is None:
            out.print(line(match.result), highlight=False)


def _named(error: Exception, game: Game) -> corral.CorralError:
    code = error.code if isinstance(error, corral.CorralError) else "internal"
    return corral.errors.error(code, f"{game.reference}: {error}")


def _without_interrupts(action) -> None:
    """A second Ctrl-C does not keep the server from ending."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        action()
    finally:
        signal.signal(signal.SIGINT, before)


if __name__ == "__main__":
    sys.exit(main())
