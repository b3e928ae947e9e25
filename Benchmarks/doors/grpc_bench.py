"""gRPC beside Python's grpc.aio, and dm_env_rpc beside a Python server of it: `make bench-grpc`. The same load generator
(C, over gRPC's core) for all, one run; systems are interleaved."""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE.parent / "common"), str(ROOT / "Python")]

import grpc  # noqa: E402
from dm_env_rpc.v1 import connection, tensor_utils  # noqa: E402
from dm_env_rpc.v1 import dm_env_rpc_pb2 as dm  # noqa: E402
from results import Goal, Results, busy_share, machine  # noqa: E402
from running import corral, free_port  # noqa: E402

from rpc import Load, Messages, compile_load, push, run, sessions  # noqa: E402

COUNTS = (1, 32)
BATCHES = ((256, 1), (64, 8))
CORRAL, PEER, CATCH = "Corral", "grpc.aio", "catch"
NATIVE = "native/CartPole"
PROCESS = "/dm_env_rpc.v1.Environment/Process"
STEPPED = 0x1A
"""How an answer of dm_env_rpc begins that is a step: field 3, of the wire type of messages."""


@contextlib.contextmanager
def peer(script: str, log: Path) -> Iterator[str]:
    """A server of this folder, and its address."""
    address = f"127.0.0.1:{free_port()}"
    variables = {**os.environ, "PYTHONPATH": str(ROOT / "Python")}
    with log.open("wb") as output:
        command = [sys.executable, str(HERE / script), address]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=variables)
    try:
        with grpc.insecure_channel(address) as channel:
            try:
                grpc.channel_ready_future(channel).result(60)
            except grpc.FutureTimeoutError:
                raise RuntimeError(f"{script} did not start: {log.read_text()[-600:]}") from None
        yield address
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def worlds(address: str, count: int, **settings: object) -> Iterator[list[Messages]]:
    """What plays in as many worlds: each caller joins one, then steps by one action and asks for all observations."""
    packed = {name: tensor_utils.pack_tensor(value) for name, value in settings.items()}
    with grpc.insecure_channel(address) as channel:
        speaking = connection.Connection(channel)
        names = [speaking.send(dm.CreateWorldRequest(settings=packed)).world_name for _ in range(count)]
        specs = speaking.send(dm.JoinWorldRequest(world_name=names[0])).specs
        speaking.send(dm.LeaveWorldRequest())
        ((action, spec),) = specs.actions.items()
        step = dm.StepRequest(requested_observations=list(specs.observations))
        step.actions[action].CopyFrom(tensor_utils.pack_tensor(0, dtype=spec.dtype))
        request = dm.EnvironmentRequest(step=step).SerializeToString()
        try:
            yield [
                Messages(
                    request, dm.EnvironmentRequest(join_world=dm.JoinWorldRequest(world_name=name)).SerializeToString()
                )
                for name in names
            ]
        finally:
            for name in names:
                speaking.send(dm.DestroyWorldRequest(world_name=name))
            speaking.close()


class Bench:
    """The measurements of one round; every figure goes to `results` as it comes."""

    def __init__(self, results: Results, load: Load, ours: str, aio: str, catch: str) -> None:
        self.results, self.load = results, load
        self.ours, self.aio, self.catch = ours, aio, catch

    def round(self, number: int) -> None:
        for count in COUNTS:
            for stream in (False, True):
                self._beside_aio(number, count, stream)
            for system, address, settings in (
                (CORRAL, self.ours, {"environment": NATIVE, "seed": 7}),
                (CATCH, self.catch, {}),
            ):
                with worlds(address, count, **settings) as callers:
                    pace = self.load.stream(address, callers, method=PROCESS, answer=STEPPED)
                self.results.add(number, "dm_env_rpc, steps/s", system, count, pace.rate)
                self.results.add(number, "dm_env_rpc, p50 µs", system, count, pace.p50)
        for rows, depth in BATCHES:
            with sessions(self.ours, 1, NATIVE, rows) as (id,):
                pace = self.load.stream(self.ours, [run(push(id, rows))], depth)
            self.results.add(number, batches(rows, depth), CORRAL, 1, pace.rate * rows)

    def _beside_aio(self, number: int, count: int, stream: bool) -> None:
        name = "stream" if stream else "unary"
        rates = {}
        with sessions(self.ours, count, NATIVE, 1) as ids:
            numbers = [str(place) for place in range(count)]
            for system, address, named in ((CORRAL, self.ours, ids), (PEER, self.aio, numbers)):
                steps = [push(one) for one in named]
                if stream:
                    pace = self.load.stream(address, [run(step) for step in steps])
                else:
                    pace = self.load.unary(address, [Messages(step.SerializeToString()) for step in steps])
                rates[system] = pace.rate
                self.results.add(number, f"{name}, steps/s", system, count, pace.rate)
                self.results.add(number, f"{name}, p50 µs", system, count, pace.p50)
                self.results.add(number, f"{name}, p99 µs", system, count, pace.p99)
        self.results.add(number, f"{name}, times grpc.aio", CORRAL, count, rates[CORRAL] / rates[PEER])


def batches(rows: int, depth: int) -> str:
    return f"batches of {rows}, {depth} in flight, row-steps/s"


GOALS = (
    Goal("unary, times grpc.aio", 1, 4, at_most=False),
    Goal("unary, times grpc.aio", 32, 6, at_most=False),
    Goal("stream, times grpc.aio", 1, 1.8, at_most=False),
    Goal("stream, times grpc.aio", 32, 3.5, at_most=False),
    *(Goal(batches(rows, depth), 1, 1e6, at_most=False) for rows, depth in BATCHES),
)
NOTES = """\
Medians, in brackets the range of the rounds; sessions are callers with one step in flight each. Corral steps vector sessions
of one row of its native CartPole, grpc.aio Gymnasium's CartPole, by the same messages: arrays, one action for ever, episodes
that begin anew. Over dm_env_rpc Corral plays its native CartPole; catch is a small Python server on the base classes of the
package dm-env-rpc, written for this benchmark (`Benchmarks/doors/catch_peer.py`) because the package has no example server.
Load is one thread in C over gRPC's core (`Benchmarks/doors/grpc_load.c`), on the same cores."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=Path, default=ROOT / ".build/release/corral", help="the server program")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0, help="of stepping, for each figure")
    parser.add_argument("--results", type=Path, default=ROOT / "Benchmarks/results")
    arguments = parser.parse_args()
    results = Results()
    busy = []
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="corral-bench-")))
        load = Load(compile_load(folder), folder, arguments.seconds)
        ours = f"127.0.0.1:{free_port()}"
        stack.enter_context(corral(arguments.binary.resolve(), folder, "--grpc", ours))
        aio = stack.enter_context(peer("grpc_aio_peer.py", folder / "aio.log"))
        catch = stack.enter_context(peer("catch_peer.py", folder / "catch.log"))
        bench = Bench(results, load, ours, aio, catch)
        for number in range(1, arguments.rounds + 1):
            busy.append(busy_share())
            bench.round(number)
    distributions = ("grpcio", "gymnasium", "numpy", "dm-env-rpc")
    lines = [
        "# gRPC",
        "",
        *machine(arguments.binary, {"peers": (Path(sys.executable), distributions)}),
        f"- {arguments.rounds} rounds of {arguments.seconds:g} s; before each, other programs used "
        f"{min(busy):.0%} to {max(busy):.0%} of the machine",
        "",
        *results.table([CORRAL, PEER, CATCH], GOALS),
        "",
        NOTES,
    ]
    arguments.results.mkdir(parents=True, exist_ok=True)
    (arguments.results / "grpc.md").write_text("\n".join(lines) + "\n")
    results.write_csv(arguments.results / "grpc.csv")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
