"""The `docker` backend with Podman's compatible socket: sessions live in its containers, and none is left."""

import json
import os
import shutil
import subprocess

import pytest

from e2e import environments, owners
from e2e.server import ROOT, Server
from e2e.test_containers import INSTANCES, WORKER

ENGINE = ROOT / "scripts/podman"
FOLDER = ROOT / ".cache/podman-e2e"
IMAGE = "corral-base:bookworm"


def run(command, address=None):
    variables = {**os.environ, **({"DOCKER_HOST": address} if address else {})}
    done = subprocess.run(command, env=variables, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def podman():
    missing = [program for program in ("podman", "docker", "mmdebstrap") if shutil.which(program) is None]
    if os.geteuid() != 0 or missing:
        pytest.skip("Podman's service needs root and podman, docker.io, mmdebstrap; missing: %s" % ", ".join(missing))
    address = run([ENGINE, "start", FOLDER]).strip()
    Server.running.add(int((FOLDER / "pid").read_text()))
    try:
        run([ROOT / "scripts/base-image"], address)
        yield address
        assert containers(address) == []
    finally:
        run([ENGINE, "stop", FOLDER])


def containers(address):
    return run(["docker", "ps", "--all", "--quiet"], address).split()


class Owner(owners.Tester):
    name = "podman"
    has_own_system = True

    def launch(self, launch):
        return {"docker": {**launch, "image": IMAGE, "pull": "never"}}


def test_sessions_of_both_kinds_live_in_containers_of_podman(podman, serve):
    with owners.place() as folder:
        launch = {"command": ["python3", "/opt/corral/environment/worker.py"], "protocol": 1}
        environments.write_source(folder, "plain/one", launch, WORKER, owner=Owner(), instances=INSTANCES)
        environments.write_hostile(folder, Owner())
        server = serve("--warm", "0", "--docker-host", podman, "--backend", "docker", environments=[folder])
        assert server.client.get("/v1/capabilities").json["engine"]["available"] is True
        alone = server.client.create("plain/one", instance="cut")
        assert alone["observation"] == "\u00e4\u20ac\U0001f600 cut"
        assert server.client.step(alone["id"], "look").json["reward"] == 1
        shared = [server.client.create("hostile/shared")["id"] for _ in range(4)]
        assert len(containers(podman)) == 2
        described = json.loads(run(["docker", "inspect", containers(podman)[0]], podman))[0]["HostConfig"]
        assert described["ReadonlyRootfs"] and described["NetworkMode"] == "none" and not described["Privileged"]
        died = server.client.post("/v1/sessions", {"environment": "plain/one", "instance": "die"})
        assert died.status == 410, died
        for session in [alone["id"], *shared]:
            assert server.client.delete(session).status == 200


def test_the_next_start_removes_the_containers_of_a_killed_server_from_podman(podman, serve):
    with owners.place() as folder:
        environments.write_hostile(folder, Owner())
        options = ("--warm", "0", "--docker-host", podman, "--backend", "docker")
        killed = Server(*options, environments=[folder])
        killed.client.create("hostile/shared")
        assert len(containers(podman)) == 1
        killed.kill()
        following = serve(*options, environments=[folder], data=killed.data)
        assert containers(podman) == []
        assert killed.id not in following.ledgers()
