"""Interrupts reach a running step without threads."""

import json
import threading
import time

import pytest


@pytest.fixture
def toy(single):
    worker = single("toys:Toy")
    worker.begin()
    return worker


def interrupted(worker, action, wait=0.15):
    worker.send(cmd="step", id=50, action=action)
    time.sleep(wait)
    worker.send(cmd="interrupt", id=50)
    return worker.reply()


@pytest.mark.parametrize("action", ["sleep", "spin", "stubborn"])
@pytest.mark.parametrize("wait", [0, 0.15])
def test_a_running_step_ends_with_the_code_interrupted(toy, action, wait):
    assert interrupted(toy, action, wait)["code"] == "interrupted"
    assert toy.code("step", action="x") == "not_reset"
    toy.ok("reset", seed=None, options={})
    toy.ok("step", action="x")


def test_an_interrupt_that_arrives_together_with_its_command_is_obeyed(toy):
    step, interrupt = ({"cmd": cmd, "id": 50, "action": "sleep"} for cmd in ("step", "interrupt"))
    toy.send_raw(b"".join(json.dumps(command).encode() + b"\n" for command in (step, interrupt)))
    assert toy.reply()["code"] == "interrupted"


def test_it_works_again_and_again(toy):
    for _ in range(3):
        assert interrupted(toy, "sleep")["code"] == "interrupted"
        toy.ok("reset", seed=None, options={})


def test_a_worker_can_end_its_step_in_good_order(single):
    patient = single("toys:Patient")
    patient.begin()
    reply = interrupted(patient, "wait")
    assert (reply["status"], reply["reward"]) == ("ok", 2.0)
    patient.ok("step", action="x")


def test_an_interrupt_of_another_command_is_ignored(toy):
    toy.send(cmd="interrupt", id=1)
    toy.ok("step", action="x")
    toy.send(cmd="step", id=50, action="nap")
    toy.send(cmd="interrupt", id=49)
    assert toy.reply()["status"] == "ok"
    assert toy.quiet()


def test_commands_that_arrive_during_a_step_wait_for_their_turn(toy):
    toy.send(cmd="step", id=50, action="nap")
    time.sleep(0.1)
    toy.send(cmd="step", id=51, action="x")
    toy.send(cmd="interrupt", id=52)
    toy.send(cmd="step", id=53, action="x")
    assert [toy.reply()["id"] for _ in range(3)] == [50, 51, 53]


def test_a_large_event_is_never_cut_by_an_interrupt(toy):
    toy.send(cmd="step", id=50, action="big_event")
    time.sleep(0.15)
    toy.send(cmd="interrupt", id=50)
    time.sleep(0.15)
    assert len(toy.reply()["data"]) == 5_000_000
    assert toy.reply()["id"] == 50


def test_steps_in_a_row_are_not_disturbed(toy):
    end = time.monotonic() + 0.5
    while time.monotonic() < end:
        toy.ok("step", action="x")


def test_a_signal_does_not_cut_short_what_is_printed(single, tmp_path):
    signalled = tmp_path / "signalled"
    toy = single("toys:Toy", PYTHONUNBUFFERED="1", SIGNALLED=str(signalled))
    toy.begin()
    toy.send(cmd="step", id=50, action="shout")
    while not signalled.exists():
        assert toy.process.poll() is None
    printed = []
    reader = threading.Thread(target=lambda: printed.append(toy.process.stderr.read()))
    reader.start()
    assert toy.reply()["status"] == "ok"
    toy.close()
    reader.join()
    assert printed == [b"x" * 300_000 + b"\n"]
