"""Every door gives the same trajectory, and tells the same faults in its own words."""

import contextlib
import random
import threading

import pytest
from contract import ENVIRONMENT
from rpc_doors import RPC_DOORS

from doors import DOORS, DoorError, InProcess
from e2e import machine

NOBODY = "01a22f3f-3487-8001-beb2-da47fa5c0076"


@contextlib.contextmanager
def opened(kind, server, **how):
    """A door with a session, unless `how` is `session=False`."""
    door = kind(server)
    wants = how.pop("session", True)
    try:
        if wants:
            door.open(ENVIRONMENT, **how)
        yield door
    finally:
        with contextlib.suppress(Exception):
            door.close()
        door.leave()


@pytest.fixture(params=DOORS + RPC_DOORS, ids=lambda kind: kind.name)
def kind(request):
    return request.param


def state(server, session):
    """State, reason and index, without being a call on the session."""
    for each in server.client.get("/v1/sessions?limit=1000").json["sessions"]:
        if each["id"] == session:
            return each["state"], each["reason"], each["index"]
    return None


def hash_of(server, session):
    return server.client.read(session)["trajectory_hash"]


SCRIPTS = {ENVIRONMENT: 3, "native/CartPole": 2}  # how many actions are used


def play(door, environment, seed=11, steps=200):
    """The script: random actions, a reset whenever an episode is over; everything that was seen."""
    actions = random.Random(5)
    door.open(environment, reset=False)
    seen = [door.reset(seed)]
    for _ in range(steps):
        observation, reward, over = door.step(actions.randrange(SCRIPTS[environment]))
        seen.append((observation, reward, over))
        if over:
            seen.append(door.reset())
    return seen


_told = {}


def reference(server, environment):
    """What REST saw, and the trajectory's hash."""
    if environment not in _told:
        with opened(DOORS[0], server, session=False) as door:
            _told[environment] = play(door, environment), hash_of(server, door.session)
    return _told[environment]


@pytest.mark.parametrize("environment", SCRIPTS)
def test_the_same_script_gives_the_same_trajectory(kind, server, environment):
    seen, hashed = reference(server, environment)
    assert sum(1 for each in seen if isinstance(each, tuple)) == 200 and len(seen) > 203
    with opened(kind, server, session=False) as door:
        assert play(door, environment) == seen
        assert hash_of(server, door.session) == hashed


def test_the_same_script_in_process(server):
    if not InProcess.is_there():
        pytest.skip("libcorral.so is not built: scripts/build-library")
    with opened(InProcess, server, session=False) as door:
        assert play(door, "native/CartPole") == reference(server, "native/CartPole")[0]


def test_a_bad_action_changes_nothing(kind, server):
    with opened(kind, server, seed=1) as door:
        first = door.step(0)
        with pytest.raises(DoorError) as error:
            door.step(9)
        assert error.value.code == door.codes["bad_action"]
        assert state(server, door.session) == ("running", None, 1)
        assert door.step(1)[0][0] == first[0][0] + 2


def test_a_session_that_is_not_there(kind, server):
    if "unknown" in kind.lacks:
        pytest.skip("this protocol names no sessions")
    with opened(kind, server, session=False) as door:
        with pytest.raises(DoorError) as error:
            door.step_other(NOBODY)
        assert error.value.code == door.codes["unknown_session"]


def test_a_full_server(kind, crowded):
    with opened(kind, crowded) as first:
        with opened(kind, crowded, session=False) as second:
            with pytest.raises(DoorError) as error:
                second.open(ENVIRONMENT)
            assert error.value.code == second.codes["capacity"]
        assert first.step(0)[0][0] == 1
    assert machine.until(lambda: crowded.client.get("/v1/health").json["sessions"] == 0)


def test_a_step_that_takes_too_long(kind, server):
    with opened(kind, server) as door:
        with pytest.raises(DoorError) as error:
            door.step(7)
        assert error.value.code == door.codes["timeout"]
        assert state(server, door.session)[:2] == ("failed", "timeout")


def test_a_worker_that_dies(kind, server):
    with opened(kind, server) as door:
        with pytest.raises(DoorError) as error:
            door.step(6)
        assert error.value.code == door.codes["death"]
        assert state(server, door.session)[:2] == ("failed", "worker_exited")


def test_a_step_that_is_cancelled(kind, server):
    if "interrupt" in kind.lacks:
        pytest.skip("this protocol cannot interrupt")
    with opened(kind, server) as door:
        caught = []

        def step():
            try:
                caught.append(door.step(7))
            except DoorError as error:
                caught.append(error.code)

        thread = threading.Thread(target=step)
        thread.start()
        machine.until(lambda: door.server.client.reset(door.session, index=10**6).code == "busy")
        door.interrupt()
        thread.join(10)
        assert caught == [door.codes["interrupted"]]
        assert state(server, door.session)[0] in ("running", "ready")


def test_a_connection_that_is_lost_in_mid_step(kind, server):
    if "drop" in kind.lacks:
        pytest.skip("nothing of this client can be dropped from outside")
    with opened(kind, server, seed=3) as door:
        door.step(0)
        door.send_step(5)
        server.client.until_busy(door.session)
        door.disconnect()
        if "outlives" in door.lacks:
            assert machine.until(lambda: state(server, door.session)[:2] == ("closed", "requested"))
            return
        assert machine.until(lambda: state(server, door.session) == ("running", None, 2))
        assert door.step(1, index=3)[0][0] == 1 + 6 + 2


def test_a_step_that_is_sent_twice(kind, server):
    if "index" in kind.lacks:
        pytest.skip("this protocol has no retries")
    with opened(kind, server, seed=3) as door:
        once = door.step(2, index=1)
        again = door.step(2, index=1)
        assert once == again
        assert state(server, door.session) == ("running", None, 1)
        with pytest.raises(DoorError) as error:
            door.step(2, index=7)
        assert error.value.code == "conflict"


def test_a_step_before_the_first_reset(kind, server):
    if "not_reset" in kind.lacks:
        pytest.skip("in this protocol it is a reset")
    with opened(kind, server, reset=False) as door:
        with pytest.raises(DoorError) as error:
            door.step(0)
        assert error.value.code == door.codes["not_reset"]
        assert state(server, door.session)[2] == -1
