"""TextWorld and ScienceWorld through the worker."""

import shutil

import pytest

from corral.worker import landlock
from harness import Zygote

TEXTWORLD = "corral.worker.textworld:TextWorldWorker"
SCIENCEWORLD = "corral.worker.scienceworld:ScienceWorldWorker"
SMALL = {"world_size": 2, "nb_objects": 4, "quest_length": 2}


@pytest.fixture
def textworld(single, tmp_path):
    pytest.importorskip("textworld")

    def start(**more):
        worker = single(TEXTWORLD, SMALL, TMPDIR=str(tmp_path), **more)
        worker.ok("hello", protocol=2)
        return worker

    return start


def solve(worker, reply):
    """Plays the first admissible command that is new, up to a bound; returns all replies."""
    replies = [reply]
    for _ in range(4):
        command = replies[-1]["info"]["admissible_commands"][0]
        replies.append(worker.ok("step", action=command))
    return [{key: value for key, value in reply.items() if key != "id"} for reply in replies]


def test_the_seed_chooses_the_game(textworld):
    episodes = []
    for hash_seed, seed in (("1", 3), ("2", 3), ("3", 4)):
        worker = textworld(PYTHONHASHSEED=hash_seed)
        worker.ok("init", instance=None, params={}, seed=None)
        episodes.append(solve(worker, worker.ok("reset", seed=seed, options={})))
    assert episodes[0] == episodes[1] != episodes[2]


def test_the_parameter_seed_fixes_the_game(textworld):
    worker = textworld()
    worker.ok("init", instance=None, params={"seed": 3, "max_steps": 2}, seed=None)
    first = worker.ok("reset", seed=1, options={})
    assert worker.ok("reset", seed=2, options={})["info"] == first["info"]
    assert "-=" in first["observation"] and ">" not in first["observation"]
    assert first["observation"].startswith(first["info"]["objective"])
    assert worker.ok("step", action="look")["truncated"] is False
    reply = worker.ok("step", action="dance")
    assert (reply["truncated"], reply["reward"]) == (True, 0)


def test_winning_gives_the_score_as_reward_and_ends(textworld):
    import textworld as library

    worker = textworld()
    worker.ok("init", instance=None, params={}, seed=None)
    worker.ok("reset", seed=3, options={})
    options = library.GameOptions()
    options.nb_rooms, options.nb_objects, options.quest_length, options.quest_breadth = 2, 4, 2, 1
    options.seeds = 3
    walkthrough = library.generator.make_game(options).metadata["walkthrough"]
    replies = [worker.ok("step", action=command) for command in walkthrough]
    assert sum(reply["reward"] for reply in replies) == replies[-1]["info"]["max_score"]
    assert replies[-1]["terminated"] is True
    assert replies[-1]["info"]["won"] is True


def test_textworld_refuses_what_it_does_not_know(textworld):
    worker = textworld()
    assert worker.code("init", instance=None, params={"rooms": 3}) == "bad_request"
    assert worker.code("init", instance="x", params={}) == "bad_request"
    worker.ok("init", instance=None, params={"world_size": 0}, seed=None)
    assert worker.code("reset", seed=1, options={}) == "bad_request"
    worker.begin(seed=3)
    assert worker.code("step", action=3) == "invalid_action"


@pytest.mark.skipif(landlock.version() < landlock.ABI, reason="the kernel's Landlock is too old")
def test_textworld_can_be_forked_and_writes_only_its_own_folder(tmp_path):
    pytest.importorskip("textworld")
    with Zygote(TEXTWORLD, SMALL, PYTHONHASHSEED="0") as zygote:
        assert zygote.greeting == {"op": "ready"}
        pair = [zygote.session(tmp_path / name, token=name) for name in "ab"]
        episodes = [solve(session, session.begin(reset_seed=3)) for session in pair]
        assert episodes[0] == episodes[1]


@pytest.mark.skipif(shutil.which("java") is None, reason="there is no Java")
def test_scienceworld_plays_a_task(single):
    pytest.importorskip("scienceworld")
    worker = single(SCIENCEWORLD)
    hello = worker.ok("hello", protocol=2)
    assert len(hello["instances"]) == 30 and "boil" in hello["instances"]
    assert worker.code("init", instance="fly", params={}) == "bad_request"
    assert worker.code("init", instance="boil", params={"variation_idx": 10_000}) == "bad_request"
    assert worker.code("init", instance="boil", params={"variation_idx": "0"}) == "bad_request"
    worker.ok("init", instance="find-animal", params={"generate_gold_path": True, "simplification_str": "easy"}, seed=4)
    reply = worker.ok("reset", seed=None, options={})
    info = reply["info"]
    assert info["task_name"] == "find-animal"
    assert info["inventory"] and info["look"] and info["task_description"]
    total = info["score"]  # looking around, which a reset does, may already be worth something
    for command in info["gold_path"]:
        reply = worker.ok("step", action=command)
        total += reply["reward"]
        if reply["terminated"]:
            break
    assert (total, reply["info"]["score"], reply["terminated"]) == (100, 100, True)
    assert worker.code("step", action="look around") == "episode_over"

    worker.ok("init", instance="boil", params={"env_step_limit": 2}, seed=None)
    variations = [worker.ok("reset", seed=seed, options={})["info"]["variation_idx"] for seed in (1, 1, 2)]
    assert variations[0] == variations[1]
    flags = [worker.ok("step", action="wait1")["truncated"] for _ in range(2)]
    assert flags == [False, True]  # waiting counts as two moves
    status, _ = worker.finish()
    assert status == 0
