"""What of the host a manifest may ask for: folders and the network, within what the operator permits."""

import os
import socket
import threading

import pytest

from e2e import environments, owners
from e2e.server import Server

EXPLORER = """
import os, socket
from corral.worker import Worker

class Explorer(Worker):
    def spaces(self):
        text = {"type": "Text", "min_length": 0, "max_length": 1000, "charset": None}
        return {"type": "Discrete", "n": 1}, text
    def reset(self, seed, options):
        return 0, {}
    def step(self, action):
        verb, _, place = action.partition(" ")
        try:
            result = getattr(self, verb)(place)
        except OSError as error:
            result = type(error).__name__ if error.errno is None else os.strerror(error.errno)
        return 0, None, False, False, {"result": result}
    def read(self, path):
        return open(path).read()
    def list(self, path):
        return sorted(os.listdir(path))
    def write(self, path):
        with open(path, "w") as file:
            file.write("from inside")
        return "written"
    def connect(self, port):
        with socket.create_connection(("127.0.0.1", int(port)), 5) as end:
            return end.makefile().readline()
"""
READ_ONLY = os.strerror(30)


class Machine:
    """Folders of a host, and environments that want them."""

    def __init__(self, folder, owner):
        self.owner = owner
        self.environments = folder / "environments"
        self.permitted = folder / "permitted"
        self.outside = folder / "outside"
        self.home = folder / "home"
        for place in ["permitted/data", "permitted/inbox", "permitted/closed", "outside/data", "home/data"]:
            (folder / place).mkdir(parents=True)
            (folder / place / "file").write_text(place)
        (self.permitted / "inbox").chmod(0o777)
        (self.permitted / "link-out").symlink_to(self.outside / "data")
        (self.permitted / "link-in").symlink_to(self.permitted / "data")
        owner.give(self.permitted / "closed")
        (self.permitted / "closed").chmod(0o700)

    def want(self, name, share="none", **launch):
        launch = {"worker": "worker.py:Explorer", "share": share, **launch}
        environments.write_source(self.environments, name, launch, EXPLORER)

    def serve(self, *options):
        """A server whose home is ours; `env` becomes it."""
        prefix = [*self.owner.prefix(), "env", "HOME=%s" % self.home]
        return Server("--warm", "0", *options, environments=[self.environments], prefix=prefix, owner=self.owner)


@pytest.fixture(scope="module")
def host(owner):
    with owners.place() as folder:
        machine = Machine(folder, owner)
        permitted = machine.permitted
        volumes = {
            "folder": "%s/data:/data" % permitted,
            "read-only": "%s/inbox:/data:ro" % permitted,
            "closed": "%s/closed:/data" % permitted,
            "file": "%s/data/file:/data/one" % permitted,
            "link-in": "%s/link-in:/data" % permitted,
            "home": "~/data:/data",
            "beside": "./rules:/data",
            "missing": "%s/no-such:/data" % permitted,
            "outside": "%s/data:/data" % machine.outside,
            "link-out": "%s/link-out:/data" % permitted,
            "dots": "%s/../outside/data:/data" % permitted,
        }
        for name, volume in volumes.items():
            machine.want("volume/" + name, volumes=[volume])
        for share in ["zygote", "none"]:
            machine.want("writable/" + share, share, volumes=["%s/inbox:/inbox:rw" % permitted])
            machine.want("network/" + share, share, network="host")
            machine.want("alone/" + share, share)
        rules = machine.environments / "volume/beside/rules"
        rules.mkdir()
        (rules / "file").write_text("rules")
        yield machine


@pytest.fixture(scope="module")
def permitting(host):
    """A server of an operator who permits what lies in some folders, and the network."""
    folders = [host.permitted, "~/data", host.environments]
    options = [word for folder in folders for word in ("--allow-volumes", str(folder))]
    with host.serve(*options, "--allow-host-network") as server:
        yield server


@pytest.fixture(scope="module")
def refusing(host):
    """A server with the settings that it has by itself."""
    with host.serve() as server:
        yield server


def ask(server, environment, action):
    session = server.client.create(environment)["id"]
    try:
        answer = server.client.step(session, action)
        assert answer.status == 200, answer
        return answer.json["info"]["result"]
    finally:
        server.client.delete(session)


@pytest.mark.parametrize(
    "name, path, text",
    [
        ("folder", "/data/file", "permitted/data"),
        ("read-only", "/data/file", "permitted/inbox"),
        ("file", "/data/one", "permitted/data"),
        ("link-in", "/data/file", "permitted/data"),
        ("home", "/data/file", "home/data"),
        ("beside", "/data/file", "rules"),
    ],
)
def test_a_permitted_volume_is_read_and_not_written(permitting, name, path, text):
    assert ask(permitting, "volume/" + name, "read " + path) == text
    assert ask(permitting, "volume/" + name, "write " + path) == READ_ONLY


def test_a_volume_keeps_the_rights_of_its_files(permitting):
    """A folder that only the server's user may enter is mounted, and closed to the worker, who is another one."""
    assert ask(permitting, "volume/closed", "list /data") == os.strerror(13)


@pytest.mark.parametrize("share", ["zygote", "none"])
def test_what_is_written_to_a_writable_volume_is_on_the_host(permitting, host, share):
    name = "note-" + share
    assert ask(permitting, "writable/" + share, "write /inbox/" + name) == "written"
    note = host.permitted / "inbox" / name
    assert note.read_text() == "from inside"
    assert note.stat().st_uid not in (0, os.geteuid())
    assert ask(permitting, "writable/" + share, "read /inbox/" + name) == "from inside"


def test_a_volume_that_is_missing_is_named(permitting):
    answer = permitting.client.post("/v1/sessions", {"environment": "volume/missing"})
    assert (answer.status, answer.code) == (409, "failed_precondition"), answer
    assert "no-such" in answer.json["error"]["message"]


@pytest.mark.parametrize("name", ["outside", "link-out", "dots"])
def test_a_volume_outside_of_what_is_permitted_is_refused(permitting, name):
    check_refused(permitting, "volume/" + name, "--allow-volumes")


@pytest.mark.parametrize("name", ["volume/folder", "volume/home", "volume/beside", "writable/zygote", "writable/none"])
def test_without_permission_no_volume_is_mounted(refusing, name):
    check_refused(refusing, name, "--allow-volumes")


def check_refused(server, environment, option):
    for path, more in [("/v1/sessions", {}), ("/v1/sessions/batch", {"count": 2})]:
        answer = server.client.post(path, {"environment": environment, **more})
        assert (answer.status, answer.code) == (403, "permission_denied"), answer
        assert option in answer.json["error"]["next"]
    assert server.client.get("/v1/health").json["sessions"] == 0


@pytest.fixture
def listener():
    """The port of a server on the host's loopback, which greets whoever connects."""

    def greet():
        try:
            while True:
                connection, _ = listening.accept()
                with connection:
                    connection.sendall(b"hello\n")
        except OSError:
            pass

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=greet)
        thread.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.mark.parametrize("share", ["zygote", "none"])
def test_the_hosts_network_is_reached_where_manifest_and_operator_say_so_and_nowhere_else(
    permitting, refusing, listener, share
):
    assert ask(permitting, "network/" + share, "connect %d" % listener) == "hello\n"
    assert ask(permitting, "alone/" + share, "connect %d" % listener) != "hello\n"
    check_refused(refusing, "network/" + share, "--allow-host-network")
