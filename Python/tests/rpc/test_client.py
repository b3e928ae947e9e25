"""`corral.connect("grpc://…")`: the same client as over HTTP."""

import numpy as np
import pytest

import corral
from corral import errors


@pytest.fixture
def both(server, address):
    """The client over gRPC and over HTTP."""
    http = next(record["address"] for record in server.records() if record["message"] == "listening")
    with corral.connect(f"grpc://{address}") as rpc, corral.connect(http) as plain:
        yield rpc, plain


def without(fields, *names):
    return {name: value for name, value in fields.items() if name not in names}


@pytest.mark.parametrize("environment", ["classic/CartPole", "minigrid/Empty-5x5", "native/Pendulum", "ale/Pong"])
def test_a_seeded_script_is_the_same_through_both(both, environment):
    hashes, results = [], []
    for client in both:
        with client.sessions.create(environment, seed=7) as session:
            session.action_space.seed(7)
            steps = []
            for _ in range(20):
                step = session.step(session.action_space.sample())
                steps.append(step)
                if step.terminated or step.truncated:
                    steps.append(session.reset())
            hashes.append(session.refresh()["trajectory_hash"])
            results.append(steps)
    assert hashes[0] == hashes[1]
    for one, other in zip(*results):
        assert one.index == other.index and one.info == other.info
        left, right = (each if isinstance(each, dict) else {"": each} for each in (one.observation, other.observation))
        assert left.keys() == right.keys()
        for name in left:
            np.testing.assert_array_equal(left[name], right[name])


def test_vector_sessions_are_stepped_by_arrays(both):
    outcomes = []
    for client in both:
        with client.sessions.create("native/CartPole", seed=3, rows=5, autoreset="SameStep") as session:
            steps = [session.step(np.full(5, place % 2)) for place in range(30)]
            outcomes.append((steps, session.refresh()["trajectory_hash"]))
    (rpc, rpc_hash), (http, http_hash) = outcomes
    assert rpc_hash == http_hash
    for one, other in zip(rpc, http):
        np.testing.assert_array_equal(one.observation, other.observation)
        np.testing.assert_array_equal(one.reward, other.reward)
        np.testing.assert_array_equal(one.terminated, other.terminated)


def test_sessions_are_listed_described_and_closed_the_same(both):
    rpc, plain = both
    session = rpc.sessions.create("CartPole-v1", labels={"of": "rpc"}, seed=1)
    described = without(plain.sessions.get(session.id).refresh(), "expires_at")
    assert without(rpc.sessions.get(session.id).refresh(), "expires_at") == described
    listed = [one["id"] for one in rpc.sessions.list(label="of=rpc")]
    assert listed == [session.id]
    assert session.keepalive() and set(session.usage()) == {"cpu_seconds", "memory_bytes", "memory_peak_bytes", "pids"}
    assert isinstance(session.logs(5), list)
    session.close()
    session.close()
    with pytest.raises(errors.SessionClosed):
        plain.sessions.get(session.id).step(0)


def test_environments_and_the_server_describe_themselves_the_same(both):
    rpc, plain = both
    assert list(rpc.environments.list()) == list(plain.environments.list())
    assert rpc.environments.get("CartPole-v1") == without(plain.environments.get("CartPole-v1"), "usage")
    assert rpc.health()["version"] == plain.health()["version"]
    assert rpc.capabilities()["features"] == plain.capabilities()["features"]
    with pytest.raises(errors.NotFound):
        rpc.environments.get("no/such")


def test_environments_are_searched_the_same(both):
    rpc, plain = both
    for query in (
        {"text": "cart"},
        {"tag": "classic-control,minigrid", "limit": 1},
        {"agents": "single", "sort": "name", "limit": 2},
        {"text": "pole", "namespace": "native", "reward_min": 0.0},
        {"text": "nothing-has-this"},
    ):
        assert list(rpc.environments.search(**query)) == list(plain.environments.search(**query)), query
    assert [one["name"] for one in rpc.environments.search("cart", namespace="classic")] == ["classic/CartPole"]
    for wrong in ({"colour": "red"}, {"sort": "size"}, {"limit": 1001}, {"reward_min": "much"}):
        with pytest.raises(errors.InvalidArgument):
            list(rpc.environments.search(**wrong))


def test_frames_come_as_arrays_pictures_and_text(both):
    rpc, plain = both
    with rpc.sessions.create("native/CartPole", seed=1) as session:
        frame = session.render("rgb_array")
        np.testing.assert_array_equal(frame, plain.sessions.get(session.id).render("rgb_array"))
        assert session.render("png")[:4] == b"\x89PNG"
        with pytest.raises(errors.CorralError):
            session.render("ansi")


def test_many_sessions_are_stepped_by_one_request_and_errors_stand_in_their_places(both):
    rpc, _ = both
    sessions = rpc.sessions.create("CartPole-v1", seed=1, count=3)
    results = rpc.step_many([(sessions[0], 0), (sessions[1], 9), (sessions[2], 1)])
    assert results[0].index == results[2].index == 1
    assert isinstance(results[1], errors.InvalidAction)
    resets = rpc.reset_many([(session, 5, None) for session in sessions])
    assert len({str(reset.observation) for reset in resets}) == 1
    for session in sessions:
        session.close()


def test_errors_have_the_classes_of_rest(both):
    rpc, _ = both
    with pytest.raises(errors.NotFound):
        rpc.sessions.create("no/such")
    with pytest.raises(errors.InvalidArgument) as caught:
        rpc.sessions.create("CartPole-v1", seed=-1)
    assert caught.value.request_id and caught.value.next
    with rpc.sessions.create("CartPole-v1", seed=1) as session:
        with pytest.raises(errors.InvalidAction):
            session.step(7)
        assert session.step(1).index == 1


def test_branches_are_made_and_ended(both):
    rpc, _ = both
    with rpc.sessions.create("native/CartPole", seed=1) as session:
        session.step(1)
        branches = session.fork(2)
        assert len(branches) == 2 and branches.exact is True
        one, other = (branch.step(0) for branch in branches)
        np.testing.assert_array_equal(one.observation, other.observation)


def test_a_server_that_is_not_there_is_a_lost_connection():
    with corral.connect("grpc://127.0.0.1:1", retries=1) as client, pytest.raises(errors.ConnectionLost):
        client.health()
