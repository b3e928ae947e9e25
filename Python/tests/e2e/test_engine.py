"""What becomes of sessions when a container engine is out of reach, full or killed, and images of a registry.

The engine is the tests' own, on a small disk in memory; its images hold one static program each.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import tarfile
import tempfile
import threading
import urllib.request
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from e2e import bundles, environments, machine, owners
from e2e.containers import LABEL
from e2e.server import ROOT, Server

HERE = Path(__file__).parent
PROGRAMS = ("dockerd", "docker", "docker-registry", "cc", "mount")
DISK = 48 << 20


class SmallEngine:
    """Docker Engine whose whole disk has `DISK` bytes."""

    def __init__(self, folder):
        self.folder = folder
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=%d,mode=755" % DISK, "corral-e2e", folder], check=True)
        self.start()

    def start(self):
        self.address = run([ROOT / "scripts/engine", "start", self.folder]).strip()
        Server.running.add(self.process)

    @property
    def process(self):
        return int((Path(self.folder) / "pid").read_text())

    def docker(self, *arguments):
        return run(["docker", *arguments], {"DOCKER_HOST": self.address})

    def containers(self, server):
        return self.docker("ps", "--all", "--quiet", "--filter", "label=%s=%s" % (LABEL, server)).split()

    def image(self, tag, name):
        """Makes an image of a worker that answers with `name`."""
        with tempfile.TemporaryDirectory() as folder:
            program, archive = folder + "/worker", folder + "/image.tar"
            source = str(HERE / "tiny/worker.c")
            run(["cc", "-O1", "-s", "-static", '-DNAME="%s"' % name, "-o", program, source])
            with tarfile.open(archive, "w") as tar:
                tar.add(program, "worker")
            self.docker("import", archive, tag)

    def remove(self):
        run([ROOT / "scripts/engine", "stop", self.folder])
        below = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
        for place in sorted((each for each in below if each.startswith(self.folder)), reverse=True):
            subprocess.run(["umount", "--lazy", place], check=True)

    def kill(self):
        """Ends the engine at once, with the part of it that runs containers; what these run goes on."""
        for file in ("pid", "exec/containerd/containerd.pid"):
            process = int((Path(self.folder) / file).read_text())
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)  # its parent was the script that started it


def run(command, variables=None):
    done = subprocess.run(command, env={**os.environ, **(variables or {})}, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def small():
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if os.geteuid() != 0 or missing:
        pytest.skip("an engine of its own needs root and docker.io, docker-registry, gcc; missing: %s" % missing)
    with tempfile.TemporaryDirectory(prefix="ce-", dir="/tmp") as folder:
        os.chmod(folder, 0o755)
        place = folder + "/e"
        os.mkdir(place)
        engine = SmallEngine(place)
        try:
            engine.image("tiny:one", "one")
            yield engine
        finally:
            engine.remove()


@pytest.fixture
def folders():
    with ExitStack() as places:
        yield lambda: places.enter_context(owners.place())


@pytest.fixture
def start(small, folders, serve):
    def start(image="tiny:one", pull="never", *options):
        folder = folders()
        environments.write(folder, "tiny/one", {}, instances={"list": ["a"]}, owner=Image(image, pull))
        options = ["--warm", "0", "--backend", "docker", "--docker-host", small.address, *options]
        return serve(*options, environments=[folder])

    return start


class Image(owners.Tester):
    def __init__(self, image, pull):
        self.image, self.pull = image, pull

    def launch(self, launch):
        return {"docker": {"command": ["/worker"], "protocol": 1, "image": self.image, "pull": self.pull}}


@contextmanager
def registry(folder):
    """Debian's own registry on a free port; yields its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (folder / "registry.yml").write_text(
        "version: 0.1\nstorage: {filesystem: {rootdirectory: %s/images}}\nhttp: {addr: 127.0.0.1:%d}\n" % (folder, port)
    )
    log = open(folder / "registry.log", "wb")
    process = subprocess.Popen(["docker-registry", "serve", str(folder / "registry.yml")], stdout=log, stderr=log)
    try:
        assert machine.until(lambda: answers("http://127.0.0.1:%d/v2/" % port), 20)
        yield "127.0.0.1:%d" % port
    finally:
        process.kill()
        process.wait()
        log.close()


def answers(url):
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


def refused(server):
    answer = server.client.post("/v1/sessions", {"environment": "tiny/one"})
    return answer.status, answer.json["error"]["details"].get("reason")


def test_always_asks_the_registry_at_every_start_and_missing_only_once(small, start, tmp_path):
    with registry(tmp_path) as address:
        name = address + "/tiny:latest"
        always, missing = start(name, "always"), start(name, "missing")
        assert refused(always) == (409, "image_missing")
        small.image(name, "first")
        small.docker("push", name)
        small.docker("rmi", name)
        sessions = {server: [server.client.create("tiny/one")] for server in (always, missing)}
        small.image(name, "second")
        small.docker("push", name)
        # The engine has what it had: only the registry's is another one.
        small.docker("rmi", "--force", name)
        small.image(name, "first")
        for server, made in sessions.items():
            made.append(server.client.create("tiny/one"))
        assert [made["observation"] for made in sessions[always]] == ["first", "second"]
        assert sessions[missing][0]["observation"] == "first"
        # What runs goes on with the image that it was started from.
        assert always.client.step(sessions[always][0]["id"], "go").json["observation"] == "first"
        for server, made in sessions.items():
            for session in made:
                server.client.delete(session["id"])
    assert refused(always) == (409, "image_missing")


def test_a_published_version_runs_in_the_image_of_its_digest_and_in_no_other(small, serve, tmp_path):
    options = ["--warm", "0", "--backend", "docker", "--docker-host", small.address, "--no-check-published"]
    server = serve(*options)

    def publish(version, image):
        launch = {"docker": {"command": ["/worker"], "protocol": 1, "image": image, "pull": "missing"}}
        manifest = {"manifest": 1, "name": "tiny/one", "version": version, "launch": launch}
        archive = bundles.pack({"environment.yaml": json.dumps({**manifest, "instances": {"list": ["a"]}})})
        return bundles.publish(server.client, archive)

    def observed(version):
        session = server.client.create("tiny/one@" + version)
        server.client.delete(session["id"])
        return session["observation"]

    with registry(tmp_path) as address:
        name = address + "/tiny:latest"
        assert "by a tag" in publish("1.0.0", name).json["error"]["message"]
        pushed = {}
        for number, text in (("1.0.0", "first"), ("2.0.0", "second")):
            small.image(name, text)
            small.docker("push", name)
            [pushed[number]] = json.loads(small.docker("image", "inspect", "--format", "{{json .RepoDigests}}", name))
            assert publish(number, pushed[number]).status == 201
            small.docker("rmi", "--force", name, pushed[number])
        # The tag stands for the second one now; each version has its own, fetched by its digest.
        assert (observed("1.0.0"), observed("2.0.0")) == ("first", "second")
        server.client.post("/v1/environments/tiny/one@2.0.0/checks", {"budget_seconds": 2})
        job = machine.until(lambda: done(server, "2.0.0"), 90)
        assert job["report"]["measured"]["baseline"]["random"]["mean_return"] > 0, job
        small.docker("rmi", "--force", *pushed.values())
    # Neither the engine nor a registry has it, and the other one is not taken for it.
    small.image(address + "/tiny:latest", "third")
    refusal = server.client.post("/v1/sessions", {"environment": "tiny/one@1.0.0"})
    assert refusal.json["error"]["details"]["reason"] == "image_missing"
    local = small.docker("image", "inspect", "--format", "{{.Id}}", address + "/tiny:latest").strip()
    assert publish("3.0.0", local).status == 201 and observed("3.0.0") == "third"


def done(server, version):
    job = server.client.get("/v1/environments/tiny/one@%s/checks" % version).json
    return job.get("state") == "done" and job


def test_a_user_who_may_not_use_the_engine_is_told_so(small):
    with owners.new_user("docker") as name:
        user = owners.OrdinaryUser(name, delegated=False)
        with owners.place() as folder:
            environments.write(folder, "tiny/one", {}, instances={"list": ["a"]}, owner=Image("tiny:one", "never"))
            options = ["--warm", "0", "--backend", "docker", "--docker-host", small.address]
            server = Server(*options, environments=[folder], prefix=user.prefix(), owner=user, wait=False)
            assert server.process.wait(60) == 6
            assert "the server's user may not use the container engine at " + small.address in server.log()
            assert "member of the socket's group" in server.log()
            server.kill()


def test_a_full_disk_of_the_engine_is_told_and_no_place_is_lost(small, start):
    server = start("tiny:one", "never", "--max-sessions", "2")
    filler = Path(small.folder) / "filler"
    with open(filler, "wb", buffering=0) as file:
        with pytest.raises(OSError):
            while True:
                file.write(bytes(1 << 16))
        with pytest.raises(OSError):
            while True:
                file.write(bytes(1))
    try:
        for _ in range(4):
            assert refused(server) == (429, "disk_full")
    finally:
        filler.unlink()
    made = [server.client.create("tiny/one")["id"] for _ in range(2)]
    for session in made:
        server.client.delete(session)
    # The engine removes an empty container after the answer.
    assert machine.until(lambda: small.containers(server.id) == [], 30)


def test_an_engine_that_is_killed_under_load_ends_its_sessions_with_a_reason_and_the_server_goes_on(small, start):
    server = start("tiny:one", "never", "--max-sessions", "4")
    sessions = [server.client.create("tiny/one")["id"] for _ in range(3)]
    steps = dict.fromkeys(sessions, 0)
    stopping = threading.Event()

    def load(session):
        while not stopping.is_set() and server.client.step(session, "go").status == 200:
            steps[session] += 1

    threads = [threading.Thread(target=load, args=[session]) for session in sessions]
    for thread in threads:
        thread.start()
    try:
        assert machine.until(lambda: min(steps.values()) > 20)
        small.kill()
        assert machine.until(lambda: refused(server)[1] in ("engine_missing", "engine_stopped"))
    finally:
        small.start()
    # A new engine ends what the killed one left.
    for session in sessions:
        assert machine.until(lambda: server.client.read(session)["state"] == "failed", 30), server.client.read(session)
    stopping.set()
    for thread in threads:
        thread.join()
    assert {server.client.read(session)["reason"] for session in sessions} <= {"sandbox", "worker_exited"}
    assert server.client.get("/v1/health").json["sessions"] == 0
    again = [server.client.create("tiny/one")["id"] for _ in range(3)]
    for session in again:
        assert server.client.delete(session).status == 200
    assert machine.until(lambda: small.containers(server.id) == [], 30)
