"""The shape of DockerGym's example clients: a demo, and jobs of many threads, over nothing but its API."""

import argparse
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest


class Gym:
    """The client side as the examples write it."""

    def __init__(self, client):
        self.client = client

    def call(self, method, path, body=None):
        answer = self.client.call(method, path, body)
        assert answer.status == 200, answer
        return answer.json

    @contextmanager
    def session(self, body):
        created = self.call("POST", "/sessions", body)
        try:
            yield created
        finally:
            self.call("DELETE", "/sessions/" + created["session_id"])

    def play(self, body, steps, act):
        with self.session(body) as created:
            total, taken = 0.0, 0
            result = created
            for taken in range(1, steps + 1):
                path = "/sessions/%s/step" % created["session_id"]
                result = self.call("POST", path, {"action": act(result)})
                total += result["reward"]
                if result["done"]:
                    break
            return total, taken, result


@pytest.fixture
def gym(api):
    return Gym(api)


def test_a_single_demo_and_many_jobs_as_for_scienceworld(gym):
    options = argparse.Namespace(concurrent=4, total_jobs=20)
    assert gym.call("GET", "/health")["status"] == "ok"
    total, taken, _ = gym.play({"env_id": "boil", "params": {"variation_idx": 0}}, 20, lambda seen: "look around")
    assert (total, taken) == (20.0, 20)
    with ThreadPoolExecutor(options.concurrent) as pool:
        jobs = [pool.submit(gym.play, {}, 10, lambda seen: "look around") for _ in range(options.total_jobs)]
        results = [job.result() for job in jobs]
    assert [taken for _, taken, _ in results] == [10] * 20
    assert gym.call("GET", "/health")["active_sessions"] == 0


def test_ids_that_are_paths_are_shown_as_for_alfworld(gym):
    ids = gym.call("GET", "/environments")["environments"]
    game = next(name for name in ids if name.count("/") >= 2)
    assert game.split("/")[-2] == "blue"
    with gym.session({"env_id": game}) as created:
        assert created["env_id"] == game and created["observation"] == "init of " + game
