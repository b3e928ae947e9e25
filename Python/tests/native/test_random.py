"""NumPy's generator against ours, draw for draw, from random states and in random order."""

import os
import random
import struct
import subprocess
from pathlib import Path

import numpy
import pytest

ROUNDS = 40_000 if os.environ.get("CORRAL_LONG") else 4_000


def executable(name: str) -> Path:
    folder = Path(os.environ.get("CORRAL_BIN", Path(__file__).parents[3] / ".build/debug/corral")).parent
    path = folder / name
    if not path.exists():
        pytest.skip(f"{path} is not built; `swift build --product {name}` makes it")
    return path


def bits(value: float) -> int:
    return struct.unpack("<Q", struct.pack("<d", value))[0]


def state_of(generator: numpy.random.Generator) -> str:
    state = generator.bit_generator.state
    return f"{state['state']['state']} {state['state']['inc']} {state['has_uint32']} {state['uinteger']}"


class Script:
    """Calls of ours, each with what NumPy answers."""

    def __init__(self, seed: int):
        self.choose = random.Random(seed)
        self.generator = numpy.random.default_rng(0)
        self.calls = ["seed 0"]
        self.answers = [state_of(self.generator)]

    def add(self, call: str, answer) -> None:
        self.calls.append(call)
        self.answers.append(str(answer))

    def add_any(self) -> None:
        getattr(self, self.choose.choice([name for name in dir(self) if name.startswith("draw_")]))()

    def bound(self, width: int) -> int:
        """Small ones, powers of two and their neighbours, and any."""
        kind = self.choose.randrange(3)
        if kind == 0:
            return self.choose.randrange(min(20, 1 << width))
        if kind == 1:
            return min((1 << width) - 1, max(0, (1 << self.choose.randrange(width + 1)) + self.choose.randrange(-2, 2)))
        return self.choose.randrange(1 << width)

    def draw_seed(self) -> None:
        seed = self.bound(64)
        self.generator = numpy.random.default_rng(seed)
        self.add(f"seed {seed}", state_of(self.generator))

    def draw_words(self) -> None:
        entropy = self.choose.randrange(1 << self.choose.randrange(1, 400))
        self.generator = numpy.random.default_rng(entropy)
        words = [entropy >> 32 * i & 0xFFFFFFFF for i in range(max(1, (entropy.bit_length() + 31) // 32))]
        self.add("words " + " ".join(map(str, words)), state_of(self.generator))

    def draw_state(self) -> None:
        state, increment = self.choose.randrange(1 << 128), self.choose.randrange(1 << 128) | 1
        has_half, half = self.choose.randrange(2), self.choose.randrange(1 << 32)
        self.generator.bit_generator.state = {
            "bit_generator": "PCG64",
            "state": {"state": state, "inc": increment},
            "has_uint32": has_half,
            "uinteger": half,
        }
        self.add(f"state {state} {increment} {has_half} {half}", state_of(self.generator))

    def draw_uint64(self) -> None:
        self.add("uint64", self.generator.integers(0, 1 << 64, dtype=numpy.uint64))

    def draw_uint32(self) -> None:
        self.add("uint32", self.generator.integers(0, 1 << 32, dtype=numpy.uint32))

    def draw_random(self) -> None:
        self.add("random", bits(self.generator.random()))

    def draw_uniform(self) -> None:
        low, high = sorted(self.choose.gauss(0, 10 ** self.choose.randrange(-5, 5)) for _ in range(2))
        self.add(f"uniform {bits(low)} {bits(high)}", bits(self.generator.uniform(low, high)))

    def draw_integers(self) -> None:
        bound = self.bound(64)
        self.add(f"integers {bound}", self.generator.integers(0, bound, dtype=numpy.uint64, endpoint=True))

    def draw_choice(self) -> None:
        deck = list(range(self.choose.randrange(1, 60)))
        self.add(f"integers {len(deck) - 1}", self.generator.choice(deck))

    def draw_integers32(self) -> None:
        bound = self.bound(32)
        self.add(f"integers32 {bound}", self.generator.integers(0, bound, dtype=numpy.uint32, endpoint=True))

    def draw_bytes(self) -> None:
        self.add_list("bytes", self.bound(8), numpy.uint8)

    def draw_shorts(self) -> None:
        self.add_list("shorts", self.bound(16), numpy.uint16)

    def draw_bits(self) -> None:
        count = self.choose.randrange(1, 70)
        self.add(f"bits {count}", " ".join(str(int(x)) for x in self.generator.integers(0, 2, count, dtype=bool)))

    def add_list(self, name: str, bound: int, dtype) -> None:
        count = self.choose.randrange(1, 30)
        drawn = self.generator.integers(0, bound, count, dtype=dtype, endpoint=True)
        self.add(f"{name} {count} {bound}", " ".join(map(str, drawn)))

    def draw_state_read(self) -> None:
        self.add("where", state_of(self.generator))


def answers(calls: list) -> list:
    run = subprocess.run(
        [executable("random-draws")], input="\n".join(calls) + "\n", capture_output=True, text=True, check=True
    )
    return run.stdout.splitlines()


@pytest.mark.parametrize("seed", range(5))
def test_every_draw_equals_numpys(seed):
    script = Script(seed)
    for _ in range(ROUNDS):
        script.add_any()
    ours = answers(script.calls)
    assert len(ours) == len(script.calls)
    for place, (call, got, wanted) in enumerate(zip(script.calls, ours, script.answers, strict=True)):
        assert got == wanted, f"call {place}, {call!r}, after {script.calls[max(0, place - 5) : place]}"


def test_masked_draws_shuffle_as_numpy_does():
    for seed in range(20):
        ours = list(range(50))
        calls = [f"seed {seed}"] + [f"masked {i}" for i in range(49, 0, -1)]
        for i, j in zip(range(49, 0, -1), map(int, answers(calls)[1:]), strict=True):
            ours[i], ours[j] = ours[j], ours[i]
        theirs = list(range(50))
        numpy.random.default_rng(seed).shuffle(theirs)
        assert ours == theirs
