"""Rule 6: what a peer sends can produce an error, never a trap. Every error has a documented code."""

import json
import threading
import uuid

import pytest

from e2e import environments
from e2e.server import ROOT, Server


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("environments")
    launch = {"worker": "worker.py:Slow"}
    environments.write_source(folder, "test/slow", launch, SLOW)
    with Server(environments=[folder, ROOT / "Manifests"]) as server:
        yield server


SLOW = """
import time
from corral.worker import Worker

class Slow(Worker):
    def spaces(self):
        return {"type": "Discrete", "n": 100}, {"type": "Discrete", "n": 100}
    def reset(self, seed, options):
        self.count = 0
        return 0, {}
    def step(self, action):
        time.sleep(action / 10)
        self.count += 1
        return self.count, 1, self.count == 3, False, {}
"""


def check(answer, status, code):
    """An error of this code with all that an error has to say; the connection goes on."""
    assert (answer.status, answer.code) == (status, code), answer
    error = answer.json["error"]
    assert set(error) == {"code", "message", "next", "request_id", "details"}
    assert error["message"]
    assert "/work" not in error["message"] and ".swift" not in error["message"]


@pytest.fixture
def slow(api):
    return api.create("test/slow")["id"]


class TestBodies:
    @pytest.mark.parametrize(
        "body",
        [b"{", b"", b"[]", b"null", b"7", b'"text"', b"{'a':1}", b'{"environment":"CartPole-v1",}', b'{"a":1}{"b":2}',
         b"\xff\xfe", b'{"environment":"\\ud800"}', b'{"environment":"\x00"}', b'{"environment":"a\xff"}', b"{" * 100_000,
         b'{"params":' + b"[" * 200_000 + b"]" * 200_000 + b"}", b'{"seed":1e999}', b'{"seed":NaN}', b'{"seed":01}'],
        ids=lambda body: repr(body[:30]) + str(len(body)),
    )  # fmt: skip
    def test_malformed_json_is_named_so(self, api, body):
        answer = api.post("/v1/sessions", body)
        assert answer.status == 400 and answer.code in ("malformed_json", "invalid_argument"), answer
        assert api.get("/v1/health").status == 200

    def test_malformed_json_has_its_own_code(self, api):
        check(api.post("/v1/sessions", b"{"), 400, "malformed_json")

    @pytest.mark.parametrize(
        "field, value",
        [("environment", 7), ("environment", None), ("environment", ["CartPole-v1"]), ("instance", 7), ("params", []),
         ("params", "text"), ("seed", "7"), ("seed", 1.5), ("seed", -1), ("seed", 2**63), ("seed", True), ("options", 3),
         ("labels", {"a": 1}), ("labels", []), ("reset", 1), ("reset", "yes")],
    )  # fmt: skip
    def test_a_field_of_the_wrong_type_is_named(self, api, field, value):
        answer = api.post("/v1/sessions", {"environment": "CartPole-v1", field: value})
        check(answer, 400, "invalid_argument")
        assert field in answer.json["error"]["message"]

    def test_an_unknown_field_is_refused_and_the_nearest_named(self, api):
        answer = api.post("/v1/sessions", {"enviroment": "CartPole-v1"})
        check(answer, 400, "invalid_argument")
        assert "environment" in answer.json["error"]["next"]

    def test_a_field_given_twice_is_refused(self, api):
        answer = api.post("/v1/sessions", b'{"environment":"CartPole-v1","environment":"ale/Pong"}')
        assert answer.status == 400, answer

    def test_a_missing_field_is_named(self, api, slow):
        check(api.post("/v1/sessions", {}), 400, "invalid_argument")
        answer = api.post("/v1/sessions/%s/step" % slow, {})
        check(answer, 400, "invalid_argument")
        assert "action" in answer.json["error"]["message"]

    def test_a_body_of_20_MB_is_refused_and_the_next_request_served(self, api, slow):
        body = b'{"action":"' + b"a" * 20_000_000 + b'"}'
        try:
            answer = api.post("/v1/sessions/%s/step" % slow, body)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the server need not read all of it
        else:
            check(answer, 413, "payload_too_large")
        assert api.step(slow, 0).json["observation"] == 1

    def test_a_chunked_body_of_20_MB_is_refused_too(self, api):
        def chunks():
            for _ in range(20):
                yield b" " * 1_000_000

        connection = api.connect()
        try:
            connection.request(
                "POST", "/v1/sessions", chunks(), encode_chunked=True, headers={"Transfer-Encoding": "chunked"}
            )
            assert connection.getresponse().status == 413
        except (BrokenPipeError, ConnectionResetError):
            pass
        finally:
            connection.close()
        assert api.get("/v1/health").status == 200

    def test_a_body_that_is_no_json_is_refused_by_its_type(self, api):
        answer = api.post("/v1/sessions", b"environment: CartPole-v1", Content_Type="application/yaml")
        check(answer, 415, "unsupported_media_type")


class TestNames:
    def test_unknown_environments_and_versions_are_not_found(self, api):
        for reference in ["CartPole-v9", "classic/CartPol", "classic/CartPole@^7", "x" * 5000, "../etc", "a@b@c", ""]:
            answer = api.post("/v1/sessions", {"environment": reference})
            assert (answer.status, answer.code) in [(404, "not_found"), (400, "invalid_argument")], (reference, answer)

    def test_an_unknown_instance_is_not_found(self, api):
        check(api.post("/v1/sessions", {"environment": "CartPole-v1", "instance": "x"}), 404, "not_found")

    def test_unknown_parameters_are_named(self, api):
        answer = api.post("/v1/sessions", {"environment": "CartPole-v1", "params": {"gravity": 1}})
        check(answer, 400, "invalid_argument")
        assert "gravity" in answer.json["error"]["message"]

    @pytest.mark.parametrize(
        "path", ["", "/step", "/reset", "/render", "/logs", "/usage", "/interrupt", "/keepalive", "/fork"]
    )
    def test_unknown_sessions_are_not_found(self, api, path):
        method = "POST" if path in ("/step", "/reset", "/interrupt", "/keepalive", "/fork") else "GET"
        body = {"action": 0} if path == "/step" else None
        for name in [uuid.uuid4(), "nonsense", "%00", "..%2f..", "a" * 4000, "0" * 36]:
            answer = api.call(method, "/v1/sessions/%s%s" % (name, path), body)
            check(answer, 404, "not_found")

    def test_an_unknown_session_cannot_be_closed(self, api):
        check(api.delete(uuid.uuid4()), 404, "not_found")

    def test_unknown_paths_and_methods_are_told_apart(self, api):
        check(api.get("/v1/nothing"), 404, "not_found")
        answer = api.call("PUT", "/v1/sessions")
        check(answer, 405, "method_not_allowed")
        assert {"GET", "POST"} <= {method.strip() for method in answer.headers["Allow"].split(",")}

    @pytest.mark.parametrize(
        "query", ["limit=0", "limit=1001", "limit=x", "cursor=x", "limit=-1", "limit=99999999999999999999"]
    )
    def test_queries_out_of_range_are_refused(self, api, query):
        check(api.get("/v1/sessions?" + query), 400, "invalid_argument")


class TestActions:
    @pytest.mark.parametrize("action", [100, -1, 1.5, "1", None, True, [1], {"a": 1}, 10**30, "NaN"])
    def test_an_action_outside_of_the_space_changes_nothing(self, api, slow, action):
        check(api.step(slow, action), 422, "invalid_action")
        assert api.step(slow, 0).json["index"] == 1

    def test_a_step_before_the_reset_is_refused(self, api):
        session = api.create("test/slow", reset=False)
        assert (session["state"], session["index"]) == ("ready", -1)
        check(api.step(session["id"], 0), 409, "not_reset")
        assert api.reset(session["id"]).json["index"] == 0
        assert api.step(session["id"], 0).json["index"] == 1

    def test_a_step_after_the_end_is_refused_and_the_end_told_once(self, api, slow):
        ends = [api.step(slow, 0).json["terminated"] for _ in range(3)]
        assert ends == [False, False, True]
        assert api.read(slow)["state"] == "ended"
        check(api.step(slow, 0), 409, "episode_over")
        assert api.read(slow)["index"] == 3

    def test_a_closed_session_is_gone(self, api, slow):
        api.delete(slow)
        check(api.step(slow, 0), 410, "session_closed")
        check(api.reset(slow), 410, "session_closed")
        assert api.read(slow)["reason"] == "requested"

    def test_two_steps_at_once_are_one_step_and_one_refusal(self, server, api, slow):
        answers = at_once(server, [lambda client: client.step(slow, 20)] * 2)
        assert sorted(answer.status for answer in answers) == [200, 409]
        check(next(answer for answer in answers if answer.status == 409), 409, "busy")
        assert api.read(slow)["index"] == 1

    def test_a_step_of_many_that_cannot_be_read_does_not_hinder_the_others(self, api, slow):
        steps = [
            {"session": slow, "action": 0},
            {"session": "x", "action": 0},
            {"session": str(uuid.uuid4()), "action": 0},
            7,
        ]
        answer = api.post("/v1/steps", {"steps": steps})
        assert answer.status == 200
        results = answer.json["results"]
        assert results[0]["index"] == 1
        assert [each["error"]["code"] for each in results[1:]] == ["invalid_argument", "not_found", "invalid_argument"]
        assert api.post("/v1/steps", {"steps": {}}).code == "invalid_argument"


class TestRetries:
    """Rule 2: a step is applied at most once; a retry with the same index returns the same answer."""

    def test_a_retry_with_the_same_index_gets_the_same_answer(self, api, slow):
        first = api.step(slow, 0, index=1)
        assert first.json["observation"] == 1
        assert api.step(slow, 0, index=1).body == first.body
        assert api.step(slow, 0, index=2).json["observation"] == 2

    def test_any_other_index_is_a_conflict(self, api, slow):
        for index in [5, 2]:
            answer = api.step(slow, 0, index=index)
            check(answer, 409, "conflict")
            assert answer.json["error"]["details"]["index"] == "0"
        api.step(slow, 0, index=1)
        check(api.step(slow, 0, index=3), 409, "conflict")
        for index in [-1, "1", 1.5]:
            check(api.step(slow, 0, index=index), 400, "invalid_argument")

    def test_a_retry_while_the_call_runs_waits_for_its_answer(self, server, api, slow):
        answers = at_once(server, [lambda client: client.step(slow, 5, index=1)] * 3)
        assert [answer.status for answer in answers] == [200, 200, 200]
        assert len({answer.body for answer in answers}) == 1
        assert api.read(slow)["index"] == 1

    def test_a_lost_connection_loses_nothing(self, api, slow):
        body = json.dumps({"action": 5, "index": 1}).encode()
        connection = api.connect()
        connection.request("POST", "/v1/sessions/%s/step" % slow, body)
        connection.close()
        answer = api.step(slow, 5, index=1)
        assert (answer.status, answer.json["observation"]) == (200, 1)

    def test_a_reset_is_retried_like_a_step(self, api, slow):
        first = api.reset(slow, index=1, seed=3)
        assert api.reset(slow, index=1, seed=3).body == first.body
        assert api.read(slow)["episode"] == 1

    def test_an_idempotency_key_makes_one_session(self, api):
        request = {"environment": "test/slow", "seed": 4}
        first = api.post("/v1/sessions", request, Idempotency_Key="key-1")
        again = api.post("/v1/sessions", request, Idempotency_Key="key-1")
        assert (first.status, again.status) == (201, 201)
        assert first.json["id"] == again.json["id"]
        assert first.json["observation"] == again.json["observation"]
        check(api.post("/v1/sessions", {"environment": "test/slow"}, Idempotency_Key="key-1"), 409, "conflict")
        check(api.post("/v1/sessions", request, Idempotency_Key="k" * 257), 400, "invalid_argument")

    def test_an_idempotency_key_holds_for_requests_at_the_same_time(self, server, api):
        request = {"environment": "test/slow", "count": 2}
        answers = at_once(
            server, [lambda client: client.post("/v1/sessions/batch", request, Idempotency_Key="key-2")] * 4
        )
        made = {tuple(session["id"] for session in answer.json["sessions"]) for answer in answers}
        assert len(made) == 1

    def test_a_failed_creation_may_be_tried_again_with_its_key(self, api):
        for _ in range(2):
            check(api.post("/v1/sessions", {"environment": "no/such"}, Idempotency_Key="key-3"), 404, "not_found")


def test_every_error_carries_the_callers_request_id(api):
    """Rule 7."""
    answer = api.get("/v1/nothing", X_Request_Id="my-request-7")
    assert answer.json["error"]["request_id"] == "my-request-7"
    assert answer.headers["X-Request-Id"] == "my-request-7"
    given = api.get("/v1/nothing").json["error"]["request_id"]
    assert given and given != "my-request-7"


def at_once(server, calls):
    """Runs each in a thread of its own; returns the answers in order."""
    answers = [None] * len(calls)

    def run(place, call):
        answers[place] = call(server.client)
        server.client.close()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
