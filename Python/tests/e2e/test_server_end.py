"""Rule 3: nothing survives a session or a server; what a killed server left is removed by the next start, and only that."""

import http.client
import os
import signal
import threading
import time

import pytest

from e2e import environments, machine
from e2e.server import ROOT, Server, orphans

COUNTING = """
import time
from corral.worker import Worker

class Counting(Worker):
    def spaces(self):
        return {"type": "Discrete", "n": 1000000}, {"type": "Box", "dtype": "float32", "shape": [], "low": 0, "high": 600}
    def reset(self, seed, options):
        self.count = 0
        return 0, {}
    def step(self, action):
        time.sleep(action)
        self.count += 1
        return self.count, 1, False, False, {}
"""


@pytest.fixture
def counting(place):
    return environments.write_source(
        place / "environments", "test/counting", {"worker": "worker.py:Counting"}, COUNTING
    )


@pytest.fixture
def data(place, owner):
    folder = place / "data"
    folder.mkdir()
    owner.give(folder)
    return folder


@pytest.fixture
def start(serve, owner, counting):
    """Starts servers of the owner with the environment of these tests."""

    def start(*options, **more):
        return serve(*options, environments=[counting], prefix=owner.prefix(), owner=owner, **more)

    return start


def create_many(server, count):
    answer = server.client.post("/v1/sessions/batch", {"environment": "test/counting", "count": count})
    assert answer.status == 201, answer
    return [session["id"] for session in answer.json["sessions"]]


def create_until_killed(server):
    try:
        while True:
            create_many(server, 30)
    except (OSError, http.client.HTTPException):
        pass


def step_all(server, sessions, expected):
    """One request that steps all; every one has to have counted so far."""
    answer = server.client.post("/v1/steps", {"steps": [{"session": session, "action": 0} for session in sessions]})
    assert [result.get("observation") for result in answer.json["results"]] == [expected] * len(sessions), answer


def gone(server):
    """Whether nothing of a dead server is left but its log."""
    return not machine.cgroups(server.id) and server.id not in server.ledgers() and not orphans()


def test_after_kill_9_with_200_sessions_nothing_is_left_when_the_next_start_listens(start, data, owner):
    first = start(data=data)
    same_data = start(data=data)
    own_data = start()
    sessions = {server: create_many(server, 5) for server in (same_data, own_data)}
    step_all(first, create_many(first, owner.many), 1)
    assert len(first.processes()) >= owner.many
    for server in sessions:
        step_all(server, sessions[server], 1)
    first.kill()
    # The sandboxes die with their server; the next start is there for the cgroups and the ledger.
    assert machine.until(lambda: not orphans())
    next_start = start(data=data)
    # It cleans up before it listens: there is nothing to wait for.
    assert gone(first)
    for server in sessions:
        step_all(server, sessions[server], 2)
        assert machine.cgroups(server.id)
    step_all(next_start, create_many(next_start, 3), 1)


def test_two_servers_of_one_data_directory_do_not_touch_each_other(start, data):
    one, two = (start(data=data) for _ in range(2))
    session_of_one, session_of_two = create_many(one, 1), create_many(two, 1)
    assert one.stop() == 0
    one.check_nothing_left()
    step_all(two, session_of_two, 1)
    assert two.client.get("/v1/sessions/" + session_of_one[0]).code == "not_found"


@pytest.mark.parametrize("delay", [0.005, 0.03, 0.06, 0.1, 0.15, 0.25, 0.4])
def test_a_server_killed_in_mid_start_leaves_nothing_after_the_next(start, data, delay):
    first = start(data=data, wait=False)
    first.wait_until_executed()
    time.sleep(delay)
    first.kill()
    first.id = first.newest_ledger()
    start(data=data)
    first.check_nothing_left(1)


@pytest.mark.parametrize("delay", [0.01, 0.1, 0.2])
def test_a_server_killed_while_it_starts_sessions_leaves_nothing_after_the_next(start, data, delay):
    first = start(data=data)
    thread = threading.Thread(target=create_until_killed, args=(first,))
    thread.start()
    time.sleep(delay)
    first.kill()
    thread.join()
    start(data=data)
    assert machine.until(lambda: gone(first), 1)


def test_on_SIGTERM_calls_in_flight_are_answered_and_then_nothing_is_left(start):
    server = start()
    sessions = create_many(server, 8)
    answers = []
    client = server.client

    def step(session):
        answers.append(client.step(session, 3.0))

    threads = [threading.Thread(target=step, args=(session,)) for session in sessions]
    for thread in threads:
        thread.start()
    for session in sessions:
        client.until_busy(session)
    assert server.stop() == 0
    for thread in threads:
        thread.join()
    assert [(answer.status, answer.json["observation"]) for answer in answers] == [(200, 1)] * 8
    server.check_nothing_left()


def test_on_SIGTERM_calls_that_take_too_long_are_refused(start):
    server = start("--drain-timeout", "500ms")
    session = create_many(server, 1)[0]
    answers = []
    thread = threading.Thread(target=lambda: answers.append(server.client.step(session, 60)))
    thread.start()
    server.client.until_busy(session)
    assert server.stop() == 0
    thread.join()
    assert (answers[0].status, answers[0].code) == (503, "unavailable")
    server.check_nothing_left()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_during_the_start_ends_the_server_and_leaves_nothing(start, data, number):
    server = start(data=data, wait=False)
    server.wait_until_executed()
    time.sleep(0.05)
    server.process.send_signal(number)
    server.wait(60)
    server.id = server.newest_ledger()
    start(data=data)
    server.check_nothing_left(1)


def test_a_unix_socket_is_removed_in_the_end(serve, tmp_path):
    path = tmp_path / "corral.sock"
    server = serve(listen=("--unix-socket", str(path)))
    assert server.client.get("/v1/health").status == 200
    assert os.stat(path).st_mode & 0o777 == 0o600
    server.stop()
    assert not path.exists()


def test_a_unix_socket_of_a_killed_server_is_taken_over_but_not_that_of_a_live_one(serve, tmp_path):
    path = tmp_path / "corral.sock"
    serve(listen=("--unix-socket", str(path)), data=tmp_path / "data").kill()
    second = serve(listen=("--unix-socket", str(path)), data=tmp_path / "data")
    third = serve(listen=("--unix-socket", str(path)), wait=False)
    assert third.wait(20) == 6, third.log()
    assert second.client.get("/v1/health").status == 200


def test_a_closed_session_leaves_nothing_when_its_close_is_answered(counting, owner):
    folders = [counting, ROOT / "Examples/workers"]
    with Server("--warm", "0", environments=folders, prefix=owner.prefix(), owner=owner) as server:
        for environment in ["test/counting", "examples/guess-loop"]:
            server.client.delete(server.client.create(environment)["id"])
        before = len(server.processes()), len(folders_of(server))
        for environment in ["test/counting", "examples/guess-loop"] * 5:
            session = server.client.create(environment)["id"]
            assert server.client.delete(session).status == 200
        assert (len(server.processes()), len(folders_of(server))) == before


def folders_of(server):
    return [folder for top in machine.cgroups(server.id) for folder, _, _ in os.walk(top)]


def test_empty_cgroups_of_a_killed_private_server_go_with_any_next_start(serve, counting):
    living = serve(environments=[counting])
    killed = serve(environments=[counting])
    create_many(killed, 3)
    killed.kill()
    assert machine.until(lambda: not orphans())
    assert machine.cgroups(killed.id)
    serve(environments=[counting])
    assert machine.cgroups(killed.id) == []
    assert machine.cgroups(living.id)
    step_all(living, create_many(living, 1), 1)
    killed.id = None  # nobody uses its data again: the ledger stays
