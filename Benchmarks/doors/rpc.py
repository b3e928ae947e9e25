"""Sessions and load over gRPC, for the benchmarks of this folder."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1] / "Python")]

import grpc  # noqa: E402
import numpy as np  # noqa: E402

from corral.grpc import sessions_pb2 as pb  # noqa: E402
from corral.grpc import values_pb2 as values  # noqa: E402

UNARY, STREAM = "/corral.v1.Sessions/Step", "/corral.v1.Sessions/Run"
STEPPED = 0x12
"""How an answer of `Run` begins that is a step: field 2, of the wire type of messages."""


@dataclass(frozen=True)
class Messages:
    """What one caller sends: on a stream `beginning` first, if it is there, then `request` again and again."""

    request: bytes
    beginning: bytes | None = None


@dataclass(frozen=True)
class Pace:
    """Answers in a second, and microseconds from a request to its answer."""

    rate: float
    p50: float
    p99: float


def compile_load(folder: Path) -> Path:
    program = folder / "grpc_load"
    source = HERE / "grpc_load.c"
    command = ["cc", "-O2", "-Wall", "-Werror", "-o", str(program), str(source), "-lgrpc", "-lgpr"]
    subprocess.run(command, check=True)
    return program


class Load:
    """Runs the load generator.

    Args:
        warmup: Seconds before it counts.
    """

    def __init__(self, program: Path, folder: Path, seconds: float, warmup: float = 0.5) -> None:
        self.program, self.folder, self.seconds, self.warmup = program, folder, seconds, warmup

    def unary(self, address: str, callers: Sequence[Messages], method: str = UNARY) -> Pace:
        return self._run(address, "unary", method, [], callers)

    def stream(
        self, address: str, callers: Sequence[Messages], depth: int = 1, method: str = STREAM, answer: int = STEPPED
    ) -> Pace:
        """
        Args:
            depth: Requests of a stream that are unanswered at a time.
            answer: The first byte of answers that are no errors.
        """
        return self._run(address, "stream", method, [str(depth), str(answer)], callers)

    def _run(self, address: str, kind: str, method: str, more: list[str], callers: Sequence[Messages]) -> Pace:
        times = [str(self.seconds), str(self.warmup)]
        command = [str(self.program), address, kind, method, *times, *more]
        command += [self._written(place, caller) for place, caller in enumerate(callers)]
        limit = self.seconds + self.warmup + 30
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit)
        if done.returncode:
            raise RuntimeError(f"{method}, {len(callers)} callers: {done.stderr.strip()[-600:]}")
        return Pace(*map(float, done.stdout.split()))

    def _written(self, place: int, caller: Messages) -> str:
        paths = []
        for name, message in (("beginning", caller.beginning), ("request", caller.request)):
            if message is not None:
                path = self.folder / f"{name}{place}"
                path.write_bytes(message)
                paths.append(str(path))
        return ",".join(paths)


def run(step: pb.StepRequest) -> Messages:
    """A step as `Run` takes it."""
    return Messages(pb.RunRequest(step=step).SerializeToString())


def say(session: str, action: str) -> pb.StepRequest:
    """A step whose action is JSON, as its observation will be."""
    return pb.StepRequest(session=session, action=values.Value(json=action.encode()))


def push(session: str, rows: int = 1) -> pb.StepRequest:
    """Of a vector session of CartPole, by arrays."""
    action = values.Tensor(dtype="int64", shape=[rows], data=(np.arange(rows) % 2).astype("<i8").tobytes())
    return pb.StepRequest(session=session, action=values.Value(tensor=action), tensors=True)


@contextlib.contextmanager
def sessions(address: str, count: int, environment: str, rows: int | None = None) -> Iterator[list[str]]:
    """Their ids. Rows begin anew by themselves."""
    with grpc.insecure_channel(address, [("grpc.max_receive_message_length", -1)]) as channel:
        create = channel.unary_unary(
            "/corral.v1.Sessions/CreateBatch",
            request_serializer=pb.CreateBatchRequest.SerializeToString,
            response_deserializer=pb.CreateBatchResponse.FromString,
        )
        close = channel.unary_unary(
            "/corral.v1.Sessions/Close",
            request_serializer=pb.CloseRequest.SerializeToString,
            response_deserializer=pb.CloseResponse.FromString,
        )
        one = pb.CreateSessionRequest(environment=environment, seed=7, rows=rows)
        made = create(pb.CreateBatchRequest(session=one, count=count), wait_for_ready=True, timeout=60).sessions
        ids = [each.session.id for each in made]
        try:
            yield ids
        finally:
            for each in [close.future(pb.CloseRequest(session=id), timeout=60) for id in ids]:
                each.result()
