"""The server as an ordinary user: what `scripts/delegate` gives him, and the documented refusals without it.

The adversarial list with such a server stands where that of root stands (`owner`).
"""

import os
import subprocess

import pytest

from e2e import machine, owners
from e2e.outer import OuterFence
from e2e.owners import DELEGATE, SUBORDINATE
from e2e.server import ROOT, Server


@pytest.fixture(scope="module")
def user():
    """Without subordinate ids to begin with."""
    with owners.new_user("plain") as name:
        yield name


@pytest.fixture
def plain_server(user):
    """Starts servers of the user without any delegation."""
    owner = owners.OrdinaryUser(user, delegated=False)
    started = []

    def start(*options):
        started.append(Server(*options, prefix=owner.prefix(), owner=owner))
        return started[-1]

    yield start
    for server in started:
        server.__exit__(None)


def check_unavailable(client, *words):
    answer = client.post("/v1/sessions", {"environment": "CartPole-v1"})
    assert (answer.status, answer.code) == (503, "sandbox_unavailable"), answer
    assert "Retry-After" in answer.headers
    error = answer.json["error"]
    for word in words:
        assert word in error["message"] + error["next"], error


def test_without_ids_and_cgroups_sessions_are_refused_with_what_to_do(plain_server):
    client = plain_server().client
    assert client.get("/v1/health").status == 200
    check_unavailable(client)
    capabilities = client.get("/v1/capabilities").json
    assert any(not check["fine"] for check in capabilities["checks"])


def test_with_ids_but_without_cgroups_limits_would_be_soft_and_sessions_are_refused(user, plain_server):
    subprocess.run([DELEGATE, user], check=True)
    subprocess.run([DELEGATE, "--remove", user], check=True)
    check_unavailable(plain_server().client, "soft", "--allow-soft-limits")
    client = plain_server("--allow-soft-limits").client
    session = client.create("CartPole-v1")
    assert "soft" in session["isolation"] or "hard" not in session["isolation"]
    assert client.step(session["id"], 0).status == 200


def test_bootstrap_delegates_as_often_as_it_is_asked_and_it_can_be_taken_back(user):
    bootstrap = [str(ROOT / "scripts/bootstrap"), "--no-apt", "--delegate", user]
    for _ in range(2):
        told = subprocess.run(bootstrap, check=True, capture_output=True, text=True).stdout
        assert "scripts/delegate %s corral serve" % user in told
    for file in SUBORDINATE:
        assert file.read_text().count(user + ":") == 1
    folders = OuterFence.delegated(user)
    assert folders and all(folder.owner() == user for folder in folders.values())
    subprocess.run([DELEGATE, "--remove", user], check=True)
    assert OuterFence.delegated(user) == {}


def test_bootstrap_delegates_for_root_only(user):
    asked = [*owners.as_user(user), str(ROOT / "scripts/bootstrap"), "--no-apt", "--delegate", user]
    refused = subprocess.run(asked, capture_output=True, text=True)
    assert refused.returncode == 1
    assert "sudo scripts/bootstrap --delegate " + user in refused.stderr


def test_with_ids_and_cgroups_limits_are_hard_and_nothing_runs_as_root(ordinary_user):
    with Server(prefix=ordinary_user.prefix(), owner=ordinary_user) as server:
        isolation = server.client.create("CartPole-v1")["isolation"]
        assert "hard" in isolation and "seccomp" in isolation
        processes = [server.process.pid, *server.processes()]
        assert len(processes) > 1
        for process in processes:
            assert os.stat("/proc/%d" % process).st_uid != 0, machine.describe(process)
        server.client.close()


def test_two_servers_of_one_user_have_different_ids(ordinary_user):
    ids = []
    with Server(prefix=ordinary_user.prefix(), owner=ordinary_user) as one:
        with Server(prefix=ordinary_user.prefix(), owner=ordinary_user) as two:
            for server in (one, two):
                server.client.create("CartPole-v1")
                ids.append({os.stat("/proc/%d" % process).st_uid for process in server.processes()})
                server.client.close()
    assert all(len(each) >= 2 for each in ids)
    assert ids[0].isdisjoint(ids[1])
