"""What the transport does with lost connections and with each kind of answer, against a server that plays a script."""

import json
import threading
import time

import numpy as np
import pytest
from premises import CARTPOLE
from stub import Stub, respond

import corral
from corral import errors

DESCRIPTION = {
    "id": "s-1",
    "environment": "classic/CartPole@1.0.0",
    "index": -1,
    "observation_space": {"type": "Discrete", "n": 5},
    "action_space": {"type": "Discrete", "n": 2},
}


class Server:
    """Just enough of a session to see what is done twice: each step answers with how many were executed."""

    def __init__(self):
        self.index = -1
        self.executed = 0
        self.last = None
        self.created = {}
        self.lose = 0
        self.busy = 0

    def __call__(self, number, request):
        method, target, headers, body = request
        fields = json.loads(body) if body else {}
        if target == "/v1/sessions" and method == "POST":
            self.created.setdefault(headers["idempotency-key"], len(self.created))
            return self._lossy(respond(201, DESCRIPTION))
        if target.endswith(("/step", "/reset")):
            return self._lossy(self._advance(fields))
        if method == "GET":
            return respond(200, {**DESCRIPTION, "index": self.index})
        return respond(200, {})

    def _advance(self, fields):
        if self.busy:
            self.busy -= 1
            return failure(409, "busy")
        if fields["index"] == self.index + 1:
            self.index += 1
            self.executed += 1
            result = {"index": self.index, "episode": 0, "observation": 2, "info": {"executed": self.executed}}
            self.last = {**result, "reward": 1, "terminated": False, "truncated": False, "seed": None}
        elif fields["index"] != self.index:
            return failure(409, "conflict")
        return respond(200, self.last)

    def _lossy(self, answer):
        if self.lose:
            self.lose -= 1
            return None
        return answer


def failure(status, code, headers=(), **more):
    return respond(status, {"error": {"code": code, "message": "m", "next": "n", "request_id": "r", **more}}, headers)


@pytest.fixture
def scripted(stub):
    stub.answer = Server()
    with corral.connect(stub.url) as client:
        yield stub, stub.answer, client


def test_a_step_whose_answer_is_lost_is_done_once(scripted):
    stub, server, client = scripted
    session = client.sessions.create(CARTPOLE, reset=False)
    session.reset()
    for losses in (1, 2, 3):
        server.lose = losses
        before = server.executed
        assert session.step(1).info["executed"] == before + 1
    assert server.executed == 4 and session.index == 3


def test_a_session_whose_creation_is_lost_is_created_once(scripted):
    stub, server, client = scripted
    server.lose = 2
    client.sessions.create(CARTPOLE, reset=False)
    assert len(server.created) == 1
    assert [request[1] for request in stub.requests] == ["/v1/sessions"] * 3
    client.sessions.create(CARTPOLE, reset=False)
    assert len(server.created) == 2


def test_when_the_connection_cannot_be_mended_the_index_is_read_anew(scripted):
    stub, server, client = scripted
    session = client.sessions.create(CARTPOLE, reset=False)
    session.reset()
    server.lose = 100
    with pytest.raises(errors.ConnectionLost) as raised:
        corral.Session.step(session, 1)
    assert raised.value.code == "unavailable" and stub.url in str(raised.value)
    server.lose = 0
    assert server.executed == 2
    assert session.step(1).info["executed"] == 3 and session.index == 2


def test_a_repeated_step_waits_for_the_first_copy(scripted):
    stub, server, client = scripted
    session = client.sessions.create(CARTPOLE, reset=False)
    server.lose = 1
    session.reset()
    server.lose, server.busy = 0, 0
    stub.answer = Interleaved(server)
    assert session.step(1).index == 1


class Interleaved:
    """Loses the first answer, is busy twice, then gives it."""

    def __init__(self, server):
        self.server = server
        self.script = [True, False, False]

    def __call__(self, number, request):
        if not self.script:
            return self.server(number, request)
        return None if self.script.pop(0) else failure(409, "busy")


def test_a_busy_session_is_an_error_at_the_first_attempt(scripted):
    stub, server, client = scripted
    session = client.sessions.create(CARTPOLE, reset=False)
    server.busy = 1
    with pytest.raises(errors.Busy):
        session.reset()
    assert session.reset().index == 0


def test_a_connection_that_the_server_closed_while_idle_is_replaced(scripted):
    stub, server, client = scripted
    session = client.sessions.create(CARTPOLE, reset=False)
    session.reset()
    for pause in (0, 0.1):
        stub.cut()
        time.sleep(pause)
        session.step(0)
    assert server.executed == 3 and stub.connections >= 3


def test_connections_are_kept(scripted):
    stub, server, client = scripted
    session = client.sessions.create(CARTPOLE, reset=False)
    session.reset()
    for _ in range(20):
        session.step(0)
    assert stub.connections == 1


def test_threads_have_connections_of_their_own(scripted):
    stub, server, client = scripted
    gate = threading.Barrier(4)
    stub.answer = lambda number, request: gate.wait() and None or respond(200, {"status": "ok"})
    results = []
    threads = [threading.Thread(target=lambda: results.append(client.health())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert results == [{"status": "ok"}] * 4 and stub.connections == 4


def test_no_server_is_a_lost_connection():
    with Stub() as closed:
        url = closed.url
    with corral.connect(url, retries=1) as client, pytest.raises(errors.ConnectionLost):
        client.health()
    with corral.connect("unix:///no/such/socket", retries=0) as client, pytest.raises(errors.ConnectionLost):
        client.health()


def test_a_silent_server_is_a_deadline_exceeded(stub):
    gate = threading.Event()
    stub.answer = lambda number, request: gate.wait(20) and respond(200, {})
    with corral.connect(stub.url, timeout=0.2) as client, pytest.raises(errors.DeadlineExceeded):
        client.health()
    gate.set()


def test_a_server_that_asks_for_patience_is_asked_again(stub):
    script = [failure(503, "unavailable", ["Retry-After: 0"]), respond(200, {"status": "ok"})]
    stub.answer = lambda number, request: script[number - 1]
    with corral.connect(stub.url) as client:
        assert client.health() == {"status": "ok"}


def test_a_missing_sandbox_is_not_asked_for_again(stub):
    stub.answer = lambda number, request: failure(503, "sandbox_unavailable", ["Retry-After: 0"])
    with corral.connect(stub.url) as client, pytest.raises(errors.SandboxUnavailable):
        client.health()
    assert len(stub.requests) == 1


def test_an_early_answer_to_a_long_body_is_read(stub):
    stub.answer = lambda number, request: (failure(413, "payload_too_large"),)
    with corral.connect(stub.url) as client, pytest.raises(errors.PayloadTooLarge):
        client.sessions.create(CARTPOLE, params={"x": "y" * 3_000_000})


@pytest.mark.parametrize("code", sorted(errors.CLASSES))
def test_every_code_has_a_class(stub, code):
    stub.answer = lambda number, request: failure(418, code, details={"field": "x"})
    with corral.connect(stub.url) as client, pytest.raises(errors.CLASSES[code]) as raised:
        client.health()
    error = raised.value
    assert (error.code, error.message, error.next, error.request_id) == (code, "m", "n", "r")
    assert error.details == {"field": "x"}
    assert type(error) is errors.CLASSES[code]


def test_the_classes_are_those_of_the_server():
    from premises import ROOT

    source = (ROOT / "Sources/Platform/Foundations/FailureCode.swift").read_text()
    listed = [line.strip()[5:] for line in source.splitlines() if line.strip().startswith("case ")]
    codes = set()
    for line in listed:
        if line.startswith("."):
            continue
        name, _, raw = line.partition(" = ")
        codes.add(raw.strip('"') or name.strip("`"))
    assert codes == set(errors.CLASSES)


def test_a_code_of_a_newer_server_is_a_plain_error(stub):
    stub.answer = lambda number, request: failure(409, "brand_new")
    with corral.connect(stub.url) as client, pytest.raises(errors.CorralError) as raised:
        client.health()
    assert type(raised.value) is errors.CorralError and raised.value.code == "brand_new"


@pytest.mark.parametrize(
    "answer, kind",
    [
        (respond(502, None, raw=b"<html>bad gateway</html>"), errors.Unavailable),
        (respond(404, {"detail": "no"}), errors.NotFound),
        (respond(500, {"error": "text"}), errors.Internal),
        (respond(400, {"error": {"code": 3, "message": [], "details": 4}}), errors.Internal),
        (respond(302, {}), errors.Internal),
        (respond(200, []), errors.Internal),
        (respond(200, None, raw=b"{"), errors.Internal),
        (respond(200, None, raw=b"[" * 100_000), errors.Internal),
        (b"SSH-2.0\r\n\r\n", errors.ConnectionLost),
    ],
)
def test_an_answer_that_is_none_of_corrals_is_a_typed_error(stub, answer, kind):
    stub.answer = lambda number, request: answer
    with corral.connect(stub.url, retries=0) as client, pytest.raises(kind):
        client.health()


@pytest.mark.parametrize("missing", ["index", "episode", "observation", "reward", "terminated", "truncated", "info"])
def test_a_step_without_one_of_its_fields_is_no_step(stub, missing):
    full = {"index": 0, "episode": 0, "observation": 1, "reward": None, "terminated": False, "truncated": False}
    full["info"] = {}

    def answer(number, request):
        if request[1].endswith("/step"):
            return respond(200, {name: value for name, value in full.items() if name != missing})
        return respond(200, DESCRIPTION)

    stub.answer = answer
    with corral.connect(stub.url) as client:
        session = client.sessions.create(CARTPOLE, reset=False)
        with pytest.raises(errors.Internal):
            session.step(0)
        full[missing] = full.get(missing)


def test_a_reward_that_was_not_given_is_none_and_nan(stub):
    step = {"index": 1, "episode": 0, "observation": 1, "reward": None, "terminated": False, "truncated": False}

    def answer(number, request):
        if request[1].endswith("/step"):
            return respond(200, {**step, "info": {}})
        if request[1].startswith("/v1/environments"):
            return respond(200, {"manifest": {}})
        return respond(200, {**DESCRIPTION, "index": 0})

    stub.answer = answer
    with corral.connect(stub.url) as client:
        assert client.sessions.create(CARTPOLE, reset=False).step(0).reward is None
        with corral.make(CARTPOLE, client=client) as env:
            assert np.isnan(env.step(0)[1])


def test_the_key_is_sent_as_a_bearer_token(stub, monkeypatch):
    with corral.connect(stub.url, api_key="secret") as client:
        client.health()
    monkeypatch.setenv("CORRAL_API_KEY", "other")
    with corral.connect(stub.url) as client:
        client.health()
    assert [request[2].get("authorization") for request in stub.requests] == ["Bearer secret", "Bearer other"]


def test_a_prefix_of_the_address_is_kept(stub):
    with corral.connect(stub.url + "/behind/") as client:
        client.environments.get("a/b@^1.2")
    assert stub.requests[0][1] == "/behind/v1/environments/a%2Fb%40%5E1.2"


def test_pages_are_read_as_they_are_needed(stub):
    pages = {"/v1/sessions?limit=2": ([1, 2], "x y"), "/v1/sessions?limit=2&cursor=x%20y": ([3], None)}
    stub.answer = lambda number, request: respond(
        200, dict(zip(("sessions", "next"), ([{"id": id} for id in pages[request[1]][0]], pages[request[1]][1])))
    )
    with corral.connect(stub.url) as client:
        listed = client.sessions.list(limit=2)
        assert next(listed) == {"id": 1} and len(stub.requests) == 1
        assert [item["id"] for item in listed] == [2, 3]


def test_a_closed_client_says_so(stub):
    client = corral.connect(stub.url)
    client.close()
    with pytest.raises(errors.FailedPrecondition):
        client.health()


def test_errors_survive_pickling():
    import pickle

    error = errors.error("not_found", "m", "n", "r", {"a": "b"})
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), again.args) == (errors.NotFound, error.args) and str(again) == "m [not_found]; n (request r)"
