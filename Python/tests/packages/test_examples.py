"""The packages of Examples/dockergym, served as their READMEs say and played by their example clients."""

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests
from echo import free_port
from engine import build_images, running_engine

ROOT = Path(__file__).resolve().parents[3]
needs_java = pytest.mark.skipif(shutil.which("java") is None, reason="ScienceWorld needs Java")
packages = pytest.mark.parametrize("name", [pytest.param("scienceworld", marks=needs_java), "textworld"])


class Served:
    """`python -m Examples.dockergym.NAME`, ready when the constructor returns."""

    def __init__(self, name, binary, folder, image, **variables):
        self.name = name
        self.log = folder / "log"
        port = free_port()
        self.address = f"http://127.0.0.1:{port}"
        variables = {**os.environ, "CORRAL_BIN": binary, "CORRAL_DATA": str(folder / "data"), **variables}
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", f"Examples.dockergym.{name}", "--docker-image", image, "--port", str(port)],
                cwd=ROOT, env=variables, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        while True:
            try:
                requests.get(f"{self.address}/health", timeout=10)
                return
            except requests.ConnectionError:
                assert self.process.poll() is None, self.log.read_text()
                time.sleep(0.02)

    def create(self, env_id=None, **params):
        return requests.post(f"{self.address}/sessions", json={"env_id": env_id, "params": params}, timeout=120)

    def step(self, session, action):
        answer = requests.post(f"{self.address}/sessions/{session['session_id']}/step", json={"action": action})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def play_example(self, *arguments):
        command = [sys.executable, "-m", f"Examples.dockergym.{self.name}.example", "--base-url", self.address]
        return subprocess.run([*command, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=300)

    def stop(self):
        self.process.terminate()
        self.process.wait(60)


@pytest.fixture
def serve(binary, tmp_path):
    """Serves a package with its workers in sandboxes of this machine; ends it after the test."""
    started = []

    def start(name, image="", **variables):
        started.append(Served(name, binary, tmp_path, image, **variables))
        return started[-1]

    yield start
    for one in started:
        one.stop()


@pytest.fixture(scope="session")
def engine():
    """The address of a Docker Engine without a registry."""
    with running_engine() as address:
        yield address


@packages
def test_the_example_client_plays_one_session_and_then_many(serve, name):
    check_example(serve(name))


@pytest.mark.parametrize("name", ["scienceworld", "textworld"])
def test_the_example_client_plays_in_containers_and_leaves_none(serve, engine, name):
    build_images(engine, name)
    served = serve(name, f"{name}:latest", DOCKER_HOST=engine.address)
    made = served.create()
    assert made.status_code == 200, made.text + served.log.read_text()
    containers = engine.containers(f"label={name}-session")  # spare ones, too
    assert containers
    limits = engine.said(
        "inspect", "--format", "{{.HostConfig.NetworkMode}} {{.HostConfig.ReadonlyRootfs}}", *containers
    )
    assert set(limits.splitlines()) == {"none true"}
    requests.delete(f"{served.address}/sessions/{made.json()['session_id']}")
    check_example(served)
    served.stop()
    assert engine.containers(f"label={name}-session") == []


def check_example(served):
    """Lets the example client of a package play, and looks at what it printed."""
    played = served.play_example("--concurrent", "2", "--total-jobs", "3")
    assert played.returncode == 0, played.stderr + served.log.read_text()
    health, session = played.stdout.splitlines()[:2]
    assert re.fullmatch(r"server: ok, 0 of 64 sessions, \d+ environments", health)
    assert re.fullmatch(r"session \S+ of (boil|easy)", session)
    assert len(re.findall("^> ", played.stdout, re.MULTILINE)) >= 1
    assert re.search(r"^3 of 3 sessions, \d+ steps in ", played.stdout, re.MULTILINE)
    assert requests.get(f"{served.address}/health").json()["active_sessions"] == 0


def test_the_example_client_says_how_to_start_a_server_where_there_is_none():
    command = [sys.executable, "-m", "Examples.dockergym.textworld.example"]
    done = subprocess.run(
        [*command, "--base-url", f"http://127.0.0.1:{free_port()}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1 and "python -m Examples.dockergym.textworld" in done.stderr


@needs_java
def test_scienceworld_has_its_tasks_parameters_and_info(serve):
    served = serve("scienceworld")
    tasks = requests.get(f"{served.address}/environments").json()
    assert tasks["total"] == 30 and {"boil", "use-thermometer", "lifespan-longest-lived"} <= set(tasks["environments"])
    made = served.create("boil", variation_idx=3, simplification_str="easy", env_step_limit=4, generate_gold_path=True)
    assert made.status_code == 200, made.text
    session = made.json()
    steps = {"valid_actions", "score", "task_description", "look", "inventory", "moves"}
    assert set(session["info"]) == steps | {"task_name", "variation_idx", "gold_path"}
    assert (session["info"]["task_name"], session["info"]["variation_idx"]) == ("boil", 3)
    assert len(session["info"]["gold_path"]) > 3
    results = [served.step(session, "wait1") for _ in range(3)]  # each takes two moves
    assert set(results[0]["info"]) == steps
    assert [result["done"] for result in results] == [False, False, True]


def test_textworld_makes_the_game_that_the_parameters_say(serve):
    served = serve("textworld")
    assert requests.get(f"{served.address}/environments").json()["environments"] == ["easy", "medium", "hard"]
    first, again, other = (served.create("easy", seed=seed).json() for seed in (7, 7, 8))
    assert first["observation"] == again["observation"] != other["observation"]
    assert first["info"]["seed"] == 7 and first["info"]["objective"] in first["observation"]
    limited = served.create("easy", seed=7, max_steps=2).json()
    assert [served.step(limited, "look")["done"] for _ in range(2)] == [False, True]
    rooms = served.create("easy", seed=7, world_size=5, quest_length=5).json()
    assert any(action.startswith("go ") for action in rooms["info"]["admissible_commands"])


def test_a_game_of_textworld_is_won_by_its_quest(serve):
    served = serve("textworld")
    session = served.create("easy", seed=7).json()
    rewards, done = [], False
    for action in ("take butterfly from chest", "put butterfly on bowl"):
        assert not done
        result = served.step(session, action)
        rewards.append(result["reward"])
        done = result["done"]
    assert done and result["info"]["won"] and sum(rewards) == result["info"]["max_score"] == result["info"]["score"]


@pytest.mark.parametrize("params", [{"rooms": 3}, {"world_size": 51}, {"seed": "7"}, {"max_steps": 0}], ids=str)
def test_textworld_refuses_parameters_that_the_generator_does_not_take(serve, params):
    served = serve("textworld")
    refused = served.create("easy", **params)
    assert refused.status_code == 403 and next(iter(params)) in refused.json()["detail"]
    assert "no level" in served.create("cave").json()["detail"]
