"""The adversarial list: whatever a worker does, its session ends with the documented reason, and nobody else notices."""

import json
import threading
import time

import pytest

from e2e import environments, machine, owners
from e2e.bystander import Bystander
from e2e.marks import LONG
from e2e.server import Server

MEBIBYTE = 1 << 20
RESOURCES = {"memory": "128MiB", "pids": 24, "disk": "8MiB", "files": 64, "step_time": "3s", "cpu": 1}


@pytest.fixture(scope="module")
def server(fenced_owner):
    """A server inside an outer fence; no test begins before the fence was seen to hold it and its workers."""
    owner = fenced_owner
    with owners.place() as folder, owner.fence() as fence:
        environments.write_hostile(folder, owner, resources=RESOURCES)
        environments.write_hostile(folder, owner, "patient", resources={**RESOURCES, "step_time": "1m"})
        prefix = owner.prefix(fence)
        with Server("--warm", "0", *owner.options, environments=[folder], prefix=prefix, owner=owner) as server:
            for name in ["hostile/shared", "hostile/own", "patient/shared", "patient/own"]:
                assert "soft" not in server.client.create(name)["isolation"]
            held = owner.processes(server)
            assert len(held) > 4
            if not all(fence.holds(process) for process in held):
                pytest.skip("the outer fence does not hold the server")
            for session in server.client.get("/v1/sessions").json["sessions"]:
                server.client.delete(session["id"])
            yield server
        assert machine.until(lambda: not fence.processes())


@pytest.fixture(params=["shared", "own"])
def attacker(request, server, fenced_owner):
    """A session to misbehave with, beside one that must not notice. Afterwards only what was there before is left."""
    yield from misbehaving(server, fenced_owner, "hostile", request.param)


@pytest.fixture(params=["shared", "own"])
def patient_attacker(request, server, fenced_owner):
    """The same for attacks that end by themselves, if only late where the machine is busy."""
    yield from misbehaving(server, fenced_owner, "patient", request.param)


def misbehaving(server, owner, namespace, share):
    server.skip_unless_shared(share)
    client = server.client
    with Bystander(client):
        before = state_of(server, owner)
        session = client.create(namespace + "/" + share)["id"]
        yield session
        client.delete(session)
        assert machine.until(lambda: state_of(server, owner) == before), (before, state_of(server, owner))
    assert client.get("/v1/health").json["sessions"] == 0


def state_of(server, owner):
    return sorted(owner.processes(server)), sorted(owner.cgroups(server))


def attack(server, session, name, *arguments):
    return server.client.step(session, " ".join([name, *arguments]))


def result(answer):
    assert answer.status == 200, answer
    assert answer.json["reward"] is None
    return answer.json["info"]["result"]


def check_failed(server, session, reason, answer=None):
    """The session has failed for this reason, says so in every answer, and has given its place back."""
    client = server.client
    assert machine.until(lambda: client.read(session)["state"] == "failed"), client.read(session)
    assert client.read(session)["reason"] == reason, client.read(session)
    if answer is not None:
        expected = (504, "deadline_exceeded") if reason == "timeout" else (410, "session_failed")
        assert (answer.status, answer.code) == expected, answer
        assert answer.json["error"]["details"]["reason"] == reason
        assert "reward" not in answer.json
    again = client.step(session, "count")
    assert (again.status, again.code) == (410, "session_failed")
    assert client.reset(session).code == "session_failed"
    assert client.get("/v1/health").json["sessions"] == 1


@pytest.mark.parametrize(
    "name, reason",
    [
        ("memory", "out_of_memory"),
        ("memory_in_grandchild", "out_of_memory"),
        ("forks", "timeout"),
        ("forks_of_daemons", "timeout"),
        ("forks_until_refused", "pids"),
        ("threads", "timeout"),
    ],
)
def test_a_bomb_ends_its_own_session_only(server, attacker, name, reason):
    check_failed(server, attacker, reason, attack(server, attacker, name))


@pytest.mark.parametrize("name, most", [("disk", 8 * MEBIBYTE), ("inodes", 20000), ("descriptors", 64)])
def test_what_fills_up_has_a_limit_and_the_session_goes_on(server, patient_attacker, name, most):
    assert 10 < result(attack(server, patient_attacker, name)) <= most
    assert server.client.step(patient_attacker, "count").json["observation"] == 1


@pytest.mark.parametrize("name", ["busy", "busy_without_signals", "stop_itself", "print_to_standard_error_forever"])
def test_a_worker_that_never_answers_is_ended_by_the_time_limit(server, attacker, name):
    begin = time.monotonic()
    check_failed(server, attacker, "timeout", attack(server, attacker, name))
    assert time.monotonic() - begin >= 3


@pytest.mark.parametrize("name", ["daemon", "kill_all"])
def test_a_worker_that_harms_its_own_processes_goes_on_and_leaves_nothing(server, patient_attacker, name):
    assert result(attack(server, patient_attacker, name)) in ("left", 0, 1, 3)
    assert server.client.step(patient_attacker, "count").json["observation"] == 1


def test_a_daemon_does_not_keep_a_session_alive_whose_worker_ended(server, attacker):
    check_failed(server, attacker, "worker_exited", attack(server, attacker, "daemon_and_exit"))


@pytest.mark.parametrize("name", ["busy_without_signals", "stop_itself"])
def test_a_stubborn_worker_is_closed_before_its_time_is_over(server, attacker, name):
    answers = []
    thread = threading.Thread(target=lambda: answers.append(attack(server, attacker, name)))
    thread.start()
    server.client.until_busy(attacker)
    assert server.client.delete(attacker).json["state"] == "closed"
    thread.join()
    assert answers[0].code == "session_closed"


def test_much_standard_error_is_read_and_only_its_end_is_kept(server, patient_attacker):
    megabytes = 1000 if LONG else 100
    assert result(attack(server, patient_attacker, "print_to_standard_error", str(megabytes))) == "printed"
    path = "/v1/sessions/%s/logs?lines=1000" % patient_attacker
    assert machine.until(lambda: server.client.get(path).json["lines"][-1] == "x" * 99)
    assert len(server.client.get(path).body) < 2 * MEBIBYTE


@pytest.mark.parametrize(
    "name, reason",
    [
        ("endless_line", "line_too_long"),
        ("exit_in_mid_reply", "worker_exited"),
        ("lone_surrogate", "reply_malformed"),
        ("invalid_utf8", "reply_malformed"),
        ("deep_nesting", "reply_malformed"),
        ("deep_observation", "reply_malformed"),
    ],
)
def test_a_reply_that_is_none_ends_the_session(server, attacker, name, reason):
    check_failed(server, attacker, reason, attack(server, attacker, name))


@pytest.mark.parametrize(
    "text",
    [
        '{"id":ID,"status":"ok","observation":0,"reward":NaN,"terminated":false,"truncated":false,"info":{}}',
        '{"id":ID,"status":"ok","observation":0,"reward":1e999,"terminated":false,"truncated":false,"info":{}}',
        '{"id":ID,"status":"ok","status":"ok","observation":0,"reward":1,"terminated":false,"truncated":false,"info":{}}',
        '{"id":ID,"status":"perhaps"}',
        '{"id":ID}',
        '{"status":"ok"}',
        "[ID]",
        "hello",
        '{"id":ID,"status":"ok","buffers":[{"name":"/observation","dtype":"uint8","shape":[-1]}]}',
        '{"id":ID,"status":"ok","buffers":[{"name":"/observation","dtype":"uint8","shape":[4294967296,4294967296]}]}',
    ],
)
def test_a_line_that_breaks_the_protocol_ends_the_session(server, attacker, text):
    check_failed(server, attacker, "reply_malformed", attack(server, attacker, "raw", json.dumps(text)))


@pytest.mark.parametrize(
    "changes",
    [
        {"reward": "NaN"}, {"reward": "1"}, {"reward": True}, {"reward": "left out"}, {"reward": [1]},
        {"terminated": "left out"}, {"terminated": 1}, {"truncated": None}, {"info": []}, {"info": "left out"},
        {"observation": "left out"}, {"observation": -1}, {"observation": "text"}, {"observation": None},
        {"id": 0}, {"id": 999999}, {"id": "1"},
    ],
    ids=json.dumps,
)  # fmt: skip
def test_a_reward_is_never_made_up_and_a_wrong_field_ends_the_session(server, attacker, changes):
    """Rule 1."""
    check_failed(server, attacker, "reply_malformed", attack(server, attacker, "changed", json.dumps(changes)))


def test_a_worker_that_answers_and_then_ends_has_answered(server, attacker):
    answer = attack(server, attacker, "reply_then_exit")
    assert (answer.status, answer.json["observation"], answer.json["reward"]) == (200, 0, 1)
    check_failed(server, attacker, "worker_exited")


@pytest.mark.parametrize("name", ["three_replies", "early_reply"])
def test_no_call_can_get_the_answer_of_another(server, attacker, name):
    answer = attack(server, attacker, name)
    assert answer.status == 410 or answer.json["observation"] in (0, 7)
    check_failed(server, attacker, "reply_malformed")
