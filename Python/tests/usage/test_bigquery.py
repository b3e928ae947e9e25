"""Usage events in a table of an emulated BigQuery, sent by a real server.

The emulator is large; `make test-usage` installs it into an environment of its own.
"""

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
EMULATOR = ROOT / ".venvs/bigquery/bin/bqemulator"

pytestmark = pytest.mark.skipif(not EMULATOR.exists(), reason="there is no emulator of BigQuery: make test-usage")


def call(url, method="GET", body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def until(condition, seconds=60):
    """The first value of `condition` that counts as true."""
    end = time.monotonic() + seconds
    while True:
        try:
            if value := condition():
                return value
        except OSError:
            pass
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.2)


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    """The address of the dataset's tables."""
    home = tmp_path_factory.mktemp("home")
    packages = next((ROOT / ".venvs/bigquery/lib").glob("python3*/site-packages"))
    extension = next(packages.glob("duckdb_extension_spatial/extensions/*/spatial.duckdb_extension"))
    place = home / ".duckdb/extensions" / extension.parent.name / "linux_amd64"
    place.mkdir(parents=True)
    shutil.copy(extension, place)
    port = free_port()
    command = [EMULATOR, "start", "--rest-port", str(port), "--grpc-port", "0", "--project", "p"]
    log = open(home / "log", "wb")
    emulator = subprocess.Popen(command, env={**os.environ, "HOME": str(home)}, stdout=log, stderr=log)
    try:
        base = f"http://127.0.0.1:{port}/bigquery/v2/projects/p/datasets"
        reference = {"projectId": "p", "datasetId": "d"}
        until(lambda: call(base, "POST", {"datasetReference": reference}))
        yield base + "/d/tables"
    finally:
        emulator.terminate()
        emulator.wait(20)
        log.close()


@pytest.fixture
def binary():
    path = os.environ.get("CORRAL_BIN", "")
    if not os.access(path, os.X_OK):
        pytest.skip("there is no server: set CORRAL_BIN")
    return path


def test_events_arrive_once_each_with_the_schema_that_the_program_prints(tables, binary, tmp_path):
    schema = json.loads(subprocess.run([binary, "usage", "schema"], capture_output=True, check=True).stdout)
    reference = {"projectId": "p", "datasetId": "d", "tableId": "usage"}
    call(tables, "POST", {"tableReference": reference, "schema": {"fields": schema}})
    port = free_port()
    where = tables.split("/bigquery")[0]
    server = subprocess.Popen(
        [binary, "serve", "--port", str(port), "--data", str(tmp_path / "data"), "--bigquery-table", "p.d.usage"]
        + ["--bigquery-url", where],
        stderr=subprocess.DEVNULL,
    )
    try:
        url = f"http://127.0.0.1:{port}/v1"
        until(lambda: call(f"{url}/health"))
        ids = []
        for seed in range(3):
            session = call(f"{url}/sessions", "POST", {"environment": "classic/CartPole", "seed": seed})
            ids.append(session["id"])
            call(f"{url}/sessions/{ids[-1]}/step", "POST", {"action": 1})
            call(f"{url}/sessions/{ids[-1]}", "DELETE")
        rows = until(lambda: [] if len(found := call(f"{tables}/usage/data").get("rows", [])) < 6 else found)
    finally:
        server.terminate()
        server.wait(30)
    names = [field["name"] for field in schema]
    events = [dict(zip(names, (cell["v"] for cell in row["f"]), strict=True)) for row in rows]
    assert sorted(event["event_id"] for event in events) == sorted(ids + [f"{id}/0" for id in ids])
    for event in events:
        assert (event["environment"].split("@")[0], event["steps"]) == ("classic/CartPole", "1")
        assert event["caller"] == "local"
