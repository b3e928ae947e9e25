"""gRPC beside Python's grpc.aio: `make bench-grpc`. The same messages, the same load generator (C, over gRPC's core), one
run; systems are interleaved."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE.parent / "common"), str(ROOT / "Python")]

import grpc  # noqa: E402
import numpy as np  # noqa: E402
from results import Goal, Results, busy_share, machine  # noqa: E402

from corral.grpc import sessions_pb2 as pb  # noqa: E402
from corral.grpc import values_pb2 as values  # noqa: E402

UNARY, STREAM = "/corral.v1.Sessions/Step", "/corral.v1.Sessions/Run"
COUNTS = (1, 32)
CORRAL, PEER = "Corral", "grpc.aio"


def compiled(folder: Path) -> Path:
    program = folder / "grpc_load"
    source = HERE / "grpc_load.c"
    subprocess.run(["cc", "-O2", "-o", str(program), str(source), "-lgrpc", "-lgpr"], check=True)
    return program


@contextlib.contextmanager
def started(command: list[str], ready: str, log: Path) -> Iterator[str]:
    """A server, and its gRPC address."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, stdin=subprocess.DEVNULL)
    try:
        yield wait(process, ready, log)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()


def wait(process: subprocess.Popen[bytes], ready: str, log: Path) -> str:
    import re
    import time

    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        found = re.search(ready, log.read_text(), re.MULTILINE)
        if found:
            return "127.0.0.1:" + found[1]
        time.sleep(0.05)
    raise SystemExit(f"a server did not start:\n{log.read_text()}")


def step(session: str, rows: int) -> pb.StepRequest:
    action = values.Tensor(dtype="int64", shape=[rows], data=(np.arange(rows) % 2).astype("<i8").tobytes())
    return pb.StepRequest(session=session, action=values.Value(tensor=action), tensors=True)


def sessions(address: str, count: int, rows: int) -> list[str]:
    """Native CartPole, whose rows begin anew by themselves."""
    with grpc.insecure_channel(address) as channel:
        create = channel.unary_unary(
            "/corral.v1.Sessions/Create",
            request_serializer=pb.CreateSessionRequest.SerializeToString,
            response_deserializer=pb.CreatedSession.FromString,
        )
        request = pb.CreateSessionRequest(environment="native/CartPole", seed=7, rows=rows, autoreset="NextStep")
        return [create(request).session.id for _ in range(count)]


class Load:
    def __init__(self, program: Path, folder: Path, seconds: float) -> None:
        self.program, self.folder, self.seconds = program, folder, seconds

    def run(self, address: str, ids: list[str], *, rows: int = 1, stream: bool = False, depth: int = 1) -> list[float]:
        """Answers in a second, median and 99th percentile in microseconds."""
        files = []
        for place, session in enumerate(ids):
            message = pb.RunRequest(step=step(session, rows)) if stream else step(session, rows)
            path = self.folder / f"request{place}"
            path.write_bytes(message.SerializeToString())
            files.append(str(path))
        kind = ["stream", STREAM] if stream else ["unary", UNARY]
        more = [str(depth)] if stream else []
        command = [str(self.program), address, *kind, str(self.seconds), "0.5", *more, *files]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=120)
        return [float(figure) for figure in done.stdout.split()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2.0)
    arguments = parser.parse_args()
    results = Results()
    busy = busy_share()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="corral-bench-")))
        load = Load(compiled(folder), folder, arguments.seconds)
        serve = [str(arguments.binary), "serve", "--port", "0", "--grpc", "127.0.0.1:0", "--log-format", "json"]
        serve += ["--data", str(folder / "data"), "--idle-timeout", "1h"]
        ours = stack.enter_context(started(serve, r'"grpc://127\.0\.0\.1:(\d+)"', folder / "corral.log"))
        os.environ["PYTHONPATH"] = str(ROOT / "Python")
        peer = [sys.executable, str(HERE / "grpc_aio_peer.py")]
        theirs = stack.enter_context(started(peer, r"^(\d+)$", folder / "peer.log"))
        single = sessions(ours, max(COUNTS), 1)
        vectors = {rows: sessions(ours, 1, rows) for rows in (64, 256)}
        numbers = [str(number) for number in range(max(COUNTS))]
        for number in range(arguments.rounds):
            for stream in (False, True):
                name = "stream" if stream else "unary"
                for count in COUNTS:
                    pace = {}
                    for system, address, ids in ((CORRAL, ours, single), (PEER, theirs, numbers)):
                        rate, median, worst = load.run(address, ids[:count], stream=stream)
                        pace[system] = rate
                        results.add(number, f"{name}, steps/s", system, count, rate)
                        results.add(number, f"{name}, p50 µs", system, count, median)
                        results.add(number, f"{name}, p99 µs", system, count, worst)
                    results.add(number, f"{name}, times grpc.aio", CORRAL, count, pace[CORRAL] / pace[PEER])
            for rows, depth in ((256, 1), (64, 8)):
                rate, *_ = load.run(ours, vectors[rows], rows=rows, stream=True, depth=depth)
                results.add(number, f"batches of {rows}, {depth} in flight, row-steps/s", CORRAL, 1, rate * rows)
    goals = [
        Goal("unary, times grpc.aio", 1, 4, at_most=False),
        Goal("unary, times grpc.aio", 32, 6, at_most=False),
        Goal("stream, times grpc.aio", 1, 1.8, at_most=False),
        Goal("stream, times grpc.aio", 32, 3.5, at_most=False),
        Goal("batches of 256, 1 in flight, row-steps/s", 1, 1e6, at_most=False),
        Goal("batches of 64, 8 in flight, row-steps/s", 1, 1e6, at_most=False),
    ]
    folder = ROOT / "Benchmarks/results"
    lines = [
        "# gRPC",
        "",
        *machine(arguments.binary, {"grpc.aio": (Path(sys.executable), ("grpcio", "gymnasium", "numpy"))}),
        f"- Before it began, other programs used {busy:.0%} of the machine",
        "",
        "A vector session of one row of native CartPole for each caller, beside Python's grpc.aio stepping Gymnasium's "
        "CartPole by the same messages; load by `Benchmarks/doors/grpc_load.c`.",
        "",
        *results.table([CORRAL, PEER], goals),
    ]
    (folder / "grpc.md").write_text("\n".join(lines) + "\n")
    results.write_csv(folder / "grpc.csv")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
