"""Hooks as users write them: a command, a server over TCP, a server on a Unix socket."""

import json
import socketserver
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

SCRIPT = """
import json, sys, time
question = json.load(sys.stdin)
with open(%r, "a") as log:
    log.write(json.dumps([sys.argv[-1], question]) + "\\n")
params = question.get("params", {})
if params.get("hang"):
    time.sleep(60)
if params.get("crash"):
    sys.exit("boom")
if sys.argv[-1] == "create_session":
    print(params.get("say") or json.dumps({"instance": "picked", "params": {"by": "hook"}}))
"""


class Calls(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.calls.append((self.path, question))
        status, answer = self.server.answer(self.path, question)
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def address_string(self):
        return "peer"

    def log_message(self, *_):
        pass


class UnixServer(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


class TCPServer(socketserver.ThreadingMixIn, HTTPServer):
    daemon_threads = True


@pytest.fixture(params=["tcp", "unix"])
def webhook(request, tmp_path):
    """A hook behind HTTP: its address, its calls, and what it answers."""
    if request.param == "unix":
        server = UnixServer(str(tmp_path / "hook.sock"), Calls)
        server.address = "unix:" + str(tmp_path / "hook.sock")
    else:
        server = TCPServer(("127.0.0.1", 0), Calls)
        server.address = "http://127.0.0.1:%d/hooks" % server.server_address[1]
    server.calls = []
    server.answer = lambda path, question: (200, {})
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def command(tmp_path):
    """A hook that is a program, and the calls it got."""
    path, log = tmp_path / "hook.py", tmp_path / "calls"
    path.write_text(SCRIPT % str(log))

    class Hook:
        words = "python3 '%s'" % path

        @property
        def calls(self):
            return [tuple(json.loads(line)) for line in log.read_text().splitlines()]

    return Hook()


def names(hook):
    return [name.rsplit("/", 1)[-1] for name, _ in hook.calls]


def test_a_webhook_is_asked_before_every_session_and_told_of_start_and_stop(serve, webhook):
    server = serve("--hook", webhook.address)
    server.client.post("/sessions", {"env_id": "boil", "params": {"a": 1}})
    server.client.create("scripted", labels={"run": "1"})
    server.client.post("/v1/sessions/batch", {"environment": "scripted", "count": 3})
    server.stop()
    assert names(webhook) == ["start"] + ["create_session"] * 5 + ["stop"]
    assert webhook.calls[0][1]["server"]["id"] == server.id == webhook.calls[-1][1]["server"]["id"]
    assert webhook.calls[1][1] == {
        "environment": "scripted@0.1.0", "instance": "boil", "params": {"a": 1}, "labels": {},
        "caller": {"id": "local", "tenant": "local"},
    }  # fmt: skip
    assert webhook.calls[2][1]["instance"] is None
    assert webhook.calls[2][1]["labels"] == {"run": "1"}


def test_the_hook_chooses_instance_and_parameters(serve, webhook, ids):
    api = serve("--hook", webhook.address, "--env-file-list", ids).client
    webhook.answer = lambda path, question: (200, {"instance": "not/in/the/list", "params": {"game": "z8"}})
    answer = api.post("/sessions", {"params": {"task_type": 3}}).json
    assert (answer["env_id"], answer["info"]["params"]) == ("not/in/the/list", {"game": "z8"})
    assert api.create("scripted")["instance"] == "not/in/the/list"


def test_what_the_hook_leaves_out_stays(serve, webhook, ids):
    api = serve("--hook", webhook.address, "--env-file-list", ids).client
    answer = api.post("/sessions", {"env_id": "melt", "params": {"a": 1}}).json
    assert (answer["env_id"], answer["info"]["params"]) == ("melt", {"a": 1})
    webhook.answer = lambda path, question: (200, {"instance": None})
    assert api.post("/sessions", {"env_id": "nobody knows it"}).json["env_id"] in ("boil", "melt", "rooms/blue/one")


def test_a_refusal_reaches_the_caller_with_its_reason(serve, webhook):
    api = serve("--hook", webhook.address).client
    webhook.answer = lambda path, question: (200, {"refuse": "no more of task 3 today"})
    answer = api.post("/sessions")
    assert (answer.status, answer.json["error_code"]) == (403, "SESSION_REFUSED")
    assert answer.json["detail"].endswith("no more of task 3 today")
    answer = api.post("/v1/sessions", {"environment": "scripted"})
    assert (answer.status, answer.code) == (403, "permission_denied")
    assert "no more of task 3 today" in answer.json["error"]["message"]
    assert api.get("/health").json["active_sessions"] == 0


BAD = [
    (500, {}),
    (404, {}),
    (200, []),
    (200, {"x": 1}),
    (200, {"params": None}),
    (200, {"instance": 3}),
    (200, {"refuse": 1}),
]


@pytest.mark.parametrize("answer", BAD, ids=repr)
def test_without_a_good_answer_nothing_is_made(serve, webhook, answer):
    server = serve("--hook", webhook.address)
    webhook.answer = lambda path, question: answer
    root = server.client.post("/sessions")
    assert (root.status, root.json["error_code"]) == (500, "INTERNAL_ERROR")
    assert root.json["detail"].startswith("Failed to create session: ")
    other = server.client.post("/v1/sessions", {"environment": "scripted"})
    assert (other.status, other.code) == (503, "unavailable")
    assert server.client.get("/health").json["active_sessions"] == 0
    webhook.answer = lambda path, question: (200, {})
    assert server.client.post("/sessions").status == 200


def test_one_refusal_refuses_a_whole_batch(serve, webhook):
    api = serve("--hook", webhook.address).client
    webhook.answer = lambda path, question: (200, {"refuse": "odd"} if len(webhook.calls) == 3 else {})
    assert api.post("/v1/sessions/batch", {"environment": "scripted", "count": 4}).status == 403
    assert api.get("/health").json["active_sessions"] == 0


def test_a_repeated_creation_is_not_asked_for_again(serve, webhook):
    api = serve("--hook", webhook.address).client
    for _ in range(2):
        api.post("/v1/sessions", {"environment": "scripted"}, Idempotency_Key="k")
    assert names(webhook) == ["start", "create_session"]


def test_a_command_is_run_for_every_call(serve, command):
    server = serve("--hook", command.words)
    answer = server.client.post("/sessions").json
    assert (answer["env_id"], answer["info"]["params"]) == ("picked", {"by": "hook"})
    server.stop()
    assert names(command) == ["start", "create_session", "stop"]


def test_a_command_that_fails_or_hangs_refuses(serve, command):
    server = serve("--hook", command.words, "--hook-timeout", "500ms")
    for params in ({"crash": 1}, {"hang": 1}, {"say": "no json"}):
        answer = server.client.post("/sessions", {"params": params})
        assert (answer.status, answer.json["error_code"]) == (500, "INTERNAL_ERROR"), params
    assert server.client.post("/sessions").status == 200
    failures = [record["error"] for record in server.records() if record["message"] == "the hook failed"]
    assert len(failures) == 3 and "boom" in failures[0] and "in time" in failures[1]


def test_a_hook_that_is_not_there_keeps_the_server_from_starting(serve, tmp_path):
    server = serve("--hook", "unix:%s" % (tmp_path / "nobody.sock"), wait=False)
    assert server.wait(30) == 4
    assert "the hook failed at the start" in server.log()
