"""Descriptors of the server: three a session, and none are needed to end one."""

import os

from e2e import environments, machine

LIMIT = 256

DAEMON = """
import subprocess
from corral.worker import Worker

class Daemon(Worker):
    '''Leaves a process behind that nothing but its end by force ends.'''
    def spaces(self):
        return {"type": "Discrete", "n": 2}, {"type": "Discrete", "n": 2}
    def reset(self, seed, options):
        subprocess.Popen(["sleep", "100000"], start_new_session=True, close_fds=True)
        return 0, {}
    def step(self, action):
        return 0, 1, False, False, {}
"""


def descriptors(server):
    return len(os.listdir("/proc/%d/fd" % server.process.pid))


def test_a_session_holds_three_descriptors(serve):
    server = serve("--warm", "0")
    server.client.create("CartPole-v1")
    before = descriptors(server)
    sessions = [server.client.create("CartPole-v1")["id"] for _ in range(20)]
    assert descriptors(server) - before == 3 * len(sessions)
    for session in sessions:
        server.client.delete(session)
    assert descriptors(server) == before


def test_a_server_without_a_free_descriptor_ends_sessions_and_goes_on(serve, tmp_path):
    folder = environments.write_source(tmp_path / "environments", "test/daemon", {"worker": "worker.py:Daemon"}, DAEMON)
    limit = ("sh", "-c", 'ulimit -n %d; exec "$@"' % LIMIT, "sh")
    server = serve("--warm", "0", environments=[folder], prefix=limit)
    client = server.client
    sessions = []
    while True:
        answer = client.post("/v1/sessions", {"environment": "test/daemon"})
        if answer.status != 201:
            break
        sessions.append(answer.json["id"])
    assert answer.code == "resource_exhausted", answer
    assert len(sessions) > 3
    for session in sessions:
        assert client.step(session, 1).status == 200
    held = hold_the_rest(server)
    try:
        # A zygote and its keeper, and a worker and a daemon of each session.
        assert len(server.processes()) == 2 + 2 * len(sessions)
        for session in sessions:
            assert client.delete(session).json["state"] == "closed"
        assert len(server.processes()) == 2
    finally:
        for connection in held:
            connection.close()
    assert machine.until(lambda: client.post("/v1/sessions", {"environment": "test/daemon"}).status == 201)


def hold_the_rest(server):
    """Connections that take what is free."""
    held = []
    while descriptors(server) < LIMIT:
        before = descriptors(server)
        held.append(server.client.connect())
        held[-1].connect()
        machine.until(lambda: descriptors(server) > before)
    return held
