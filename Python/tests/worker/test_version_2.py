"""Protocol version 2: every command, every error code, one reply each."""

import base64
import json
import os

import pytest


@pytest.fixture
def toy(single):
    return single("toys:Toy")


def test_hello_tells_what_the_worker_can_do(toy):
    reply = toy.ok("hello", protocol=2, buffers=True)
    assert reply["protocol"] == 2
    assert reply["worker"]["name"] == "Toy"
    assert reply["worker"]["language"].startswith("Python 3")
    assert reply["worker"]["packages"] == {}
    assert set(reply["capabilities"]) == {"seed", "snapshot", "render", "buffers", "batch", "interrupt"}
    assert reply["instances"] == ["a", "b"]
    assert reply["agents"] is None


def test_init_tells_spaces_and_render_modes(toy):
    reply = toy.ok("init", instance="a", params={}, seed=None)
    assert reply["observation_space"] == {"type": "Discrete", "n": 100, "start": 0}
    assert reply["action_space"]["type"] == "Text"
    assert reply["render_modes"] == ["rgb_array", "ansi"]


def test_reset_and_step_have_all_their_fields(toy):
    assert toy.begin(reset_seed=5) == {"id": 3, "status": "ok", "observation": 5, "info": {"seed": 5}}
    assert toy.ok("step", action="go") == {
        "id": 4, "status": "ok", "observation": 6, "reward": 1.0, "terminated": False, "truncated": False, "info": {},
    }  # fmt: skip


def test_a_reward_that_was_not_given_stays_null(toy):
    toy.begin()
    reply = toy.ok("step", action="end")
    assert reply["reward"] is None
    assert reply["terminated"] is True


def test_commands_out_of_order_are_refused(toy):
    assert toy.code("reset", seed=None, options={}) == "not_initialized"
    assert toy.code("step", action="x") == "not_initialized"
    assert toy.code("render", mode=None) == "not_initialized"
    assert toy.code("snapshot") == "not_initialized"
    toy.ok("init", instance=None, params={}, seed=None)
    assert toy.code("step", action="x") == "not_reset"
    assert toy.code("render", mode=None) == "not_reset"
    toy.ok("reset", seed=None, options={})
    toy.ok("init", instance=None, params={}, seed=None)
    assert toy.code("step", action="x") == "not_reset"


@pytest.mark.parametrize("end", ["end", "cut"])
def test_after_the_end_of_an_episode_only_reset_helps(toy, end):
    toy.begin()
    toy.ok("step", action=end)
    assert toy.code("step", action="x") == "episode_over"
    toy.ok("render", mode=None)
    toy.ok("reset", seed=None, options={})
    toy.ok("step", action="x")


@pytest.mark.parametrize(
    "line",
    [b"nonsense", b"{", b"[1]", b"null", b'{"cmd":"step"}', b'{"cmd":"step","id":"1"}', b'{"cmd":"step","id":true}',
     b'{"id":1,"cmd":"reset","seed":NaN}', b"\xff", b"[" * 100_000],
)  # fmt: skip
def test_what_is_no_command_is_a_bad_request_without_an_id(toy, line):
    toy.send_raw(line + b"\n")
    reply = toy.reply()
    assert (reply["id"], reply["code"]) == (None, "bad_request")
    toy.begin()


def test_unknown_commands_and_wrong_fields_are_named(toy):
    assert toy.code("dance") == "unknown_command"
    assert toy.code("init", instance=3) == "bad_request"
    assert toy.code("init", params=[]) == "bad_request"
    assert toy.code("init", seed="x") == "bad_request"
    toy.begin()
    assert toy.code("step") == "bad_request"
    assert toy.code("reset", seed=1.5) == "bad_request"


def test_blank_lines_get_no_reply(toy):
    toy.send_raw(b"\n \n")
    toy.begin()
    assert toy.quiet()


def test_exceptions_of_the_environment_are_answered_and_traced(toy):
    toy.ok("hello", protocol=2)
    reply = toy.call("init", instance="explode", params={}, seed=None)
    assert (reply["code"], reply["message"]) == ("environment_error", "ValueError: no such instance")
    assert toy.code("reset") == "not_initialized"
    toy.begin()
    assert toy.call("step", action="explode")["message"] == "RuntimeError: step went wrong"
    toy.ok("step", action="x")
    assert toy.code("step", action="exit") == "environment_error"
    assert toy.code("reset", options={"explode": True}) == "environment_error"
    assert toy.code("step", action="x") == "not_reset"
    status, printed = toy.finish()
    assert status == 0
    assert "do_explode" in printed


def test_numbers_that_are_not_finite_are_spelled(toy):
    toy.begin()
    reply = toy.ok("step", action="numbers")
    assert reply["observation"] == ["NaN", "Infinity", "-Infinity", 1.5]
    assert reply["info"] == {"deep": {"x": ["NaN"]}, "3": "key"}
    assert reply["reward"] == 1


def test_what_cannot_be_sent_is_an_error_that_says_where(toy):
    toy.begin()
    reply = toy.call("step", action="unsendable")
    assert reply["code"] == "environment_error"
    assert reply["message"] == "/info/list/1/thing: a object cannot be sent as JSON"
    assert "too deeply" in toy.call("step", action="circular")["message"]
    assert "reward" in toy.call("step", action="reward")["message"]
    toy.ok("step", action="x")


def test_text_is_always_valid_utf_8(toy):
    toy.begin()
    assert toy.ok("step", action="surrogate")["observation"] == "a\ufffdb \u00e9"


def test_events_come_before_the_reply(toy):
    toy.begin()
    toy.send(cmd="step", id=9, action="events")
    assert [toy.reply() for _ in range(3)] == [
        {"id": 9, "event": "output", "data": "half\n"},
        {"id": 9, "event": "progress", "value": 0.5, "message": "middle"},
        {"id": 9, "event": "output", "data": "whole\n"},
    ]
    assert toy.reply()["status"] == "ok"


def test_render_knows_its_modes(toy):
    toy.begin()
    assert toy.ok("render", mode="ansi")["frame"] == "count 0"
    assert toy.ok("render", mode=None)["mode"] == "rgb_array"
    assert toy.code("render", mode="human") == "unsupported"


def test_snapshot_and_restore_bring_back_the_state_and_the_end(toy):
    toy.begin()
    toy.ok("step", action="x")
    state = toy.ok("snapshot")["state"]
    toy.ok("step", action="end")
    over = toy.ok("snapshot")["state"]
    toy.ok("restore", state=state)
    assert toy.ok("step", action="x")["observation"] == 2
    toy.ok("restore", state=over)
    assert toy.code("step", action="x") == "episode_over"
    assert toy.code("restore", state="%%%") == "bad_request"
    assert toy.code("restore", state="") == "bad_request"
    assert toy.code("restore", state=base64.b64encode(b"\0" * 5 + b"no number").decode()) == "environment_error"
    assert toy.code("step", action="x") == "not_reset"


def test_close_is_answered_and_ends_the_worker(toy):
    toy.begin()
    toy.ok("close")
    assert toy.reply() is None
    assert toy.process.wait(10) == 0


def test_the_end_of_input_ends_the_worker(toy):
    toy.begin()
    assert toy.finish()[0] == 0


def test_the_end_of_input_ends_a_running_step_too(toy):
    toy.begin()
    toy.send(cmd="step", id=9, action="sleep")
    toy.end.close()
    assert toy.process.wait(10) == 0


def test_every_slot_has_an_environment_of_its_own(single):
    many = single("toys:Counter")
    assert "batch" in many.ok("hello")["capabilities"]
    for slot in (0, 3):
        many.ok("init", slot=slot, instance=None, params={}, seed=slot)
        many.ok("reset", slot=slot, seed=None, options={})
    steps = [{"slot": 3, "action": 2}, {"slot": 0, "action": 5}, {"slot": 3, "action": 1}]
    results = many.ok("step_many", steps=steps)["results"]
    assert [one["observation"] for one in results] == [2, 5, 3]
    assert many.ok("step", slot=0, action=1)["observation"] == 6
    assert many.ok("step", action=1)["observation"] == 7


def test_an_error_among_many_steps_is_its_own(single):
    many = single("toys:Counter")
    many.begin()
    many.ok("init", slot=1)
    many.ok("reset", slot=1)
    steps = [{"slot": 1, "action": "bad"}, {"slot": 9, "action": 1}, {"slot": 0, "action": 1}, {"slot": 1}, 5]
    results = many.ok("step_many", steps=steps)["results"]
    assert [one.get("code") for one in results] == [
        "environment_error", "not_initialized", None, "bad_request", "bad_request",
    ]  # fmt: skip
    assert results[2]["observation"] == 1


def test_the_end_of_an_episode_holds_for_its_slot_only(single):
    many = single("toys:Counter")
    many.begin()
    many.ok("init", slot=1)
    many.ok("reset", slot=1)
    results = many.ok(
        "step_many", steps=[{"slot": 1, "action": 100}, {"slot": 1, "action": 1}, {"slot": 0, "action": 1}]
    )
    assert [one.get("code") for one in results["results"]] == [None, "episode_over", None]


def test_a_slot_that_was_dropped_is_closed_and_can_be_made_again(single):
    many = single("toys:Counter")
    many.begin()
    many.ok("init", slot=1)
    many.ok("drop", slot=1)
    assert many.code("reset", slot=1) == "not_initialized"
    assert many.code("drop", slot=1) == "not_initialized"
    many.ok("init", slot=1)
    many.ok("drop", slot=0)
    assert many.code("step", slot=0, action=1) == "not_initialized"
    many.ok("init", slot=0)
    _, printed = many.finish()
    assert printed.count("closed") == 3


@pytest.mark.parametrize("slot", ["0", -1, 1.0, True, None])
def test_a_slot_is_an_integer_from_0(single, slot):
    many = single("toys:Counter")
    many.begin()
    assert many.code("step", slot=slot, action=1) == "bad_request"


def test_a_worker_that_holds_one_says_so(single):
    alone = single("toys:Alone")
    assert "batch" not in alone.ok("hello")["capabilities"]
    assert alone.code("init", slot=1) == "unsupported"


def test_an_episode_of_several_agents_ends_with_the_last(single):
    pair = single("toys:Pair")
    assert pair.ok("hello")["agents"] == ["x", "y"]
    pair.begin()
    reply = pair.ok("step", action={"x": "end", "y": "go"})
    assert reply["terminated"] == {"x": True, "y": False}
    pair.ok("step", action={"x": "end", "y": "end"})
    assert pair.code("step", action={"x": "end", "y": "end"}) == "episode_over"


def test_a_turn_based_environment_says_who_acts(single):
    turns = single("toys:Turns")
    assert turns.begin()["agent"] == "x"
    assert turns.ok("step", action="go")["agent"] == "y"


def test_commands_may_arrive_in_pieces_and_in_heaps(toy):
    toy.begin()
    line = json.dumps({"cmd": "step", "id": 9, "action": "x" * 200_000}).encode() + b"\n"
    for start in range(0, len(line), 50_001):
        toy.send_raw(line[start : start + 50_001])
    assert toy.reply()["id"] == 9
    toy.send_raw(b"".join(b'{"cmd":"step","id":%d,"action":"x"}\n' % number for number in range(10, 60)))
    assert [toy.reply()["id"] for _ in range(50)] == list(range(10, 60))


def test_prints_never_reach_the_protocol(single, tmp_path):
    script = tmp_path / "noisy.py"
    script.write_text("import os; print('noise'); os.write(1, b'raw noise')\nfrom toys import Toy\n")
    noisy = single(f"{script}:Toy")
    noisy.begin()
    status, printed = noisy.finish()
    assert status == 0
    assert "noise" in printed


def test_a_worker_that_cannot_be_prepared_ends_with_a_traceback(single):
    broken = single("toys:Broken")
    assert broken.reply() is None
    assert "cannot be prepared" in broken.process.communicate()[1].decode()
    assert broken.process.returncode == 1


def test_the_worker_needs_nothing_but_the_standard_library(single):
    script = (
        "import sys; sys.path[:0] = [%r]\n"
        "import corral.worker, corral.worker.session, corral.worker.zygote, corral.worker.gymnasium\n"
        "foreign = [n for n, m in sys.modules.items() if getattr(m, '__file__', None)\n"
        "           and not m.__file__.startswith((sys.base_prefix + '/lib/python3', %r))]\n"
        "assert not foreign, foreign\n"
        "print('alone')\n"
    )
    import subprocess
    import sys

    from harness import SOURCES

    done = subprocess.run(
        [os.path.realpath(sys.executable), "-S", "-E", "-c", script % (str(SOURCES), str(SOURCES))],
        capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.stdout == b"alone\n", done.stderr.decode()
