"""Several sessions in one worker: their steps go to it together, and what is one's own stays so."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from e2e import machine

WORKER = """
import os
from corral.worker import Worker

TEXT = {"type": "Text", "min_length": 0, "max_length": None, "charset": None}


class Pair(Worker):
    def spaces(self):
        return TEXT, TEXT

    def init(self, instance, params, seed):
        if params.get("bad"):
            raise ValueError("no such level")

    def reset(self, seed, options):
        self.count = 0
        return "slot %d" % self.slot, {"pid": os.getpid()}

    def step(self, action):
        if action == "raise":
            raise ValueError("own fault")
        if action == "exit":
            os._exit(1)
        self.count += 1
        return "%d:%d" % (self.slot, self.count), 1.0, action == "end", False, {}
"""
MANIFEST = """
manifest: 1
name: test/Pair
version: 1.0.0
launch:
  process:
    worker: worker.py:Pair
    share: %s
    sessions_per_worker: 4
"""


@pytest.fixture(params=["zygote", "none"])
def shared(request, serve, tmp_path):
    """A server of an environment whose workers hold four sessions."""
    tmp_path.chmod(0o755)
    (tmp_path / "worker.py").write_text(WORKER)
    (tmp_path / "environment.yaml").write_text(MANIFEST % request.param)
    server = serve(environments=[tmp_path])
    server.share = request.param
    return server


def many(client, count):
    return client.post("/v1/sessions/batch", {"environment": "test/Pair", "count": count}).json["sessions"]


def steps(client, sessions, action="go"):
    body = {"steps": [{"session": one["id"], "action": action} for one in sessions]}
    return client.post("/v1/steps", body).json["results"]


def test_sessions_share_workers_up_to_the_number_of_the_manifest(shared):
    sessions = many(shared.client, 6)
    assert sorted(one["observation"] for one in sessions) == sorted(["slot %d" % slot for slot in (0, 1, 2, 3, 0, 1)])
    assert "shared with up to 3 other sessions" in sessions[0]["isolation"]
    if shared.share == "zygote":  # else every worker is process 2 of a sandbox of its own
        assert len({one["info"]["pid"] for one in sessions}) == 2


def test_steps_of_all_are_answered_in_order(shared):
    sessions = many(shared.client, 6)
    for count in range(1, 4):
        answers = steps(shared.client, sessions)
        expected = ["%s:%d" % (one["observation"].split()[1], count) for one in sessions]
        assert [answer["observation"] for answer in answers] == expected


def test_an_error_is_ones_own(shared):
    sessions = many(shared.client, 4)
    body = {"steps": [{"session": one["id"], "action": "raise" if n == 1 else "go"} for n, one in enumerate(sessions)]}
    answers = shared.client.post("/v1/steps", body).json["results"]
    assert [answer.get("error", {}).get("code") for answer in answers] == [None, "environment_error", None, None]
    assert [answer["index"] for answer in steps(shared.client, sessions)] == [2, 2, 2, 2]


def test_an_end_of_an_episode_is_ones_own(shared):
    sessions = many(shared.client, 2)
    shared.client.step(sessions[0]["id"], "end")
    answers = steps(shared.client, sessions)
    assert [answer.get("error", {}).get("code") for answer in answers] == ["episode_over", None]
    assert shared.client.reset(sessions[0]["id"]).json["episode"] == 1


def test_an_init_that_fails_disturbs_nobody_and_gives_its_slot_back(shared):
    sessions = many(shared.client, 3)
    for _ in range(3):
        answer = shared.client.post("/v1/sessions", {"environment": "test/Pair", "params": {"bad": True}})
        assert answer.code == "environment_error"
    fourth = shared.client.create("test/Pair")
    assert fourth["observation"] == "slot 3"
    assert [answer["index"] for answer in steps(shared.client, sessions)] == [1, 1, 1]


def test_a_closed_session_gives_its_slot_to_the_next(shared):
    sessions = many(shared.client, 4)
    shared.client.delete(sessions[2]["id"])
    assert shared.client.create("test/Pair")["observation"] == "slot 2"


def test_the_end_of_a_worker_ends_its_sessions_and_no_others(shared):
    sessions = many(shared.client, 6)
    first, second = sessions[:4], sessions[4:]
    shared.client.step(first[0]["id"], "exit")
    for one in first:
        assert machine.until(lambda one=one: shared.client.read(one["id"])["state"] == "failed", 10)
    assert [answer["index"] for answer in steps(shared.client, second)] == [1, 1]
    assert shared.client.get("/v1/health").json["sessions"] == 2
    assert len(many(shared.client, 3)) == 3


def test_closing_all_leaves_no_worker(shared):
    many(shared.client, 6)
    shared.client.call("DELETE", "/sessions")
    assert shared.client.get("/v1/health").json["sessions"] == 0
    assert len(many(shared.client, 5)) == 5


def test_many_clients_at_once_get_their_own_answers(shared):
    sessions = many(shared.client, 8)

    def play(one):
        slot = one["observation"].split()[1]
        for count in range(1, 30):
            assert shared.client.step(one["id"], "go").json["observation"] == "%s:%d" % (slot, count)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(play, sessions))


class TestWindow:
    @pytest.fixture
    def counted(self, serve, program):
        """A worker of protocol 2 that tells how many steps came together."""
        worker = program(
            "counting.py",
            "import json, sys\n"
            "SPACE = {'type': 'Text', 'min_length': 0, 'max_length': None, 'charset': None}\n"
            "for line in sys.stdin:\n"
            "    c = json.loads(line)\n"
            "    r = {'id': c['id'], 'status': 'ok'}\n"
            "    s = {'status': 'ok', 'reward': 0, 'terminated': False, 'truncated': False, 'info': {}}\n"
            "    if c['cmd'] == 'hello':\n"
            "        r.update(protocol=2, worker={}, capabilities=['batch'], instances=None, agents=None)\n"
            "    if c['cmd'] == 'init':\n"
            "        r.update(observation_space=SPACE, action_space=SPACE, render_modes=[])\n"
            "    if c['cmd'] == 'reset':\n"
            "        r.update(observation='', info={})\n"
            "    if c['cmd'] == 'step_many':\n"
            "        r['results'] = [dict(s, observation=str(len(c['steps']))) for _ in c['steps']]\n"
            "    print(json.dumps(r), flush=True)\n",
        )

        def start(window):
            return serve(
                "--worker-command", "python", "-u", worker, "--worker-protocol", "2", "--sessions-per-worker", "8",
                "--batch-window-ms", window,
            ).client  # fmt: skip

        return start

    def observe(self, client, sessions):
        with ThreadPoolExecutor(len(sessions)) as pool:
            path = "/sessions/%s/step"
            answers = pool.map(lambda one: client.post(path % one, {"action": "x"}).json["observation"], sessions)
            return list(answers)

    def test_steps_that_come_within_the_window_go_together(self, counted):
        client = counted(2000)
        sessions = [client.post("/sessions").json["session_id"] for _ in range(4)]
        assert self.observe(client, sessions) == ["4"] * 4

    def test_a_window_ends_when_all_sessions_of_the_worker_wait(self, counted):
        client = counted(60000)
        sessions = [client.post("/sessions").json["session_id"] for _ in range(3)]
        for _ in range(3):
            assert self.observe(client, sessions) == ["3"] * 3

    def test_a_window_ends_by_its_time(self, counted):
        client = counted(50)
        sessions = [client.post("/sessions").json["session_id"] for _ in range(3)]
        assert self.observe(client, sessions[:2]) == ["2"] * 2

    def test_without_a_window_nobody_waits(self, counted):
        client = counted(0)
        sessions = [client.post("/sessions").json["session_id"] for _ in range(3)]
        answer = client.post("/sessions/%s/step" % sessions[0], {"action": "x"})
        assert answer.json["observation"] == "1"

    def test_steps_of_one_request_go_together_without_a_window(self, counted):
        client = counted(0)
        sessions = [client.post("/sessions").json["session_id"] for _ in range(8)]
        body = {"steps": [{"session": one, "action": "x"} for one in sessions]}
        results = client.post("/v1/steps", json.dumps(body).encode()).json["results"]
        assert [one["observation"] for one in results] == ["8"] * 8


def test_a_worker_that_holds_one_session_is_refused(serve, worker):
    client = serve("--worker-protocol", "auto", "--sessions-per-worker", "4").client
    answer = client.post("/v1/sessions", {"environment": "scripted"})
    assert (answer.status, answer.code) == (409, "failed_precondition")
