"""Tables of the documents say what the program says about itself."""

import json
import re
import subprocess
import urllib.request

import pytest

from . import machinery
from .blocks import ROOT, code, table

pytestmark = pytest.mark.skipif(machinery.binary() is None, reason="no server: set CORRAL_BIN")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("server")
    server = machinery.Server(
        [machinery.binary(), "serve", "--grpc", "127.0.0.1:0"], folder, machinery.environment(folder)
    )
    yield server
    server.stop()


def get(server, path):
    with urllib.request.urlopen(server.address + path) as answer:
        return answer.read()


def options(*words):
    """`{name: help}` of the options that a command's help shows."""
    result = subprocess.run([machinery.binary(), *words, "--help"], capture_output=True, text=True, check=True)
    found = {}
    for line in result.stdout.splitlines():
        start = re.match(r"^ +(?:-\w, +)?--(?:\[no-\])?([a-z-]+)", line)
        if start:
            name = start[1]
            found[name] = ""
        if line.startswith("  ") and found:
            found[name] += " " + line.strip()
    return found


def test_every_key_of_the_configuration_is_documented_with_its_default():
    shown = options("serve")
    keys = {name: text for name, text in shown.items() if name not in {"config", "exit-with-parent", "help", "version"}}
    documented = {code(row[0]): row for row in table("docs/configuration.md", "## Keys")}
    assert set(documented) == set(keys)
    for name, text in keys.items():
        default = re.search(r"\[default: ([^\]]+)\]", text)
        value = documented[name][2]
        if default and default[1] != "on":
            assert code(value) == default[1], f"docs/configuration.md: the default of {name}"
        for choice in re.findall(r"\(([a-z]+(?:, [a-z]+)+)\)", text):
            assert documented[name][1] == ", ".join(f"`{word}`" for word in choice.split(", ")), name


def test_every_operation_of_the_api_is_documented(server):
    paths = json.loads(get(server, "/v1/openapi.json"))["paths"]
    offered = {
        operation["operationId"]: f"{method.upper()} {path}"
        for path, operations in paths.items()
        for method, operation in operations.items()
    }
    documented = {code(row[0]): code(row[1]) for row in table("docs/rest.md", "# The REST API")}
    assert documented == offered


def test_every_metric_is_documented(server):
    offered = dict(re.findall(r"^# TYPE (\w+) (\w+)$", get(server, "/metrics").decode(), re.MULTILINE))
    documented = {code(row[0]): row[1] for row in table("docs/operations.md", "## Metrics")}
    assert documented == offered


def test_every_feature_of_isolation_is_documented(server):
    offered = {entry["feature"] for entry in json.loads(get(server, "/v1/capabilities"))["features"]}
    documented = {code(row[0]) for row in table("docs/operations.md", "## What is in force")}
    assert documented == offered


def test_the_environments_that_come_along_are_in_the_documents(server):
    page = (ROOT / "README.md").read_text() + (ROOT / "docs/native.md").read_text()
    for item in json.loads(get(server, "/v1/environments"))["environments"]:
        assert f"`{item['name']}`" in page


def test_the_published_schema_of_manifests_is_the_programs_own():
    printed = subprocess.run([machinery.binary(), "env", "schema"], capture_output=True, text=True, check=True).stdout
    assert printed == (ROOT / "docs/environment.schema.json").read_text()
