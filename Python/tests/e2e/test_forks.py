"""Forks of live sessions: the same futures whatever the others do, or a clear refusal."""

import random

import pytest

from e2e.marks import LONG

POINTS = 50 if LONG else 2
FUTURE = 12
GAMES = {
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
