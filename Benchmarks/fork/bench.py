"""Forks of live sessions, against the server that `CORRAL_BIN` names (build it for release first).

Prints a table and writes it to `Benchmarks/results/fork.md`.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BINARY = os.environ.get("CORRAL_BIN") or str(ROOT / ".build/release/corral")
PORT = 18790
DEPTH = 100

sys.path.insert(0, str(ROOT / "Python"))
import corral  # noqa: E402


def milliseconds(action, rounds):
    """Median milliseconds of the server's own clock and of the caller's."""
    server, caller = [], []
    for _ in range(rounds):
        start = time.perf_counter()
        branches = action()
        caller.append(1000 * (time.perf_counter() - start))
        server.append(branches.duration_ms)
        for branch in branches:
            branch.close()
    return statistics.median(server), statistics.median(caller)


def one_by_one(client, rows):
    for environment in ("native/CartPole", "classic/CartPole", "minigrid/Empty-5x5", "ale/Pong"):
        with client.sessions.create(environment, seed=1) as session:
            for _ in range(20):
                session.step(0)
            mechanism = session.fork()
            mechanism[0].close()
            server, caller = milliseconds(session.fork, 50)
            rows.append((f"fork of {environment} ({mechanism.mechanism})", f"{server:.3f} ms", f"{caller:.2f} ms"))
            if environment != "ale/Pong":
                server, caller = milliseconds(lambda: session.fork(64), 5)
                rows.append((f"64 at once, {environment}", f"{server:.1f} ms", f"{caller:.1f} ms"))


def many(client, rows):
    with client.sessions.create("classic/CartPole", seed=1) as session:
        before = session.usage()["memory_bytes"]
        branches = [branch for _ in range(10) for branch in session.fork(50)]
        used = sum(branch.usage()["memory_bytes"] for branch in branches) + session.usage()["memory_bytes"] - before
        rows.append(("500 live forks: memory of each", f"{used / len(branches) / 2**20:.2f} MiB", ""))
        assert all(branch.step(0).index == 1 for branch in branches)
        session.close(branches=True)


def search(client, rows):
    """Ten children of a node at depth 100, each by a fork, and each by a session that repeats the way there."""
    with client.sessions.create("minigrid/Empty-5x5", seed=1) as session:
        way = [0] * DEPTH  # turning on the spot ends no episode
        for action in way:
            session.step(action)
        start = time.perf_counter()
        for _ in range(10):
            with session.fork()[0] as branch:
                branch.step(1)
        forked = time.perf_counter() - start
        start = time.perf_counter()
        for _ in range(10):
            with client.sessions.create("minigrid/Empty-5x5", seed=1) as branch:
                for action in way:
                    branch.step(action)
                branch.step(1)
        replayed = time.perf_counter() - start
    rows.append(
        (f"expanding a node at depth {DEPTH}: forks against replay", f"{replayed / forked:.1f} times faster", "")
    )


def main():
    rows = []
    with tempfile.TemporaryDirectory() as data:
        command = [
            BINARY,
            "serve",
            "--port",
            str(PORT),
            "--data",
            data,
            "--max-sessions",
            "2000",
            "--log-level",
            "error",
        ]
        server = subprocess.Popen(command)
        try:
            client = corral.connect(f"http://127.0.0.1:{PORT}")
            deadline = time.monotonic() + 60
            while True:
                try:
                    client.health()
                    break
                except corral.CorralError:
                    if time.monotonic() > deadline:
                        raise
                    time.sleep(0.1)
            one_by_one(client, rows)
            many(client, rows)
            search(client, rows)
        finally:
            server.terminate()
            server.wait(60)
    lines = ["# Forks", "", "`make bench-fork`. Medians; the server's own time, and the caller's with HTTP.", ""]
    lines += ["| what | server | caller |", "|---|---|---|"]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    text = "\n".join(lines) + "\n"
    print(text)
    (ROOT / "Benchmarks/results/fork.md").write_text(text)


if __name__ == "__main__":
    main()
