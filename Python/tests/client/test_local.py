"""The private server: who starts it, who shares it, and what is left when it ends."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from premises import ROOT

from corral import _program, errors, local


def run(program, binary, **variables):
    """Runs a program in a Python of its own; returns its output."""
    environment = {name: value for name, value in os.environ.items() if name != "CORRAL_URL"}
    environment.update(CORRAL_BIN=binary, PYTHONPATH=str(ROOT / "Python"), **variables)
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def gone(pid, folder, within=20.0):
    """Whether a process and a folder end within the time."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if not Path(f"/proc/{pid}").exists() and not Path(folder).exists():
            return True
        time.sleep(0.02)
    return False


def test_a_socket_has_a_place_also_where_temporary_folders_have_long_paths(binary, tmp_path):
    long = tmp_path / ("long" * 25)
    long.mkdir()
    pid, folder = run(
        """
        from corral import local

        local.url()
        print(local._server.process.pid, local._server.folder)
        """,
        binary,
        TMPDIR=str(long),
    )
    assert folder.startswith("/tmp/") and not any(long.iterdir())
    assert gone(pid, folder)


def test_environments_of_a_process_share_one_server_that_ends_with_it(binary):
    pid, folder, shared = run(
        """
        import corral
        from corral import local
        first, second = corral.make("classic/CartPole-v1"), corral.make("classic/CartPole-v1")
        first.reset(seed=1), second.reset(seed=1)
        print(local._server.process.pid, local._server.folder, first.client is second.client)
        """,
        binary,
    )
    assert shared == "True" and gone(pid, folder)


def runs(pid):
    """Whether a process runs; one that has ended and waits for its new parent to notice does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_server_ends_when_its_process_is_killed(binary, tmp_path):
    program = """
        import os, signal
        from corral import local
        local.url()
        print(local._server.process.pid, local._server.folder, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    """
    environment = {**os.environ, "CORRAL_BIN": binary, "PYTHONPATH": str(ROOT / "Python"), "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == -signal.SIGKILL
    pid, folder = done.stdout.split()
    deadline = time.monotonic() + 20
    while runs(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not runs(pid)


def test_a_forked_child_has_a_server_of_its_own(binary):
    output = run(
        """
        import multiprocessing
        import corral
        from corral import local

        def child(queue):
            with corral.make("classic/CartPole-v1") as env:
                env.reset(seed=1)
            queue.put((local._server.process.pid, local._server.folder))

        env = corral.make("classic/CartPole-v1")
        env.reset(seed=1)
        context = multiprocessing.get_context("fork")
        queue = context.Queue()
        process = context.Process(target=child, args=(queue,))
        process.start()
        pid, folder = queue.get(timeout=60)
        process.join(60)
        env.step(0)
        print(pid, folder, local._server.process.pid, local._server.folder)
        """,
        binary,
    )
    assert output[0] != output[2] and gone(*output[:2]) and gone(*output[2:])


def test_a_server_that_was_killed_is_replaced(binary):
    first, second = run(
        """
        from corral import local
        local.url()
        print(local._server.process.pid)
        local._server.process.kill()
        local._server.process.wait()
        local.url()
        print(local._server.process.pid)
        """,
        binary,
    )
    assert first != second


def test_the_address_of_a_running_server_comes_first(server, binary):
    (url,) = run(
        """
        import corral
        with corral.make("classic/CartPole-v1") as env:
            print(env.client.url)
        from corral import local
        assert local._server is None
        """,
        binary,
        CORRAL_URL=server,
    )
    assert url == server


@pytest.fixture
def program(tmp_path, monkeypatch):
    """Puts a script in the place of the server."""

    def write(script):
        path = tmp_path / "corral"
        path.write_text("#!/bin/sh\n" + script)
        path.chmod(0o755)
        monkeypatch.setenv("CORRAL_BIN", str(path))
        return path

    return write


def test_a_server_that_does_not_start_is_explained(program):
    program("echo the stable is full >&2; exit 3")
    with pytest.raises(errors.Unavailable, match="status 3.*the stable is full"):
        local.LocalServer()


def test_a_program_that_is_none_is_explained(monkeypatch, tmp_path):
    monkeypatch.setenv("CORRAL_BIN", str(tmp_path / "nothing"))
    with pytest.raises(errors.Unavailable, match="CORRAL_BIN"):
        local.find_binary()
    monkeypatch.delenv("CORRAL_BIN")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(_program, "CHECKOUT", tmp_path)
    with pytest.raises(errors.Unavailable, match="no server"):
        local.find_binary()


def test_the_program_is_found_on_the_path(program, monkeypatch, tmp_path):
    path = program("exit 0")
    monkeypatch.delenv("CORRAL_BIN")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(_program, "CHECKOUT", tmp_path)
    assert local.find_binary() == str(path)


def test_in_a_checkout_the_program_is_the_one_that_was_built_there(monkeypatch, tmp_path):
    monkeypatch.delenv("CORRAL_BIN")
    monkeypatch.setattr(_program, "CHECKOUT", tmp_path)
    (tmp_path / "Package.swift").touch()
    for kind in ("debug", "release"):  # the release build is preferred
        built = tmp_path / ".build" / kind / "corral"
        built.parent.mkdir(parents=True)
        built.write_text("#!/bin/sh\n")
        built.chmod(0o755)
        assert local.find_binary() == str(built)
