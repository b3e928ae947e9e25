"""What is published is checked by itself, and a card tells what came of it."""

import json
import subprocess

import pytest

from e2e import bundles, machine
from e2e.server import BINARY

BUDGET = 1  # seconds
WORKER = bundles.WORKER.replace(
    "        self.count +=", "        assert action in (0, 1) and self.count < 10\n        self.count +="
)
FASTER = """

_step = Counter.step
Counter.step = lambda self, action: (lambda got: (got[0], 2 * got[1], *got[2:]))(_step(self, action))
"""


def corral(*words):
    done = subprocess.run([BINARY, *map(str, words)], capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout, done.stderr


def counter(version, more="", extra=""):
    manifest = (bundles.MANIFEST % ("shop/Counter", version)).replace("[0, 1]", "[0, 2]") + more
    return bundles.pack({"environment.yaml": manifest, "worker.py": WORKER + extra})


def done(client, version):
    path = "/v1/environments/shop/Counter@%s/checks" % version
    assert machine.until(lambda: client.get(path).json.get("state") == "done", 90), client.get(path).json
    return client.get(path).json


def found(job):
    return {finding["code"]: finding for finding in job["report"]["findings"]}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("catalog")
    folder.chmod(0o755)
    return folder / "data"


def test_publishing_begins_a_check_whose_signed_report_makes_the_card(serve, data):
    server = serve("--check-budget", "4s", data=data)
    client = server.client
    published = bundles.publish(client, counter("1.0.0"))
    assert published.status == 201
    check = published.json["check"]
    assert check["state"] in ("waiting", "running") and check["digest"] == published.json["digest"]
    assert client.get(check["path"]).status == 200
    job = done(client, "1.0.0")
    assert job["verdict"] == job["report"]["verdict"] == "passed", job["report"]["findings"]
    assert job["attestation"]["payloadType"] == "application/vnd.in-toto+json"
    again = bundles.publish(client, counter("1.0.0"))
    assert again.status == 200 and again.json["check"]["verdict"] == "passed"  # not checked twice
    assert client.get("/v1/environments?checks=admission:passed").json["environments"][0]["name"] == "shop/Counter"

    session = client.create("shop/Counter")
    for _ in range(10):
        client.step(session["id"], 1)
    client.delete(session["id"])

    def used():
        card = client.get("/v1/environments/shop/Counter@1.0.0").json
        return card["usage"].get("version", {}).get("steps") == 10 and card

    card = machine.until(used, 10)
    assert card["usage"]["environment"]["sessions"] == 1 and card["usage"]["version"]["mean_return"] == 10
    assert card["admission"]["verdict"] == "passed"
    measured = card["admission"]["measured"]
    assert measured["deterministic"] is True and measured["steps_per_second"] > 0
    baseline = measured["baseline"]
    assert {"random", "nothing", "first", "last"} <= set(baseline)
    assert baseline["last"]["mean_return"] == 10 and baseline["first"]["most"] == 0
    status, shown, _ = corral("env", "show", "shop/Counter", "--url", "http://" + client.address)
    assert status == 0 and "last: 10" in shown and "steps/s in the worker" in shown and "1 sessions" in shown


def test_a_patch_that_pays_otherwise_is_rejected_and_waits_over_a_restart(serve, data):
    server = serve("--no-check-published", data=data)
    assert "check" not in bundles.publish(server.client, counter("1.0.1", extra=FASTER)).json
    declared = "behaviour_change: every step pays twice as much\n"
    bundles.publish(server.client, counter("1.0.2", declared))
    assert server.client.get("/v1/environments/shop/Counter@1.0.1/checks").code == "not_found"
    server.stop()
    server = serve("--check-budget", "%ds" % BUDGET, "--check-jobs", "2", data=data)
    changed = done(server.client, "1.0.1")
    assert changed["verdict"] == "rejected" and "behaviour_changed" in found(changed), changed["report"]
    finding = found(changed)["behaviour_changed"]
    assert finding["severity"] == "error" and "2.0.0" in finding["evidence"] and "/reward" in finding["evidence"]
    assert changed["report"]["measured"]["behaviour"]["previous"] == "shop/Counter@1.0.0"
    noted = done(server.client, "1.0.2")
    assert noted["verdict"] == "passed", noted["report"]["findings"]
    assert found(noted)["behaviour_changed"]["severity"] == "note"
    # A server that is stopped while it checks leaves nothing behind; the fixture looks.
    assert bundles.publish(server.client, counter("1.1.0")).json["check"]["state"] in ("waiting", "running")
    server.stop()


def test_the_command_checks_versions_of_the_catalog(serve, data):
    options = ["--data", data, "--budget", BUDGET, "--json"]
    status, text, errors = corral("check", "shop/Counter@1.0.0", *options)
    assert status == 0, errors
    assert json.loads(text)["reports"][0]["environment"] == "shop/Counter@1.0.0"
    status, text, errors = corral("check", "shop/Counter@1.0.1", *options)
    assert status == 1, errors
    assert "behaviour_changed" in text
    assert corral("check", "shop/Nothing", *options)[0] == 3
    server = serve("--no-check-published", data=data)
    url = "http://" + server.client.address
    status, text, errors = corral("check", "shop/Counter@1.0.0", "--url", url, "--budget", 1)
    assert status == 0 and "shop/Counter@1.0.0  passed" in text, errors
    kept = server.client.get("/v1/environments/shop/Counter@1.0.0").json["attestations"]
    assert [record["kind"] for record in kept] == ["admission", "admission"]


def test_a_trajectory_of_the_release_before_shows_what_seeds_do_not(serve, tmp_path):
    # Only an instance that no seed of a check plays behaves otherwise.
    hidden = (
        "\n\ndef _reset(self, seed, options):\n    self.count = options.get('from', 0)\n    return self.count, {}\n"
    )
    worse = hidden.replace("return self.count", "return self.count + (self.count == 5)")
    tail = "\n\nCounter.reset = _reset\n"
    server = serve("--check-budget", "%ds" % BUDGET, "--no-check-published", "--record", "full")
    client = server.client
    bundles.publish(client, counter("1.0.0", extra=hidden + tail))
    session = client.post("/v1/sessions", {"environment": "shop/Counter", "options": {"from": 5}}).json
    client.step(session["id"], 1)
    client.delete(session["id"])
    bundles.publish(client, counter("1.0.1", extra=worse + tail))
    client.post("/v1/environments/shop/Counter@1.0.1/checks", {"budget_seconds": BUDGET})
    finding = found(done(client, "1.0.1"))["behaviour_changed"]
    assert session["id"] in finding["evidence"] and "/observation was 5, is 6" in finding["evidence"]
