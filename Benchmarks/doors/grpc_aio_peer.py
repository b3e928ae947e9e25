"""Python's grpc.aio serving Gymnasium's CartPole in its own process, by the messages of `corral.v1`: what a server
written by hand in Python does. Sessions are numbers; an episode that has ended begins anew by itself."""

import asyncio
import sys

import grpc
import gymnasium
import numpy as np

from corral.grpc import sessions_pb2 as pb

environments = {}


def step(request):
    environment = environments.get(request.session)
    if environment is None:
        environment = environments[request.session] = [gymnasium.make("CartPole-v1").unwrapped, True, 0]
    if environment[1]:
        observation, _ = environment[0].reset(seed=7)
        reward, environment[1] = 0.0, False
        terminated = truncated = False
    else:
        action = int(np.frombuffer(request.action.tensor.data, np.int64)[0])
        observation, reward, terminated, truncated, _ = environment[0].step(action)
        environment[1] = terminated or truncated
    environment[2] += 1
    answer = pb.StepResponse(
        index=environment[2], reward=reward, terminated=terminated, truncated=truncated, info=b"{}"
    )
    tensor = answer.observation.tensor
    tensor.dtype, tensor.data = "float32", observation.tobytes()
    tensor.shape.extend(observation.shape)
    return answer


async def unary(request, context):
    return step(request)


async def run(requests, context):
    async for request in requests:
        yield pb.RunResponse(id=request.id, step=step(request.step))


async def main():
    server = grpc.aio.server()
    handlers = {
        "Step": grpc.unary_unary_rpc_method_handler(
            unary, pb.StepRequest.FromString, pb.StepResponse.SerializeToString
        ),
        "Run": grpc.stream_stream_rpc_method_handler(run, pb.RunRequest.FromString, pb.RunResponse.SerializeToString),
    }
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("corral.v1.Sessions", handlers),))
    server.add_insecure_port(sys.argv[1])
    await server.start()
    await server.wait_for_termination()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
