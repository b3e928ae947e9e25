"""Many live sandboxed sessions, all stepping."""

import threading

import pytest

from e2e.marks import LONG
from e2e.server import Server

SESSIONS = 1000 if LONG else 200
ROUNDS = 10
CLIENTS = 8


@pytest.fixture(scope="module")
def crowd():
    with Server("--max-sessions", str(SESSIONS), "--idle-timeout", "10m") as server:
        sessions = []
        while len(sessions) < SESSIONS:
            count = min(100, SESSIONS - len(sessions))
            answer = server.client.post("/v1/sessions/batch", {"environment": "CartPole-v1", "count": count})
            assert answer.status == 201, answer
            sessions += [session["id"] for session in answer.json["sessions"]]
        yield server, sessions
        server.client.close()


def test_all_step_together_in_one_request_without_an_error(crowd):
    server, sessions = crowd
    before = {session: server.client.read(session)["index"] for session in sessions}
    for turn in range(1, ROUNDS + 1):
        steps = [{"session": session, "action": turn % 2} for session in sessions]
        results = server.client.post("/v1/steps", {"steps": steps}).json["results"]
        assert [result.get("index") for result in results] == [before[session] + turn for session in sessions]
        over = [session for session, result in zip(sessions, results) if result["terminated"] or result["truncated"]]
        for session in over:
            before[session] += 1
            assert server.client.reset(session).status == 200


def test_all_step_from_several_connections_without_an_error(crowd):
    server, sessions = crowd
    wrong = []

    def play(part):
        try:
            for session in part:
                server.client.reset(session)
                for turn in range(ROUNDS):
                    answer = server.client.step(session, turn % 2)
                    assert answer.status == 200, answer
        except BaseException as error:
            wrong.append(error)
        finally:
            server.client.close()

    threads = [threading.Thread(target=play, args=(sessions[number::CLIENTS],)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_one_more_is_refused_and_all_can_be_closed(crowd):
    server, sessions = crowd
    assert server.client.post("/v1/sessions", {"environment": "CartPole-v1"}).code == "resource_exhausted"
    for session in sessions:
        assert server.client.delete(session).json["state"] == "closed"
    assert server.client.get("/v1/health").json["sessions"] == 0
