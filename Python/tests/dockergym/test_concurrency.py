"""Many clients at the same time, and clients that do not stay: no slot is ever lost or given twice."""

import json
import os
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

from e2e import machine

REPETITIONS = int(os.environ.get("CORRAL_TEST_REPETITIONS", "40"))
"""Creations that end in the middle; a slot lost once shows at the end. The service's own tests take 1,000."""


def step(api, session, action):
    return api.post("/sessions/%s/step" % session, {"action": action})


def idle(api):
    return api.get("/health").json["active_sessions"] == 0


def fill(api):
    """The answers to five more sessions, which are deleted again."""
    answers = [api.post("/sessions") for _ in range(5)]
    for answer in answers:
        if answer.status == 200:
            api.call("DELETE", "/sessions/" + answer.json["session_id"])
    return [answer.status for answer in answers]


def ask_and_leave(address, delay=0.0, **params):
    """Asks for a session and closes the connection before the answer."""
    host, _, port = address.rpartition(":")
    body = json.dumps({"params": params}).encode()
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(
            b"POST /sessions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
        )
        if delay:
            connection.settimeout(delay)
            try:
                connection.recv(1)
            except TimeoutError:
                pass


def test_steps_of_one_session_are_taken_in_turn(api, create):
    session = create()["session_id"]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: step(api, session, "sleep 0.01"), range(24)))
    assert [answer.status for answer in answers] == [200] * 24
    assert sorted(answer.json["info"]["moves"] for answer in answers) == list(range(1, 25))


def test_of_two_steps_that_wait_none_reaches_the_worker_after_the_end(api, create):
    session = create()["session_id"]
    with ThreadPoolExecutor(8) as pool:
        endings = list(pool.map(lambda n: step(api, session, "done"), range(8)))
    statuses = sorted(answer.status for answer in endings)
    assert statuses == [200] + [409] * 7


def test_slow_steps_do_not_hold_up_other_sessions(serve):
    api = serve("--max-sessions", "40").client
    with ThreadPoolExecutor(33) as pool:
        sessions = [one.json["session_id"] for one in pool.map(lambda n: api.post("/sessions"), range(33))]
        slow = [pool.submit(step, api, session, "sleep 5") for session in sessions[1:]]
        for _ in range(20):
            assert step(api, sessions[0], "look").status == 200
        assert api.call("DELETE", "/sessions/" + sessions[0]).status == 200
        assert not any(one.done() for one in slow)
        assert api.call("DELETE", "/sessions").json["count"] == 32
        assert {one.result().json["error_code"] for one in slow} == {"SESSION_NOT_FOUND"}
    assert idle(api)


def test_descriptors_beyond_1024_serve_sessions_as_well(serve):
    api = serve("--max-sessions", "2", "--warm", "0").client
    host, _, port = api.address.rpartition(":")
    held = [socket.create_connection((host, int(port))) for _ in range(1100)]
    try:
        session = api.post("/sessions").json["session_id"]
        assert step(api, session, "look").status == 200
        assert api.call("DELETE", "/sessions/" + session).status == 200
    finally:
        for connection in held:
            connection.close()


def test_everything_deleted_while_sessions_start_leaves_no_slot_taken_or_doubled(serve):
    api = serve("--max-sessions", "4").client
    stop = threading.Event()

    def delete():
        while not stop.is_set():
            api.call("DELETE", "/sessions")

    deleter = threading.Thread(target=delete)
    deleter.start()
    try:
        with ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(lambda n: api.post("/sessions"), range(REPETITIONS)))
    finally:
        stop.set()
        deleter.join()
    assert {answer.status for answer in answers} <= {200, 500, 503}
    for answer in answers:
        if answer.status == 500:
            assert answer.json["detail"].startswith("Failed to create session: the session is closed"), answer
    api.call("DELETE", "/sessions")
    assert idle(api)
    sessions = [api.post("/sessions").status for _ in range(5)]
    assert sessions == [200] * 4 + [503]


def test_a_client_that_leaves_during_creation_leaves_nothing(serve):
    server = serve("--max-sessions", "4", "--idle-timeout", "1h")
    api = server.client
    for number in range(REPETITIONS):
        ask_and_leave(api.address, sleep=0.1, delay=0.005 * (number % 3))
        assert machine.until(lambda: idle(api), 20)
    # A request whose client has gone may begin after all: every place is free in the end, and not one more.
    assert machine.until(lambda: fill(api) == [200] * 4 + [503], 20)


def test_a_worker_that_dies_in_init_gives_every_slot_back(serve, program):
    worker = program("dies.py", "import os, sys\nsys.stdin.readline()\nos._exit(1)\n")
    api = serve("--worker-command", "python", "-S", "-u", worker, "--max-sessions", "2").client
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda n: api.post("/sessions"), range(REPETITIONS)))
    assert {answer.status for answer in answers} == {500}
    assert idle(api)


def test_a_session_in_a_long_step_is_not_idle_and_reading_keeps_it(serve):
    api = serve("--idle-timeout", "1").client
    session = api.post("/sessions").json["session_id"]
    assert step(api, session, "sleep 2").status == 200
    machine.until(lambda: api.get("/v1/sessions?state=closed").json["sessions"], 10)
    answer = api.get("/sessions/" + session)
    assert (answer.status, answer.json["error_code"]) == (404, "SESSION_NOT_FOUND")
    assert api.read(session)["reason"] == "idle"
