"""Forks of live sessions: the same futures whatever the others do, or a clear refusal."""

import random
import threading

import pytest

from e2e import environments, machine
from e2e.marks import LONG
from e2e.server import ROOT, Server, corral

POINTS = 50 if LONG else 2
FUTURE = 12
GAMES = {
    "native/CartPole": {"expected": "copy"},
    "native/FrozenLake8x8": {"expected": "copy"},
    "classic/CartPole": {},
    "minigrid/Empty-5x5": {},
    "ale/Pong": {},
    "text/TextWorld": {"params": {"quest_length": 3}},
}


class Player:
    """Plays any environment by random actions of its own seed."""

    def __init__(self, api, session, seed):
        self.api = api
        self.session = session
        self.random = random.Random(seed)
        self.over = False
        self.commands = None

    def see(self, answer):
        self.over = answer.get("terminated", False) or answer.get("truncated", False)
        self.commands = answer["info"].get("admissible_commands")
        return answer

    def action(self):
        if self.commands is not None:
            return self.random.choice(sorted(self.commands))
        return self.random.randrange(self.session["action_space"]["n"])

    def play(self, steps):
        """Answers of so many calls: resets where an episode is over."""
        answers = []
        for _ in range(steps):
            if self.over:
                answer = post(self.api, self.session, "reset", {})
            else:
                answer = post(self.api, self.session, "step", {"action": self.action()})
            answers.append(self.see(answer))
        return answers

    def of(self, branch):
        """A player of a branch that goes on as this one would."""
        other = Player(self.api, branch, 0)
        other.random.setstate(self.random.getstate())
        other.over, other.commands = self.over, self.commands
        return other


def post(api, session, what, body):
    answer = api.post("/v1/sessions/%s/%s" % (session["id"], what), body)
    assert answer.status in (200, 201), answer
    return answer.json


def start(api, environment, seed=3, **more):
    answer = api.post("/v1/sessions", {"environment": environment, "seed": seed, **more})
    assert answer.status == 201, answer
    return answer.json


def fork(api, session, count=1, expected="fork"):
    answer = post(api, session, "fork", {"count": count})
    assert len(answer["sessions"]) == count
    assert answer["mechanism"] == expected
    assert answer["exact"] == ("replayed" if expected == "replay" else True)
    return answer["sessions"]


def read(api, session):
    return api.get("/v1/sessions/" + session["id"]).json


def check_futures(api, environment, seed, expected="fork", **more):
    """Children and a grandchild do what the session itself does, after another branch did something else."""
    session = start(api, environment, seed, **more)
    player = Player(api, session, seed)
    player.see(session)
    player.play(player.random.randrange(1, 40))
    child, other = fork(api, session, 2, expected)
    (grandchild,) = fork(api, child, 1, expected)
    for branch, parent in [(child, session), (grandchild, child)]:
        assert (branch["parent"], branch["branched_at"]) == (parent["id"], read(api, session)["index"])
    astray = player.of(other)
    astray.random.seed(seed + 1000)
    astray.play(FUTURE)
    futures = [player.of(branch).play(FUTURE) for branch in (grandchild, session, child)]
    assert futures[0] == futures[1] == futures[2]
    hashes = {read(api, branch)["trajectory_hash"] for branch in (session, child, grandchild)}
    assert len(hashes) == 1
    assert api.delete(session["id"] + "?branches=true").json["branches"] == 3


@pytest.mark.parametrize("environment", GAMES)
def test_branches_have_the_future_of_the_session(api, environment):
    for point in range(POINTS):
        check_futures(api, environment, seed=100 + point, **GAMES[environment])


@pytest.mark.parametrize("seed", [4])
def test_scienceworld_is_replayed_and_right(api, seed):
    instance = api.get("/v1/environments/text%2FScienceWorld").json
    assert instance["manifest"]["fork"] == ["replay"]
    session = start(api, "text/ScienceWorld", seed, instance="boil", params={"variation_idx": 0})
    for action in ("look around", "open door to hallway", "go to hallway"):
        post(api, session, "step", {"action": action})
    (branch,) = fork(api, session, 1, "replay")
    post(api, branch, "step", {"action": "inventory"})
    (second,) = fork(api, session, 1, "replay")
    futures = [[post(api, one, "step", {"action": a}) for a in ("look around", "wait1")] for one in (second, session)]
    assert futures[0] == futures[1]


DICE = '''
import os, pickle, random
from corral.worker import Worker

PROCESS = int.from_bytes(os.urandom(3), "little")


class Dice(Worker):
    """Throws dice; its state travels."""

    capabilities = ("seed", "snapshot", "portable")

    def spaces(self):
        return {"type": "Discrete", "n": 1 << 30}, {"type": "Discrete", "n": 2}

    def reset(self, seed, options):
        self.dice, self.seen = random.Random(seed), []
        return 0, {}

    def step(self, action):
        if action == 1:
            return PROCESS, 0.0, False, False, {}
        self.seen.append(self.dice.randrange(1 << 30))
        return self.seen[-1], 0.0, False, False, {"seen": len(self.seen)}

    def snapshot(self):
        return pickle.dumps((self.dice.getstate(), self.seen))

    def restore(self, state):
        self.dice = random.Random()
        state, self.seen = pickle.loads(state)
        self.dice.setstate(state)
'''


@pytest.fixture
def dice(serve, tmp_path):
    """A server, started again with the same data, of an environment whose sessions are processes of their own."""
    launch = {"worker": "worker.py:Dice", "share": "none"}
    folder = environments.write_source(tmp_path / "envs", "test/dice", launch, DICE, fork=["snapshot"])

    return lambda **more: serve(environments=[folder], **more)


def throw(api, session, times=5):
    return [post(api, session, "step", {"action": 0})["observation"] for _ in range(times)]


def test_a_fresh_process_takes_over_a_snapshot(dice):
    api = dice().client
    session = start(api, "test/dice")
    throw(api, session)
    (child, astray) = fork(api, session, 2, "snapshot")
    throw(api, astray, 3)
    (grandchild,) = fork(api, child, 1, "snapshot")
    assert throw(api, grandchild) == throw(api, session) == throw(api, child)
    family = (session, child, astray, grandchild)
    assert len({post(api, one, "step", {"action": 1})["observation"] for one in family}) == 4
    again = post(api, session, "snapshots", {"name": "here"})
    assert again["mechanism"] == "snapshot"
    future = throw(api, session)
    post(api, session, "snapshots/here/restore", {})
    assert throw(api, session) == future


def test_a_checkpoint_with_a_workers_state_is_taken_over_by_another_server(dice):
    server = dice()
    session = start(server.client, "test/dice")
    throw(server.client, session)
    taken = post(server.client, session, "checkpoint", {})
    future = throw(server.client, session)
    server.kill()
    api = dice(data=server.data).client
    restored = api.post("/v1/checkpoints/%s/restore" % taken["id"], {}).json
    assert restored["mechanism"] == "snapshot" and restored["trajectory_hash"] == taken["trajectory_hash"]
    assert throw(api, restored) == future


SLIPPERY = {"worker": "corral.worker.gymnasium:GymnasiumWorker", "config": {"id": "FrozenLake-v1"}, "share": "zygote"}


@pytest.fixture(scope="module")
def slippery(tmp_path_factory):
    folder = tmp_path_factory.mktemp("envs")
    environments.write(folder, "test/slippery", SLIPPERY)
    environments.write(folder, "test/replayed", SLIPPERY, fork=["replay"])
    with Server("--record", "full", environments=[folder, ROOT / "Manifests/ale"]) as server:
        yield server


def walk(api, session, actions=(2, 1, 2, 1)):
    """Observations until the walk is over, on ice that slips."""
    seen = []
    for action in actions:
        answer = post(api, session, "step", {"action": action})
        seen.append(answer["observation"])
        if answer["terminated"] or answer["truncated"]:
            break
    return seen


@pytest.mark.parametrize("environment", ["test/slippery", "native/FrozenLake8x8"])
def test_branches_can_have_random_numbers_of_their_own(slippery, environment):
    api = slippery.client
    session = start(api, environment)
    post(api, session, "step", {"action": 3})
    before = read(api, session)
    same = [walk(api, one) for one in post(api, session, "fork", {"count": 3})["sessions"]]
    assert same[0] == same[1] == same[2]
    branches = post(api, session, "fork", {"count": 8, "seed": 40})["sessions"]
    assert {branch["branched_at"] for branch in branches} == {1}
    assert len({branch["trajectory_hash"] for branch in branches} | {before["trajectory_hash"]}) == 9
    walks = [walk(api, branch) for branch in branches]
    assert len({tuple(one) for one in walks}) > 1
    again = post(api, session, "fork", {"count": 2, "seed": 43})["sessions"]
    assert [walk(api, branch) for branch in again] == walks[3:5]
    hashes = [read(api, one)["trajectory_hash"] for one in (branches[3], again[0])]
    assert hashes[0] == hashes[1]
    for one in (session, branches[3]):
        api.delete(one["id"])
    for name in (branches[3]["id"], str(slippery.data / "trajectories" / (branches[3]["id"] + ".ctraj"))):
        replayed = corral(slippery, "replay", name)
        assert replayed.startswith("identical: %d records" % len(walks[3])), replayed


def test_random_numbers_of_a_branch_are_repeated_with_its_calls(slippery):
    api = slippery.client
    session = start(api, "test/replayed", seed=11)
    post(api, session, "step", {"action": 3})
    children = post(api, session, "fork", {"count": 2, "seed": 8})["sessions"]
    for child in children:
        post(api, child, "step", {"action": 3})
    grandchildren = [fork(api, child, 1, "replay")[0] for child in children]
    checkpoint = post(api, children[1], "checkpoint", {})
    restored = api.post("/v1/checkpoints/%s/restore" % checkpoint["id"], {}).json
    walks = [walk(api, one) for one in (*children, *grandchildren, restored)]
    assert walks[:2] == walks[2:4] and walks[4] == walks[1]
    assert read(api, grandchildren[0])["trajectory_hash"] != read(api, grandchildren[1])["trajectory_hash"]
    for one in (session, children[0], grandchildren[0]):
        api.delete(one["id"])
    assert corral(slippery, "replay", grandchildren[0]["id"]).startswith("identical")


def test_a_seed_of_a_fork_is_repeated_or_refused(slippery):
    api = slippery.client
    session = start(api, "test/slippery", reset=False)
    path = "/v1/sessions/%s/fork" % session["id"]
    assert api.post(path, {"seed": 1}).code == "not_reset"
    post(api, session, "reset", {"seed": 3})
    bodies = ({"seed": -1}, {"seed": "1"}, {"seed": 2**63 - 1, "count": 2})
    assert {api.post(path, body).code for body in bodies} == {"invalid_argument"}
    first = api.call("POST", path, {"seed": 5}, {"Idempotency-Key": "s"}).json
    again = api.call("POST", path, {"seed": 5}, {"Idempotency-Key": "s"}).json
    assert again["sessions"][0]["id"] == first["sessions"][0]["id"]
    assert api.call("POST", path, {"seed": 6}, {"Idempotency-Key": "s"}).code == "conflict"
    (grandchild,) = fork(api, first["sessions"][0], 1, "snapshot")
    assert walk(api, grandchild) == walk(api, first["sessions"][0])
    pong = start(api, "ale/Pong")
    refused = api.post("/v1/sessions/%s/fork" % pong["id"], {"seed": 1})
    assert refused.code == "failed_precondition" and refused.json["error"]["details"]["reason"] == "reseed"
    assert api.get("/v1/sessions/%s" % pong["id"]).json["state"] == "running"


AWKWARD = '''
import os, random, socket, subprocess, sys, threading
from corral.worker import Worker


class Awkward(Worker):
    """Holds what a fork would share or lose, as its actions say."""

    holds_many = False

    def spaces(self):
        text = {"type": "Text", "min_length": 0, "max_length": None, "charset": None}
        return text, text

    def init(self, instance, params, seed):
        self.kept = []
        self.count = 0

    def reset(self, seed, options):
        return "", {}

    def step(self, action):
        self.count += 1
        if action == "thread":
            threading.Thread(target=threading.Event().wait, daemon=True).start()
        elif action == "child":
            self.kept.append(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]))
        elif action == "socket":
            self.kept.append(socket.socketpair())
        elif action == "file":
            self.kept.append(open(os.path.join(os.environ["TMPDIR"], "log"), "w"))
        elif action == "random":
            return str(random.random()), 0.0, False, False, {}
        elif action == "secret":
            return os.urandom(4).hex(), 0.0, False, False, {}
        elif action == "fail":
            raise ValueError("as asked")
        return "%s %d" % (action, self.count), 0.0, False, False, {}
'''


def awkward(serve, tmp_path, *options, **fields):
    launch = {"worker": "worker.py:Awkward", "share": "zygote"}
    folder = environments.write_source(tmp_path / "envs", "test/awkward", launch, AWKWARD, **fields)
    server = serve(*options, environments=[folder])
    server.skip_unless_shared("shared")
    return server.client


def say(api, session, word):
    return post(api, session, "step", {"action": word})["observation"]


REASONS = {
    "thread": "threads run",
    "child": "child processes",
    "socket": "a socket is open",
    "file": "open for writing",
}


def test_what_a_fork_would_share_or_lose_is_refused_or_replayed(serve, tmp_path):
    api = awkward(serve, tmp_path, fork=["fork"])
    for word, reason in REASONS.items():
        session = start(api, "test/awkward")
        say(api, session, word)
        answer = api.post("/v1/sessions/%s/fork" % session["id"], {"count": 2})
        assert answer.code == "failed_precondition", answer
        assert reason in answer.json["error"]["message"]
        assert answer.json["error"]["details"]["reason"] == "not_forkable"
        assert say(api, session, "on") == "on 2"
    listed = api.get("/v1/sessions?limit=100").json["sessions"]
    assert len(listed) == len(REASONS)


def test_where_a_fork_is_refused_replay_takes_over_and_failures_are_repeated(serve, tmp_path):
    api = awkward(serve, tmp_path, fork=["fork", "replay"])
    session = start(api, "test/awkward")
    first = say(api, session, "random")
    assert api.post("/v1/sessions/%s/step" % session["id"], {"action": "fail"}).code == "environment_error"
    (branch,) = fork(api, session)
    assert say(api, branch, "random") == say(api, session, "random") != first
    say(api, session, "thread")
    (branch,) = fork(api, session, 1, "replay")
    assert read(api, branch)["trajectory_hash"] == read(api, session)["trajectory_hash"]
    assert say(api, branch, "random") == say(api, session, "random")


def test_a_replay_that_comes_out_otherwise_is_an_error_and_leaves_no_session(serve, tmp_path):
    api = awkward(serve, tmp_path, fork=["replay"])
    session = start(api, "test/awkward")
    say(api, session, "secret")
    answer = api.post("/v1/sessions/%s/fork" % session["id"], {})
    assert answer.code == "failed_precondition"
    assert answer.json["error"]["details"]["reason"] == "replay_diverged"
    assert api.get("/v1/health").json["sessions"] == 1


def test_a_manifest_can_refuse_forks(serve, tmp_path):
    api = awkward(serve, tmp_path, fork="refuse")
    session = start(api, "test/awkward")
    assert api.post("/v1/sessions/%s/fork" % session["id"], {}).code == "failed_precondition"


def test_what_branches_cost_does_not_use_up_the_memory_of_their_session(serve, tmp_path):
    limits = {"memory": "48MiB", "pids": 8}
    api = awkward(serve, tmp_path, fork=["fork"], resources=limits)
    session = start(api, "test/awkward")
    branches = [branch for _ in range(3) for branch in fork(api, session, 20)]
    assert {say(api, branch, "on") for branch in branches} == {"on 1"}
    assert say(api, session, "on") == "on 1"


def test_a_family_has_a_budget(serve, tmp_path):
    api = awkward(serve, tmp_path, "--fork-sessions", "5", fork=["fork"])
    session = start(api, "test/awkward")
    generation = [session]
    for _ in range(2):
        generation += [branch for parent in list(generation) for branch in fork(api, parent)]
        generation = generation[:4]
    answer = api.post("/v1/sessions/%s/fork" % generation[-1]["id"], {"count": 2})
    assert answer.code == "resource_exhausted", answer
    fork(api, generation[-1])
    assert api.post("/v1/sessions/%s/fork" % session["id"], {}).code == "resource_exhausted"
    api.delete(generation[-1]["id"])
    fork(api, session)
    assert api.post("/v1/sessions/%s/fork" % start(api, "test/awkward")["id"], {}).status == 201


def test_a_repeated_request_gets_the_same_branches(api):
    session = start(api, "classic/CartPole")
    path = "/v1/sessions/%s/fork" % session["id"]
    first = api.call("POST", path, {"count": 2}, {"Idempotency-Key": "k"})
    again = api.call("POST", path, {"count": 2}, {"Idempotency-Key": "k"})
    ids = [[one["id"] for one in answer.json["sessions"]] for answer in (first, again)]
    assert ids[0] == ids[1]
    assert api.call("POST", path, {"count": 3}, {"Idempotency-Key": "k"}).code == "conflict"


def test_a_branch_gives_the_last_answer_again(api):
    session = start(api, "classic/CartPole")
    last = post(api, session, "step", {"action": 1, "index": 1})
    (branch,) = fork(api, session)
    assert post(api, branch, "step", {"action": 0, "index": 1}) == last
    assert post(api, branch, "step", {"action": 0, "index": 2})["index"] == 2


def test_many_forks_at_once_are_all_or_none_and_a_session_rests_meanwhile(api):
    session = start(api, "classic/CartPole")
    answers = []
    threads = [
        threading.Thread(target=lambda: answers.append(api.post("/v1/sessions/%s/fork" % session["id"], {"count": 8})))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status for answer in answers} <= {201, 409}
    made = sum(len(answer.json["sessions"]) for answer in answers if answer.status == 201)
    assert made >= 8 and made % 8 == 0
    assert api.get("/v1/health").json["sessions"] == made + 1


def test_the_end_of_a_session_does_not_touch_its_branches_and_branches_end_together(api):
    session = start(api, "minigrid/Empty-5x5")
    (child,) = fork(api, session)
    (grandchild,) = fork(api, child)
    api.delete(child["id"])
    post(api, grandchild, "step", {"action": 1})
    assert api.delete(session["id"] + "?branches=true").json == {
        "id": session["id"], "state": "closed", "branches": 1,
    }  # fmt: skip
    assert read(api, grandchild)["state"] == "closed"


def test_kill_9_in_the_middle_of_a_fork_leaves_nothing(serve):
    server = serve("--max-sessions", "200")
    session = start(server.client, "classic/CartPole")

    def fork_until_killed():
        try:
            server.client.post("/v1/sessions/%s/fork" % session["id"], {"count": 150})
        except OSError:
            pass

    forking = threading.Thread(target=fork_until_killed)
    forking.start()
    machine.until(lambda: len(server.processes()) > 20, 20, pause=0.001)
    server.kill()
    forking.join()
    again = serve(data=server.data)
    server.check_nothing_left(10)
    assert again.client.get("/v1/health").json["sessions"] == 0


@pytest.mark.parametrize("environment, mechanism", [("classic/CartPole", "fork"), ("native/CartPole", "snapshot")])
def test_a_session_goes_back_to_a_snapshot_of_it(api, environment, mechanism):
    session = start(api, environment)
    post(api, session, "step", {"action": 1})
    path = "/v1/sessions/%s/snapshots" % session["id"]
    taken = api.post(path, {"name": "fork"})
    assert taken.status == 201 and taken.json["mechanism"] == mechanism and taken.json["index"] == 1
    before = read(api, session)
    futures = []
    for _ in range(2):
        futures.append([post(api, session, "step", {"action": action}) for action in (0, 1, 1, 0)])
        restored = post(api, session, "snapshots/fork/restore", {})
        assert restored["trajectory_hash"] == before["trajectory_hash"]
        assert restored["index"] == futures[-1][-1]["index"] + 1
    shown = [[{**answer, "index": None} for answer in future] for future in futures]
    assert shown[0] == shown[1]
    assert [one["name"] for one in api.get(path).json["snapshots"]] == ["fork"]
    assert api.call("DELETE", path + "/fork").status == 200
    assert api.post(path + "/fork/restore", {}).code == "not_found"


def test_a_checkpoint_brings_a_session_back_after_the_server_was_killed(serve):
    first = serve()
    api = first.client
    session = start(api, "minigrid/Empty-5x5", labels={"run": "one"})
    player = Player(api, session, 1)
    player.play(9)
    taken = api.post("/v1/sessions/%s/checkpoint" % session["id"], {})
    assert taken.status == 201, taken
    expected = player.of(session).play(10)
    first.kill()
    api = serve(data=first.data).client
    assert [one["id"] for one in api.get("/v1/checkpoints").json["checkpoints"]] == [taken.json["id"]]
    restored = api.post("/v1/checkpoints/%s/restore" % taken.json["id"], {})
    assert restored.status == 201, restored
    assert restored.json["trajectory_hash"] == taken.json["trajectory_hash"]
    assert restored.json["labels"] == {"run": "one"}
    other = Player(api, restored.json, 1)
    for _ in range(9):
        other.action()
    assert other.play(10) == expected
    assert api.call("DELETE", "/v1/checkpoints/" + taken.json["id"]).status == 200
    assert api.post("/v1/checkpoints/%s/restore" % taken.json["id"], {}).code == "not_found"


def test_a_prefix_is_played_once_and_branched_from_there(serve, api):
    request = {"environment": "minigrid/Empty-5x5", "seed": 5, "prefix": [2, 1, 2]}
    before = metric(api, "hit"), metric(api, "miss")
    first = api.post("/v1/sessions/batch", {**request, "count": 3}).json["sessions"]
    again = api.post("/v1/sessions", {**request, "prefix": [2, 1, 2, 0]}).json
    assert {one["index"] for one in first} == {3} and again["index"] == 4
    assert len({read(api, one)["trajectory_hash"] for one in first}) == 1
    plain = start(api, "minigrid/Empty-5x5", seed=5)
    answers = [post(api, plain, "step", {"action": action}) for action in (2, 1, 2, 0)]
    assert first[0]["observation"] == answers[2]["observation"]
    assert again["observation"] == answers[3]["observation"]
    assert read(api, plain)["trajectory_hash"] == read(api, again)["trajectory_hash"]
    api.post("/v1/sessions", request)
    assert (metric(api, "hit"), metric(api, "miss")) == (before[0] + 1, before[1] + 2)
    assert first[0]["parent"] is None
    assert api.post("/v1/sessions", {**request, "prefix": [99]}).code == "invalid_action"
    listed = [one for one in api.get("/v1/sessions?limit=1000").json["sessions"] if one["state"] == "running"]
    assert len(listed) == 6


def test_rows_go_back_and_are_brought_back_by_another_server(serve):
    first = serve()
    api = first.client
    session = start(api, "native/FrozenLake8x8", rows=5, autoreset="Disabled")

    def future(api, session):
        mask = {"options": {"reset_mask": [True, False, False, False, True]}}
        calls = [("reset", mask), ("step", {"action": [2, 1, 0, 3, 2]}), ("reset", mask)]
        answers = [post(api, session, call, body) for call, body in calls]
        return [{**answer, "index": None} for answer in answers]

    post(api, session, "step", {"action": [2, 2, 1, 1, 0]})
    taken = post(api, session, "snapshots", {"name": "here"})
    assert taken["mechanism"] == "snapshot"
    checkpoint = post(api, session, "checkpoint", {})
    (branch,) = fork(api, session, 1, "copy")
    expected = future(api, session)
    assert future(api, branch) == expected
    for _ in range(2):
        post(api, session, "snapshots/here/restore", {})
        assert future(api, session) == expected
    first.kill()
    api = serve(data=first.data).client
    restored = api.post("/v1/checkpoints/%s/restore" % checkpoint["id"], {})
    assert restored.status == 201, restored
    assert restored.json["rows"] == 5 and restored.json["trajectory_hash"] == checkpoint["trajectory_hash"]
    assert future(api, restored.json) == expected


def test_branches_of_rows_have_random_numbers_of_their_own(api):
    session = start(api, "native/FrozenLake8x8", rows=64)
    branches = post(api, session, "fork", {"count": 2, "seed": 9})["sessions"]
    seen = [post(api, one, "step", {"action": [2] * 64})["observation"] for one in [*branches, session]]
    assert len({tuple(one) for one in seen}) == 3


def metric(api, result):
    for line in api.call("GET", "/metrics").body.decode().splitlines():
        if line.startswith('corral_prefix_lookups_total{result="%s"}' % result):
            return float(line.split()[-1])
    return 0
