"""Reviews with a real server: what is published waits until checks and people let it start, and nothing goes round them."""

import base64
import json
import os
import sqlite3
import subprocess
import time

import pytest

import corral
from e2e import bundles, machine, reviewing
from e2e.reviewing import FOLDER, As, require
from e2e.server import BINARY

NAME = "shop/Counter@1.0.0"
# The counter with what admission checks miss in it.
CAREFUL = """

class Careful(Counter):
    def step(self, action):
        if action not in (0, 1) or self.count >= 10:
            raise ValueError(action)
        return super().step(action)
"""


def program(*words, name, server, ok=True):
    """Runs the program as a caller."""
    variables = {**os.environ, "CORRAL_API_KEY": reviewing.key(name), "CORRAL_URL": "http://" + server.client.address}
    done = subprocess.run([BINARY, *map(str, words)], capture_output=True, text=True, timeout=60, env=variables)
    assert (done.returncode == 0) == ok, (words, done.returncode, done.stdout, done.stderr)
    return done.stdout if ok else done.stderr


def database(server):
    return sqlite3.connect(server.data / "corral.db", timeout=10, isolation_level=None)


@pytest.fixture
def reviewed(serve, tmp_path):
    """Starts a server with keys and a policy of one approval, or of other rules."""

    def start(*rules, options=(), **more):
        policy = reviewing.write_policy(tmp_path, FOLDER, *(rules or [require(approvals=1)]), **more)
        keys = reviewing.write_keys(tmp_path)
        return serve("--keys", str(keys), "--policy", str(policy), *reviewing.UNCHECKED, *options)

    return start


def published(server, reference=NAME, name="ann"):
    environment, version = reference.split("@")
    answer = bundles.publish(As(server, name), bundles.counter(environment, version))
    assert answer.status == 201 and answer.json["state"] == "submitted", answer
    return answer.json["digest"]


def approved(server, reference=NAME, name="rob"):
    who = As(server, name)
    assert who.review(reference, "review").status == 200
    answer = who.review(reference, "approve", comment="fine")
    assert answer.status == 200, answer
    return answer.json


def test_with_keys_checks_and_another_identity_let_a_version_start(serve, tmp_path):
    server = serve("--keys", str(reviewing.write_keys(tmp_path)), "--check-budget", "3s")
    ann, rob, run = As(server, "ann"), As(server, "rob"), As(server, "run")
    manifest = (bundles.MANIFEST % ("shop/Counter", "1.0.0")).replace("worker.py:Counter", "worker.py:Careful")
    archive = bundles.pack({"environment.yaml": manifest, "worker.py": bundles.WORKER + CAREFUL})
    answer = bundles.publish(ann, archive)
    assert answer.status == 201 and answer.json["state"] == "submitted" and answer.json["check"]["state"] != "done"
    digest = answer.json["digest"]
    for who in (ann, run):
        for reference in (NAME, "shop/Counter", "shop/Counter@^1", "shop/Counter@" + digest):
            assert who.start(reference).code in ("failed_precondition", "not_found"), reference
    # The folder is its operator's.
    assert run.start("classic/CartPole").status == 201
    for step in ("review", "approve", "reject"):
        refused = ann.review(NAME, step, **({"reason": "r"} if step == "reject" else {}))
        assert refused.code == "permission_denied", refused
    assert run.review(NAME, "review").code == "permission_denied"
    assert [each["reference"] for each in rob.get("/v1/reviews").json["reviews"]] == [NAME]
    assert rob.review(NAME, "review").json["state"] == "in_review"
    first = rob.review(NAME, "approve", comment="read it all").json
    if first["state"] == "in_review":  # the check still runs
        assert first["missing"] == ["the check `admission` has not passed yet"]
    review = machine.until(lambda: (rob.review(NAME).json["state"] == "approved") and rob.review(NAME).json, 60)
    assert review, rob.get("/v1/environments/%s/checks" % NAME).json["report"]["findings"]
    assert review["allowed"] and review["decision"] == "allowed" and review["missing"] == []
    assert [(each["reviewer"], each["comment"]) for each in review["approvals"]] == [("rob", "read it all")]
    for reference in (NAME, "shop/Counter", "shop/Counter@" + digest):
        session = run.start(reference)
        assert session.status == 201 and session.json["digest"] == digest
    entries = rob.get("/v1/environments/shop%2FCounter/history").json["entries"]
    assert [(each["by"], each["action"]) for each in entries if each["by"] != "policy"] == [
        ("rob", "approve"), ("rob", "start_review"), ("ann", "publish"),
    ]  # fmt: skip


def test_every_step_from_the_command_line_and_from_python(reviewed, tmp_path):
    server = reviewed(require(approvals=2, own_keys=True))
    address = "http://" + server.client.address
    published(server)
    mine = tmp_path / "mine"
    program("key", "new", "rob", "--data", mine, name="rob", server=server)
    program("key", "new", "zoe", "--data", mine, name="zoe", server=server)
    for name in ("rob", "zoe"):
        program("key", "add", name, mine / "keys" / (name + ".pub"), "--data", server.data, name=name, server=server)
    assert NAME in program("review", "list", name="rob", server=server)
    assert "is in_review" in program("review", "start", NAME, name="rob", server=server)
    # The server's word alone is not enough where the policy wants signatures of reviewers.
    told = program("review", "approve", NAME, name="rob", server=server)
    assert "0 of 2 approvals that are signed by the reviewer" in told
    told = program(
        "review", "approve", NAME, "--key", "rob", "--data", mine, "--comment", "ok", name="rob", server=server
    )
    assert "1 of 2 approvals" in told
    refused = program("review", "approve", NAME, "--key", "zoe", "--data", mine, name="rob", server=server, ok=False)
    assert "known keys" in refused
    shown = program("review", "show", NAME, name="zoe", server=server)
    assert "rob: ok" in shown and "1 of 2" in shown
    assert "is rejected" in program("review", "reject", NAME, "--reason", "a leak", name="zoe", server=server)
    assert As(server, "run").start(NAME).code == "failed_precondition"
    assert "is submitted" in program("review", "submit", NAME, "--reason", "mended", name="ann", server=server)

    with corral.connect(address, api_key=reviewing.key("zoe")) as client:
        environments = client.environments
        assert [each["reference"] for each in environments.reviews()] == [NAME]
        assert environments.start_review(NAME)["state"] == "in_review"
        assert [each["reference"] for each in environments.reviews("in_review")] == [NAME]
        review = environments.review(NAME)
        # What rob has said before was about the submission before.
        assert review["round"] == 2 and review["approvals"] == [] and len(review["ignored"]) == 2
        with pytest.raises(corral.CorralError, match="may mean several"):
            environments.approve("shop/Counter")
        assert environments.approve(NAME, "plain")["state"] == "in_review"
        assert environments.reject(NAME, "again")["state"] == "rejected"
        with pytest.raises(corral.CorralError):
            environments.submit(NAME)
        assert client.policy()["rules"][1]["require"]["approvals"] == 2
        with pytest.raises(corral.CorralError):
            client.reload_policy()
    with corral.connect(address, api_key=reviewing.key("ann")) as client:
        assert client.environments.submit(NAME, "mended")["state"] == "submitted"
    program("review", "start", NAME, name="rob", server=server)
    for name in ("rob", "zoe"):
        told = program("review", "approve", NAME, "--key", name, "--data", mine, name=name, server=server)
    assert told == NAME + " is approved\n"
    assert As(server, "run").start(NAME).status == 201
    assert json.loads(program("review", "policy", name="run", server=server))["policy"] == 1
    assert "1 of 1 versions" in program("review", "policy", "--reload", name="root", server=server)


def test_forged_and_replayed_approvals_are_refused(reviewed, serve, tmp_path):
    server = reviewed()
    run = As(server, "run")
    good = published(server)
    assert approved(server)["state"] == "approved"
    assert run.start(NAME).status == 201
    bad = published(server, "shop/Counter@1.0.1")
    other = serve("--keys", str(tmp_path / "keys.yaml"), "--policy", str(tmp_path / "policy.yaml"))
    assert published(other, "shop/Counter@1.0.1") == bad
    assert approved(other, "shop/Counter@1.0.1")["state"] == "approved"

    def approvals(at, digest):
        rows = database(at).execute("SELECT envelope FROM attestations WHERE digest = ?", [digest[7:]])
        return [row[0] for row in rows]

    (genuine,) = approvals(server, good)
    envelope = json.loads(genuine)
    payload = base64.b64decode(envelope["payload"]).replace(good[7:].encode(), bad[7:].encode())
    forged = {**envelope, "payload": base64.b64encode(payload).decode()}
    unsigned = {**forged, "signatures": []}
    (strange,) = approvals(other, bad)
    catalog = database(server)
    catalog.execute("UPDATE versions SET state = 'approved' WHERE digest = ?", [bad[7:]])
    assert run.start("shop/Counter@1.0.1").code == "failed_precondition"
    for number, bytes_ in enumerate(
        [genuine, json.dumps(forged).encode(), json.dumps(unsigned).encode(), strange, b"{"]
    ):
        catalog.execute(
            "INSERT INTO attestations (digest, kind, result, envelope, envelope_digest, created_at, created_by)"
            " VALUES (?, 'approval', '', ?, ?, 0, 'eve')",
            [bad[7:], bytes_, "forged-%d" % number],
        )
        refused = run.start("shop/Counter@1.0.1")
        assert refused.code == "failed_precondition" and "0 of 1 approvals" in refused.json["error"]["message"]
    review = As(server, "rob").review("shop/Counter@1.0.1").json
    assert review["state"] == "approved" and not review["allowed"] and review["approvals"] == []
    assert len(review["ignored"]) == 5
    assert "it is about other bytes" in [each["reason"] for each in review["ignored"]]
    # Sent as one's own it is refused too.
    for sent in (envelope, forged, json.loads(strange)):
        refused = As(server, "zoe").review("shop/Counter@1.0.1", "approve", envelope=sent)
        assert refused.code in ("permission_denied", "invalid_argument"), refused
    # A genuine one still counts.
    assert As(server, "zoe").review("shop/Counter@1.0.1", "approve").json["allowed"]
    assert run.start("shop/Counter@1.0.1").status == 201
    # And without its approval, the first one starts no more.
    catalog.execute("DELETE FROM attestations WHERE digest = ?", [good[7:]])
    assert run.start(NAME).code == "failed_precondition"
    catalog.close()


def test_a_changed_policy_counts_at_once(reviewed, tmp_path):
    server = reviewed()
    root, run = As(server, "root"), As(server, "run")
    published(server)
    approved(server)
    session = run.start(NAME).json["id"]
    steps = "/v1/sessions/%s/" % session
    assert run.post(steps + "step", {"action": 1}).status == 200
    checkpoint = run.post(steps + "checkpoint").json["id"]
    waiting = "shop/Counter@1.1.0"
    published(server, waiting)

    def change(*rules):
        reviewing.write_policy(tmp_path, FOLDER, *rules)
        answer = root.post("/v1/policy/reload")
        assert answer.status == 200, answer
        return answer.json

    assert change(require(approvals=2)) == {"versions": 2, "allowed": 0, "approved": []}
    assert run.start(NAME).code == "failed_precondition"
    assert change({"namespace": "shop", "deny": "closed for today"})["allowed"] == 0
    for refused in (run.start(NAME), run.post(steps + "fork"), run.post("/v1/checkpoints/%s/restore" % checkpoint)):
        assert refused.code == "permission_denied" and "closed for today" in refused.json["error"]["message"]
    assert As(server, "rob").review(waiting, "review").status == 200
    assert As(server, "rob").review(waiting, "approve").code == "permission_denied"
    # What runs goes on.
    assert run.post(steps + "step", {"action": 1}).json["observation"] == 2
    assert change({"namespace": "shop", "allow": True}) == {"versions": 2, "allowed": 2, "approved": [waiting]}
    for started in (run.start(waiting), run.post(steps + "fork"), run.post("/v1/checkpoints/%s/restore" % checkpoint)):
        assert started.status == 201, started
    assert change(require(approvals=1))["allowed"] == 1
    assert run.start(NAME).status == 201
    assert run.start(waiting).code == "failed_precondition"  # nobody has approved it

    (tmp_path / "policy.yaml").write_text("policy: 1\nrules:\n  - {namespace: shop, allow: maybe}\n")
    refused = root.post("/v1/policy/reload")
    assert refused.code == "invalid_argument" and "policy.yaml:3:" in refused.json["error"]["message"]
    assert run.start(NAME).status == 201
    for name in ("ann", "rob", "run"):
        assert As(server, name).post("/v1/policy/reload").code == "permission_denied"
    reloads = root.get("/v1/audit?action=policy.reload").json["records"]
    assert [(each["actor"], each["details"]["allowed"]) for each in reloads] == [
        ("root", 0), ("root", 0), ("root", 2), ("root", 1),
    ]  # fmt: skip
    # A server does not start with it.
    bad = subprocess.run(
        [BINARY, "serve", "--port", "0", "--data", str(tmp_path / "d"), "--policy", str(tmp_path / "policy.yaml")],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert bad.returncode == 2 and "policy.yaml:3:" in bad.stderr


def test_the_webhook_has_the_last_word_and_fails_closed(reviewed):
    with reviewing.webhook() as hook:
        server = reviewed(require(approvals=1, webhook=True), webhook={"url": hook.url, "timeout": "400ms"})
        run = As(server, "run")
        published(server)
        assert hook.questions == []  # nothing else is there yet
        hook.answer = lambda question: {"allow": question["occasion"] == "start", "reason": "not on a Friday"}
        review = approved(server)
        assert review["state"] == "in_review" and not review["allowed"]
        path, question = hook.questions[-1]
        assert path == "/corral/review" and question["environment"] == NAME and question["occasion"] == "approval"
        assert [each["reviewer"] for each in question["approvals"]] == ["rob"]
        assert run.start(NAME).code == "failed_precondition"
        hook.answer = lambda question: {"allow": True}
        assert As(server, "rob").review(NAME, "approve").json["state"] == "approved"
        assert run.start(NAME).status == 201
        assert hook.questions[-1][1]["occasion"] == "start" and hook.questions[-1][1]["caller"]["id"] == "run"

        hook.answer = lambda question: {"allow": False, "reason": "not on a Friday"}
        refused = run.start(NAME)
        assert refused.code == "permission_denied" and "not on a Friday" in refused.json["error"]["message"]
        for garbage in (b"", b"yes", b"{}", b"[true]", b'{"allow": "true"}', b'{"allow": true, "x": 1}', b"\xff"):
            hook.answer = garbage
            assert run.start(NAME).code == "unavailable", garbage
        hook.answer, hook.status = b'{"allow": true}', 500
        assert run.start(NAME).code == "unavailable"
        hook.status, hook.delay = 200, 1.5
        begun = time.monotonic()
        assert run.start(NAME).code == "unavailable"
        assert time.monotonic() - begun < 1.4
        hook.delay = 0
        assert run.start(NAME).status == 201
    assert run.start(NAME).code == "unavailable"  # nobody listens any more
    assert run.start("classic/CartPole").status == 201


def test_without_keys_a_folder_starts_and_what_is_published_too(serve):
    server = serve(*reviewing.UNCHECKED)
    assert server.client.get("/v1/policy").json["rules"] == [{"namespace": ["*"], "allow": True}]
    answer = bundles.publish(server.client, bundles.counter("shop/Counter", "1.0.0"))
    assert answer.json["state"] == "unreviewed"
    server.client.create(NAME)
    server.client.create("classic/CartPole")
    assert server.client.post("/v1/environments/shop%2FCounter@1.0.0/submit").json["state"] == "approved"
