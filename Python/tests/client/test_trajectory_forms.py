"""Trajectories in other forms and back."""

import json

import pytest

from corral import trajectories

SPACES = {
    "observation_space": {"type": "Box", "dtype": "float32", "shape": [2], "low": -10, "high": 10},
    "action_space": {"type": "Discrete", "n": 2},
}


@pytest.fixture
def recorded():
    """Three episodes of four steps."""
    beside = {"info": {"a": [1]}, "time": "2026-01-01T00:00:00.000000Z", "duration_us": 5}
    records = []
    for episode in range(3):
        place = {"index": len(records), "episode": episode, "call": "reset", "seed": None if episode else 3}
        flags = {"reward": None, "terminated": False, "truncated": False}
        records.append({**place, "options": {}, "observation": [0.5, 0.25], **flags, **beside})
        for step in range(4):
            place = {"index": len(records), "episode": episode, "call": "step", "action": step % 2}
            flags = {"reward": 1.5, "terminated": step == 3, "truncated": False}
            records.append({**place, "observation": [0.5 * step, 0.25], **flags, **beside})
    return trajectories.Trajectory({"format": 1, "environment": "classic/CartPole@1.0.0", **SPACES}, records)


def test_json_lines(recorded, tmp_path):
    trajectories.to_jsonl(recorded, tmp_path / "a.jsonl")
    assert trajectories.read(tmp_path / "a.jsonl") == recorded


def test_episodes(recorded):
    episodes = list(recorded.episodes())
    assert [len(episode.observations) for episode in episodes] == [5, 5, 5]
    assert episodes[0].seed == 3 and episodes[2].rewards == [1.5] * 4 and episodes[1].terminations[-1]


def test_mlgym(recorded, tmp_path):
    trajectories.to_mlgym(recorded, tmp_path / "a.traj")
    document = json.loads((tmp_path / "a.traj").read_text())
    assert set(document["trajectory"][0]) == {
        "action", "observation", "response", "state", "thought", "execution_time",
    }  # fmt: skip
    back = trajectories.from_mlgym(tmp_path / "a.traj")
    assert [record["reward"] for record in back.records if record["call"] == "step"] == [1.5] * 12
    assert back.header == recorded.header


def test_mlgym_own(tmp_path):
    item = {"action": "ls", "observation": "a", "response": "ok", "state": "{}", "thought": "t", "execution_time": 0.5}
    info = {"exit_status": "submitted", "score": [{"accuracy": 0.9}]}
    history = [{"role": "system", "content": "s"}, {"role": "user", "content": "do it"}]
    document = {"environment": "mlgym_main", "trajectory": [item], "history": history, "info": info}
    (tmp_path / "a.traj").write_text(json.dumps(document))
    reset, step = trajectories.from_mlgym(tmp_path / "a.traj").records
    assert reset["observation"] == "do it" and step["action"] == "ls" and step["reward"] is None
    assert step["terminated"] and step["info"]["score"] == [{"accuracy": 0.9}] and step["duration_us"] == 500_000


def test_parquet(recorded, tmp_path):
    pytest.importorskip("pyarrow", reason="pyarrow is not installed here")
    trajectories.to_parquet(recorded, tmp_path / "a.parquet")
    assert trajectories.from_parquet(tmp_path / "a.parquet") == recorded


def test_minari(recorded, tmp_path, monkeypatch):
    pytest.importorskip("minari", reason="minari is not installed here")
    monkeypatch.setenv("MINARI_DATASETS_PATH", str(tmp_path))
    dataset = trajectories.to_minari([recorded], "corral/forms-v0")
    assert [episode[1:6] for episode in trajectories.from_minari(dataset).episodes()] == [
        episode[1:6] for episode in recorded.episodes()
    ]
