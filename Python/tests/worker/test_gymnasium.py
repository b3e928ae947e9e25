"""Gymnasium, MiniGrid, ALE and PettingZoo through the worker do what they do without it."""

import pytest

from corral.worker import landlock
from harness import Zygote

gymnasium = pytest.importorskip("gymnasium")
np = pytest.importorskip("numpy")

ENTRY = "corral.worker.gymnasium:GymnasiumWorker"
CARTPOLE = {"id": "CartPole-v1"}
MINIGRID = {"id": "MiniGrid-Empty-5x5-v0", "import": ["minigrid"]}
PONG = {"id": "ALE/Pong-v5", "import": ["ale_py"]}


def same(wire, value):
    """Whether a value of the wire is the environment's value."""
    if isinstance(value, dict):
        return wire.keys() == value.keys() and all(same(wire[key], value[key]) for key in value)
    if isinstance(value, np.ndarray):
        return np.array_equal(np.array(wire, dtype=value.dtype), value)
    return wire == value


@pytest.mark.parametrize(
    ("config", "actions"),
    [(CARTPOLE, [0, 1] * 40), (MINIGRID, [2, 2, 1, 0, 6, 2, 1, 2, 2]),
     ({"id": "MountainCarContinuous-v0"}, [[0.5]] * 5), ({"id": "FrozenLake-v1"}, [1, 2, 1, 2, 0]),
     ({"id": "Taxi-v4"}, [0, 1, 2, 3, 4])],
)  # fmt: skip
@pytest.mark.parametrize("seed", [0, 7])
def test_the_same_seed_and_actions_give_what_the_library_gives(single, config, actions, seed):
    for module in config.get("import", []):
        pytest.importorskip(module)
    worker = single(ENTRY, config)
    env = gymnasium.make(config["id"])
    observation, info = env.reset(seed=seed)
    reply = worker.begin(reset_seed=seed)
    assert same(reply["observation"], observation)
    for action in actions:
        observation, reward, terminated, truncated, info = env.step(
            np.array(action, dtype=np.float32) if isinstance(action, list) else action
        )
        reply = worker.ok("step", action=action)
        assert same(reply["observation"], observation)
        assert (reply["reward"], reply["terminated"], reply["truncated"]) == (reward, terminated, truncated)
        if terminated or truncated:
            assert worker.code("step", action=action) == "episode_over"
            observation, info = env.reset()
            assert same(worker.ok("reset", seed=None, options={})["observation"], observation)


def test_pong_sends_its_screen_as_a_buffer(single):
    pytest.importorskip("ale_py")
    worker = single(ENTRY, PONG)
    assert "buffers" in worker.ok("hello", protocol=2, buffers=True)["capabilities"]
    assert worker.ok("init", instance=None, params={}, seed=None)["action_space"]["n"] == 6
    env = gymnasium.make(PONG["id"])
    observation, _ = env.reset(seed=3)
    reply = worker.ok("reset", seed=3, options={})
    for action in [2, 3, 0, 1]:
        assert reply["buffers"] == [{"name": "/observation", "dtype": "uint8", "shape": [210, 160, 3]}]
        frame = np.frombuffer(worker.exactly(210 * 160 * 3), np.uint8).reshape(210, 160, 3)
        assert (frame == observation).all()
        observation = env.step(action)[0]
        reply = worker.ok("step", action=action)
    worker.exactly(210 * 160 * 3)


@pytest.mark.parametrize("config", [CARTPOLE, MINIGRID, PONG])
def test_a_snapshot_brings_back_the_very_same_future(single, config):
    for module in config.get("import", []):
        pytest.importorskip(module)
    worker = single(ENTRY, config)
    assert "snapshot" in worker.ok("hello", protocol=2, buffers=False)["capabilities"]
    worker.ok("init", instance=None, params={}, seed=None)
    worker.ok("reset", seed=1, options={})
    worker.ok("step", action=1)
    worker.ok("render", mode=None)
    state = worker.ok("snapshot")["state"]

    def future():
        replies = [worker.ok("step", action=action) for action in (0, 1, 1, 0)]
        return [{key: value for key, value in reply.items() if key != "id"} for reply in replies]

    first = future()
    worker.ok("restore", state=state)
    assert future() == first


def test_a_frame_is_a_picture(single):
    worker = single(ENTRY, CARTPOLE)
    worker.begin(reset_seed=1)
    reply = worker.ok("render", mode="rgb_array")
    assert np.array(reply["frame"]).shape == (400, 600, 3)
    assert worker.code("render", mode="human") == "unsupported"


def test_parameters_go_over_the_declared_arguments(single):
    worker = single(ENTRY, {"id": "CartPole-v1", "kwargs": {"max_episode_steps": 3}})
    for params, steps in [({}, 3), ({"max_episode_steps": 2}, 2), ({"max_episode_steps": 3}, 3)]:
        worker.begin(params=params, reset_seed=1)
        flags = [worker.ok("step", action=0)["truncated"] for _ in range(steps)]
        assert flags == [False] * (steps - 1) + [True]
    assert worker.code("init", instance=None, params={"no_such": 1}) == "environment_error"
    assert worker.code("init", instance="x", params={}) == "bad_request"


def test_wrappers_are_put_around(single):
    wrappers = [{"name": "TimeLimit", "kwargs": {"max_episode_steps": 2}}, "gymnasium.wrappers:FlattenObservation"]
    worker = single(ENTRY, {**MINIGRID, "wrappers": ["minigrid.wrappers:ImgObsWrapper", *wrappers]})
    worker.ok("hello", protocol=2)
    space = worker.ok("init", instance=None, params={}, seed=None)["observation_space"]
    assert (space["type"], space["shape"]) == ("Box", [147])
    worker.ok("reset", seed=1, options={})
    worker.ok("step", action=0)
    assert worker.ok("step", action=0)["truncated"] is True


def test_actions_outside_of_the_space_are_refused_and_harm_nothing(single):
    worker = single(ENTRY, CARTPOLE)
    worker.begin(reset_seed=1)
    for action in (2, -1, 0.5, "0", None, True, [0], {}):
        assert worker.code("step", action=action) == "invalid_action"
    worker.ok("step", action=1)


def test_a_session_without_a_seed_is_unlike_the_others(single):
    worker = single(ENTRY, CARTPOLE)
    first = worker.begin()["observation"]
    worker.ok("init", instance=None, params={}, seed=None)
    assert worker.ok("reset", seed=None, options={})["observation"] != first
    worker.ok("init", instance=None, params={}, seed=5)
    seeded = worker.ok("reset", seed=None, options={})["observation"]
    assert worker.ok("reset", seed=5, options={})["observation"] == seeded


@pytest.mark.skipif(landlock.version() < landlock.ABI, reason="the kernel's Landlock is too old")
@pytest.mark.parametrize("config", [CARTPOLE, MINIGRID, PONG])
def test_forked_sessions_play_alike_and_apart(config, tmp_path):
    for module in config.get("import", []):
        pytest.importorskip(module)
    with Zygote(ENTRY, config) as zygote:
        assert zygote.greeting == {"op": "ready"}
        sessions = [zygote.session(tmp_path / name, token=name) for name in "abc"]
        starts = [session.begin(reset_seed=seed)["observation"] for session, seed in zip(sessions, (1, 1, 2))]
        assert starts[0] == starts[1]
        futures = [[s.ok("step", action=a)["observation"] for a in (1, 0, 1)] for s in sessions]
        assert futures[0] == futures[1]
        if config is CARTPOLE:
            assert starts[2] != starts[0]
            unseeded = [zygote.session(tmp_path / name).begin()["observation"] for name in "de"]
            assert unseeded[0] != unseeded[1]


def test_pettingzoo_plays_its_agents_at_once(single):
    rps = pytest.importorskip("pettingzoo.classic.rps_v2")
    worker = single("corral.worker.pettingzoo:ParallelWorker", {"env": "pettingzoo.classic.rps_v2"})
    assert worker.ok("hello", protocol=2)["agents"] == ["player_0", "player_1"]
    spaces = worker.ok("init", instance=None, params={"max_cycles": 3}, seed=None)
    assert spaces["action_space"]["player_1"] == {"type": "Discrete", "n": 3, "start": 0}
    env = rps.parallel_env(max_cycles=3)
    observation, _ = env.reset(seed=2)
    assert same(worker.ok("reset", seed=2, options={})["observation"], dict(observation))
    assert worker.code("step", action={"player_0": 1}) == "invalid_action"
    assert worker.code("step", action={"player_0": 1, "player_1": 9}) == "invalid_action"
    while env.agents:
        expected = env.step({"player_0": 1, "player_1": 2})
        reply = worker.ok("step", action={"player_0": 1, "player_1": 2})
        for name, value in zip(("observation", "reward", "terminated", "truncated"), expected):
            assert same(reply[name], dict(value)), name
    assert worker.code("step", action={"player_0": 1, "player_1": 2}) == "episode_over"
