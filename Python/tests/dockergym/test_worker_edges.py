"""The worker protocol, edge by edge: what a worker of DockerGym may send, and what a client then sees."""

import base64
import json

import pytest


def step(api, session, action="x"):
    return api.post("/sessions/%s/step" % session, {"action": action})


def ok(**fields):
    return json.dumps({"status": "ok", **fields})


def pieces(*parts):
    """A reply in several writes, as bytes."""
    return [base64.b64encode(part).decode() for part in parts]


@pytest.fixture
def scripted(create):
    """A session whose steps are answered with these replies, after a good `init`."""

    def make(*replies):
        return create(replies=[ok(observation="start"), *replies])["session_id"]

    return make


class TestInit:
    def begin(self, api, reply):
        return api.post("/sessions", {"env_id": "boil", "params": {"replies": [reply]}})

    def test_reward_and_done_may_be_missing(self, api):
        assert self.begin(api, ok(observation="x")).json["observation"] == "x"

    def test_reward_and_done_are_dropped(self, api):
        answer = self.begin(api, ok(observation="x", reward=5, done=True, look="around")).json
        assert (answer["status"], answer["info"]) == ("active", {"look": "around"})
        assert step(api, answer["session_id"]).status != 409

    def test_a_missing_observation_is_empty(self, api):
        assert self.begin(api, ok()).json["observation"] == ""

    @pytest.mark.parametrize("status", ["error", "failed", ""])
    def test_any_status_but_ok_fails_with_the_workers_message(self, api, status):
        answer = self.begin(api, json.dumps({"status": status, "message": "Init failed: no such task"}))
        assert (answer.status, answer.json) == (
            500, {"detail": "Init failed: Init failed: no such task", "error_code": "CONTAINER_ERROR"},
        )  # fmt: skip

    def test_an_error_without_a_message_is_unknown(self, api):
        answer = self.begin(api, '{"status":"error"}')
        assert (answer.status, answer.json["detail"]) == (500, "Init failed: unknown error")

    def test_a_failed_init_gives_its_slot_back(self, api):
        for _ in range(5):
            assert self.begin(api, '{"status":"error"}').status == 500
        assert api.get("/health").json["active_sessions"] == 0

    def test_a_worker_that_ends_in_init_is_told(self, serve, program):
        worker = program("ends.py", "import sys\nsys.stdin.readline()\nprint('boom', file=sys.stderr)\nsys.exit(3)\n")
        api = serve("--worker-command", "python", "-u", worker, "--max-sessions", "1").client
        for _ in range(3):
            answer = api.post("/sessions")
            assert (answer.status, answer.json) == (
                500,
                {
                    "detail": "Init failed: Communication error: Container closed connection",
                    "error_code": "CONTAINER_ERROR",
                },
            )
        assert api.get("/health").json["active_sessions"] == 0

    def test_an_env_id_that_is_not_in_the_list_is_refused(self, api):
        answer = api.post("/sessions", {"env_id": "biol"})
        assert (answer.status, answer.json["error_code"]) == (500, "CONTAINER_ERROR")
        assert answer.json["detail"].startswith("Init failed: ") and '"biol"' in answer.json["detail"]


class TestReward:
    @pytest.mark.parametrize(
        "fields, reward, info",
        [
            ({"reward": 2}, 2.0, {}),
            ({"score": 7}, 7.0, {"score": 7}),
            ({"reward": 1, "score": 50}, 1.0, {"score": 50}),
            ({"reward": 0, "score": 50}, 0.0, {"score": 50}),
            ({}, 0.0, {}),
        ],
        ids=repr,
    )
    def test_the_reward_counts_then_the_score_then_0_and_the_score_is_in_info(
        self, api, scripted, fields, reward, info
    ):
        answer = step(api, scripted(ok(observation="", done=False, **fields))).json
        assert (answer["reward"], answer["info"]) == (reward, info)

    def test_null_is_an_internal_error_and_the_session_goes_on(self, api, scripted):
        session = scripted(ok(observation="", reward=None), ok(observation="on"))
        answer = step(api, session)
        assert (answer.status, answer.json) == (
            500, {"detail": "Internal server error", "error_code": "INTERNAL_ERROR"},
        )  # fmt: skip
        assert step(api, session).json["observation"] == "on"

    def test_extra_keys_go_to_info_and_the_reserved_ones_do_not(self, api, scripted):
        reply = ok(
            observation="o", reward=1, done=False, cmd="step", env_id="x", moves=3, inventory=["key"], d={"a": None}
        )
        assert step(api, scripted(reply)).json["info"] == {"moves": 3, "inventory": ["key"], "d": {"a": None}}

    @pytest.mark.parametrize("done, expected", [(1, True), (0, False), (2.5, True), (None, False)], ids=repr)
    def test_done_is_read_as_python_reads_it(self, api, scripted, done, expected):
        session = scripted(ok(observation="", done=done))
        assert step(api, session).json["done"] is expected
        assert api.get("/sessions/" + session).json["status"] == ("done" if expected else "active")


class TestLines:
    def test_blank_lines_are_skipped(self, api, scripted):
        session = scripted(pieces(b"\n  \n\r\n", ok(observation="after").encode() + b"\n"))
        assert step(api, session).json["observation"] == "after"

    def test_noise_before_the_object_is_dropped(self, api, scripted):
        session = scripted(pieces(b"loading 50% " + ok(observation="after").encode() + b"\n"))
        assert step(api, session).json["observation"] == "after"

    def test_a_whole_line_of_noise_does_not_shift_the_answers(self, api, scripted):
        session = scripted(
            pieces(b"Picked up JAVA_TOOL_OPTIONS\n", ok(observation="first").encode() + b"\n"), ok(observation="second")
        )
        assert [step(api, session).json["observation"] for _ in range(2)] == ["first", "second"]

    def test_a_code_point_that_is_cut_in_two_stays_whole(self, api, scripted):
        line = json.dumps({"status": "ok", "observation": "für 5 €"}, ensure_ascii=False).encode() + b"\n"
        cuts = [line.index("ü".encode()) + 1, line.index("€".encode()) + 2]
        session = scripted(pieces(line[: cuts[0]], line[cuts[0] : cuts[1]], line[cuts[1] :]))
        assert step(api, session).json["observation"] == "für 5 €"

    def test_a_reply_in_many_pieces_is_one_reply(self, api, scripted):
        line = ok(observation="x" * 200).encode() + b"\n"
        session = scripted(pieces(*(line[place : place + 7] for place in range(0, len(line), 7))))
        assert step(api, session).json["observation"] == "x" * 200

    @pytest.mark.parametrize(
        "reply, code",
        [
            ('{"status":"ok","observation":', "CONTAINER_ERROR"),
            ('{"status":"ok",}', "CONTAINER_ERROR"),
            ('{"status":"ok","observation":5}', "INTERNAL_ERROR"),
            ('{"status":"ok","observation":["x"]}', "INTERNAL_ERROR"),
            ('{"status":"ok","observation":"x","reward":[]}', "INTERNAL_ERROR"),
            ('{"observation":"x"}', "INTERNAL_ERROR"),
        ],
    )
    def test_a_reply_of_the_wrong_form_fails_the_session(self, api, scripted, reply, code):
        session = scripted(reply)
        answer = step(api, session)
        assert (answer.status, answer.json["error_code"]) == (500, code)
        text = "Internal server error" if code == "INTERNAL_ERROR" else "Communication error: "
        assert answer.json["detail"].startswith(text)

    def test_two_replies_to_one_step_do_not_become_the_next_answer(self, api, scripted):
        reply = ok(observation="one").encode() + b"\n"
        session = scripted(pieces(reply + reply), ok(observation="two"))
        seen = [step(api, session) for _ in range(2)]
        assert [answer.status for answer in seen] != [200, 200] or seen[1].json["observation"] == "two"
        assert not any(answer.status == 200 and answer.json["observation"] == "one" for answer in seen[1:])


class TestEnds:
    def test_no_reply_in_time_ends_the_session_and_frees_its_slot(self, serve):
        api = serve("--command-timeout", "0.5", "--max-sessions", "1").client
        session = api.post("/sessions").json["session_id"]
        expected = (
            500, {"detail": "Communication error: Timeout reading from container", "error_code": "CONTAINER_ERROR"},
        )  # fmt: skip
        for _ in range(2):
            answer = step(api, session, "sleep 30")
            assert (answer.status, answer.json) == expected
        assert api.get("/health").json["active_sessions"] == 0
        assert api.get("/sessions/" + session).json["status"] == "done"
        assert api.post("/sessions").status == 200

    def test_a_worker_that_exits_ends_the_session_and_frees_its_slot(self, api, create):
        session = create()["session_id"]
        expected = (
            500, {"detail": "Communication error: Container closed connection", "error_code": "CONTAINER_ERROR"},
        )  # fmt: skip
        for _ in range(2):
            answer = step(api, session, "exit 1")
            assert (answer.status, answer.json) == expected
        assert api.get("/health").json["active_sessions"] == 0
        assert api.call("DELETE", "/sessions/" + session).json == {"status": "ok", "session_id": session}
        assert api.call("DELETE", "/sessions/" + session).status == 404

    def test_the_failure_is_told_by_the_other_door_too(self, api, create):
        session = create()["session_id"]
        step(api, session, "exit 1")
        seen = api.read(session)
        assert (seen["state"], seen["reason"]) == ("failed", "worker_exited")

    def test_standard_error_is_kept(self, api, create):
        session = create()["session_id"]
        step(api, session, "stderr a warning of Java")
        assert "a warning of Java" in api.get("/v1/sessions/%s/logs" % session).json["lines"]
