"""Recorded sessions: what is kept, what a crash leaves, what shows that a file was changed, and replaying it."""

import json
import threading

import pytest

from corral import errors, trajectories
from e2e import environments, machine
from e2e.server import Server, corral
from e2e.test_forks import DICE

CARTPOLE = "classic/CartPole"


@pytest.fixture(scope="module")
def recording():
    with Server("--record", "full", "--record-interval", "100ms", "--warm", "0") as server:
        yield server


def play(server, steps, environment=CARTPOLE, seed=3, actions=None, **more):
    """A session that was stepped; it resets when its episode is over."""
    session = server.client.post("/v1/sessions", {"environment": environment, "seed": seed, **more}).json
    for index in range(steps):
        action = (actions or [0, 1])[index % 2]
        answer = server.client.post(f"/v1/sessions/{session['id']}/step", {"action": action}).json
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


@pytest.mark.parametrize("environment", [CARTPOLE, "minigrid/Empty-5x5", "ale/Pong", "native/Pendulum"])
def test_what_was_exported_is_imported_again_to_the_bit(recording, tmp_path, environment):
    actions = [[0.1], [-1.7]] if environment == "native/Pendulum" else None
    id = play(recording, 4 if environment == "ale/Pong" else 40, environment=environment, actions=actions)
    trajectory = close(recording, id)
    lines = tmp_path / "lines.jsonl"
    corral(recording, "trajectory", "export", id, "--output", str(lines))
    again, none = tmp_path / "again.ctraj", tmp_path / "none.ctraj"
    words = ["trajectory", "import", str(lines), "--hash", trajectory["trajectory_hash"], "--output"]
    told = json.loads(corral(recording, *words, str(again), "--json"))
    assert {**told, "ended_at": 0, "bytes": 0, "reason": 0} == {
        **{name: trajectory[name] for name in told}, "ended_at": 0, "bytes": 0, "reason": 0,
    }  # fmt: skip
    corral(recording, "trajectory", "verify", str(again))
    exported = [corral(recording, "trajectory", "export", str(path)) for path in (again, path(recording, id))]
    assert exported[0] == exported[1]
    text = lines.read_text().splitlines()
    for changed in (text[:5] + text[6:], [text[0], text[1].replace("0", "1", 9), *text[2:]], [text[1]], []):
        lines.write_text("\n".join(changed))
        corral(recording, *words, str(none), status=(2, 4))
        assert not none.exists()


def test_the_program_lists_shows_exports_and_verifies(recording, tmp_path):
    id = play(recording, 5, labels={"by": "hand"})
    close(recording, id)
    table = corral(recording, "trajectory", "list", "--label", "by=hand", "--environment", CARTPOLE)
    assert id in table and len(table.strip().splitlines()) == 2
    listed = json.loads(corral(recording, "trajectory", "list", "--json"))["trajectories"]
    assert id in [one["id"] for one in listed]
    assert "no trajectories" in corral(recording, "trajectory", "list", "--label", "by=nobody")
    shown = json.loads(corral(recording, "trajectory", "show", id, "--json"))
    assert shown["records"] == 6 and shown["chunks"] == 1 and shown["labels"] == {"by": "hand"}
    assert CARTPOLE in corral(recording, "trajectory", "show", str(path(recording, id)))
    records = corral(recording, "trajectory", "show", id, "--from", "2", "--to", "4").splitlines()
    assert [json.loads(record)["index"] for record in records] == [2, 3]
    corral(recording, "trajectory", "export", id, "--format", "file", "--output", str(tmp_path / "a.ctraj"))
    assert (tmp_path / "a.ctraj").read_bytes() == path(recording, id).read_bytes()
    lines = corral(recording, "trajectory", "export", id).splitlines()
    assert len(lines) == 7 and json.loads(lines[3]) == json.loads(records[0])
    hash = shown["trajectory_hash"]
    assert hash in corral(recording, "trajectory", "verify", id, "--hash", hash)
    report = json.loads(corral(recording, "trajectory", "verify", id, "--json"))
    assert report["intact"] and report["recomputed"] and report["records"] == 6
    corral(recording, "trajectory", "verify", id, "--hash", "0" * 64, status=4)
    corral(recording, "trajectory", "verify", id, "--hash", "short", status=2)
    assert "deleted" in corral(recording, "trajectory", "delete", id)
    corral(recording, "trajectory", "show", id, status=3)


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


def test_a_vector_session_has_a_record_for_each_call(recording, tmp_path):
    client = recording.client
    rows = {"environment": "native/FrozenLake8x8", "seed": 5, "rows": 6, "autoreset": "SameStep"}
    ids = []
    for mode in ("full", "digest"):
        session = client.post("/v1/sessions", {**rows, "record": mode, "params": {"map_name": "4x4"}}).json
        ids.append(session["id"])
        answers = [
            client.post(f"/v1/sessions/{ids[-1]}/step", {"action": [step % 4] * 3 + [2, 1, 2]}).json
            for step in range(30)
        ]
        client.post(f"/v1/sessions/{ids[-1]}/reset", {"options": {"reset_mask": [True] + [False] * 5}})
        hash = client.get(f"/v1/sessions/{ids[-1]}").json["trajectory_hash"]
        trajectory = close(recording, ids[-1])
        assert trajectory["trajectory_hash"] == hash and trajectory["records"] == 32 and trajectory["rows"] == 6
        assert client.get(f"/v1/trajectories/{ids[-1]}/verify").json["intact"]
        assert corral(recording, "replay", ids[-1]).startswith("identical: 32 records")
    assert any("final_obs" in answer["info"] for answer in answers)
    steps = client.get(f"/v1/trajectories/{ids[0]}/steps").json["steps"]
    for record, answer in zip(steps[1:], answers):
        for name in ("index", "observation", "reward", "terminated", "truncated", "info"):
            assert record[name] == answer[name]
    certificate = tmp_path / "rows.json"
    corral(recording, "certify", ids[0], "--output", str(certificate))
    corral(recording, "verify", str(certificate), "--replay")
    with pytest.raises(errors.FailedPrecondition):
        next(trajectories.Trajectory(trajectory, steps).episodes())


def test_a_session_behind_a_prefix_begins_its_trajectory_with_it(recording):
    client = recording.client
    request = {"environment": "minigrid/Empty-5x5", "seed": 5}
    plain = client.post("/v1/sessions", request).json["id"]
    for action in (2, 1, 2, 0):
        client.post(f"/v1/sessions/{plain}/step", {"action": action})
    hash = close(recording, plain)["trajectory_hash"]
    made = client.post("/v1/sessions/batch", {**request, "prefix": [2, 1, 2], "count": 2}).json["sessions"]
    made += [client.post("/v1/sessions", {**request, "prefix": prefix}).json for prefix in ([2, 1, 2, 0], [2, 1])]
    unseeded = client.post("/v1/sessions", {"environment": CARTPOLE, "prefix": [1, 0]}).json
    unrecorded = client.post("/v1/sessions", {**request, "prefix": [2, 1], "record": "off"}).json
    for session, rest in zip(made, ([0], [0], [], [2, 0])):
        for action in rest:
            client.post(f"/v1/sessions/{session['id']}/step", {"action": action})
        trajectory = close(recording, session["id"])
        assert trajectory["trajectory_hash"] == hash and trajectory["records"] == 5 and trajectory["parent"] is None
        assert client.get(f"/v1/trajectories/{session['id']}/verify").json["intact"]
        assert corral(recording, "replay", session["id"]).startswith("identical: 5 records")
    assert close(recording, unseeded["id"])["records"] == 3
    assert corral(recording, "replay", unseeded["id"]).startswith("identical: 3 records")
    client.delete(unrecorded["id"])
    assert client.get(f"/v1/trajectories/{unrecorded['id']}").code == "not_found"


def test_a_prefix_whose_records_are_large_is_played_by_each(recording):
    client = recording.client
    request = {"environment": "ale/Pong", "seed": 5, "prefix": [0] * 170}  # 100,800 bytes each, 16 MiB are kept
    made = client.post("/v1/sessions/batch", {**request, "count": 2}).json["sessions"]
    told = [close(recording, session["id"]) for session in made]
    assert {trajectory["records"] for trajectory in told} == {171}
    assert told[0]["trajectory_hash"] == told[1]["trajectory_hash"]


def test_lists_come_from_an_index_that_is_made_of_the_files(tmp_path):
    def listed(server, query=""):
        return [one["id"] for one in server.client.get("/v1/trajectories" + query).json["trajectories"]]

    def check(server, ids):
        assert listed(server) == ids
        assert listed(server, "?environment=native/CartPole&state=closed") == ids[:3]
        assert listed(server, "?environment=native/CartPole@1.0.0") == ids[:3]
        assert listed(server, "?environment=native/CartPole@1.1.0") == []
        assert listed(server, "?label=run=1") == ids[1:2] and listed(server, "?label=run") == ids[:3]
        assert listed(server, "?state=recording") == []
        pages = [server.client.get("/v1/trajectories?limit=3").json]
        pages.append(server.client.get(f"/v1/trajectories?limit=3&cursor={pages[0]['next']}").json)
        assert [one["id"] for page in pages for one in page["trajectories"]] == ids and pages[1]["next"] is None
        assert all(one["records"] == 1 for one in pages[0]["trajectories"])

    index = tmp_path / "data/trajectories.db"
    with Server("--record", "full", "--warm", "0", data=tmp_path / "data") as server:
        ids = []
        for number in range(4):
            request = {"environment": "native/CartPole", "labels": {"run": str(number)}}
            if number == 3:
                request = {"environment": "native/Pendulum"}
            ids.append(server.client.post("/v1/sessions", request).json["id"])
        for id in ids:
            server.client.delete(id)
        check(server, ids)
    index.unlink()
    with Server("--record", "full", "--warm", "0", data=tmp_path / "data") as server:
        check(server, ids)
    index.write_bytes(b"no database at all, " * 300)
    with Server("--record", "full", "--warm", "0", data=tmp_path / "data") as server:
        check(server, ids)
        assert server.client.call("DELETE", f"/v1/trajectories/{ids[3]}").status == 200
        (server.data / "trajectories" / f"{ids[0]}.ctraj").unlink()
        assert listed(server) == ids[1:3]


NOISY = '''
import os
from corral.worker import Worker


class Noisy(Worker):
    """Measures as instruments do: never twice the same."""

    def spaces(self):
        return {"type": "Box", "dtype": "float64", "shape": [1], "low": -1, "high": 99}, {"type": "Discrete", "n": 2}

    def reset(self, seed, options):
        self.steps = 0
        return self.measured(), {}

    def step(self, action):
        self.steps += 1
        return self.measured(), 1.0, False, False, {}

    def measured(self):
        return [self.steps + int.from_bytes(os.urandom(4), "little") / 2**32 * 1e-6]
'''


def test_a_nondeterministic_environment_is_compared_within_a_tolerance_or_refused(serve, tmp_path):
    launch = {"worker": "worker.py:Noisy"}
    folder = environments.write_source(tmp_path / "envs", "test/noisy", launch, NOISY, nondeterministic=True)
    server = serve("--record", "full", environments=[folder])
    id = play(server, 6, environment="test/noisy")
    close(server, id)
    corral(server, "replay", id, status=4)
    assert "the same within 0.001: 7 records" in corral(server, "replay", id, "--tolerance", "0.001")
    text = corral(server, "replay", id, "--tolerance", "1e-12", status=5)
    assert "first difference at record 0, episode 0" in text and "/observation/0: recorded " in text
    corral(server, "certify", id, "--output", str(tmp_path / "certificate.json"), status=4)


def test_another_backend_gives_the_same(serve, tmp_path):
    launch = {"worker": "worker.py:Dice"}
    folder = environments.write_source(tmp_path / "envs", "test/dice", launch, DICE)
    server = serve("--record", "full", environments=[folder])
    id = play(server, 6, environment="test/dice", actions=[0, 0])
    close(server, id)
    report = json.loads(
        corral(server, "replay", str(path(server, id)), "--backend", "plain", "--trust",
               "--environments", str(folder), "--json")
    )  # fmt: skip
    assert report["identical"] and report["compared"] == 7
