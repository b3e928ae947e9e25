"""The server as an ordinary user: with delegated cgroups and ids, or ending in the documented refusal."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path

import pytest

from e2e import environments, machine
from e2e.bystander import Bystander
from e2e.marks import needs, root
from e2e.outer import MEMORY, PROCESSES, OuterFence
from e2e.server import BINARY, ROOT, Server

pytestmark = [root, needs("useradd", "userdel", "setpriv", "newuidmap")]
DELEGATE = str(ROOT / "scripts/delegate")
SUBORDINATE = [Path("/etc/subuid"), Path("/etc/subgid")]


@pytest.fixture(scope="module")
def user():
    """A user made for these tests, without subordinate ids."""
    name = "corral-e2e-%d" % os.getpid()
    subprocess.run(["useradd", "--system", "--no-create-home", "--shell", "/bin/sh", name], check=True)
    try:
        as_user = ["setpriv", "--reuid=" + name, "--regid=nogroup", "--clear-groups"]
        for path in [BINARY, str(ROOT / ".venv/bin/python"), str(ROOT / "Python/corral/worker/base.py")]:
            if subprocess.run([*as_user, "test", "-r", path]).returncode != 0:
                pytest.skip("other users cannot read %s" % path)
        yield name
    finally:
        subprocess.run([DELEGATE, "--remove", name], check=True)
        subprocess.run(["userdel", name], check=True, capture_output=True)
        for file in SUBORDINATE:
            lines = file.read_text().splitlines(keepends=True)
            file.write_text("".join(line for line in lines if not line.startswith(name + ":")))


@pytest.fixture
def data(user, tmp_path):
    tmp_path.chmod(0o755)
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.chown(folder, user)
    for parent in tmp_path.parents:
        if not parent.stat().st_mode & 0o001:
            parent.chmod(0o755)
    return folder


@pytest.fixture
def hostile(tmp_path):
    launch = {"worker": "worker.py:Hostile", "share": "none"}
    resources = {"memory": "128MiB", "pids": 24, "step_time": "3s"}
    sources = (environments.HERE / "hostile").glob("*.py")
    return environments.write(tmp_path / "environments", "hostile/own", launch, sources, resources=resources)


def prefix(user):
    return ["setpriv", "--reuid=" + user, "--regid=" + str(pwd.getpwnam(user).pw_gid), "--clear-groups"]


def check_unavailable(client, *words):
    answer = client.post("/v1/sessions", {"environment": "CartPole-v1"})
    assert (answer.status, answer.code) == (503, "sandbox_unavailable"), answer
    assert "Retry-After" in answer.headers
    error = answer.json["error"]
    for word in words:
        assert word in error["message"] + error["next"], error


def test_without_ids_and_cgroups_sessions_are_refused_with_what_to_do(user, data):
    with Server(data=data, prefix=prefix(user)) as server:
        assert server.client.get("/v1/health").status == 200
        check_unavailable(server.client)
        capabilities = server.client.get("/v1/capabilities").json
        assert any(not check["fine"] for check in capabilities["checks"])
        server.client.close()


def test_with_ids_but_without_cgroups_limits_would_be_soft_and_sessions_are_refused(user, data):
    subprocess.run([DELEGATE, user], check=True)
    subprocess.run([DELEGATE, "--remove", user], check=True)
    with Server(data=data, prefix=prefix(user)) as server:
        check_unavailable(server.client, "soft", "--allow-soft-limits")
        server.client.close()
    with Server("--allow-soft-limits", data=data, prefix=prefix(user)) as server:
        session = server.client.create("CartPole-v1")
        assert "soft" in session["isolation"] or "hard" not in session["isolation"]
        assert server.client.step(session["id"], 0).status == 200
        server.client.close()


def test_delegation_can_be_repeated_and_taken_back(user):
    for _ in range(2):
        subprocess.run([DELEGATE, user], check=True)
    for file in SUBORDINATE:
        assert file.read_text().count(user + ":") == 1
    subprocess.run([DELEGATE, "--remove", user], check=True)
    assert delegated(user) == []


def test_with_ids_and_cgroups_limits_are_hard(user, data, hostile):
    fence = Fence(user)
    with Server("--warm", "0", data=data, environments=[hostile], prefix=[DELEGATE, user]) as server:
        client = server.client
        with Bystander(client, "hostile/own"):
            assert fence.holds(server)
            isolation = client.read(client.create("hostile/own")["id"])["isolation"]
            assert "hard" in isolation and "seccomp" in isolation
            for process in server.processes():
                assert os.stat("/proc/%d" % process).st_uid != 0
            before = server.processes()
            for attack, reason in [("memory", "out_of_memory"), ("forks", "timeout"), ("forks_until_refused", "pids")]:
                session = client.create("hostile/own")["id"]
                assert client.step(session, attack).status in (410, 504)
                assert client.read(session)["reason"] == reason
            session = client.create("hostile/own")["id"]
            for escape in ["other_processes", "write_settings", "make_namespaces", "write_files"]:
                assert client.step(session, escape).json["info"]["result"] == [], escape
            assert client.step(session, "read_files /etc/shadow:/root:/home:%s" % data).json["info"]["result"] == []
            client.delete(session)
            assert machine.until(lambda: server.processes() == before)
        client.close()


def test_a_killed_server_of_an_ordinary_user_leaves_nothing_after_the_next_start(user, data):
    Fence(user)
    first = Server(data=data, prefix=[DELEGATE, user])
    answer = first.client.post("/v1/sessions/batch", {"environment": "CartPole-v1", "count": 5})
    assert answer.status == 201, answer
    first.kill()
    with Server(data=data, prefix=[DELEGATE, user]):
        first.check_nothing_left(2)


def delegated(user):
    name = "corral." + user
    return [os.path.join(folder, name) for folder, folders, _ in os.walk(machine.CGROUPS) if name in folders]


class Fence:
    """Limits on the cgroups that were delegated to a user: an outer fence for the bombs of these tests."""

    def __init__(self, user):
        subprocess.run([DELEGATE, user], check=True)
        limits = {"pids.max": PROCESSES, "memory.limit_in_bytes": MEMORY, "memory.max": MEMORY}
        self._limited = {}
        for folder in delegated(user):
            for file, limit in limits.items():
                path = Path(folder, file)
                if path.exists():
                    path.write_text(str(limit))
                    assert int(path.read_text()) == limit
                    self._limited[file.split(".")[0]] = Path(folder)
        if set(self._limited) != {"pids", "memory"}:
            pytest.skip("no outer cgroup for bombs can be made here")

    def holds(self, server):
        fence = OuterFence({role if "pids" in machine.memberships(1) else "": path for role, path in self._limited.items()})
        return all(fence.holds(process) for process in [server.process.pid, *server.processes()])
