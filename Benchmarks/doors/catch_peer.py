"""Catch, served by Python over dm_env_rpc: written for the benchmark on the service base class, spec manager and tensor
utilities of the package `dm-env-rpc`, because its wheel has no example server. A ball falls, a paddle at the bottom
moves to the left or right; a sequence ends when the ball is down."""

from __future__ import annotations

import itertools
import random
import sys
from concurrent import futures

import grpc
import numpy as np
from dm_env_rpc.v1 import dm_env_rpc_pb2 as pb
from dm_env_rpc.v1 import dm_env_rpc_pb2_grpc, spec_manager, tensor_spec_utils
from google.rpc import status_pb2

ROWS, COLUMNS = 10, 5


def spec(name: str, dtype: int, *shape: int, low: float | None = None, high: float | None = None) -> pb.TensorSpec:
    made = pb.TensorSpec(name=name, dtype=dtype, shape=shape)
    if low is not None:
        tensor_spec_utils.set_bounds(made, low, high)
    return made


SPECS = pb.ActionObservationSpecs(
    actions={1: spec("paddle", pb.INT8, low=-1, high=1)},
    observations={1: spec("board", pb.FLOAT, ROWS, COLUMNS), 2: spec("reward", pb.FLOAT)},
)
ACTIONS, OBSERVATIONS = spec_manager.SpecManager(SPECS.actions), spec_manager.SpecManager(SPECS.observations)


class Catch:
    def __init__(self) -> None:
        self._random = random.Random(7)
        self._state = pb.TERMINATED

    def step(self, actions: dict[str, object]) -> tuple[int, dict[str, object]]:
        if self._state != pb.RUNNING:
            self._ball, self._paddle = [0, self._random.randrange(COLUMNS)], COLUMNS // 2
            self._state, reward = pb.RUNNING, 0.0
        else:
            self._paddle = min(max(self._paddle + int(actions.get("paddle", 0)), 0), COLUMNS - 1)
            self._ball[0] += 1
            is_down = self._ball[0] == ROWS - 1
            reward = (1.0 if self._ball[1] == self._paddle else -1.0) if is_down else 0.0
            self._state = pb.TERMINATED if is_down else pb.RUNNING
        board = np.zeros((ROWS, COLUMNS), np.float32)
        board[tuple(self._ball)] = board[ROWS - 1, self._paddle] = 1
        return self._state, {"board": board, "reward": reward}


class Worlds(dm_env_rpc_pb2_grpc.EnvironmentServicer):
    def __init__(self) -> None:
        self._worlds: dict[str, Catch] = {}
        self._numbers = itertools.count(1)

    def Process(self, requests, context):  # noqa: N802
        joined: Catch | None = None
        for request in requests:
            response = pb.EnvironmentResponse()
            kind = request.WhichOneof("payload")
            try:
                if kind == "step":
                    state, seen = joined.step(ACTIONS.unpack(request.step.actions))
                    packed = OBSERVATIONS.pack(seen)
                    wanted = {uid: packed[uid] for uid in request.step.requested_observations}
                    response.step.CopyFrom(pb.StepResponse(state=state, observations=wanted))
                elif kind == "create_world":
                    response.create_world.world_name = str(next(self._numbers))
                    self._worlds[response.create_world.world_name] = Catch()
                elif kind == "join_world":
                    joined = self._worlds[request.join_world.world_name]
                    response.join_world.specs.CopyFrom(SPECS)
                elif kind == "leave_world":
                    joined = None
                    response.leave_world.SetInParent()
                elif kind == "destroy_world":
                    del self._worlds[request.destroy_world.world_name]
                    response.destroy_world.SetInParent()
                else:
                    raise ValueError(f"no {kind} here")
            except Exception as error:
                response.error.CopyFrom(status_pb2.Status(code=3, message=str(error)))
            yield response


def main() -> None:
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=64))
    dm_env_rpc_pb2_grpc.add_EnvironmentServicer_to_server(Worlds(), server)
    server.add_insecure_port(sys.argv[1])
    server.start()
    server.wait_for_termination()


if __name__ == "__main__":
    main()
