"""A session that is deleted while it starts: the answer does not wait for the start, and nothing is left."""

import threading
import time

import pytest

from e2e import environments, machine

SLOW = 600  # seconds that a start takes: longer than any test waits
WORKER = f"""
import os, time
from corral.worker import Worker

if os.environ.get("SLOW") == "import":
    time.sleep({SLOW})

class Slow(Worker):
    def __init__(self, config=None):
        super().__init__(config)
        if os.environ.get("SLOW") == "worker":
            time.sleep({SLOW})
    def init(self, instance, params, seed):
        if os.environ.get("SLOW") == "init":
            time.sleep({SLOW})
    def spaces(self):
        return {{"type": "Discrete", "n": 2}}, {{"type": "Discrete", "n": 2}}
    def reset(self, seed, options):
        if os.environ.get("SLOW") == "reset":
            time.sleep({SLOW})
        return 0, {{}}
    def step(self, action):
        return 0, 1, False, False, {{}}
"""


@pytest.fixture
def server(serve, tmp_path):
    folder = tmp_path / "environments"
    resources = {"start_time": "10m", "reset_time": "10m"}
    for share in ("zygote", "none"):
        for part in ("import", "worker", "init", "reset"):
            launch = {"worker": "worker.py:Slow", "share": share, "environment": {"SLOW": part}}
            environments.write_source(folder, "slow/%s-%s" % (share, part), launch, WORKER, resources=resources)
    return serve("--warm", "0", "--start-timeout", "10m", "--command-timeout", "10m", environments=[folder])


def starting(client):
    return [
        each["id"] for each in client.get("/v1/sessions").json["sessions"] if each["state"] in ("starting", "ready")
    ]


@pytest.mark.parametrize("part", ["import", "worker", "init", "reset"])
@pytest.mark.parametrize("share", ["zygote", "none"])
def test_a_deleted_session_does_not_wait_for_its_start(server, share, part):
    client = server.client
    answers = []
    request = {"environment": "slow/%s-%s" % (share, part)}
    thread = threading.Thread(target=lambda: answers.append(client.post("/v1/sessions", request)))
    thread.start()
    session = machine.until(lambda: starting(client))[0]
    # Whatever its start has come to: the interpreter of the worker runs.
    machine.until(lambda: [process for process in server.processes() if "worker.py" in machine.describe(process)])
    begin = time.monotonic()
    answer = client.delete(session)
    assert (answer.status, answer.json["state"]) == (200, "closed")
    assert time.monotonic() - begin < SLOW / 10
    # What the sessions of a version share goes on starting for the next one.
    left = {"zygote": 2, "none": 0}[share]
    assert len(server.processes()) <= left, [machine.describe(process) for process in server.processes()]
    thread.join()
    assert (answers[0].status, answers[0].code) == (410, "session_closed")
    assert client.get("/v1/health").json["sessions"] == 0
