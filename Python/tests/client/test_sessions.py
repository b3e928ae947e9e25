"""Sessions of a real server."""

import threading
import time

import numpy as np
import pytest
from premises import CARTPOLE
from stub import Proxy

import corral
from corral import errors


def test_an_episode(session):
    assert session.initial.index == 0 and session.initial.episode == 0
    assert session.initial.observation.dtype == np.float32 and session.initial.observation.shape == (4,)
    assert session.initial.observation in session.observation_space
    index = 0
    while True:
        result = session.step(1)
        index += 1
        assert (result.index, result.episode) == (index, 0) and result.reward == 1.0
        if result.terminated:
            break
    with pytest.raises(errors.EpisodeOver):
        session.step(1)
    begun = session.reset(seed=7)
    assert (begun.index, begun.episode) == (index + 1, 1)
    assert np.array_equal(begun.observation, session.initial.observation)
    assert session.step(np.int64(0)).index == index + 2


def test_the_same_seed_and_actions_give_the_same_steps(client):
    def play():
        with client.sessions.create(CARTPOLE, seed=11) as session:
            return [session.initial.observation.tolist()] + [
                (result.observation.tolist(), result.reward) for result in map(session.step, [0, 1, 1, 0, 1])
            ]

    assert play() == play()


def test_a_session_is_described(client, session):
    assert session.info["environment"] == "classic/CartPole@1.0.0" and session.info["backend"] == "process"
    assert "observation" not in session.info
    session.step(0)
    assert session.refresh()["index"] == 1
    assert session.keepalive().endswith("Z")
    assert set(session.usage()) >= {"cpu_seconds", "memory_bytes", "pids"}
    assert isinstance(session.logs(), list)
    again = client.sessions.get(session.id)
    assert again.index == 1 and again.step(0).index == 2


def test_sessions_are_listed_by_label(client):
    mark = f"test-{time.time_ns()}"
    sessions = client.sessions.create(CARTPOLE, labels={"mark": mark}, count=3)
    try:
        found = list(client.sessions.list(label=f"mark={mark}", limit=2))
        assert sorted(item["id"] for item in found) == sorted(session.id for session in sessions)
        assert all(session.initial is not None for session in sessions)
    finally:
        for session in sessions:
            session.close()


def test_closing_twice_is_closing(client):
    session = client.sessions.create(CARTPOLE)
    session.close()
    session.close()
    with pytest.raises((errors.SessionClosed, errors.NotFound)):
        session.step(0)


def test_many_sessions_step_by_one_request(client):
    sessions = client.sessions.create(CARTPOLE, seed=3, count=4)
    try:
        sessions[2].close()
        results = client.step_many(list(zip(sessions, [0, 1, 0, 7])))
        assert [getattr(result, "index", None) for result in results[:2]] == [1, 1]
        assert isinstance(results[2], (errors.SessionClosed, errors.NotFound))
        assert isinstance(results[3], errors.InvalidAction)
        alive = [sessions[0], sessions[1], sessions[3]]
        assert [result.index for result in client.step_many([(session, 0) for session in alive])] == [2, 2, 1]
        begun = client.reset_many([(session, 5, None) for session in alive])
        assert [result.index for result in begun] == [3, 3, 2]
        assert np.array_equal(begun[0].observation, begun[2].observation)
    finally:
        for session in sessions:
            session.close()
    assert client.step_many([]) == []
    with pytest.raises(errors.InvalidArgument):
        client.step_many([(sessions[0], 0), (sessions[0], 0)])


@pytest.mark.parametrize(
    "arguments, kind",
    [
        ({"environment": "no/such"}, errors.NotFound),
        ({"environment": "classic/CartPole@^9"}, errors.NotFound),
        ({"environment": ""}, errors.InvalidArgument),
        ({"environment": 3}, errors.InvalidArgument),
        ({"environment": CARTPOLE, "seed": -1}, errors.InvalidArgument),
        ({"environment": CARTPOLE, "seed": "one"}, errors.InvalidArgument),
        ({"environment": CARTPOLE, "params": {"nonsense": 1}}, errors.InvalidArgument),
        ({"environment": CARTPOLE, "params": {"sutton_barto_reward": "yes"}}, errors.InvalidArgument),
        ({"environment": CARTPOLE, "params": [1]}, errors.InvalidArgument),
        ({"environment": CARTPOLE, "labels": {"a": 1}}, errors.InvalidArgument),
        ({"environment": CARTPOLE, "count": 0}, errors.InvalidArgument),
        ({"environment": CARTPOLE, "params": {"x": object()}}, errors.InvalidArgument),
    ],
)
def test_a_bad_creation_is_refused_by_name(client, arguments, kind):
    with pytest.raises(kind) as raised:
        client.sessions.create(**arguments)
    assert raised.value.message
    if raised.value.request_id is None:
        assert "cannot be written as JSON" in raised.value.message


@pytest.mark.parametrize("action", [2, -1, 0.5, "left", None, [0], {"a": 1}, 2**70, float("nan")])
def test_a_bad_action_is_refused_and_the_episode_goes_on(session, action):
    with pytest.raises(errors.InvalidAction) as raised:
        session.step(action)
    assert raised.value.request_id
    assert session.step(0).index == 1


def test_what_comes_out_of_turn_is_refused(client):
    with client.sessions.create(CARTPOLE, reset=False) as session:
        assert session.initial is None and session.index is None
        with pytest.raises(errors.NotReset):
            session.step(0)
        with pytest.raises(errors.InvalidArgument):
            session.reset(seed=-3)
        assert session.reset(seed=3).index == 0
        with pytest.raises(errors.InvalidArgument):
            session.render("hologram")
        with pytest.raises(errors.CorralError):
            session.render("ansi")
    with pytest.raises(errors.NotFound):
        client.sessions.get("01a1fcb3-55c7-8001-9d84-ecd01f363078")
    with pytest.raises(errors.CorralError):
        client.sessions.get("no id/../..")
    with pytest.raises(errors.NotFound):
        client.environments.get("no/such")


def test_frames_come_as_arrays_and_as_png(session):
    pytest.importorskip("pygame")
    frame = session.render("rgb_array")
    assert frame.dtype == np.uint8 and frame.ndim == 3 and frame.shape[2] == 3
    assert session.render("png").startswith(b"\x89PNG")
    assert np.array_equal(session.render(), frame)


def test_the_server_tells_about_itself(client):
    assert client.health()["status"] == "ok"
    assert isinstance(client.capabilities(), dict)
    listed = {item["name"]: item for item in client.environments.list()}
    assert "classic/CartPole" in listed
    assert client.environments.get("classic/CartPole@^1")["version"] == listed["classic/CartPole"]["version"]


def test_lost_answers_lose_no_step(server):
    with Proxy(server[len("unix://") :]) as proxy, corral.connect(proxy.url) as client:
        session = client.sessions.create(CARTPOLE, seed=5)
        with corral.connect(server) as direct, direct.sessions.create(CARTPOLE, seed=5) as twin:
            for number, action in enumerate([0, 1, 1, 0, 1, 0, 0, 1]):
                proxy.lose = number % 3
                result, expected = session.step(action), twin.step(action)
                assert np.array_equal(result.observation, expected.observation) and result.index == number + 1
            proxy.lose = 1
            begun = session.reset(seed=9)
            assert begun.index == 9 and np.array_equal(begun.observation, twin.reset(seed=9).observation)
            proxy.lose = 1
            assert client.step_many([(session, 1)])[0].index == 10
        assert proxy.lost == 9
        proxy.lose = 1
        session.close()


def test_a_lost_answer_creates_no_second_session(server):
    mark = f"test-{time.time_ns()}"
    with Proxy(server[len("unix://") :]) as proxy, corral.connect(proxy.url) as client:
        proxy.lose = 1
        with client.sessions.create(CARTPOLE, labels={"mark": mark}):
            assert proxy.lost == 1
            assert len(list(client.sessions.list(label=f"mark={mark}"))) == 1


def test_threads_share_a_client(client):
    failures = []

    def play(seed):
        try:
            with client.sessions.create(CARTPOLE, seed=seed) as session:
                for _ in range(8):
                    if session.step(seed % 2).terminated:
                        break
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=play, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failures


def test_threads_share_a_session(session):
    """Their steps queue: each gets an index of its own."""
    seen = []
    threads = [
        threading.Thread(target=lambda action: seen.append(session.step(action).index), args=(number % 2,))
        for number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(seen) == list(range(1, 9))


def test_pictures_come_as_tensors(client):
    pytest.importorskip("ale_py")
    with client.sessions.create("ale/Pong-v5", seed=1) as session:
        assert session._core.accept.startswith("application/vnd.corral.tensors")
        for observation in (session.initial.observation, session.step(0).observation, session.reset().observation):
            assert observation.shape == (210, 160, 3) and observation.dtype == np.uint8
            assert observation.flags.writeable and observation in session.observation_space
        batch = client.step_many([(session, 0)])[0]
        assert batch.observation.shape == (210, 160, 3)


def test_texts_come_as_texts(client):
    pytest.importorskip("textworld")
    with client.sessions.create("text/TextWorld-v1", seed=1) as session:
        assert isinstance(session.initial.observation, str)
        assert session.initial.observation in session.observation_space
        result = session.step(session.initial.info["admissible_commands"][0])
        assert isinstance(result.observation, str) and isinstance(result.info["admissible_commands"], list)
