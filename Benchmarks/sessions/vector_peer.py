"""Gymnasium's AsyncVectorEnv: one process for each CartPole, unfenced. Prints one line of JSON; times in microseconds.

Usage: vector_peer.py COUNT SECONDS
"""

from __future__ import annotations

import json
import statistics
import sys
import time

import gymnasium
import numpy


def main() -> None:
    count, seconds = int(sys.argv[1]), float(sys.argv[2])
    start = time.perf_counter()
    make = [lambda: gymnasium.make("CartPole-v1", disable_env_checker=True)] * count
    envs = gymnasium.vector.AsyncVectorEnv(make)
    observations, _ = envs.reset(seed=0)
    opened = time.perf_counter() - start
    weights = numpy.array([0.05, 0.1, 1.0, 1.0])  # balances the pole, so that an episode lasts 500 steps
    times: list[float] = []
    start = last = time.perf_counter()
    while last - start < seconds:
        observations, *_ = envs.step((observations @ weights > 0).astype(numpy.int64))
        now = time.perf_counter()
        times.append(now - last)
        last = now
    wall = last - start
    start = time.perf_counter()
    envs.close()
    closed = time.perf_counter() - start
    times.sort()
    print(
        json.dumps({
            "open_wall": opened * 1e6, "rate": count * len(times) / wall, "p50": statistics.median(times) * 1e6,
            "p99": times[int(0.99 * (len(times) - 1))] * 1e6, "close_wall": closed * 1e6,
        })
    )  # fmt: skip


if __name__ == "__main__":
    main()
