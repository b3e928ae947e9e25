"""The endpoint of hooks, called over its Unix socket as the server calls it."""

import asyncio
import http.client
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from corral.dockergym import Hooks, Refusal, ServerConfig, create_app
from corral.dockergym.endpoint import Endpoint

ROOT = Path(__file__).resolve().parents[3]


class Connection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=20)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def called(path, call, body):
    connection = Connection(path)
    connection.request("POST", call, json.dumps(body), {"Content-Type": "application/json"})
    answer = connection.getresponse()
    return answer.status, json.loads(answer.read())


def creation(instance=None, **params):
    return {
        "environment": "docker", "instance": instance, "params": params, "labels": {},
        "caller": {"id": "local", "tenant": "local"},
    }  # fmt: skip


def play(folder, hooks, script):
    """Runs `script(path)` in a thread while the hooks of an app are served; returns what it returns, and the app."""
    app = create_app(ServerConfig(docker_image="image", worker_command=["python"]), hooks)

    async def serve():
        endpoint = Endpoint(app)
        path = str(folder / "hooks")
        await endpoint.start(path)
        try:
            return await asyncio.to_thread(script, path)
        finally:
            await endpoint.stop()

    return asyncio.run(serve()), app


class Written(Hooks):
    """As a package of DockerGym writes them."""

    def __init__(self):
        self.calls = []

    async def on_startup(self, app):
        app.config.env_files = ["a", "b"]
        app.state.games = 2
        self.calls.append("startup")

    async def on_shutdown(self, app):
        self.calls.append(("shutdown", app.state.games))

    async def on_create_session(self, env_id, params):
        level = params.pop("level", 1)
        return {"env_id": env_id or "a", "file": f"/data/{level}", **params}


def test_a_hook_chooses_the_instance_and_rewrites_the_parameters(tmp_path):
    answer, _ = play(tmp_path, Written(), lambda path: called(path, "/create_session", creation(level=3, seed=1)))
    assert answer == (200, {"instance": "a", "params": {"file": "/data/3", "seed": 1}})


def test_the_instance_that_the_caller_named_reaches_the_hook(tmp_path):
    answer, _ = play(tmp_path, Written(), lambda path: called(path, "/create_session", creation("b")))
    assert answer == (200, {"instance": "b", "params": {"file": "/data/1"}})


def test_hooks_that_override_nothing_let_everything_pass(tmp_path):
    def script(path):
        return [called(path, "/create_session", creation(*names, x=1)) for names in ((), ("b",))]

    answers, _ = play(tmp_path, Hooks(), script)
    assert answers == [(200, {"instance": None, "params": {"x": 1}}), (200, {"instance": "b", "params": {"x": 1}})]


def test_hooks_may_be_ordinary_functions(tmp_path):
    class Plain(Hooks):
        def on_startup(self, app):
            app.state.greeting = "hello"

        def on_create_session(self, env_id, params):
            return {"env_id": "x", **params}

    answer, app = play(tmp_path, Plain(), lambda path: called(path, "/create_session", creation()))
    assert answer == (200, {"instance": "x", "params": {}})
    assert app.state.greeting == "hello"


def test_shutdown_is_called_once_whether_or_not_the_server_asked(tmp_path):
    for number, calls in enumerate(([], ["/stop"], ["/start", "/stop", "/stop"])):
        hooks = Written()
        folder = tmp_path / str(number)
        folder.mkdir()
        body = {"server": {"id": "1", "version": "1"}}
        answers, app = play(folder, hooks, lambda path: [called(path, call, body)[0] for call in calls])  # noqa: B023
        assert answers == [200] * len(calls)
        assert hooks.calls == ["startup", ("shutdown", 2)]
        assert app.config.env_files == ["a", "b"]


def test_a_refusal_carries_its_reason(tmp_path):
    class Refusing(Hooks):
        async def on_create_session(self, env_id, params):
            raise Refusal(f"no {env_id} today")

    answer, _ = play(tmp_path, Refusing(), lambda path: called(path, "/create_session", creation("b")))
    assert answer == (200, {"refuse": "no b today"})


@pytest.mark.parametrize("returned", [None, {}, {"file": "x"}, "a", ["env_id"]])
def test_a_hook_that_returns_no_payload_fails_and_says_so(tmp_path, capfd, returned):
    class Wrong(Hooks):
        async def on_create_session(self, env_id, params):
            return returned

    (status, body), _ = play(tmp_path, Wrong(), lambda path: called(path, "/create_session", creation()))
    assert status == 500 and "env_id" in body["message"]
    assert "on_create_session returned" in capfd.readouterr().err


def test_a_hook_that_raises_fails_the_call_and_not_the_next_one(tmp_path, capfd):
    class Moody(Hooks):
        async def on_create_session(self, env_id, params):
            return {"env_id": params["name"]}

    def script(path):
        return called(path, "/create_session", creation()), called(path, "/create_session", creation(name="x"))

    ((status, body), answer), _ = play(tmp_path, Moody(), script)
    assert (status, body) == (500, {"message": "KeyError: 'name'"})
    assert answer == (200, {"instance": "x", "params": {}})
    assert "KeyError" in capfd.readouterr().err


def test_hooks_run_one_after_the_other(tmp_path):
    class Counting(Hooks):
        running = most = 0

        async def on_create_session(self, env_id, params):
            self.running += 1
            self.most = max(self.most, self.running)
            await asyncio.sleep(0)
            self.running -= 1
            return {"env_id": "x"}

    def script(path):
        connections = [Connection(path) for _ in range(8)]
        for connection in connections:
            connection.request("POST", "/create_session", json.dumps(creation()))
        return [connection.getresponse().status for connection in connections]

    hooks = Counting()
    statuses, _ = play(tmp_path, hooks, script)
    assert statuses == [200] * 8 and hooks.most == 1


def test_a_hook_is_cancelled_when_the_server_gives_up(tmp_path):
    class Slow(Hooks):
        def __init__(self):
            self.cancelled = False

        async def on_create_session(self, env_id, params):
            if env_id == "quick":
                return {"env_id": "quick"}
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                self.cancelled = True
                raise

    def script(path):
        connection = Connection(path)
        connection.request("POST", "/create_session", json.dumps(creation("slow")))
        connection.close()
        return called(path, "/create_session", creation("quick"))  # hooks run in turn: this one waits for the other

    hooks = Slow()
    answer, _ = play(tmp_path, hooks, script)
    assert answer == (200, {"instance": "quick", "params": {}})
    assert hooks.cancelled


@pytest.mark.parametrize(
    "sent", [b"GET /start HTTP/1.1\r\n\r\n", b"nonsense\r\n\r\n", b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n"]
)
def test_what_is_no_call_of_a_hook_is_hung_up_on(tmp_path, sent):
    def script(path):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(20)
            connection.connect(path)
            connection.sendall(sent)
            return connection.recv(100), called(path, "/start", {})[0]

    assert play(tmp_path, Written(), script)[0] == (b"", 200)


def test_a_hook_that_does_not_exist_is_not_found(tmp_path):
    assert play(tmp_path, Written(), lambda path: called(path, "/other", {}))[0][0] == 404


@pytest.mark.parametrize(
    "program, heavy",
    [
        (
            "from corral.dockergym.worker import BaseWorker as B; import corral.worker as w; assert B is w.BaseWorker",
            "asyncio",
        ),
        ("import corral.dockergym.server, corral.dockergym.asgi, corral.dockergym.endpoint", "numpy"),
    ],
    ids=["worker", "server"],
)
def test_it_needs_nothing_but_the_standard_library(program, heavy):
    program += f"\nimport sys; assert not {{'gymnasium', 'numpy', {heavy!r}}} & set(sys.modules)"
    done = subprocess.run(
        [sys.executable, "-S", "-c", program],
        env={**os.environ, "PYTHONPATH": str(ROOT / "Python")},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
