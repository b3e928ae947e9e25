"""The last answer is kept for a retry, in a file where memory has no place for it, and gone with its session."""

import os

import pytest

from e2e import environments, machine

PICTURES = """
import os
from corral.worker import Worker

class Pictures(Worker):
    def spaces(self):
        return {"type": "Text", "min_length": 0, "max_length": 1000000}, {"type": "Discrete", "n": 2}
    def reset(self, seed, options):
        return os.urandom(50000).hex(), {}
    def step(self, action):
        return os.urandom(50000).hex(), 1, False, False, {}
"""


@pytest.fixture
def folder(tmp_path):
    return environments.write_source(
        tmp_path / "environments", "test/pictures", {"worker": "worker.py:Pictures"}, PICTURES
    )


def files(server):
    return os.listdir(server.data / "run" / server.id / "replies")


def test_retries_get_the_same_bytes_from_files_which_go_with_their_session(serve, folder):
    server = serve("--reply-memory", "0", environments=[folder])
    client = server.client
    sessions = [client.create("test/pictures")["id"] for _ in range(3)]
    answers = [client.step(session, 1, index=1).body for session in sessions]
    assert machine.until(lambda: len(files(server)) == len(sessions))
    for session, answer in zip(sessions, answers):
        for _ in range(2):
            assert client.step(session, 1, index=1).body == answer
    assert client.step(sessions[0], 1, index=2).body != answers[0]
    assert client.step(sessions[0], 1, index=1).code == "conflict"
    for session in sessions:
        client.delete(session)
    assert files(server) == []


def test_only_what_is_beyond_the_total_goes_to_files(serve, folder):
    server = serve("--reply-memory", "350KB", environments=[folder])
    client = server.client
    sessions = [client.create("test/pictures")["id"] for _ in range(5)]
    assert machine.until(lambda: len(files(server)) == 2)
    answers = [client.step(session, 1, index=1).body for session in sessions]
    assert [client.step(session, 1, index=1).body for session in sessions] == answers
    assert machine.until(lambda: len(files(server)) == 2)
