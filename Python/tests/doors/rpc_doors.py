"""The doors that speak gRPC."""

import json
import queue

import grpc
import numpy as np
from dm_env_rpc.v1 import connection as dm_env_connection
from dm_env_rpc.v1 import dm_env_rpc_pb2 as dm
from dm_env_rpc.v1 import error as dm_env_error
from dm_env_rpc.v1 import tensor_utils
from google.rpc import status_pb2

from corral.grpc import sessions_pb2 as pb
from corral.grpc import values_pb2 as values
from doors import AsyncPythonClient, Door, DoorError, PythonClient
from rpc.addresses import grpc_address


def code_in(status):
    """Our code in a `google.rpc.Status`."""
    found = values.Error()
    assert status.details[0].Unpack(found)
    return found.code


class GRPCUnary(Door):
    name = "grpc-unary"
    tensors = False

    def __init__(self, server):
        super().__init__(server)
        self._channel = grpc.insecure_channel(grpc_address(server))

    def _method(self, name, request, response):
        return self._channel.unary_unary(
            "/corral.v1.Sessions/" + name,
            request_serializer=request.SerializeToString,
            response_deserializer=response.FromString,
        )

    def _ask(self, name, message, response):
        try:
            return self._method(name, type(message), response)(message, 60)
        except grpc.RpcError as error:
            status = status_pb2.Status.FromString(dict(error.trailing_metadata())["grpc-status-details-bin"])
            raise DoorError(code_in(status), error.details()) from None

    def open(self, environment, seed=None, reset=True):
        request = pb.CreateSessionRequest(environment=environment, seed=seed, no_reset=not reset)
        self.session = self._ask("Create", request, pb.CreatedSession).session.id

    def reset(self, seed=None):
        request = pb.ResetRequest(session=self.session, seed=seed, tensors=self.tensors)
        return self._value(self._ask("Reset", request, pb.ResetResponse).observation)

    def _request(self, action, index=None, session=None):
        form = values.Value(json=json.dumps(action).encode())
        return pb.StepRequest(session=session or self.session, action=form, index=index, tensors=self.tensors)

    def step(self, action, index=None):
        return self._result(self._ask("Step", self._request(action, index), pb.StepResponse))

    def _result(self, step):
        reward = step.reward if step.HasField("reward") else None
        return self._value(step.observation), reward, step.terminated or step.truncated

    def _value(self, value):
        if self.tensors:
            array = np.frombuffer(value.tensor.data, np.dtype(value.tensor.dtype))
            return array.reshape(value.tensor.shape).tolist()
        return json.loads(value.json)

    def step_other(self, session):
        return self._ask("Step", self._request(0, session=session), pb.StepResponse)

    def interrupt(self):
        self._ask("Interrupt", pb.InterruptRequest(session=self.session), pb.InterruptResponse)

    def send_step(self, action):
        self._sent = self._method("Step", pb.StepRequest, pb.StepResponse).future(self._request(action))

    def disconnect(self):
        self._sent.cancel()

    def close(self):
        if self.session:
            self._ask("Close", pb.CloseRequest(session=self.session), pb.CloseResponse)

    def leave(self):
        self._channel.close()


class GRPCStream(GRPCUnary):
    """Resets and steps over `Run`, observations as arrays."""

    name = "grpc-stream"
    tensors = True

    def __init__(self, server):
        super().__init__(server)
        self._begin()

    def _begin(self):
        self._requests = queue.Queue()
        run = self._channel.stream_stream(
            "/corral.v1.Sessions/Run",
            request_serializer=pb.RunRequest.SerializeToString,
            response_deserializer=pb.RunResponse.FromString,
        )
        self._call = run(iter(self._requests.get, None))

    def _ask(self, name, message, response):
        if name not in ("Reset", "Step"):
            return super()._ask(name, message, response)
        self._requests.put(pb.RunRequest(id=7, **{name.lower(): message}))
        answer = next(self._call)
        assert answer.id == 7
        if answer.HasField("error"):
            raise DoorError(answer.error.code, answer.error.message)
        return getattr(answer, answer.WhichOneof("result"))

    def send_step(self, action):
        self._requests.put(pb.RunRequest(id=8, step=self._request(action)))

    def disconnect(self):
        self._call.cancel()
        self._requests.put(None)
        self._begin()

    def leave(self):
        self._requests.put(None)
        self._call.cancel()
        super().leave()


class GRPCPythonClient(PythonClient):
    name = "python-grpc"
    transport = "grpc"

    def __init__(self, server):
        import corral

        Door.__init__(self, server)
        self._client = corral.connect("grpc://" + grpc_address(server))
        self._session = None

    def send_step(self, action):
        self._sent = self._client._transport._begin(self._session._core.step_call(action))[1]

    def disconnect(self):
        self._sent.cancel()
        self._session._core.known = False


class AsyncGRPCPythonClient(AsyncPythonClient):
    name = "python-async-grpc"

    def _url(self):
        return "grpc://" + grpc_address(self.server)


class DmEnvRpc(Door):
    """A world; a sequence begins with a step, and ends with the connection that plays it."""

    name = "dm-env-rpc"
    lacks = frozenset({"index", "interrupt", "drop", "not_reset"})

    def __init__(self, server):
        super().__init__(server)
        self._channel = grpc.insecure_channel(grpc_address(server))
        self._connection = dm_env_connection.Connection(self._channel)

    def _send(self, request):
        try:
            return self._connection.send(request)
        except dm_env_error.DmEnvRpcError as error:
            raise DoorError(code_in(error._status_proto), str(error)) from None

    def open(self, environment, seed=None, reset=True):
        settings = {"environment": tensor_utils.pack_tensor(environment)}
        if seed is not None:
            settings["seed"] = tensor_utils.pack_tensor(seed)
        self.session = self._send(dm.CreateWorldRequest(settings=settings)).world_name
        specs = self._send(dm.JoinWorldRequest(world_name=self.session)).specs
        self._observations = {spec.name: uid for uid, spec in specs.observations.items()}
        (self._action,) = specs.actions
        if reset:
            self._step({})

    def reset(self, seed=None):
        settings = {} if seed is None else {"seed": tensor_utils.pack_tensor(seed)}
        self._send(dm.ResetRequest(settings=settings))
        return self._step({})[0]

    def step(self, action, index=None):
        return self._step({self._action: tensor_utils.pack_tensor(action, dtype=np.int64)})

    def _step(self, actions):
        request = dm.StepRequest(actions=actions, requested_observations=self._observations.values())
        response = self._send(request)
        seen = {
            name: tensor_utils.unpack_tensor(response.observations[uid]) for name, uid in self._observations.items()
        }
        return seen["observation"].tolist(), float(seen["reward"]), response.state != dm.RUNNING

    def step_other(self, session):
        return self._send(dm.JoinWorldRequest(world_name=session))

    def close(self):
        if self.session:
            self._send(dm.LeaveWorldRequest())
            self._send(dm.DestroyWorldRequest(world_name=self.session))

    def leave(self):
        self._connection.close()
        self._channel.close()


RPC_DOORS = [GRPCUnary, GRPCStream, GRPCPythonClient, AsyncGRPCPythonClient, DmEnvRpc]
