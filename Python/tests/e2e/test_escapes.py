"""What a worker cannot reach: files, settings, sockets, processes and folders that are not its own."""

import os
import socket

import pytest

from e2e import environments, owners
from e2e.bystander import Bystander
from e2e.server import Server


@pytest.fixture(scope="module")
def server(fenced_owner):
    owner = fenced_owner
    with owners.place() as folder:
        environments.write_hostile(folder, owner)
        with Server(*owner.options, environments=[folder], prefix=owner.prefix(), owner=owner) as server:
            yield server


@pytest.fixture(params=["shared", "own"])
def attacker(request, server):
    server.skip_unless_shared(request.param)
    with Bystander(server.client):
        session = server.client.create("hostile/" + request.param)["id"]
        yield session
        server.client.delete(session)


def found(server, session, *words):
    answer = server.client.step(session, " ".join(words))
    assert answer.status == 200, answer
    return answer.json["info"]["result"]


def test_files_of_the_host_cannot_be_read(server, attacker, place, fenced_owner):
    secret = place / "secret"
    secret.write_text("secret")
    secret.chmod(0o644)
    paths = ["/etc/shadow", "/root", "/dev/mem", "/dev/kmsg"]
    if not fenced_owner.has_own_system:
        paths += ["/home", "/boot", "/var/lib", "/var/log", "/sys/kernel"]
    paths += [str(secret), str(server.data), server.log_path, "/proc/1/environ", "/proc/1/root", "/proc/1/cwd"]
    assert found(server, attacker, "read_files", ":".join(paths)) == []


def test_settings_of_the_kernel_cannot_be_written(server, attacker):
    assert found(server, attacker, "write_settings") == []


def test_the_system_and_the_environment_itself_cannot_be_written(server, attacker):
    assert found(server, attacker, "write_files") == []


def test_nothing_outside_can_be_connected_to(server, attacker, place):
    with socket.socket(socket.AF_UNIX) as abstract, socket.socket(socket.AF_UNIX) as named, socket.socket() as tcp:
        abstract.bind("\0corral-e2e-%d" % os.getpid())
        named.bind(str(place / "named"))
        tcp.bind(("0.0.0.0", 0))
        for listener in (abstract, named, tcp):
            listener.listen()
        addresses = [
            "@corral-e2e-%d" % os.getpid(),
            str(place / "named"),
            "/var/run/docker.sock",
            "/run/docker.sock",
        ]
        addresses += [server.client.address, "127.0.0.1:%d" % tcp.getsockname()[1], "[::1]:22", "192.0.2.1:80"]
        addresses += ["@/tmp/.X11-unix/X0", "/run/dbus/system_bus_socket"]
        assert found(server, attacker, "connect", " ".join(addresses).replace("[::1]", "::1")) == []


def test_other_processes_cannot_be_read_written_traced_or_signalled(server, attacker, fenced_owner):
    # Pid 1 of a container has its user; the kernel lets a session ask for it, and gives it no signal of a session.
    harmless = {"signal 1"} if fenced_owner.has_own_system else set()
    assert set(found(server, attacker, "other_processes")) <= harmless
    assert server.client.step(attacker, "count").status == 200


def test_scratch_folders_of_other_sessions_are_closed(server, attacker):
    sibling = server.client.create("hostile/shared")["id"]
    assert found(server, sibling, "leave_secret hello").startswith(("/scratch/s", "/tmp"))
    assert found(server, attacker, "other_scratch") == []
    server.client.delete(sibling)


def test_namespaces_and_mounts_cannot_be_made(server, attacker):
    assert found(server, attacker, "make_namespaces") == []


def test_sessions_of_one_environment_share_no_place(server, attacker, fenced_owner):
    # An image's /run can be read, and nothing can be left there: the root is read-only.
    harmless = {"list /run"} if fenced_owner.has_own_system else set()
    assert set(found(server, attacker, "shared_places")) <= harmless
