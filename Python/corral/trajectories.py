"""Recorded trajectories in other forms: JSON lines, Parquet, Minari and MLGym's ``.traj``.

A `Trajectory` is a header and records, as ``GET /v1/trajectories/{id}`` and ``/steps`` tell them. Files of the server
(``.ctraj``) are read through the program `corral`, so that their seals are checked. Parquet needs `pyarrow`, Minari
needs `minari`; both are imported when they are used.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Union

from . import errors
from ._program import find_binary

if TYPE_CHECKING:
    from .client import Client

__all__ = [
    "Episode",
    "Trajectory",
    "fetch",
    "from_minari",
    "from_mlgym",
    "from_parquet",
    "read",
    "to_file",
    "to_jsonl",
    "to_minari",
    "to_mlgym",
    "to_parquet",
]

Record = dict[str, Any]
PathLike = Union[str, Path]


class Episode(NamedTuple):
    """One episode: a reset and the steps after it. `observations` has one more than `actions`."""

    seed: int | None
    observations: list[Any]
    actions: list[Any]
    rewards: list[float | None]
    terminations: list[bool]
    truncations: list[bool]
    infos: list[dict[str, Any]]


class Trajectory(NamedTuple):
    header: dict[str, Any]
    records: list[Record]

    def episodes(self) -> Iterator[Episode]:
        """Its episodes; records of failed calls are left out.

        Raises `errors.FailedPrecondition` where only digests of observations were recorded, and for a vector session,
        whose records are of all rows together.
        """
        if self.header.get("rows"):
            raise errors.error("failed_precondition", "the episodes of a vector session's rows are not taken apart")
        current: Episode | None = None
        for record in self.records:
            if "error" in record:
                continue
            if "observation" not in record:
                raise errors.error("failed_precondition", "the trajectory has only digests of its observations")
            if record["call"] == "reset":
                if current is not None:
                    yield current
                current = Episode(record.get("seed"), [record["observation"]], [], [], [], [], [record["info"]])
            elif current is not None:
                current.actions.append(record["action"])
                current.observations.append(record["observation"])
                current.rewards.append(record["reward"])
                current.terminations.append(record["terminated"])
                current.truncations.append(record["truncated"])
                current.infos.append(record["info"])
        if current is not None:
            yield current


def fetch(client: Client, id: str) -> Trajectory:
    """A trajectory of a server."""
    return Trajectory(client.trajectories.get(id), list(client.trajectories.steps(id)))


def read(path: PathLike) -> Trajectory:
    """A file of the server (``.ctraj``), or JSON lines as `to_jsonl` writes them."""
    if Path(path).suffix == ".ctraj":
        lines = _corral("trajectory", "export", str(path)).decode().splitlines()
    else:
        lines = Path(path).read_text("utf-8").splitlines()
    parsed = [json.loads(line) for line in lines if line]
    if not parsed or "environment" not in parsed[0]:
        raise errors.error("invalid_argument", f"{path} does not begin with the header of a trajectory")
    return Trajectory(parsed[0], parsed[1:])


def to_jsonl(trajectory: Trajectory, path: PathLike) -> None:
    """The header in the first line, a record in each other."""
    with open(path, "w", encoding="utf-8") as file:
        for item in (trajectory.header, *trajectory.records):
            file.write(json.dumps(item, separators=(",", ":"), ensure_ascii=False) + "\n")


def to_file(trajectory: Trajectory, path: PathLike) -> None:
    """A file of the server (``.ctraj``), made by the program `corral`; `path` must not be there.

    Raises `errors.FailedPrecondition` for what was never a session, or has several agents or rows.
    """
    with tempfile.TemporaryDirectory() as folder:
        lines = Path(folder) / "lines.jsonl"
        to_jsonl(trajectory, lines)
        _corral("trajectory", "import", str(lines), "--output", str(path))


def _corral(*words: str) -> bytes:
    done = subprocess.run([find_binary(), *words], capture_output=True, check=False)
    if done.returncode != 0:
        text = done.stderr.decode("utf-8", "replace").strip()
        raise errors.error("failed_precondition", f"corral {' '.join(words[:2])}: {text}")
    return done.stdout


PLAIN = ("index", "episode", "call", "seed", "reward", "terminated", "truncated", "agent", "error", "time")
"""Columns of a Parquet file that hold values as they are; what may have any form is JSON text in the others."""
NESTED = ("action", "observation", "observation_digest", "options", "info")


def to_parquet(trajectory: Trajectory, path: PathLike) -> None:
    """One row for each record; the header is in the file's metadata (key ``corral``).

    Observations, actions, options and info are columns of JSON text; so are rewards and flags of several agents.
    """
    import pyarrow
    import pyarrow.parquet

    columns: dict[str, list[Any]] = {}
    for name in PLAIN:
        values = [record.get(name) for record in trajectory.records]
        nested = any(isinstance(value, dict) for value in values)
        columns[name] = [None if value is None else json.dumps(value) for value in values] if nested else values
    for name in NESTED:
        columns[name] = [json.dumps(record[name]) if name in record else None for record in trajectory.records]
    columns["duration_us"] = [record.get("duration_us") for record in trajectory.records]
    table = pyarrow.table(columns).replace_schema_metadata({"corral": json.dumps(trajectory.header)})
    pyarrow.parquet.write_table(table, str(path), compression="zstd")


def from_parquet(path: PathLike) -> Trajectory:
    """What `to_parquet` wrote."""
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(str(path))
    metadata = table.schema.metadata or {}
    if b"corral" not in metadata:
        raise errors.error("invalid_argument", f"{path} is no trajectory: its metadata lacks the header")
    records = []
    for row in table.to_pylist():
        record = {}
        for name, value in row.items():
            if value is None and name not in ("reward", "seed"):
                continue
            is_text = name in NESTED or (name in ("reward", "terminated", "truncated") and isinstance(value, str))
            record[name] = json.loads(value) if is_text and value is not None else value
        records.append(_without_foreign(record))
    return Trajectory(json.loads(metadata[b"corral"]), records)


def _without_foreign(record: Record) -> Record:
    """A record without the members that only the other kind of call has."""
    if record.get("call") != "reset":
        record.pop("seed", None)
    if "error" in record:
        record.pop("reward", None)
    return record


def to_minari(trajectories: Iterable[Trajectory], dataset_id: str, **metadata: Any) -> Any:
    """A new Minari dataset with all episodes that have steps; returns it.

    Values are those of the trajectories' spaces (NumPy arrays of a Box's dtype). Steps without a reward are refused.
    """
    import minari
    from minari.data_collector import EpisodeBuffer

    from .spaces import from_json
    from .values import decoder

    buffers: list[Any] = []
    spaces: tuple[Any, Any] | None = None
    name = ""
    for trajectory in trajectories:
        header = trajectory.header
        name = header["environment"]
        spaces = from_json(header["observation_space"]), from_json(header["action_space"])
        observation, action = decoder(spaces[0]), decoder(spaces[1])
        for episode in trajectory.episodes():
            if not episode.actions:
                continue
            if any(reward is None for reward in episode.rewards):
                raise errors.error("failed_precondition", "a step has no reward, which Minari cannot hold")
            buffers.append(
                EpisodeBuffer(
                    id=len(buffers),
                    seed=episode.seed,
                    observations=[observation(value) for value in episode.observations],
                    actions=[action(value) for value in episode.actions],
                    rewards=[float(reward or 0) for reward in episode.rewards],
                    terminations=list(episode.terminations),
                    truncations=list(episode.truncations),
                    infos=None,
                )
            )
    if spaces is None or not buffers:
        raise errors.error("invalid_argument", "there is no episode to write")
    return minari.create_dataset_from_buffers(
        dataset_id,
        buffer=buffers,
        observation_space=spaces[0],
        action_space=spaces[1],
        algorithm_name=metadata.pop("algorithm_name", name),
        **metadata,
    )


def from_minari(dataset: Any) -> Trajectory:
    """The episodes of a Minari dataset as one trajectory.

    It was never a session: its header names no version digest, and `corral replay` cannot run it.
    """
    from .spaces import to_json
    from .values import encoder, plain

    encode = encoder(dataset.observation_space), encoder(dataset.action_space)
    header = _foreign_header(f"minari/{dataset.id}")
    header["observation_space"] = to_json(dataset.observation_space)
    header["action_space"] = to_json(dataset.action_space)
    records: list[Record] = []
    for number, episode in enumerate(dataset.iterate_episodes()):
        first: Record = {
            "call": "reset",
            "seed": None,
            "options": {},
            "reward": None,
            "terminated": False,
            "truncated": False,
        }
        records.append({"index": len(records), "episode": number, **first, "observation": None, "info": {}})
        records[-1]["observation"] = plain(encode[0](_at(episode.observations, 0)))
        for step in range(len(episode.rewards)):
            records.append(
                {
                    "index": len(records),
                    "episode": number,
                    "call": "step",
                    "action": plain(encode[1](_at(episode.actions, step))),
                    "observation": plain(encode[0](_at(episode.observations, step + 1))),
                    "reward": float(episode.rewards[step]),
                    "terminated": bool(episode.terminations[step]),
                    "truncated": bool(episode.truncations[step]),
                    "info": {},
                }
            )
    return Trajectory(header, records)


def _at(values: Any, index: int) -> Any:
    """One value of Minari's columns, which are dicts and tuples of columns for nested spaces."""
    if isinstance(values, dict):
        return {name: _at(column, index) for name, column in values.items()}
    if isinstance(values, tuple):
        return tuple(_at(column, index) for column in values)
    return values[index]


def _foreign_header(environment: str) -> dict[str, Any]:
    return {"format": 1, "environment": environment, "digest": None, "params": {}, "seed": None, "record": "full"}


def to_mlgym(trajectory: Trajectory, path: PathLike) -> None:
    """MLGym's ``.traj``: one item for each step, with its reward and flags in ``state`` as JSON text.

    Info of the last step fills ``info``; what MLGym's agents add (responses, thoughts, costs) is taken from the info of
    a step where it is (``response``, ``thought``), else empty.
    """
    items = []
    history = []
    last: dict[str, Any] = {}
    for record in trajectory.records:
        if record["call"] == "reset":
            history.append(_message("user", record))
            continue
        info = record.get("info") or {}
        names = ("reward", "terminated", "truncated", "error")
        items.append(
            {
                "action": _text(record["action"]),
                "observation": _text(record.get("observation", record.get("error"))),
                "response": str(info.get("response", "")),
                "state": json.dumps({name: record[name] for name in names if name in record}),
                "thought": str(info.get("thought", "")),
                "execution_time": record.get("duration_us", 0) / 1e6,
            }
        )
        history += [_message("assistant", record), _message("user", record)]
        last = {"exit_status": "submitted" if record.get("terminated") else "", **_known(info)}
    document = {
        "environment": trajectory.header["environment"],
        "trajectory": items,
        "history": history,
        "info": {"exit_status": "", "submission": None, "score": [], **last, "corral": trajectory.header},
    }
    Path(path).write_text(json.dumps(document, indent=2, ensure_ascii=False), "utf-8")


def _known(info: Mapping[str, Any]) -> dict[str, Any]:
    return {name: info[name] for name in ("model_stats", "exit_status", "submission", "score") if name in info}


def _message(role: str, record: Record) -> dict[str, Any]:
    content = record["action"] if role == "assistant" else record.get("observation", record.get("error"))
    return {"role": role, "content": _text(content), "agent": "primary"}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def from_mlgym(path: PathLike) -> Trajectory:
    """A ``.traj`` file of MLGym or of `to_mlgym`.

    MLGym's own rewards are always 0 and are not stored: a step has the reward in ``state`` where there is one, else
    None. The last step of a run that has an exit status ends its episode.
    """
    document = json.loads(Path(path).read_text("utf-8"))
    items: Sequence[Mapping[str, Any]] = document.get("trajectory") or []
    info = document.get("info") or {}
    header = info.get("corral") or _foreign_header(document.get("environment") or "mlgym_main")
    history = document.get("history") or []
    opening = next((entry["content"] for entry in history if entry.get("role") == "user"), "")
    reset: Record = {"call": "reset", "seed": header.get("seed"), "options": {}, "observation": opening, "info": {}}
    flags = {"reward": None, "terminated": False, "truncated": False}
    records: list[Record] = [{"index": 0, "episode": 0, **reset, **flags}]
    for item in items:
        state = _state(item.get("state"))
        outcome = {**flags, **{name: state[name] for name in flags if name in state}}
        extra = {name: item[name] for name in ("response", "thought") if item.get(name)}
        records.append(
            {
                "index": len(records),
                "episode": 0,
                "call": "step",
                "action": item.get("action", ""),
                "observation": item.get("observation") or "",
                **outcome,
                "info": extra,
                "duration_us": round(1e6 * (item.get("execution_time") or 0)),
            }
        )
    if items and info.get("exit_status") and "corral" not in info:
        records[-1]["terminated"] = True
        records[-1]["info"].update(_known(info))
    return Trajectory(header, records)


def _state(text: Any) -> dict[str, Any]:
    try:
        state = json.loads(text) if isinstance(text, str) else text
    except ValueError:
        return {}
    return state if isinstance(state, dict) else {}
