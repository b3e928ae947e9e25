"""Workers of both protocols in the process sandbox, through the same calls."""

import pytest

from e2e import environments
from e2e.server import ROOT, Server

EXAMPLES = ROOT / "Examples/workers"
WORKERS = ["guess-dockergym", "guess-loop", "guess"]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("environments")
    launch = {"protocol": "auto", "worker": "worker.py:GuessWorker"}
    environments.write(folder, "test/entry", launch, [EXAMPLES / "guess-dockergym/worker.py"])
    launch = {"protocol": 1, "command": ["python3", "worker.py"]}
    environments.write(folder, "test/copied", launch, [EXAMPLES / "guess-dockergym/worker.py"])
    environments.write_source(folder, "test/noisy", launch, NOISY)
    with Server(environments=[EXAMPLES, folder]) as server:
        yield server


NOISY = """
import json, sys
print()
for line in sys.stdin:
    command = json.loads(line)
    print("a library says hello")
    print("   ")
    sys.stdout.write("noise before ")
    if command["cmd"] == "init":
        print(json.dumps({"status": "ok", "observation": "start", "score": 3}))
    else:
        print(json.dumps({"status": "ok", "observation": command["action"], "score": 2.5, "done": 0, "extra": [1]}))
    sys.stdout.flush()
"""


@pytest.mark.parametrize("name", WORKERS)
def test_all_workers_play_the_same_game_through_the_same_calls(api, name):
    session = api.create("examples/" + name, params={"secret": 7})
    assert session["state"] == "running"
    assert session["backend"] == "process"
    assert "seccomp" in session["isolation"]
    assert (session["observation"], session["info"]["tries"], session["index"]) == (
        "Guess a number from 1 to 10.",
        0,
        0,
    )
    seen = []
    for guess in ["3", "9", "7"]:
        answer = api.step(session["id"], guess).json
        seen.append((answer["observation"], answer["reward"], answer["terminated"], answer["truncated"]))
    assert seen == [
        ("It is greater.", 0, False, False),
        ("It is less.", 0, False, False),
        ("Yes!", 1, True, False),
    ]
    assert (answer["index"], answer["info"]) == (3, {"tries": 3})
    assert api.step(session["id"], "7").code == "episode_over"
    again = api.reset(session["id"]).json
    assert (again["index"], again["episode"], again["info"]["tries"]) == (4, 1, 0)
    assert api.step(session["id"], "7").json["terminated"] is True
    assert api.delete(session["id"]).json == {"id": session["id"], "state": "closed"}
    assert api.delete(session["id"]).status == 200


@pytest.mark.parametrize("name", ["test/entry", "test/copied"])
def test_a_dockergym_worker_runs_as_an_entry_and_as_a_command(api, name):
    session = api.create(name)["id"]
    answer = api.step(session, "11").json
    assert answer["observation"] == "It is less."
    failed = api.step(session, "no number")
    assert (failed.status, failed.code) == (502, "environment_error")
    assert "invalid literal" in failed.json["error"]["message"]
    assert api.step(session, "0").json["observation"] == "It is greater."
    log = api.get("/v1/sessions/%s/logs" % session).json["lines"]
    assert any("ValueError" in line for line in log)


def test_noise_of_version_1_workers_is_left_out(api):
    session = api.create("test/noisy")
    assert session["observation"] == "start"
    for word in ["a", "b"]:
        answer = api.step(session["id"], word).json
        assert (answer["observation"], answer["reward"], answer["terminated"]) == (word, 2.5, False)
        assert answer["info"] == {"extra": [1], "score": 2.5}


def test_a_version_1_worker_takes_no_seed(api):
    answer = api.post("/v1/sessions", {"environment": "examples/guess-loop", "seed": 1})
    assert (answer.status, answer.code) == (409, "failed_precondition")


def test_the_same_seed_and_actions_give_the_same_trajectory(api):
    """Rule 8, for the doors and backends of this build."""
    hashes = []
    for _ in range(2):
        session = api.create("examples/guess", seed=5)["id"]
        answers = [api.step(session, guess).json["observation"] for guess in "123"]
        hashes.append((answers, api.read(session)["trajectory_hash"]))
    assert hashes[0] == hashes[1]
    other = api.create("examples/guess", seed=6)["id"]
    for guess in "123":
        api.step(other, guess)
    assert api.read(other)["trajectory_hash"] != hashes[0][1]
