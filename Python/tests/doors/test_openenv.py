"""OpenEnv's own clients, validator and environments, from the wheels of both wire versions."""

import json
import os
import subprocess
from pathlib import Path

import pytest
import wheels

from e2e import environments, machine
from e2e.server import Server

PLAYER = Path(__file__).with_name("openenv_player.py")
CARTPOLE = "classic/CartPole"


@pytest.fixture(scope="module")
def at_root():
    with Server("--root", "openenv:" + CARTPOLE) as server:
        yield server


@pytest.mark.parametrize("version", sorted(wheels.LOCKS))
def test_the_clients_play_and_the_validator_is_content(at_root, version):
    python = wheels.python(version)
    url = "http://" + at_root.client.address
    urls = [url, url + "/openenv/classic%2FCartPole"]
    told = wheels.run(python, PLAYER, "play", json.dumps({"urls": urls, "actions": [{"action": 1}, {"action": 0}]}))
    session = at_root.client.create(CARTPOLE, seed=7)
    wanted = [session["observation"]]
    wanted += [at_root.client.step(session["id"], action).json["observation"] for action in (1, 0)]
    at_root.client.delete(session["id"])
    for each in told.values():
        assert each["valid"] == 0
        assert [seen[0]["observation"] for seen in each["seen"]] == wanted
        assert [seen[1:] for seen in each["seen"]] == [[None, False], [1.0, False], [1.0, False]]
        assert each["state"]["step_count"] == 2 and each["state"]["episode_id"]
        assert "VALIDATION_ERROR" in each["error"] and each["goes_on"] == 1.0
    assert machine.until(lambda: at_root.client.get("/v1/health").json["sessions"] == 0)


@pytest.mark.parametrize("version", sorted(wheels.LOCKS))
def test_a_package_runs_without_edits_and_its_own_client_plays_it(tmp_path, version):
    if version != "0.3.0" and os.environ.get("CORRAL_LONG") != "1":
        pytest.skip("a sample: CORRAL_LONG=1 runs it with the other wheel, too")
    python = wheels.python(version)
    made = subprocess.run(
        [str(python.with_name("openenv")), "init", "echo_peer", "-o", str(tmp_path)], capture_output=True, text=True
    )
    package = tmp_path / "echo_peer"
    assert package.exists(), made.stdout + made.stderr
    launch = {"worker": "corral.worker.openenv:OpenEnvWorker", "config": {"folder": "echo_peer"}}
    folder = environments.write(tmp_path / "environments", "peers/echo", launch, [package], spaces="ask")
    with Server("--python", str(python), environments=[folder]) as server:
        url = "http://%s/openenv/peers%%2Fecho" % server.client.address
        given = {"url": url, "folder": str(tmp_path), "name": "echo_peer"}
        told = wheels.run(python, PLAYER, "package", json.dumps(given))
        assert told["echoed"] == "Hello" and told["length"] == 5 and told["reward"] == 0.5 and told["steps"] == 1
        assert told["metadata"] == {"original_message": "Hello", "step": 1}
        session = server.client.create("peers/echo")
        assert session["isolation"].startswith("process") and session["observation"]["message_length"] == 0
        assert server.client.step(session["id"], {"message": "hi"}).json["reward"] == pytest.approx(0.2)
        assert server.client.step(session["id"], {"words": "hi"}).code == "invalid_action"


def test_plain_http_gets_a_session_for_each_call(at_root):
    client = at_root.client
    client.close()  # a connection kept since the tests before may have been idle for too long
    reset = client.post("/reset", {"seed": 7}).json
    assert reset["reward"] is None and reset["done"] is False and len(reset["observation"]["observation"]) == 4
    assert client.post("/step", {"action": {"action": 1}}).json["reward"] == 1.0
    assert client.post("/step", {"action": 1}).status == 422
    assert client.post("/step", {}).json["detail"][0]["type"] == "missing"
    assert client.post("/reset", {"seed": -1}).status == 422
    assert client.get("/state").json == {"episode_id": None, "step_count": 0}
    assert client.get("/health").json == {"status": "healthy"}
    assert set(client.get("/schema").json) == {"action", "observation", "state", "reset_observation"}
    assert client.get("/metadata").json["name"] == "CartPole"
    assert client.get("/list_environments").json == ["CartPole"]
    assert client.get("/cartpole/splits").status == 501 and client.get("/other/splits").status == 404
    assert client.get("/openenv/none/Such/health").status == 404
    assert client.get("/reset").status == 405 and client.get("/nothing").json == {"detail": "Not Found"}
    assert client.get("/v1/health").json["sessions"] == 0


def test_tasks_are_instances(tmp_path):
    text = """
from corral.worker import Worker

class Rooms(Worker):
    def spaces(self):
        text = {"type": "Text", "min_length": 0, "max_length": None, "charset": None}
        return text, text
    def init(self, instance, params, seed):
        self.room = instance
    def reset(self, seed, options):
        return self.room, {}
    def step(self, action):
        return action, None, True, False, {"room": self.room}
"""
    instances = {"list": ["blue", "red", "green"]}
    folder = environments.write_source(tmp_path, "test/Rooms", {"worker": "worker.py:Rooms"}, text, instances=instances)
    with Server("--root", "openenv:test/Rooms", environments=[folder]) as server:
        client = server.client
        assert client.get("/Rooms/splits").json == [{"name": "instances", "type": "validation"}]
        split = {"split": "instances"}
        assert client.post("/rooms/tasks", split).json == {"tasks": ["blue", "red", "green"], "env_name": "rooms"}
        assert client.post("/Rooms/num_tasks", split).json == {"num_tasks": 3}
        assert client.post("/Rooms/task", {**split, "index": 1}).json == {"task": "red"}
        assert client.post("/Rooms/task", {**split, "index": 3}).status == 400
        assert client.post("/Rooms/task_range", {**split, "start": 1}).json == {"tasks": ["red", "green"]}
        assert client.post("/reset", {"instance": "red"}).json["observation"] == {"observation": "red"}


def rpc(client, method, **params):
    return client.post("/mcp", {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).json


def test_the_json_rpc_of_openenv(at_root):
    from websockets.exceptions import ConnectionClosed
    from websockets.sync.client import connect

    client = at_root.client
    client.close()
    assert client.post("/mcp", {}).json["error"]["code"] == -32600
    assert client.call("POST", "/mcp", b"{").json["error"]["code"] == -32700
    assert rpc(client, "fly")["error"] == {"code": -32601, "message": "Method not found: fly"}
    assert rpc(client, "tools/list")["error"]["code"] == -32603
    assert rpc(client, "tools/call")["error"]["code"] == -32602
    session = rpc(client, "openenv/session/create")["result"]["session_id"]
    address = "ws://%s/ws?session_id=%s" % (client.address, session)
    with connect(address) as socket:
        socket.send(json.dumps({"type": "reset"}))
        assert json.loads(socket.recv())["type"] == "observation"
        with connect(address) as second:
            assert json.loads(second.recv())["data"]["code"] == "SESSION_ERROR"
        socket.send(json.dumps({"type": "mcp", "data": {"jsonrpc": "2.0", "id": 2, "method": "fly"}}))
        assert json.loads(socket.recv())["data"]["error"]["code"] == -32601
    assert client.read(session)["state"] == "running"
    assert machine.until(lambda: rpc(client, "openenv/session/close", session_id=session)["result"].get("closed"))
    assert rpc(client, "openenv/session/close", session_id=session)["error"]["code"] == -32602
    with connect("ws://%s/ws" % client.address) as socket:
        for text, code in [("{", "INVALID_JSON"), ('{"type":"x"}', "UNKNOWN_TYPE"), ("[]", "VALIDATION_ERROR")]:
            socket.send(text)
            assert json.loads(socket.recv())["data"]["code"] == code
        socket.send(json.dumps({"type": "close"}))
        with pytest.raises(ConnectionClosed):
            socket.recv()
