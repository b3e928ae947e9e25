"""Containers as sandboxes: what is left of them, what becomes of sessions without an engine, and what each is fenced with."""

import json
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from e2e import environments, machine, owners
from e2e.containers import LABEL, Containers
from e2e.marks import LONG
from e2e.server import Server

WORKER = """
import json, os, sys, time

def say(text):
    data = text.encode()
    for start in range(0, len(data), 3):
        os.write(1, data[start:start + 3])

for line in sys.stdin:
    command = json.loads(line)
    word = command.get("env_id") if command["cmd"] == "init" else command["action"]
    if word == "die":
        os._exit(3)
    if word == "noise":
        say("loading 100 % done\\n\\n")
    if word == "slow":
        time.sleep(0.3)
    reply = {"status": "ok", "observation": "\u00e4\u20ac\U0001f600 " + word, "reward": 1, "done": False}
    say(json.dumps(reply, ensure_ascii=False) + "\\n")
"""


INSTANCES = {"list": ["look", "cut", "noise", "slow", "die"]}


@pytest.fixture(scope="module")
def containers(engine):
    return Containers(engine)


@pytest.fixture
def folder(containers):
    with owners.place() as folder:
        launch = {"command": ["python3", "/opt/corral/environment/worker.py"], "protocol": 1}
        environments.write_source(folder, "plain/one", launch, WORKER, owner=containers, instances=INSTANCES)
        environments.write_hostile(folder, containers)
        yield folder


@pytest.fixture
def start(containers, folder, serve):
    def start(*options, **more):
        return serve("--warm", "0", *containers.options, *options, environments=[folder], **more)

    return start


def test_a_container_is_fenced_in_as_it_says(engine, start):
    server = start()
    server.client.create("plain/one")
    (container,) = engine.containers(server.id)
    described = json.loads(engine.docker("inspect", container))[0]
    host = described["HostConfig"]
    assert host["ReadonlyRootfs"] and host["NetworkMode"] == "none" and not host["Privileged"]
    assert host["CapDrop"] == ["ALL"] and not host["CapAdd"]
    assert host["SecurityOpt"][0] == "no-new-privileges" and host["SecurityOpt"][1].startswith("seccomp={")
    assert (host["Memory"], host["MemorySwap"], host["CpuQuota"]) == (512 << 20, 512 << 20, 100_000)
    assert set(host["Tmpfs"]) == {"/tmp", "/dev/shm", "/scratch"}
    assert described["Config"]["User"] == "1000:1000" and described["Config"]["Labels"][LABEL] == server.id
    assert all(not mount["RW"] for mount in described["Mounts"])
    membership = machine.memberships(described["State"]["Pid"])
    tree = machine.CGROUPS / "pids" if "pids" in membership else machine.CGROUPS
    path = str(tree) + membership.get("pids", membership.get("", ""))
    with open(path + "/pids.max") as limit:
        assert int(limit.read()) == 32 + 1  # pid 1


@pytest.mark.parametrize("instance", ["cut", "noise"])
def test_noise_and_replies_in_pieces_give_the_right_answer(start, instance):
    client = start().client
    session = client.create("plain/one", instance=instance)
    assert session["observation"] == "\u00e4\u20ac\U0001f600 " + instance
    for word in ["look", "noise", "look"]:
        assert client.step(session["id"], word).json["observation"] == "\u00e4\u20ac\U0001f600 " + word


def test_no_place_and_no_container_is_lost_however_creations_end(engine, start):
    server = start("--max-sessions", "4")
    repetitions = 250 if LONG else 6

    def one(number):
        client = server.client
        kind = number % 4
        if kind == 0:  # the worker dies in `init`
            answer = client.post("/v1/sessions", {"environment": "plain/one", "instance": "die"})
            assert answer.status in (410, 429), answer
        elif kind == 1:  # the client is gone before the answer
            with socket.create_connection(server.client.address.rsplit(":", 1)) as lost:
                body = json.dumps({"environment": "plain/one", "instance": "slow"}).encode()
                head = b"POST /v1/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                lost.sendall(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)
        elif kind == 2:  # closed while it starts
            thread = threading.Thread(
                target=lambda: client.post("/v1/sessions", {"environment": "plain/one", "instance": "slow"})
            )
            thread.start()
            for session in live(client, ["starting"]):
                client.delete(session)
            thread.join()
        for session in live(client):
            client.delete(session)

    for number in range(repetitions * 4):
        one(number)
    # A creation whose client is gone may come to its end only now.
    assert machine.until(lambda: drop_all(server) and engine.containers(server.id) == [], 60)
    made = [server.client.create("plain/one")["id"] for _ in range(4)]
    for session in made:
        server.client.delete(session)


def live(client, states=("starting", "ready", "running", "ended")):
    """The ids of sessions that are not over; those that are fill the first pages of the whole list."""
    pages = [client.get("/v1/sessions?state=" + state).json["sessions"] for state in states]
    return [session["id"] for page in pages for session in page]


def drop_all(server):
    for session in live(server.client):
        server.client.delete(session)
    return server.client.get("/v1/health").json["sessions"] == 0


def test_the_next_start_removes_the_containers_of_a_killed_server_and_no_others(engine, start, containers, folder):
    living = start()
    living.client.create("plain/one")
    foreign = engine.docker(
        "run", "--detach", "--network", "none", "--label", LABEL + "=deadbeef", "corral-base:bookworm", "sleep", "600"
    ).strip()
    try:
        killed = Server("--warm", "0", *containers.options, environments=[folder])
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: killed.client.create("plain/one"), range(5)))
        list(killed.client.create("hostile/shared") for _ in range(20))
        assert len(engine.containers(killed.id)) == 6
        killed.kill()
        following = start(data=killed.data)
        assert engine.containers(killed.id) == []
        assert killed.id not in following.ledgers()
        assert len(engine.containers(living.id)) == 1
        assert engine.containers("deadbeef") == [foreign[:12]]
    finally:
        engine.docker("rm", "--force", foreign)


def test_an_engine_that_restarts_under_load_fails_its_sessions_and_the_server_goes_on(engine, start):
    server = start("--max-sessions", "6")
    sessions = [server.client.create("plain/one")["id"] for _ in range(3)]
    sessions += [server.client.create("hostile/shared")["id"] for _ in range(3)]
    engine.stop()
    try:
        for session in sessions:
            assert machine.until(lambda: server.client.read(session)["state"] == "failed"), server.client.read(session)
        assert {server.client.read(session)["reason"] for session in sessions} <= {"sandbox", "worker_exited"}
        assert server.client.get("/v1/health").json["sessions"] == 0
        refused = server.client.post("/v1/sessions", {"environment": "plain/one"})
        assert (refused.status, refused.json["error"]["details"]["reason"]) == (503, "engine_missing")
        assert server.client.get("/v1/capabilities").json["engine"]["available"] is False
    finally:
        engine.start()
    again = [server.client.create(name)["id"] for name in ["plain/one", "hostile/shared"] * 3]
    for session in again:
        assert server.client.delete(session).status == 200
    assert server.client.get("/v1/capabilities").json["engine"]["available"] is True


def test_a_missing_image_and_a_mounted_engine_are_refused_with_reasons(engine, start, containers, folder):
    launch = {"command": ["python3", "-c", "pass"], "protocol": 1}
    environments.write(folder, "plain/absent", launch, owner=containers)
    file = folder / "plain/absent/environment.yaml"
    manifest = json.loads(file.read_text())
    manifest["launch"]["docker"]["image"] = "corral-absent:none"
    file.write_text(json.dumps(manifest))
    volumes = {**launch, "volumes": ["%s:/engine" % engine.address.removeprefix("unix://")]}
    environments.write(folder, "plain/engine", volumes, owner=containers)
    server = start("--allow-volumes", "/")
    absent = server.client.post("/v1/sessions", {"environment": "plain/absent"})
    assert (absent.status, absent.code) == (409, "failed_precondition")
    assert absent.json["error"]["details"]["reason"] == "image_missing"
    mounted = server.client.post("/v1/sessions", {"environment": "plain/engine"})
    assert (mounted.status, mounted.code) == (403, "permission_denied")
    assert engine.containers(server.id) == []
