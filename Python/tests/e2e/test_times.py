"""Sessions end by themselves: idle, too old, too slow, interrupted; and there are never more than there may be."""

import threading
import time

import pytest

from e2e import environments, machine

SLEEPING = """
import time
from corral.worker import Worker

class Sleeping(Worker):
    def init(self, instance, params, seed):
        time.sleep(params.get("init", 0))
    def spaces(self):
        return {"type": "Discrete", "n": 1000000}, {"type": "Box", "dtype": "float32", "shape": [], "low": 0, "high": 600}
    def reset(self, seed, options):
        time.sleep(options.get("sleep", 0))
        self.count = 0
        return 0, {}
    def step(self, action):
        time.sleep(action)
        self.count += 1
        return self.count, 1, False, False, {}

class Patient(Sleeping):
    '''Takes its time and does not let itself be interrupted.'''
    def interrupt(self):
        pass
"""
PARAMETERS = {"type": "object", "properties": {"init": {"type": "number"}}, "additionalProperties": False}


@pytest.fixture
def folder(tmp_path):
    launch = {"worker": "worker.py:Sleeping"}
    more = {"parameters": PARAMETERS}
    folder = environments.write_source(tmp_path / "environments", "test/sleeping", launch, SLEEPING, **more)
    resources = {"step_time": "2s", "start_time": "5s", "reset_time": "2s"}
    environments.write_source(folder, "test/hasty", launch, SLEEPING, resources=resources, **more)
    environments.write_source(folder, "test/patient", {"worker": "worker.py:Patient"}, SLEEPING)
    return folder


def state(client, session):
    """State and reason, without being a call on the session."""
    for each in client.get("/v1/sessions?limit=1000").json["sessions"]:
        if each["id"] == session:
            return each["state"], each["reason"]
    return None


def test_an_idle_session_is_closed_and_one_in_use_is_not(serve, folder):
    client = serve("--idle-timeout", "3s", environments=[folder]).client
    idle, used, kept, stepping = (client.create("test/sleeping")["id"] for _ in range(4))
    thread = threading.Thread(target=client.step, args=(stepping, 6))
    thread.start()
    client.until_busy(stepping)
    while state(client, idle)[0] != "closed":
        assert client.step(used, 0).status == 200
        assert client.post("/v1/sessions/%s/keepalive" % kept).status == 200
        time.sleep(0.2)
    assert state(client, idle) == ("closed", "idle")
    assert client.step(idle, 0).json["error"]["details"]["reason"] == "idle"
    assert client.post("/v1/sessions/%s/keepalive" % idle).code == "session_closed"
    assert state(client, used)[0] == state(client, kept)[0] == state(client, stepping)[0] == "running"
    thread.join()
    assert machine.until(lambda: client.get("/v1/health").json["sessions"] == 0)


def test_no_session_gets_older_than_the_maximum_lifetime(serve, folder):
    client = serve("--max-lifetime", "4s", environments=[folder]).client
    begin = time.monotonic()
    session = client.create("test/sleeping")
    while client.step(session["id"], 0).status == 200:
        assert time.monotonic() - begin < machine.PATIENCE
    assert time.monotonic() - begin > 3.8
    assert state(client, session["id"]) == ("closed", "lifetime")


@pytest.mark.parametrize("environment, options", [("test/hasty", []), ("test/sleeping", ["--command-timeout", "2s"])])
def test_a_step_has_the_time_of_its_manifest_and_never_more_than_the_servers(serve, folder, environment, options):
    client = serve(*options, environments=[folder]).client
    session = client.create(environment)["id"]
    begin = time.monotonic()
    answer = client.step(session, 30)
    assert (answer.status, answer.code) == (504, "deadline_exceeded")
    assert time.monotonic() - begin >= 2
    assert state(client, session) == ("failed", "timeout")
    slow = client.create(environment)["id"]
    assert client.reset(slow, options={"sleep": 30}).code == "deadline_exceeded"


def test_a_start_that_takes_too_long_fails_and_gives_its_place_back(serve, folder):
    client = serve("--max-sessions", "1", environments=[folder]).client
    for _ in range(2):
        answer = client.post("/v1/sessions", {"environment": "test/hasty", "params": {"init": 30}})
        assert (answer.status, answer.code) == (504, "deadline_exceeded"), answer
    client.create("test/hasty")


def test_an_interrupted_step_ends_soon_and_the_session_goes_on(serve, folder):
    client = serve(environments=[folder]).client
    session = client.create("test/sleeping")["id"]
    answers = []
    thread = threading.Thread(target=lambda: answers.append(client.step(session, 60)))
    thread.start()
    client.until_busy(session)
    assert client.post("/v1/sessions/%s/interrupt" % session).status == 202
    thread.join()
    assert (answers[0].status, answers[0].code) == (409, "interrupted")
    assert client.reset(session).status == 200
    assert client.step(session, 0).json["observation"] == 1


def test_an_interrupt_that_finds_nothing_running_changes_nothing(serve, folder):
    client = serve(environments=[folder]).client
    session = client.create("test/sleeping")["id"]
    assert client.post("/v1/sessions/%s/interrupt" % session).status == 202
    assert client.step(session, 0).json["observation"] == 1


def test_a_step_that_cannot_be_interrupted_ends_with_its_session(serve, folder):
    client = serve(environments=[folder]).client
    session = client.create("test/patient")["id"]
    answers = []
    thread = threading.Thread(target=lambda: answers.append(client.step(session, 60)))
    thread.start()
    client.until_busy(session)
    client.post("/v1/sessions/%s/interrupt" % session)
    thread.join()
    assert answers and answers[0].code in ("deadline_exceeded", "session_failed"), answers
    assert state(client, session) == ("failed", "timeout")


def test_a_session_that_is_closed_while_it_steps_answers_and_is_gone(serve, folder):
    client = serve(environments=[folder]).client
    session = client.create("test/sleeping")["id"]
    answers = []
    thread = threading.Thread(target=lambda: answers.append(client.step(session, 60)))
    thread.start()
    client.until_busy(session)
    assert client.delete(session).status == 200
    thread.join()
    assert (answers[0].status, answers[0].code) == (410, "session_closed")


class TestCapacity:
    def test_a_full_server_refuses_and_says_when_to_come_again(self, serve, folder):
        client = serve("--max-sessions", "3", environments=[folder]).client
        sessions = [client.create("test/sleeping")["id"] for _ in range(3)]
        answer = client.post("/v1/sessions", {"environment": "test/sleeping"})
        assert (answer.status, answer.code) == (429, "resource_exhausted")
        assert int(answer.headers["Retry-After"]) >= 1
        assert client.get("/v1/health").json["sessions"] == 3
        client.delete(sessions[0])
        client.create("test/sleeping")

    def test_a_batch_is_made_whole_or_not_at_all(self, serve, folder):
        server = serve("--max-sessions", "10", "--warm", "0", environments=[folder])
        client = server.client
        made = client.post("/v1/sessions/batch", {"environment": "test/sleeping", "count": 6})
        assert made.status == 201 and len({session["id"] for session in made.json["sessions"]}) == 6
        before = len(server.processes())
        for request, code in [
            ({"count": 5}, "resource_exhausted"),
            ({"count": 4, "params": {"init": "soon"}}, "invalid_argument"),
            ({"count": 0}, "invalid_argument"),
            ({"count": 4, "options": {"sleep": "long"}}, "environment_error"),
        ]:
            assert client.post("/v1/sessions/batch", {"environment": "test/sleeping", **request}).code == code, request
            assert client.get("/v1/health").json["sessions"] == 6
        assert machine.until(lambda: len(server.processes()) == before)
        assert client.post("/v1/sessions/batch", {"environment": "test/sleeping", "count": 4}).status == 201

    def test_a_client_that_goes_away_does_not_keep_a_place(self, serve, folder):
        """Rule 3: what nobody uses ends; the place is given back exactly once."""
        client = serve("--max-sessions", "2", "--idle-timeout", "4s", environments=[folder]).client
        for _ in range(2):
            connection = client.connect()
            body = b'{"environment":"test/sleeping","params":{"init":0.3}}'
            connection.request("POST", "/v1/sessions", body)
            connection.close()
        assert machine.until(lambda: client.get("/v1/health").json["sessions"] == 2)
        assert machine.until(lambda: client.get("/v1/health").json["sessions"] == 0)
        assert [client.create("test/sleeping")["state"] for _ in range(2)] == ["running"] * 2
        assert client.post("/v1/sessions", {"environment": "test/sleeping"}).status == 429
