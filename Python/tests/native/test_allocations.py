"""A step allocates nothing, counted by a `malloc` that is loaded before the C library's."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

COUNTER = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>
static unsigned long count;
unsigned long malloc_count(void) { return __atomic_load_n(&count, __ATOMIC_RELAXED); }
void *malloc(size_t size) {
    static void *(*next)(size_t);
    if (!next) next = dlsym(RTLD_NEXT, "malloc");
    __atomic_add_fetch(&count, 1, __ATOMIC_RELAXED);
    return next(size);
}
int posix_memalign(void **place, size_t alignment, size_t size) {
    static int (*next)(void **, size_t, size_t);
    if (!next) next = dlsym(RTLD_NEXT, "posix_memalign");
    __atomic_add_fetch(&count, 1, __ATOMIC_RELAXED);
    return next(place, alignment, size);
}
"""

PROGRAM = r"""
import ctypes, sys
import numpy as np
from corral.native import NativeVectorEnv, environments
from corral.native.library import library

count = ctypes.CDLL(sys.argv[1]).malloc_count
count.restype = ctypes.c_ulong
before = count()
blocks = [ctypes.create_string_buffer(1 << 20) for _ in range(5)]
assert count() >= before + 5, "the counter does not count"
step = library().call.corral_vector_step
for name in environments():
    envs = NativeVectorEnv(name, 256, simulator="reference")
    envs.reset(seed=0)
    space = envs.single_action_space
    choices = np.random.default_rng(0)
    many = [choices.integers(space.n, size=256) if space.shape == () else
            choices.uniform(-1, 1, (256, *space.shape)).astype(np.float32) for _ in range(20)]
    places, size, number = [one.ctypes.data for one in many], many[0].nbytes, envs._native.number
    out = envs._free_set().reference
    step(number, places[0], size, out)
    before = count()
    for _ in range(30):
        for place in places:
            step(number, place, size, out)
    print(name, count() - before)
"""


def test_a_step_of_the_float64_path_allocates_nothing(tmp_path):
    from corral.native import library_path

    path = library_path()
    if "debug" in Path(path).resolve().parts:
        pytest.skip("a debug build allocates; this is about the library of scripts/build-library")
    if shutil.which("cc") is None:
        pytest.skip("there is no C compiler")
    (tmp_path / "counter.c").write_text(COUNTER)
    counter = tmp_path / "counter.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", counter, tmp_path / "counter.c", "-ldl"], check=True)
    package = str(Path(__file__).parents[2])
    environment = {**os.environ, "LD_PRELOAD": str(counter), "PYTHONPATH": package, "CORRAL_LIBRARY": path}
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, counter], env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    counts = dict(line.split() for line in run.stdout.splitlines())
    assert len(counts) > 10
    # Of 600 calls; Python itself may take a block now and then.
    assert {name: int(count) for name, count in counts.items() if int(count) > 3} == {}
