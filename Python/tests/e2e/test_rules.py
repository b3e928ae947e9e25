"""The rules that must hold always, one test with the name of each."""

import json
import random
import threading

import pytest

from e2e import environments, machine
from e2e.server import ROOT, Server

MOODY = """
import os, time
from corral.worker import Worker

class Moody(Worker):
    def spaces(self):
        text = {"type": "Text", "min_length": 0, "max_length": 1000, "charset": None}
        return {"type": "Discrete", "n": 1000000}, text
    def reset(self, seed, options):
        self.count = 0
        return 0, {}
    def step(self, action):
        self.count += 1
        if action == "exit": os._exit(0)
        if action == "sleep": time.sleep(60)
        if action == "raise": raise RuntimeError("no")
        return self.count, None if action == "none" else 1.5, False, False, {}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("environments")
    environments.write_source(folder, "test/moody", {"worker": "worker.py:Moody"}, MOODY, resources={"step_time": "1s"})
    return folder


@pytest.fixture(scope="module")
def server(folder):
    with Server(environments=[folder, ROOT / "Manifests", ROOT / "Examples/workers"]) as server:
        yield server


def test_a_reward_is_never_made_up(api):
    session = api.create("test/moody")["id"]
    assert api.step(session, "").json["reward"] == 1.5
    assert api.step(session, "none").json["reward"] is None
    assert "reward" not in api.reset(session).json
    for action, status in [("raise", 502), ("sleep", 504)]:
        answer = api.step(session, action)
        assert answer.status == status and "reward" not in answer.json
    session = api.create("test/moody")["id"]
    answer = api.step(session, "exit")
    assert (answer.status, answer.code) == (410, "session_failed") and "reward" not in answer.json


def test_a_step_is_applied_at_most_once(server, api):
    """Several clients send the same numbered steps: whoever is in time gets the one answer, the others a conflict."""
    session = api.create("test/moody")["id"]
    bodies = {index: set() for index in range(1, 41)}

    def play():
        for index in bodies:
            answer = server.client.step(session, "", index=index)
            while answer.code == "busy":
                answer = server.client.step(session, "", index=index)
            if answer.status == 200:
                bodies[index].add(answer.body)
            else:
                assert answer.code == "conflict" and int(answer.json["error"]["details"]["index"]) > index, answer
        server.client.close()

    threads = [threading.Thread(target=play) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for index, answers in bodies.items():
        assert [json.loads(answer)["observation"] for answer in answers] == [index]


def test_sessions_outlive_connections_and_nothing_outlives_sessions(server, api):
    session = api.create("test/moody")["id"]
    api.close()
    assert api.step(session, "").json["observation"] == 1
    api.delete(session)
    folders = [folder for folder in machine.cgroups(server.id)]
    assert folders
    with Server() as other:
        other.client.create("CartPole-v1")
        other.client.close()
    # `with` has checked that nothing of the other one is left; this one goes on.
    assert machine.cgroups(server.id) == folders


def test_a_version_that_the_policy_does_not_allow_cannot_be_started(serve, tmp_path):
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "file").write_text("hello")
    folder = tmp_path / "environments"
    launch = {"worker": "worker.py:Moody"}
    environments.write_source(folder, "test/network", {**launch, "network": "host"}, MOODY)
    environments.write_source(folder, "test/volume", {**launch, "volumes": ["%s:/shared" % shared]}, MOODY)
    environments.write_source(folder, "test/link", {**launch, "volumes": ["link:/shared"]}, MOODY)
    (folder / "test/link/link").symlink_to("/etc")
    client = serve(environments=[folder]).client
    for path, more in [("/v1/sessions", {}), ("/v1/sessions/batch", {"count": 2})]:
        for name in ["test/network", "test/volume", "test/link"]:
            answer = client.post(path, {"environment": name, **more})
            assert (answer.status, answer.code) == (403, "permission_denied"), answer
    client = serve("--allow-host-network", "--allow-volumes", str(tmp_path), environments=[folder]).client
    for name, status in [("test/network", 201), ("test/volume", 201), ("test/link", 403)]:
        assert client.post("/v1/sessions", {"environment": name}).status == status, name


def test_a_published_version_never_changes_and_its_digest_names_its_bytes(serve, tmp_path):
    launch = {"worker": "worker.py:Moody"}
    one, two, three = (tmp_path / name for name in ["one", "two", "three"])
    for place, title in [(one, "First"), (two, "First"), (three, "Other")]:
        environments.write_source(place, "test/moody", launch, MOODY, title=title)
    digests = []
    for place in (one, two, three):
        client = serve(environments=[place]).client
        digests.append(client.create("test/moody")["digest"])
        assert client.create("test/moody@" + digests[-1])["environment"] == "test/moody@1.0.0"
    assert digests[0] == digests[1] != digests[2]
    # The same name and version a second time: the first stays.
    client = serve(environments=[one, three]).client
    assert client.create("test/moody")["digest"] == digests[0]
    # A change on the disk does not reach a running server.
    text = (one / "test/moody/environment.yaml").read_text()
    (one / "test/moody/environment.yaml").write_text(text.replace("First", "Changed"))
    assert client.create("test/moody")["digest"] == digests[0]


def test_what_a_peer_sends_can_produce_an_error_and_never_a_trap(server, api):
    """Requests that were good once, with bytes changed, left out and repeated."""
    session = api.create("CartPole-v1")["id"]
    seeds = [
        (
            "POST",
            "/v1/sessions",
            b'{"environment":"CartPole-v1","seed":7,"labels":{"a":"b"},"params":{},"reset":false}',
        ),
        ("POST", "/v1/sessions/%s/step" % session, b'{"action":1,"index":1}'),
        ("POST", "/v1/sessions/%s/reset" % session, b'{"seed":1,"options":{"low":-0.1,"high":0.1}}'),
        ("POST", "/v1/steps", b'{"steps":[{"session":"%s","action":0}]}' % session.encode()),
        ("POST", "/v1/sessions/batch", b'{"environment":"CartPole-v1@^1.0","count":1}'),
        ("GET", "/v1/sessions?state=running&limit=10&label=a=b", b""),
        ("GET", "/v1/environments/classic%2FCartPole%40%5E1.0", b""),
    ]
    draw = random.Random(20)
    statuses = set()
    for _ in range(1500):
        method, path, body = draw.choice(seeds)
        if body:
            body = mutate(draw, body)
        else:
            path = path[:4] + mutate(draw, path[4:].encode()).decode("latin-1")
            path = "".join(c if "!" <= c <= "~" else "%%%02X" % ord(c) for c in path)
        answer = api.call(method, path, body or None)
        statuses.add(answer.status)
        assert answer.status < 500, (method, path, body, answer)
        if answer.status == 201:
            for made in answer.json.get("sessions", [answer.json]):
                api.delete(made["id"])
    assert {200, 400} <= statuses
    assert api.get("/v1/health").status == 200


def mutate(draw, data):
    data = bytearray(data)
    for _ in range(draw.randint(1, 4)):
        place = draw.randrange(len(data) + 1)
        kind = draw.randrange(4)
        if kind == 0:
            data[place : place + 1] = bytes([draw.randrange(256)])
        elif kind == 1:
            del data[place : place + draw.randint(1, 8)]
        elif kind == 2:
            data[place:place] = data[place : place + draw.randint(1, 30)] * draw.randint(1, 3)
        else:
            data[place:place] = draw.choice(
                [b"1e999", b"-", b'"', b"{", b"[", b"\\u0000", b"\\ud800", b"null", b"9" * 30]
            )
    return bytes(data)


def test_every_error_carries_code_message_next_step_and_request_id_and_no_secret(server, api):
    session = api.create("CartPole-v1", reset=False)["id"]
    answers = [
        api.post("/v1/sessions", b"{"),
        api.post("/v1/sessions", {"environment": 7}),
        api.post("/v1/sessions", {"environment": "no/such"}),
        api.post("/v1/sessions", {"environment": "examples/guess", "params": {"secret": 99}}),
        api.step(session, 0),
        api.step(session, 7),
        api.step("nonsense", 0),
        api.reset(session, index=9),
        api.get("/v1/sessions?limit=0"),
        api.get("/v1/nothing"),
        api.get("/v1/health", Host="example.org"),
        api.call("PATCH", "/v1/sessions"),
        api.post("/v1/sessions/%s/fork" % session, {"count": 0}),
    ]
    for answer in answers:
        error = answer.json["error"]
        assert error["code"] and error["message"] and error["next"] and error["request_id"], answer
        assert answer.headers["X-Request-Id"] == error["request_id"]
        for secret in [str(ROOT), str(server.data), "/root", "0x", ".swift"]:
            assert secret not in answer.body.decode(), answer


@pytest.mark.parametrize("name", ["CartPole-v1", "examples/guess"])
def test_the_same_seed_and_actions_give_the_same_trajectory_through_every_backend(serve, server, name):
    folders = [ROOT / "Manifests", ROOT / "Examples/workers"]
    plain = serve("--backend", "plain", "--trust", environments=folders)
    seen = []
    for each in (server, server, plain):
        client = each.client
        session = client.create(name, seed=11)
        answers = [session["observation"]]
        for turn in range(8):
            action = turn % 2 if name == "CartPole-v1" else str(turn + 1)
            answer = client.step(session["id"], action)
            answers.append((answer.status, answer.json.get("observation"), answer.json.get("reward")))
        seen.append((answers, client.read(session["id"])["trajectory_hash"]))
    assert seen[0] == seen[1] == seen[2]
