"""What agents of dm_env do with worlds, beyond the compliance tests."""

import threading

import dm_env
import grpc
import numpy as np
import pytest
from dm_env_rpc.v1 import connection as dm_env_connection
from dm_env_rpc.v1 import dm_env_adaptor, error, tensor_utils
from dm_env_rpc.v1 import dm_env_rpc_pb2 as pb
from dm_env_rpc.v1.extensions import properties

RUNNING, TERMINATED, INTERRUPTED = pb.RUNNING, pb.TERMINATED, pb.INTERRUPTED


def packed(**settings):
    return {name: tensor_utils.pack_tensor(value) for name, value in settings.items()}


@pytest.fixture
def connect(channel):
    opened = []

    def make():
        opened.append(dm_env_connection.Connection(channel))
        return opened[-1]

    yield make
    for connection in opened:
        connection.close()


def play(connection, environment, steps, seed=7, **settings):
    """Random actions through the package's own adaptor; checks each time step against the specs."""
    env, name = dm_env_adaptor.create_and_join_world(
        connection, {"environment": environment, "seed": seed, **settings}, {}
    )
    generator = np.random.default_rng(seed)
    episodes, rewards = 0, []
    try:
        step = env.reset()
        assert step.first()
        for _ in range(steps):
            action = {key: sample(spec, generator) for key, spec in env.action_spec().items()}
            step = env.step(action)
            for key, spec in env.observation_spec().items():
                spec.validate(step.observation[key])
            if step.first():
                episodes += 1
            else:
                rewards.append(float(step.reward))
                assert step.discount in (0.0, 1.0)
        return episodes, rewards, env
    finally:
        connection.send(pb.LeaveWorldRequest())
        connection.send(pb.DestroyWorldRequest(world_name=name))


def sample(spec, generator):
    if isinstance(spec, dm_env.specs.DiscreteArray):
        return generator.integers(spec.num_values, dtype=spec.dtype)
    if isinstance(spec, dm_env.specs.StringArray):
        return "look"
    return np.asarray(
        generator.uniform(np.maximum(spec.minimum, -1), np.minimum(spec.maximum, 1), spec.shape), spec.dtype
    )


def test_the_adaptor_plays_cartpole(connect):
    episodes, rewards, env = play(connect(), "CartPole-v1", 100)
    assert episodes >= 2 and set(rewards) == {1.0}
    assert env.action_spec()["action"].num_values == 2
    assert env.observation_spec()["observation"].shape == (4,)


def test_the_adaptor_plays_a_grid_world(connect):
    episodes, rewards, env = play(connect(), "minigrid/Empty-5x5", 150)
    assert set(env.observation_spec()) == {"image", "direction", "mission"}
    assert env.observation_spec()["image"].dtype == np.uint8 and len(rewards) > 100


def test_the_adaptor_plays_a_text_environment(connect):
    _, rewards, env = play(connect(), "text/TextWorld", 5)
    assert isinstance(env.action_spec()["action"], dm_env.specs.StringArray) and len(rewards) == 5


def test_the_adaptor_plays_a_native_environment_with_parameters(connect):
    _, rewards, env = play(connect(), "native/Pendulum", 50)
    assert env.action_spec()["action"].shape == (1,) and all(reward <= 0 for reward in rewards)


def test_a_sequence_follows_the_states(connect):
    connection = connect()
    name = connection.send(pb.CreateWorldRequest(settings=packed(environment="CartPole-v1", seed=3))).world_name
    specs = connection.send(pb.JoinWorldRequest(world_name=name)).specs
    names = {spec.name: uid for uid, spec in specs.observations.items()}
    wanted = [names["reward"], names["discount"]]
    push = {uid: tensor_utils.pack_tensor(1, dtype=np.int64) for uid in specs.actions}
    states, discounts = [], []
    for _ in range(14):
        response = connection.send(pb.StepRequest(actions=push, requested_observations=wanted))
        states.append(response.state)
        discounts.append(tensor_utils.unpack_tensor(response.observations[names["discount"]]))
    ends = [place for place, state in enumerate(states) if state == TERMINATED]
    assert ends and states[0] == RUNNING and states[ends[0] + 1 : ends[0] + 2] in ([RUNNING], [])
    assert [discounts[place] for place in ends] == [0.0] * len(ends)
    # Actions that are left out are resting values.
    assert connection.send(pb.StepRequest()).state in (RUNNING, TERMINATED)
    connection.send(pb.LeaveWorldRequest())
    connection.send(pb.DestroyWorldRequest(world_name=name))


def test_the_reset_of_a_world_interrupts_who_plays_in_it_and_waits_for_that(connect):
    player, other = connect(), connect()
    name = player.send(pb.CreateWorldRequest(settings=packed(environment="CartPole-v1", seed=3))).world_name
    player.send(pb.JoinWorldRequest(world_name=name))
    with pytest.raises(error.DmEnvRpcError):
        other.send(pb.JoinWorldRequest(world_name=name))
    assert player.send(pb.StepRequest()).state == RUNNING
    done = threading.Event()

    def reset():
        other.send(pb.ResetWorldRequest(world_name=name))
        done.set()

    thread = threading.Thread(target=reset)
    thread.start()
    assert not done.wait(0.2)
    states = [player.send(pb.StepRequest()).state for _ in range(2)]
    assert done.wait(5) and states == [INTERRUPTED, RUNNING]
    thread.join()
    player.send(pb.LeaveWorldRequest())
    player.send(pb.DestroyWorldRequest(world_name=name))


def test_a_session_of_another_door_is_a_world(connect, server):
    created = server.client.post("/v1/sessions", {"environment": "CartPole-v1", "seed": 7, "reset": False})
    session = created.json["id"]
    connection = connect()
    connection.send(pb.JoinWorldRequest(world_name=session))
    connection.send(pb.StepRequest())
    connection.send(pb.StepRequest())
    assert server.client.get(f"/v1/sessions/{session}").json["index"] == 1
    connection.send(pb.LeaveWorldRequest())
    connection.send(pb.DestroyWorldRequest(world_name=session))
    assert server.client.get(f"/v1/sessions/{session}").json["state"] == "closed"


def test_properties_are_read_and_not_written(connect):
    connection = connect()
    extension = properties.PropertiesExtension(connection)
    assert "classic/CartPole@1.0.0" in extension["environments"].tolist()
    name = connection.send(pb.CreateWorldRequest(settings=packed(environment="CartPole-v1"))).world_name
    connection.send(pb.JoinWorldRequest(world_name=name))
    connection.send(pb.StepRequest())
    specs = extension.specs()
    assert specs["index"].readable and not specs["index"].writable
    assert extension["environment"] == "classic/CartPole@1.0.0" and extension["index"] == 0
    assert len(extension["trajectory_hash"]) == 64
    with pytest.raises(PermissionError):
        extension["index"] = 3
    with pytest.raises(KeyError):
        extension["nothing"]
    connection.send(pb.LeaveWorldRequest())
    connection.send(pb.DestroyWorldRequest(world_name=name))


@pytest.mark.parametrize(
    "tensor",
    [
        pb.Tensor(int64s=pb.Tensor.Int64Array(array=[0, 1]), shape=[]),
        pb.Tensor(int64s=pb.Tensor.Int64Array(array=[0]), shape=[-1, -1]),
        pb.Tensor(int64s=pb.Tensor.Int64Array(array=[0]), shape=[1 << 30, 1 << 30, 1 << 30]),
        pb.Tensor(int64s=pb.Tensor.Int64Array(array=[])),
        pb.Tensor(strings=pb.Tensor.StringArray(array=["0"])),
        pb.Tensor(protos=pb.Tensor.ProtoArray(array=[])),
        pb.Tensor(),
    ],
    ids=lambda tensor: str(tensor.WhichOneof("payload")) + str(list(tensor.shape)),
)
def test_a_wrong_action_is_an_error_in_the_stream_and_the_sequence_goes_on(connect, tensor):
    connection = connect()
    name = connection.send(pb.CreateWorldRequest(settings=packed(environment="CartPole-v1"))).world_name
    specs = connection.send(pb.JoinWorldRequest(world_name=name)).specs
    connection.send(pb.StepRequest())
    with pytest.raises(error.DmEnvRpcError):
        connection.send(pb.StepRequest(actions={uid: tensor for uid in specs.actions}))
    assert connection.send(pb.StepRequest()).state == RUNNING
    connection.send(pb.LeaveWorldRequest())
    connection.send(pb.DestroyWorldRequest(world_name=name))


def test_a_message_that_is_none_ends_the_stream_with_a_status(channel):
    call = channel.stream_stream("/dm_env_rpc.v1.Environment/Process")(iter([b"\x0a\xff"]))
    with pytest.raises(grpc.RpcError) as caught:
        next(call)
    assert caught.value.code() == grpc.StatusCode.INVALID_ARGUMENT
