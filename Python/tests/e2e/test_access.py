"""Keys with roles by namespace over every door, and the audit log that tells what was done with them."""

import asyncio
import contextlib
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading

import pytest

import corral
from corral import audit, errors
from e2e import bundles, machine
from e2e.server import BINARY, ROOT, Server

ROLES = ("viewer", "runner", "publisher", "reviewer", "admin")


def command(data, *words, ok=True):
    done = subprocess.run([BINARY, *words, "--data", str(data)], capture_output=True, text=True, timeout=60)
    assert (done.returncode == 0) == ok, (words, done.returncode, done.stdout, done.stderr)
    return done.stdout.strip() if ok else done.stderr


class As:
    """A client that shows a key."""

    def __init__(self, server, token):
        self.server, self.token = server, token
        self.id = token.split("_")[1]

    def call(self, method, path, body=None, headers=None):
        headers = {"Authorization": "Bearer " + self.token, **(headers or {})}
        return self.server.client.call(method, path, body, headers)

    def get(self, path):
        return self.call("GET", path)

    def post(self, path, body=None):
        return self.call("POST", path, body)

    def key(self, caller, roles, **more):
        made = self.post("/v1/keys", {"caller": caller, "roles": roles, **more})
        assert made.status == 201, made
        assert made.headers["Cache-Control"] == "no-store"
        return As(self.server, made.json["token"])

    def log(self, **query):
        query = "&".join(f"{name}={value}" for name, value in query.items())
        return self.get("/v1/audit?limit=1000&" + query).json["records"]


@pytest.fixture
def root(serve, tmp_path):
    """The first administrator of a new server, made on the command line."""
    token = command(tmp_path / "data", "access", "create", "root", "--role", "admin")
    assert re.fullmatch("corral_[0-9a-f]{16}_[0-9a-f]{64}", token)
    return As(serve(data=tmp_path / "data"), token)


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """An administrator of a server that several tests have."""
    data = tmp_path_factory.mktemp("access") / "data"
    token = command(data, "access", "create", "root", "--role", "admin")
    with Server("--record", "full", "--grpc", "127.0.0.1:0", data=data) as server:
        yield As(server, token)


def test_the_first_key_ends_the_open_server_and_its_local_admin(serve):
    server = serve()
    assert server.client.get("/v1/health").status == 200
    refused = server.client.post("/v1/keys", {"caller": "ann", "roles": ["runner"]})
    assert refused.code == "failed_precondition" and "admin" in refused.json["error"]["next"]
    token = server.client.post("/v1/keys", {"caller": "root", "roles": ["admin"]}).json["token"]
    assert server.client.get("/v1/health").code == "unauthenticated"
    root = As(server, token)
    assert root.get("/v1/health").status == 200
    # Nobody gets in by revoking the last key.
    assert root.call("DELETE", f"/v1/keys/{root.id}?reason=lost").json["state"] == "revoked"
    for answer in (server.client.get("/v1/health"), root.get("/v1/health")):
        assert answer.code == "unauthenticated"
    server.stop()
    assert serve(data=server.data).client.get("/v1/health").code == "unauthenticated"
    # Its owner still does, on the command line.
    again = serve(data=server.data)
    other = command(server.data, "access", "create", "root", "--role", "admin", "--note", "the second")
    assert machine.until(lambda: As(again, other).get("/v1/health").status == 200, 5)
    shown = json.loads(command(server.data, "access", "list", "--all", "--json"))["keys"]
    assert [(key["state"], key["note"]) for key in shown] == [("revoked", ""), ("active", "the second")]
    assert root.token not in json.dumps(shown) and "sha256" not in json.dumps(shown)


def test_private_servers_ask_for_no_key_of_the_catalog(tmp_path):
    command(tmp_path, "access", "create", "root", "--role", "admin")
    env = {**os.environ, "CORRAL_DATA": str(tmp_path), "CORRAL_BIN": BINARY, "CORRAL_API_KEY": ""}
    play = "import corral; env = corral.make('classic/CartPole'); env.reset(seed=1); env.close()"
    done = subprocess.run([sys.executable, "-c", play], env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    play = [BINARY, "run", "classic/CartPole", "--episodes", "1"]
    done = subprocess.run(play, env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_a_server_beyond_loopback_needs_a_key(tmp_path):
    serve = [BINARY, "serve", "--data", str(tmp_path), "--host", "0.0.0.0", "--port", "0"]
    done = subprocess.run(serve, capture_output=True, text=True, timeout=60)
    assert done.returncode != 0 and "corral access create" in done.stderr


def segment(reference):
    return reference.replace("/", "%2F").replace("@", "%40")


def test_every_route_does_what_the_table_of_roles_says(shared):
    """Every operation, called by a key of every role: in all namespaces, in those of the call, and in another."""
    root = shared
    document = root.get("/v1/openapi.json").json
    documented = {}
    page = (ROOT / "docs/access.md").read_text()
    for method, path, who in re.findall(r"^\| `([A-Z]+) (\S+)` \| ([^|]+?) \|", page, re.M):
        documented[method.lower(), path] = who
    operations = {
        (method, path): operation["x-corral-access"]
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }
    assert documented == operations

    archive = bundles.counter("shop/Counter", "1.0.0")
    digest = bundles.upload(root, archive)
    assert root.post("/v1/environments", {"bundle": digest}).status == 201
    keys = {}
    for role in ROLES:
        for place, roles in [
            ("*", [role]),
            ("here", {"shop": [role], "classic": [role]}),
            ("other", {"other": [role]}),
        ]:
            keys[role, place] = root.key(f"{role}-{place}".replace("*", "all"), roles, tenant="t")
    owners = [f"{role}-{place}" for role in ("publisher",) for place in ("all", "here")]
    assert root.call("PATCH", "/v1/namespaces/shop", {"add": owners}).status == 200
    maker = root.key("maker", ["runner"], tenant="t")

    def session():
        return maker.post("/v1/sessions", {"environment": "classic/CartPole"}).json["id"]

    shared = session()
    bodies = {
        "createSession": {"environment": "classic/CartPole"},
        "createSessions": {"environment": "classic/CartPole", "count": 1},
        "step": {"action": 1},
        "takeSnapshot": {"name": "s"},
        "startCheck": {"budget_seconds": 1},
        "beginUpload": {"digest": digest, "size": len(archive)},
        "publish": {"bundle": digest},
        "setAlias": {"alias": "stable", "version": None},
        "updateEnvironment": {"title": "t"},
        "deprecateVersion": {"message": "m"},
        "yankVersion": {"reason": "r"},
        "retireVersion": {"reason": "r"},
        "changeOwners": {"add": []},
        "createKey": {"caller": "x", "roles": ["viewer"]},
    }
    held = {"session: watcher": 0, "session: agent": 1, "session: owner": 2}

    def grant(role, place):
        """What a key has of the maker's session."""
        if role == "admin" and place != "other":
            return 2
        return 0 if place != "other" else None

    wrong = []
    for (method, path), who in operations.items():
        operation = document["paths"][path][method]["operationId"]
        ends = operation in ("closeSession", "deleteTrajectory")
        for (role, place), key in keys.items():
            own = session() if ends else shared
            reference = "classic%2FCartPole" if operation == "startCheck" else segment("shop/Counter@1.0.0")
            target = path.replace("{session}", own).replace("{trajectory}", own).replace("{reference}", reference)
            target = target.replace("{namespace}", "shop").replace("{upload}", "u").replace("{name}", "s")
            target = target.replace("{key}", "0" * 16).replace("{checkpoint}", "00000000-0000-7000-8000-000000000000")
            target += "?agent=sb3-dqn" if operation == "compatibility" else ""
            body = bodies.get(operation)
            if operation == "stepMany":
                body = {"steps": [{"session": shared, "action": 1}]}
            answer = key.call(method.upper(), target, body)
            code = answer.code
            if operation == "stepMany":
                code = answer.json["results"][0].get("error", {}).get("code")
            refused = code in ("permission_denied", "unauthenticated")
            hidden = refused or code == "not_found"
            if who == "any key":
                right = code is None
            elif who == "admin of all namespaces":
                right = refused == ((role, place) != ("admin", "*"))
            elif who == "publisher of some namespace":
                right = refused == (role not in ("publisher", "admin"))
            elif who in held:
                has = grant(role, place)
                if "{checkpoint}" in path:
                    right = code == "not_found"
                elif has is None:
                    right = code == "not_found"
                else:
                    right = refused == (has < held[who])
            else:
                allowed = role == "admin" or role in who.split(" or ") or who == "viewer"
                if "{checkpoint}" in path:
                    right = code == "not_found" if allowed else refused
                elif allowed and place != "other":
                    right = not refused and code != "not_found"
                else:
                    right = hidden if allowed else refused
            if not right:
                wrong.append((operation, who, role, place, answer.status, code))
    assert wrong == []
    # Searches and lists show what a key may see.
    for (role, place), key in keys.items():
        seen = {item["name"].split("/")[0] for item in key.get("/v1/environments?limit=1000").json["environments"]}
        # What is in `shop` was retired by now.
        assert seen == {"classic"} if place == "here" else ("classic" in seen) == (place == "*"), (role, seen)
        assert key.get("/v1/environments?namespace=classic&limit=1").json["environments"] or place == "other"


def test_roles_count_in_the_namespace_of_the_version(root):
    bundles.publish(root, bundles.counter("shop/Counter", "1.0.0"))
    ann = root.key("ann", {"classic": ["runner"], "ann": ["publisher"], "shop": ["viewer"]})
    assert ann.post("/v1/sessions", {"environment": "classic/CartPole"}).status == 201
    assert ann.post("/v1/sessions", {"environment": "CartPole-v1"}).status == 201
    assert ann.post("/v1/sessions", {"environment": "shop/Counter"}).code == "permission_denied"
    assert ann.get("/v1/environments/shop%2FCounter").status == 200
    assert ann.post("/v1/sessions", {"environment": "motrix/CartPole"}).code == "not_found"
    assert bundles.publish(ann, bundles.counter("ann/Counter", "1.0.0")).status == 201
    assert bundles.publish(ann, bundles.counter("bob/Counter", "1.0.0")).code == "permission_denied"
    # What it publishes it does not run.
    assert ann.post("/v1/sessions", {"environment": "ann/Counter"}).code == "permission_denied"
    # The batch, the DockerGym door and MCP are no ways round it.
    assert ann.post("/v1/sessions/batch", {"environment": "shop/Counter", "count": 2}).code == "permission_denied"
    door = ann.post("/sessions", {"env_id": "shop/Counter@1.0.0"})
    assert door.status == 403 and door.json["error_code"] == "PERMISSION_DENIED"
    hello = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}},
    }
    assert ann.post("/v1/mcp/shop/Counter", hello).code == "permission_denied"
    assert ann.post("/openenv/shop%2FCounter/reset", {}).status == 403
    # Who has the role, and does not own what it changes, is refused by the catalog itself.
    pat = root.key("pat", {"shop": ["publisher"]})
    assert pat.post("/v1/environments/shop%2FCounter@1.0.0/yank", {"reason": "r"}).code == "permission_denied"
    assert machine.until(lambda: root.log(actor="pat", action="authorize"), 10)
    # A key shows what its caller was refused, and where.
    refusals = machine.until(lambda: root.log(actor="ann", action="authorize", outcome="refused"), 10)
    assert {record["key"] for record in refusals} == {ann.id}


@contextlib.contextmanager
def connected(server, way, token):
    if way == "grpc":
        pytest.importorskip("grpc")
        addresses = [record.get("address", "") for record in server.records() if record["message"] == "listening"]
        url = next(address for address in addresses if address.startswith("grpc://"))
    else:
        url = {"http": "http://", "websocket": "ws://"}[way] + server.client.address
    with corral.connect(url, api_key=token) as client:
        yield client


@pytest.mark.parametrize("way", ["http", "websocket", "grpc"])
def test_a_revoked_key_counts_no_more_from_the_next_request_on(shared, way):
    root, server = shared, shared.server
    ann = root.key("ann", ["runner"])
    with connected(server, way, ann.token) as client:
        session = client.sessions.create("classic/CartPole", seed=1)
        session.step(1)
        root.call("DELETE", f"/v1/keys/{ann.id}?reason=stolen")
        for call in (lambda: session.step(1), lambda: client.sessions.create("classic/CartPole"), session.refresh):
            with pytest.raises(errors.Unauthenticated, match="revoked"):
                call()
    # Another key of the same caller goes on with what it has.
    other = root.key("ann", ["runner"])
    with connected(server, way, other.token) as client:
        assert client.sessions.get(session.id).step(1).index == 2


def test_open_connections_of_a_revoked_key_end(shared):
    from websockets.exceptions import ConnectionClosed
    from websockets.sync.client import connect

    root, server = shared, shared.server
    ann = root.key("ann", ["runner"])
    watcher = root.key("wim", ["viewer"], tenant="ann")
    session = ann.post("/v1/sessions", {"environment": "classic/CartPole"}).json["id"]
    url = "ws://" + server.client.address
    headers = {"Authorization": "Bearer " + watcher.token}
    opened = connect(url + "/v1/ws", additional_headers=headers)
    mine = {"Authorization": "Bearer " + ann.token}
    play = connect(url + "/openenv/classic%2FCartPole/ws", additional_headers=mine)
    with opened as watching, play as playing:
        watching.send(json.dumps({"id": 1, "op": "watch", "session": session}))
        assert json.loads(watching.recv(10))["id"] == 1
        playing.send(json.dumps({"type": "reset", "data": {}}))
        assert json.loads(playing.recv(10))["type"] == "observation"
        root.call("DELETE", f"/v1/keys/{watcher.id}")
        ann.post(f"/v1/sessions/{session}/step", {"action": 1})
        with pytest.raises(ConnectionClosed):
            watching.recv(10)
        root.call("DELETE", f"/v1/keys/{ann.id}")
        playing.send(json.dumps({"type": "state"}))
        with pytest.raises(ConnectionClosed):
            playing.recv(10)


def test_a_key_ends_at_its_time(shared):
    from datetime import datetime, timedelta, timezone

    root = shared

    end = datetime.now(timezone.utc) + timedelta(seconds=1.5)
    ann = root.key("ann", ["runner"], expires_at=end.isoformat().replace("+00:00", "Z"))
    assert ann.get("/v1/health").status == 200
    assert machine.until(lambda: ann.get("/v1/health").code == "unauthenticated", 10)
    assert datetime.now(timezone.utc) >= end
    assert root.get("/v1/keys/" + ann.id).json["state"] == "expired"
    assert [key["id"] for key in root.get("/v1/keys?state=expired").json["keys"]] == [ann.id]
    past = root.post("/v1/keys", {"caller": "a", "roles": ["viewer"], "expires_at": "2020-01-01"})
    assert past.code == "invalid_argument"


def test_a_key_keeps_its_rate_through_every_door(shared):
    root, server = shared, shared.server
    rate = {"per_second": 0.01, "burst": 5}

    def first_refused(call):
        for number in range(10):
            refused = call()
            if refused:
                return number, refused
        raise AssertionError("never refused")

    ann = root.key("ann", ["runner"], rate=rate)
    number, refused = first_refused(lambda: (lambda answer: answer.code and answer)(ann.get("/v1/health")))
    assert number == 5 and refused.code == "resource_exhausted" and refused.status == 429
    assert 90 <= int(refused.headers["Retry-After"]) <= 100
    assert refused.json["error"]["details"]["retry_after"] == refused.headers["Retry-After"]
    door = ann.get("/health")
    assert door.status == 429 and door.json["error_code"] == "RATE_LIMITED" and door.headers["Retry-After"]
    assert ann.get("/openenv/classic%2FCartPole/health").status == 429
    assert root.get("/v1/health").status == 200  # nobody else is held up
    for way in ("websocket", "grpc"):
        bob = root.key("bob-" + way, ["runner"], rate=rate)
        with connected(server, way, bob.token) as client:
            client._transport.retries = 0

            def call():
                try:
                    client.environments.get("classic/CartPole") if way == "grpc" else client.sessions.create(
                        "classic/CartPole"
                    )
                except errors.ResourceExhausted as error:
                    return error

            number, refused = first_refused(call)
            assert 4 <= number <= 5 and "rate" in str(refused)


def test_the_log_tells_who_did_what_and_keys_are_in_no_log(root, tmp_path):
    server = root.server
    ann = root.key("ann", ["publisher"])
    assert bundles.publish(ann, bundles.counter("ann/Counter", "1.0.0")).status == 201
    path = "/v1/environments/ann%2FCounter%401.0.0"
    assert ann.post(path + "/retire", {"reason": "tried"}).status == 200
    assert ann.get("/v1/keys").code == "permission_denied"
    server.client.get("/v1/health")
    stranger = ann.token[:-1] + ("0" if ann.token[-1] != "0" else "1")
    assert As(server, stranger).get("/v1/health").code == "unauthenticated"
    root.call("DELETE", f"/v1/keys/{ann.id}?reason=left")
    assert ann.get("/v1/health").code == "unauthenticated"
    assert machine.until(lambda: len(root.log(outcome="refused")) == 4, 10)
    records = root.log()
    assert audit.verify(records) is None
    told = {(record["actor"], record["key"], record["action"], record["object"]) for record in records}
    assert told >= {
        ("command-line", None, "key.create", "key " + root.id),
        ("root", root.id, "key.create", "key " + ann.id),
        ("ann", ann.id, "publish", "ann/Counter@1.0.0"),
        ("ann", ann.id, "retire", "ann/Counter@1.0.0"),
        ("", None, "authenticate", "key " + ann.id),
        ("", None, "authenticate", ""),
        ("ann", ann.id, "authenticate", "key " + ann.id),
        ("root", root.id, "key.revoke", "key " + ann.id),
    }
    assert [record["object"] for record in root.log(actor="ann", action="retire")] == ["ann/Counter@1.0.0"]
    with corral.connect("http://" + server.client.address, api_key=root.token) as client:
        assert audit.verify(client.access.audit(limit=3)) is None
        made = client.access.create("bob", {"shop": ["runner"]}, note="by Python")
        assert client.access.get(made["id"])["roles"] == {"shop": ["runner"]}
        assert client.access.revoke(made["id"])["state"] == "revoked"
        assert made["id"] in [key["id"] for key in client.access.list("revoked")["keys"]]
    asyncio.run(use_asynchronously("http://" + server.client.address, root.token))
    everything = server.log()
    for file in (server.data).rglob("*"):
        if file.is_file() and "blobs" not in file.parts:
            everything += file.read_bytes().decode("latin-1")
    for token in (root.token, ann.token, stranger, made["token"]):
        assert token.split("_")[2] not in everything


async def use_asynchronously(url, token):
    async with corral.aconnect(url, api_key=token) as client:
        made = await client.access.create("eve", ["viewer"], acts_for_tenant=True, expires_at="2100-01-01")
        assert (await client.access.get(made["id"]))["acts_for_tenant"]
        assert (await client.access.revoke(made["id"], "an example"))["revoked_because"] == "an example"
        assert len((await client.access.list())["keys"]) == 4
        assert audit.verify([record async for record in client.access.audit(limit=2)]) is None


def test_a_flood_of_refusals_does_not_fill_the_log(root):
    for _ in range(400):
        root.server.client.get("/v1/health")
    ended = root.log(outcome="refused")
    assert machine.until(lambda: 90 <= len(root.log(outcome="refused")) <= 110, 10), len(ended)
    assert audit.verify(root.log()) is None


def test_a_tampered_log_is_named(root):
    server, data = root.server, root.server.data
    for number in range(5):
        root.key(f"caller{number}", ["viewer"])
    head = root.log()[-1]["hash"]
    server.stop()
    whole = json.loads(command(data, "audit", "verify", "--json"))
    assert whole == {"records": 6, "last": head}
    command(data, "audit", "verify", "--contains", head)

    def change(*statements):
        with contextlib.closing(sqlite3.connect(data / "corral.db")) as database:
            for statement in statements:
                database.execute(statement)
            database.commit()

    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        change("UPDATE audit SET actor = 'eve' WHERE sequence = 3")
    drop = [f"DROP TRIGGER audit_refuses_{each}" for each in ("update", "delete")]
    change(*drop, "UPDATE audit SET actor = 'eve' WHERE sequence = 3")
    assert "record 3 was changed" in command(data, "audit", "verify", ok=False)
    change("UPDATE audit SET actor = 'root' WHERE sequence = 3")
    command(data, "audit", "verify")
    change("DELETE FROM audit WHERE sequence = 4")
    assert "record 4 is missing" in command(data, "audit", "verify", ok=False)
    # The end of the log can be cut off: whoever noted a hash knows.
    change("DELETE FROM audit WHERE sequence > 3")
    command(data, "audit", "verify")
    assert "no record has the hash" in command(data, "audit", "verify", "--contains", head, ok=False)


def test_no_key_that_was_answered_is_lost_by_a_kill(serve, tmp_path):
    token = command(tmp_path / "data", "access", "create", "root", "--role", "admin")
    server = serve(data=tmp_path / "data")
    made, failures = [], []

    def work(number):
        root = As(server, token)
        with contextlib.suppress(OSError, Exception):
            for turn in range(1000):
                answer = root.post("/v1/keys", {"caller": f"c{number}.{turn}", "roles": ["viewer"]})
                (made if answer.status == 201 else failures).append(answer.json)

    workers = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for worker in workers:
        worker.start()
    assert machine.until(lambda: len(made) > 60, 30)
    os.kill(server.process.pid, signal.SIGKILL)
    for worker in workers:
        worker.join()
    server.wait(30)
    assert not failures
    again = As(serve(data=tmp_path / "data"), token)
    listed = {key["id"] for key in again.get("/v1/keys").json["keys"]}
    assert listed >= {key["id"] for key in made}
    records = []
    while page := again.get(f"/v1/audit?limit=1000&cursor={len(records)}").json["records"]:
        records += page
    assert audit.verify(records) is None
    assert {r["object"] for r in records if r["action"] == "key.create"} == {"key " + id for id in listed}
    assert As(again.server, made[0]["token"]).get("/v1/health").status == 200


def test_the_command_line_works_on_a_running_server_too(root):
    url = "http://" + root.server.client.address
    env = {**os.environ, "CORRAL_API_KEY": root.token}

    def corral_(*words):
        done = subprocess.run([BINARY, *words, "--url", url], capture_output=True, text=True, timeout=60, env=env)
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        return done.stdout

    words = ["--role", "runner@shop", "--role", "viewer", "--expires", "90d", "--rate", "10", "--note", "for tests"]
    token = corral_("access", "create", "ann", "--tenant", "lab", *words).strip()
    id = token.split("_")[1]
    assert re.search(rf"{id}\s+ann\s+lab\s+viewer runner@shop\s+active", corral_("access", "list"))
    shown = json.loads(corral_("access", "show", id, "--json"))
    assert shown["rate"] == {"per_second": 10, "burst": 10} and "token" not in shown
    assert corral_("access", "revoke", id, "--reason", "done").strip() == "revoked " + id
    assert id not in corral_("access", "list") and id in corral_("access", "list", "--all")
    assert "key.revoke" in corral_("audit", "list", "--action", "key.revoke")
    assert corral_("audit", "verify").startswith("3 records, the last is ")
