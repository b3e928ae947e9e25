"""Protocol version 1, row by row as DockerGym's workers behave."""

import json
import subprocess
import sys

import pytest

from harness import environment


@pytest.fixture
def echo(single):
    return single("toys:Echo")


def ask(worker, **message):
    worker.send(**message)
    return worker.reply()


def test_init_answers_observation_reward_and_done_and_spreads_info(echo):
    reply = ask(echo, cmd="init", env_id="boil", depth=2)
    assert reply == {
        "status": "ok", "observation": "begin boil", "reward": 0.0, "done": False, "params": {"depth": 2},
    }  # fmt: skip
    assert type(reply["reward"]) is float


def test_info_may_overwrite_the_standard_keys(echo):
    reply = ask(echo, cmd="init", env_id="x", spread={"observation": "other", "done": "maybe"})
    assert (reply["observation"], reply["done"]) == ("other", "maybe")


def test_step_answers_the_same_fields(echo):
    ask(echo, cmd="init", env_id="x")
    assert ask(echo, cmd="step", action="go") == {
        "status": "ok", "observation": "1 go", "reward": 1.0, "done": False, "count": 1,
    }  # fmt: skip
    assert ask(echo, cmd="step", action="end")["done"] is True
    assert ask(echo, cmd="step", action="on")["observation"] == "3 on"


def test_init_without_an_id_and_step_without_an_action_take_empty_text(echo):
    assert ask(echo, cmd="init")["observation"] == "begin "
    assert ask(echo, cmd="step")["observation"] == "1 "


def test_init_again_begins_again(echo):
    ask(echo, cmd="init", env_id="a")
    ask(echo, cmd="step", action="go")
    assert ask(echo, cmd="init", env_id="b")["observation"] == "begin b"
    assert ask(echo, cmd="step", action="go")["count"] == 1


def test_blank_lines_get_no_reply(echo):
    echo.send_raw(b"\n  \n\r\n")
    assert ask(echo, cmd="init", env_id="x")["status"] == "ok"
    assert echo.quiet()


@pytest.mark.parametrize("line", [b"{", b"hello", b'{"cmd":', b"\xff\xfe", b"[" * 100_000])
def test_what_is_not_json_is_an_error_and_the_loop_goes_on(echo, line):
    echo.send_raw(line + b"\n")
    reply = echo.reply()
    assert reply["status"] == "error"
    assert reply["message"].startswith("Invalid JSON:")
    assert ask(echo, cmd="init", env_id="x")["status"] == "ok"


@pytest.mark.parametrize("line", [b"3", b"[]", b"null", b'"init"'])
def test_json_that_is_no_object_is_an_error_instead_of_the_end(echo, line):
    echo.send_raw(line + b"\n")
    assert echo.reply() == {"status": "error", "message": "Invalid JSON: expected an object"}
    assert ask(echo, cmd="init", env_id="x")["status"] == "ok"


def test_an_exception_of_init_is_an_error(echo):
    assert ask(echo, cmd="init", env_id="explode") == {"status": "error", "message": "Init failed: no such game"}


def test_info_that_cannot_be_json_is_an_error_of_init(echo):
    reply = ask(echo, cmd="init", env_id="unsendable")
    assert reply["message"] == "Init failed: Object of type object is not JSON serializable"


def test_step_before_init_is_an_error(echo):
    assert ask(echo, cmd="step", action="x") == {"status": "error", "message": "Environment not initialized"}


def test_an_exception_of_step_is_an_error_and_the_session_goes_on(echo):
    ask(echo, cmd="init", env_id="x")
    assert ask(echo, cmd="step", action="explode") == {"status": "error", "message": "Step failed: step went wrong"}
    assert ask(echo, cmd="step", action="go")["status"] == "ok"


def test_unknown_commands_are_named(echo):
    assert ask(echo, cmd="reset") == {"status": "error", "message": "Unknown command: reset"}
    assert ask(echo, x=1) == {"status": "error", "message": "Unknown command: None"}


def test_hello_is_unknown_which_is_how_the_server_tells_the_versions_apart(echo):
    assert ask(echo, cmd="hello", id=1, protocol=2)["message"] == "Unknown command: hello"


def test_prints_never_reach_the_protocol(echo):
    ask(echo, cmd="init", env_id="x")
    assert ask(echo, cmd="step", action="print")["observation"] == "1 print"
    status, printed = echo.finish()
    assert status == 0
    for noise in ("noise", "more noise", "raw noise", "noise of a child"):
        assert noise in printed.splitlines()


def test_the_end_of_input_calls_close_and_its_exceptions_do_not_matter(echo):
    ask(echo, cmd="init", env_id="x")
    status, printed = echo.finish()
    assert status == 0
    assert "closed" in printed


def test_a_worker_module_can_call_run_itself_over_pipes():
    done = subprocess.run(
        [sys.executable, "-c", "from toys import Echo; Echo().run()"],
        input=b'{"cmd":"init","env_id":"x"}\n{"cmd":"step","action":"last line without its end"}',
        capture_output=True, env=environment(), timeout=60, check=True,
    )  # fmt: skip
    replies = [json.loads(line) for line in done.stdout.splitlines()]
    assert [reply["observation"] for reply in replies] == ["begin x", "1 last line without its end"]
