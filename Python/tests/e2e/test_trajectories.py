"""Recorded sessions: what is kept, what a crash leaves, what shows that a file was changed, and replaying it."""

import json
import os
import subprocess
import threading

import pytest

from e2e import machine
from e2e.server import BINARY, Server

CARTPOLE = "classic/CartPole"


def corral(server, *words, status=0):
    """Runs the program against a server; its data folder holds the keys."""
    variables = {**os.environ, "CORRAL_URL": "http://" + server.client.address, "CORRAL_DATA": str(server.data)}
    done = subprocess.run([BINARY, *words], env=variables, capture_output=True, text=True, timeout=120)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def recording():
    with Server("--record", "full", "--record-interval", "100ms", "--warm", "0") as server:
        yield server


def play(server, steps, environment=CARTPOLE, seed=3, **more):
    """A session that was stepped; it resets when its episode is over."""
    session = server.client.post("/v1/sessions", {"environment": environment, "seed": seed, **more}).json
    for index in range(steps):
        answer = server.client.post(f"/v1/sessions/{session['id']}/step", {"action": index % 2}).json
        if answer["terminated"] or answer["truncated"]:
            server.client.post(f"/v1/sessions/{session['id']}/reset", {})
    return session["id"]


def close(server, id):
    server.client.delete(id)
    return server.client.get(f"/v1/trajectories/{id}").json


def path(server, id):
    return server.data / "trajectories" / f"{id}.ctraj"


def test_a_session_is_recorded_as_it_was_answered(recording):
    client = recording.client
    session = client.post("/v1/sessions", {"environment": CARTPOLE, "seed": 7}).json
    answers = [client.post(f"/v1/sessions/{session['id']}/step", {"action": 1}).json for _ in range(5)]
    live = client.get(f"/v1/trajectories/{session['id']}").json
    assert live["state"] == "recording" and live["records"] == 6
    hash = client.get(f"/v1/sessions/{session['id']}").json["trajectory_hash"]
    trajectory = close(recording, session["id"])
    assert trajectory["state"] == "closed" and trajectory["trajectory_hash"] == hash and trajectory["seed"] == 7
    steps = client.get(f"/v1/trajectories/{session['id']}/steps").json
    assert steps["next"] is None
    assert steps["steps"][0]["observation"] == session["observation"]
    for record, answer in zip(steps["steps"][1:], answers):
        for name in ("index", "episode", "observation", "reward", "terminated", "truncated", "info"):
            assert record[name] == answer[name]
    assert client.get(f"/v1/trajectories/{session['id']}/verify").json["intact"]
    listed = client.get("/v1/trajectories?environment=classic/CartPole").json["trajectories"]
    assert session["id"] in [each["id"] for each in listed]
    assert client.call("DELETE", f"/v1/trajectories/{session['id']}").status == 200
    assert client.get(f"/v1/trajectories/{session['id']}").code == "not_found"


def test_sessions_at_the_same_time_have_files_of_their_own(recording):
    ids = {}
    threads = [
        threading.Thread(target=lambda seed=seed: ids.update({seed: play(recording, 60, seed=seed)})) for seed in (1, 2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for seed, id in ids.items():
        trajectory = close(recording, id)
        assert trajectory["seed"] == seed and trajectory["records"] >= 61
        assert corral(recording, "replay", id).startswith("identical")


def test_a_session_asks_for_less_or_nothing(recording):
    id = play(recording, 3, record="off")
    recording.client.delete(id)
    assert recording.client.get(f"/v1/trajectories/{id}").code == "not_found"
    id = play(recording, 10, record="digest")
    assert close(recording, id)["record"] == "digest"
    step = recording.client.get(f"/v1/trajectories/{id}/steps").json["steps"][1]
    assert "observation" not in step and step["observation_digest"].startswith("sha256:")
    assert corral(recording, "replay", id).startswith("identical")
    assert recording.client.post("/v1/sessions", {"environment": CARTPOLE, "record": "all"}).code == "invalid_argument"


def test_after_kill_9_everything_acknowledged_is_there(tmp_path):
    server = Server("--record", "full", "--record-interval", "50ms", data=tmp_path / "data")
    try:
        id = play(server, 80)
        known = server.client.get(f"/v1/trajectories/{id}").json["records"]
        play_on = threading.Thread(target=lambda: _until_error(server, id))
        play_on.start()
        size = path(server, id).stat().st_size
        assert machine.until(lambda: path(server, id).stat().st_size > size + 500, 20)
    finally:
        server.kill()
    play_on.join()
    with open(path(server, id), "ab") as file:
        file.write(b"C\x50\0\0\0 a chunk that was cut")
    with Server("--record", "full", data=tmp_path / "data") as server:
        trajectory = server.client.get(f"/v1/trajectories/{id}").json
        assert trajectory["state"] == "interrupted" and trajectory["records"] >= known >= 81
        assert server.client.get(f"/v1/trajectories/{id}/verify").json["intact"]
        assert corral(server, "replay", id).startswith("identical")


def _until_error(server, id):
    client = server.client
    while True:
        try:
            answer = client.post(f"/v1/sessions/{id}/step", {"action": 1})
            if answer.code == "episode_over":
                client.post(f"/v1/sessions/{id}/reset", {})
        except OSError:
            return
        except Exception:  # whatever a connection that ends in an answer makes of it
            return


def test_a_branch_is_replayed_with_what_its_parent_did(recording):
    id = play(recording, 7)
    branch = recording.client.post(f"/v1/sessions/{id}/fork", {"count": 1}).json["sessions"][0]["id"]
    for _ in range(3):
        recording.client.post(f"/v1/sessions/{branch}/step", {"action": 0})
    trajectory = close(recording, branch)
    close(recording, id)
    assert trajectory["parent"] == id and trajectory["branched_at"] == 7 and trajectory["records"] == 3
    assert corral(recording, "replay", branch).startswith("identical: 3 records")
    assert "identical" in corral(recording, "replay", str(path(recording, branch)))


def test_a_changed_file_names_its_chunk(recording, tmp_path):
    id = play(recording, 30)
    close(recording, id)
    whole = path(recording, id).read_bytes()
    changed = tmp_path / "changed.ctraj"
    corral(recording, "trajectory", "verify", str(path(recording, id)))
    place = len(whole) // 2
    changed.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
    assert "chunk 0 (records 0 to" in corral(recording, "trajectory", "verify", str(changed), status=4)
    changed.write_bytes(whole[:-30])
    assert "no end" in corral(recording, "trajectory", "verify", str(changed), status=4)


def test_a_certificate_is_signed_checked_and_not_forged(recording, tmp_path):
    id = play(recording, 25)
    hash = close(recording, id)["trajectory_hash"]
    certificate = tmp_path / "certificate.json"
    corral(recording, "certify", id, "--output", str(certificate))
    checked = json.loads(corral(recording, "verify", str(certificate), "--replay", "--json"))
    assert checked["trajectory_hash"] == hash and checked["replayed"] is True and len(checked["signed_by"]) == 1
    corral(recording, "verify", str(certificate), "--trajectory", str(path(recording, id)))
    other = play(recording, 25, seed=4)
    close(recording, other)
    corral(recording, "verify", str(certificate), "--trajectory", str(path(recording, other)), status=4)
    envelope = json.loads(certificate.read_text())
    envelope["payload"] = envelope["payload"][:-8] + "AAAAAAA="
    certificate.write_text(json.dumps(envelope))
    corral(recording, "verify", str(certificate), status=4)


@pytest.fixture
def versions(tmp_path):
    """Two versions of one environment: the second gives another reward from the fifth step on."""
    for version, reward in (("1.0.0", "1.0"), ("1.0.1", "1.0 if self.steps < 5 else 2.0")):
        folder = tmp_path / version
        folder.mkdir()
        (folder / "environment.yaml").write_text(
            f"manifest: 1\nname: test/Counter\nversion: {version}\n"
            'launch: {process: {protocol: 2, worker: "counter.py:Counter"}}\n'
        )
        (folder / "counter.py").write_text(
            "from corral.worker import Worker\n\n\nclass Counter(Worker):\n"
            "    def spaces(self):\n        return {'type': 'Discrete', 'n': 100}, {'type': 'Discrete', 'n': 2}\n\n"
            "    def reset(self, seed, options):\n"
            "        self.steps = 0\n        return 0, {}\n\n    def step(self, action):\n        self.steps += 1\n"
            f"        return self.steps, {reward}, self.steps == 9, False, {{}}\n"
        )
    return tmp_path


def test_a_version_that_gives_other_rewards_is_no_patch(versions, serve):
    server = serve("--record", "full", environments=[versions / "1.0.0"])
    session = server.client.post("/v1/sessions", {"environment": "test/Counter", "seed": 1}).json
    for _ in range(9):
        assert server.client.post(f"/v1/sessions/{session['id']}/step", {"action": 1}).status == 200
    close(server, session["id"])
    trajectories = str(server.data / "trajectories")
    report = json.loads(corral(server, "behaviour", trajectories, str(versions / "1.0.1"), "--json", status=4))
    assert report["rewards_changed"] and not report["observations_changed"] and not report["terminations_changed"]
    assert report["witnesses"]["reward"]["step"]["index"] == 5
    assert report["demanded"] == "major" and report["required_version"] == "2.0.0" and not report["allowed"]
    corral(server, "behaviour", trajectories, str(versions / "1.0.1"), "--force-major")
    text = corral(
        server, "replay", session["id"], "--on", "test/Counter", "--environments", str(versions / "1.0.1"), status=5
    )
    assert "first difference at record 5, episode 0" in text and "/reward: recorded 1.0, now 2.0" in text
