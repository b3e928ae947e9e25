"""The seven routes, row by row: fields, status codes and error bodies are DockerGym's."""

import re
import uuid
from datetime import datetime, timezone

import pytest

from e2e import machine

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


def step(api, session, action):
    return api.post("/sessions/%s/step" % session, {"action": action})


class TestCreating:
    @pytest.mark.parametrize("body", [None, {}, b"null", {"env_id": None}, {"params": {}}], ids=repr)
    def test_a_body_is_optional(self, api, body):
        answer = api.post("/sessions", body)
        assert answer.status == 200, answer
        assert answer.json["env_id"] in ("boil", "melt", "rooms/blue/one")

    def test_the_answer_has_these_fields_in_this_order_and_no_others(self, api):
        answer = api.post("/sessions", {"env_id": "boil", "params": {"variation_idx": 0}}).json
        assert list(answer) == [
            "session_id", "env_id", "observation", "info", "status", "created_at", "last_active_at",
        ]  # fmt: skip
        assert str(uuid.UUID(answer["session_id"])) == answer["session_id"]
        assert answer["env_id"] == "boil"
        assert answer["observation"] == "init of boil"
        assert answer["info"]["params"] == {"variation_idx": 0}
        assert answer["status"] == "active"
        assert TIME.fullmatch(answer["created_at"]) and TIME.fullmatch(answer["last_active_at"])
        age = datetime.now(timezone.utc) - datetime.fromisoformat(answer["created_at"].replace("Z", "+00:00"))
        assert abs(age.total_seconds()) < 60

    def test_unknown_keys_are_ignored(self, api):
        assert api.post("/sessions", {"env_id": "boil", "seed": 3, "x": {}}).status == 200

    def test_parameters_reach_the_worker_beside_the_command(self, create):
        params = {"a": 1, "b": [None, "ü"], "c": {"d": 0.5}}
        assert create(**params)["info"]["params"] == params

    def test_without_an_env_id_one_of_the_list_is_drawn(self, api):
        drawn = set()
        for _ in range(60):
            answer = api.post("/sessions").json
            drawn.add(answer["env_id"])
            api.call("DELETE", "/sessions/" + answer["session_id"])
            if len(drawn) == 3:
                break
        assert drawn == {"boil", "melt", "rooms/blue/one"}

    def test_without_a_list_the_worker_gets_an_empty_env_id(self, serve):
        api = serve().client
        assert api.get("/environments").json == {"environments": [], "total": 0}
        answer = api.post("/sessions").json
        assert (answer["env_id"], answer["observation"]) == ("", "init of ")
        assert api.post("/sessions", {"env_id": "anything at all"}).json["observation"] == "init of anything at all"

    def test_a_full_server_says_how_many_slots_it_has(self, api, create):
        for _ in range(4):
            create()
        answer = api.post("/sessions", {"env_id": "boil"})
        assert (answer.status, answer.json) == (
            503, {"detail": "No slots available (max 4 sessions)", "error_code": "NO_SLOTS_AVAILABLE"},
        )  # fmt: skip

    def test_a_done_session_keeps_its_slot_until_it_is_deleted(self, api, create):
        sessions = [create()["session_id"] for _ in range(4)]
        assert step(api, sessions[0], "done").json["done"] is True
        assert api.post("/sessions").status == 503
        api.call("DELETE", "/sessions/" + sessions[0])
        assert api.post("/sessions").status == 200


class TestReading:
    def test_observation_and_info_stay_those_of_the_beginning(self, api, create):
        first = create()
        path = "/sessions/" + first["session_id"]
        assert api.get(path).json == first
        step(api, first["session_id"], "look")
        now = api.get(path).json
        assert (now["observation"], now["info"], now["created_at"]) == (
            first["observation"], first["info"], first["created_at"],
        )  # fmt: skip
        assert now["last_active_at"] > first["last_active_at"]

    def test_the_status_is_done_after_the_end(self, api, create):
        session = create()["session_id"]
        step(api, session, "done")
        assert api.get("/sessions/" + session).json["status"] == "done"

    def test_reading_does_not_move_the_last_activity(self, api, create):
        session = create()
        assert api.get("/sessions/" + session["session_id"]).json["last_active_at"] == session["last_active_at"]

    @pytest.mark.parametrize("name", ["nope", "b9bad862-02ea-40f3-afac-10eb4213c9a7", "a%20b", "%2e%2e"])
    def test_an_unknown_session_is_not_found_by_every_route(self, api, name):
        text = {"a%20b": "a b", "%2e%2e": ".."}.get(name, name)
        expected = (404, {"detail": "Session not found: " + text, "error_code": "SESSION_NOT_FOUND"})
        for method, path, body in [
            ("GET", "/sessions/" + name, None),
            ("DELETE", "/sessions/" + name, None),
            ("POST", "/sessions/%s/step" % name, {"action": "x"}),
        ]:
            answer = api.call(method, path, body)
            assert (answer.status, answer.json) == expected, (method, path)


class TestStepping:
    def test_the_answer_has_these_fields_in_this_order_and_no_others(self, api, create):
        session = create()["session_id"]
        answer = step(api, session, "look around")
        assert answer.status == 200
        assert list(answer.json) == ["session_id", "observation", "reward", "done", "info"]
        assert answer.json == {
            "session_id": session, "observation": "1: look around", "reward": 1.0, "done": False, "info": {"moves": 1},
        }  # fmt: skip
        assert b'"reward":1.0' in answer.body

    def test_a_step_after_the_end_is_refused(self, api, create):
        session = create()["session_id"]
        step(api, session, "done")
        answer = step(api, session, "look")
        assert (answer.status, answer.json) == (
            409, {"detail": "Session already done: " + session, "error_code": "SESSION_ALREADY_DONE"},
        )  # fmt: skip

    def test_an_error_of_the_worker_is_told_and_the_session_goes_on(self, api, create):
        session = create()["session_id"]
        answer = step(api, session, "error Step failed: no such door")
        assert (answer.status, answer.json) == (
            500, {"detail": "Step failed: no such door", "error_code": "CONTAINER_ERROR"},
        )  # fmt: skip
        assert step(api, session, "look").status == 200

    @pytest.mark.parametrize("action", ["", "ü €", "a\nb", '{"cmd":"init"}', "x" * 100_000])
    def test_an_action_is_any_text(self, api, create, action):
        session = create()["session_id"]
        assert step(api, session, action).json["observation"] == "1: " + action


class TestDeleting:
    def test_a_session_is_deleted_once(self, api, create):
        session = create()["session_id"]
        answer = api.call("DELETE", "/sessions/" + session)
        assert (answer.status, answer.json) == (200, {"status": "ok", "session_id": session})
        again = api.call("DELETE", "/sessions/" + session)
        assert (again.status, again.json["error_code"]) == (404, "SESSION_NOT_FOUND")
        assert api.get("/sessions/" + session).status == 404
        assert step(api, session, "look").status == 404

    def test_all_are_deleted_at_once(self, api, create):
        sessions = [create()["session_id"] for _ in range(3)]
        step(api, sessions[1], "done")
        answer = api.call("DELETE", "/sessions")
        assert answer.status == 200
        assert answer.json == {"status": "ok", "deleted": sessions, "count": 3}
        assert api.call("DELETE", "/sessions").json == {"status": "ok", "deleted": [], "count": 0}

    def test_nothing_is_left_of_a_deleted_session_when_the_answer_is_there(self, door, api, create):
        before = len(door.processes())
        session = create()["session_id"]
        machine.until(lambda: len(door.processes()) > before, 10)
        api.call("DELETE", "/sessions/" + session)
        pids = {create()["info"]["pid"] for _ in range(2)}
        assert pids == {2}, "each worker is alone in its sandbox"


class TestTheServer:
    def test_environments_are_the_lines_of_the_list(self, api):
        assert api.get("/environments").json == {"environments": ["boil", "melt", "rooms/blue/one"], "total": 3}

    def test_health_counts(self, api, create):
        assert api.get("/health").json == {
            "status": "ok", "active_sessions": 0, "max_sessions": 4, "available_environments": 3,
        }  # fmt: skip
        create()
        assert api.get("/health").json["active_sessions"] == 1

    def test_an_unknown_path_is_not_found(self, api):
        for path in ("/", "/nope", "/sessions/a/b/c", "/environments/boil", "//sessions"):
            answer = api.get(path)
            assert (answer.status, answer.json) == (404, {"detail": "Not Found"}), path

    @pytest.mark.parametrize(
        "method, path, allow",
        [
            ("GET", "/sessions", "POST, DELETE"),
            ("PUT", "/sessions/x", "GET, DELETE"),
            ("GET", "/sessions/x/step", "POST"),
            ("POST", "/health", "GET"),
            ("HEAD", "/health", "GET"),
            ("DELETE", "/environments", "GET"),
        ],
    )
    def test_another_method_is_not_allowed(self, api, method, path, allow):
        answer = api.call(method, path)
        assert answer.status == 405
        assert answer.headers["Allow"] == allow
        if method != "HEAD":
            assert answer.json == {"detail": "Method Not Allowed"}

    @pytest.mark.parametrize("path", ["/sessions/", "/health/", "/sessions/x/step/", "/sessions/x/"])
    def test_a_slash_at_the_end_is_redirected(self, api, path):
        answer = api.post(path + "?a=1", {"action": "x"})
        assert answer.status == 307
        assert answer.headers["Location"] == "http://%s%s?a=1" % (api.address, path[:-1])

    def test_the_documents_are_there(self, api):
        document = api.get("/openapi.json").json
        assert document["info"] == {"title": "DockerGym API", "version": "0.1.0"}
        assert set(document["paths"]) == {
            "/sessions", "/sessions/{session_id}", "/sessions/{session_id}/step", "/environments", "/health",
        }  # fmt: skip
        for path in ("/docs", "/redoc"):
            page = api.get(path)
            assert page.headers["Content-Type"].startswith("text/html")
            assert b"/openapi.json" in page.body

    def test_title_and_version_are_settings(self, serve):
        api = serve("--api-title", "ScienceWorld API", "--api-version", "2.0").client
        assert api.get("/openapi.json").json["info"] == {"title": "ScienceWorld API", "version": "2.0"}

    def test_the_root_can_be_switched_off(self, serve):
        api = serve("--root", "none").client
        assert api.get("/health").json["error"]["code"] == "not_found"
        assert api.get("/v1/health").status == 200
