"""Checks and compatibility through a server."""

import json
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

import pytest

from . import corpus
from .conftest import BINARY


@pytest.fixture(scope="module")
def server(variables, open_folder):
    folder = corpus.write("InfoReused", corpus.load()["InfoReused"], open_folder)
    command = [BINARY, "serve", "--port", "0", "--warm", "0", "--environments", str(folder), "--log-format", "json"]
    process = subprocess.Popen(command, env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        address = None
        for line in process.stderr:
            address = json.loads(line).get("address") if line.startswith("{") else None
            if address:
                break
        assert address, "the server ended before it listened"
        yield address
    finally:
        process.terminate()
        process.communicate(timeout=30)


def call(address, path, body=None, method=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(address + path, data, {"Content-Type": "application/json"}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


PATH = "/v1/environments/corpus/InfoReused/checks"


def test_a_check_is_queued_runs_and_leaves_a_signed_report(server):
    assert call(server, PATH)[0] == 404
    status, job = call(server, PATH, {"budget_seconds": 6}, "POST")
    assert status == 202
    assert job["state"] in ("waiting", "running")
    again = call(server, PATH, {}, "POST")[1]
    assert again["digest"] == job["digest"], "a check that waits or runs is not begun twice"
    end = time.monotonic() + 90
    while job["state"] != "done":
        assert time.monotonic() < end, job
        time.sleep(0.3)
        job = call(server, PATH)[1]
    assert "info_aliased" in [finding["code"] for finding in job["report"]["findings"]]
    assert job["attestation"]["payloadType"] == "application/vnd.in-toto+json"


def test_wrong_wishes_are_refused(server):
    assert call(server, PATH, {"budget_seconds": 0}, "POST")[0] == 400
    assert call(server, PATH, {"budget": 5}, "POST")[0] == 400
    assert call(server, "/v1/environments/corpus/Nothing/checks", {}, "POST")[0] == 404


def test_compatibility_is_answered_by_name_and_by_profile(server):
    path = "/v1/environments/corpus/InfoReused/compatibility"
    status, answer = call(server, path + "?agent=sb3-dqn")
    assert (status, answer["compatible"], answer["adapters"]) == (200, True, [])
    profile = urllib.parse.quote(json.dumps({"name": "mine", "observations": ["image"], "actions": ["text"]}))
    status, answer = call(server, path + "?agent=" + profile)
    assert status == 200
    assert answer["agent"] == "mine"
    assert answer["compatible"] is True, answer
    assert answer["adapters"] == ["image-rendering", "text-parsing"]
    assert call(server, path + "?agent=sb3-dqm")[0] == 404
    assert {row["name"] for row in call(server, path)[1]["agents"]} >= {"sb3-dqn", "llm-text"}
