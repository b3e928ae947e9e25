"""Tables of the documents say what the code says."""

import re

import pytest

from .blocks import ROOT, code, table


def swift(path):
    return (ROOT / "Sources" / path).read_text()


def failure_codes():
    """`{code: (HTTP status, exit status)}` of FailureCode.swift."""
    text = swift("Platform/Foundations/FailureCode.swift")
    body = text[text.index("enum Code") : text.index("/// Reads a code")]
    names = {}
    for name, _, raw in re.findall(r'case `?(\w+)`?( = "(\w+)")?', body):
        names[name] = raw or name

    def cases(function):
        part = text[text.index(f"var {function}") :]
        part = part[: part.index("\n    }")]
        return {
            names[name]: int(number)
            for group, number in re.findall(r"case ([.`\w,\s]+):\s*(\d+)", part)
            for name in re.findall(r"\.(\w+)", group.replace("`", ""))
        }

    statuses, exits = cases("httpStatus"), cases("exitStatus")
    assert set(statuses) == set(exits) == set(names.values()), "the parser of this test lost a code"
    return {raw: (statuses[raw], exits[raw]) for raw in names.values()}


def test_every_code_of_failures_is_documented_with_its_statuses():
    documented = {code(row[0]): (int(row[1]), int(row[2])) for row in table("docs/errors.md", "## Codes")}
    assert documented == failure_codes()


def test_every_exit_status_is_documented_with_its_codes():
    documented = {
        int(row[0]): set(re.findall(r"`(\w+)`", row[2])) for row in table("docs/cli.md", "## Exit status") if row[2]
    }
    real = {}
    for name, (_, status) in failure_codes().items():
        real.setdefault(status, set()).add(name)
    assert documented == real


def test_every_code_has_the_class_of_the_python_client():
    errors = pytest.importorskip("corral.errors")
    documented = {code(row[0]): code(row[3]) for row in table("docs/errors.md", "## Codes")}
    assert documented == {name: kind.__name__ for name, kind in errors.CLASSES.items()}


def test_every_code_has_a_section_with_an_example_or_a_reason():
    text = (ROOT / "docs/errors.md").read_text()
    for name in failure_codes():
        assert f"\n### {name}\n" in text, f"docs/errors.md has no section {name}"


def test_every_reason_of_an_end_is_documented():
    text = swift("Runtime/Sessions/SessionState.swift")
    reasons = {}
    for kind, state in (("FailureReason", "failed"), ("CloseReason", "closed")):
        body = text[text.index(f"enum {kind}") :]
        body = body[: body.index("\n}")]
        for name, _, raw in re.findall(r'case (\w+)( = "(\w+)")?', body):
            reasons[raw or name] = state
    documented = {code(row[0]): row[1] for row in table("docs/errors.md", "## Why a session ended")}
    assert documented == reasons


def test_every_key_of_the_manifests_schema_is_documented():
    text = swift("Environments/Manifests/Manifest+Schema.swift")
    schemas = (
        "text|list|object|choice|count|size|section|launch|spaces?|reward|author|instances|resources|requirements|fork"
    )
    # Keys of `properties` stand before a schema; keywords of JSON Schema stand before plain values.
    keys = set(re.findall(rf'"([a-z_0-9]+)":\s*(?:{schemas}|\[)', text))
    keywords = {"required", "enum", "items", "properties", "type", "oneOf", "anyOf", "const"}
    keys -= {"description", "propertyNames", "additionalProperties", "minItems"} | keywords
    assert {"manifest", "worker", "command", "gpus", "step_time", "sha256", "list", "python"} <= keys
    page = (ROOT / "docs/manifest.md").read_text()
    missing = {key for key in keys if not re.search(rf"`(?:\{{.*?)?\b{key}\b.*?`", page)}
    assert not missing, f"docs/manifest.md does not have {sorted(missing)}"


def test_every_key_word_of_parameters_is_documented():
    text = swift("Environments/Manifests/Schema.swift")
    page = (ROOT / "docs/manifest.md").read_text()
    for kind in ("assertions", "annotations"):
        listed = re.search(rf"let {kind}: Set<String> = \[(.*?)\]", text, re.DOTALL)
        assert listed, f"Schema.swift has no list of {kind}"
        for word in re.findall(r'"([$\w]+)"', listed[1]):
            assert f"`{word}`" in page, f"docs/manifest.md does not have the keyword {word}"


def test_the_defaults_of_resources_are_documented():
    text = swift("Environments/Manifests/Manifest.swift")
    body = text[text.index("struct Resources") :]
    names = {"stepTime": "step_time", "startTime": "start_time", "resetTime": "reset_time"}
    units = {"512 << 20": "512MiB", "64 << 20": "64MiB", "1 << 20": "1MiB", "Duration.seconds(60)": "1m", "1.0": "1"}
    declared = {
        names.get(name, name): units.get(value, value)
        for name, value in re.findall(r"public var (\w+)(?:: \w+)? = (.+)", body)
    }
    documented = {code(row[0]): row[1] for row in table("docs/manifest.md", "## resources")}
    assert documented == declared


def test_every_field_of_usage_events_is_documented():
    text = swift("Registry/Usage/UsageField.swift")
    fields = re.findall(r'\.init\("(\w+)", \.(\w+), "([^"]+)"', text)
    documented = [(code(row[0]), row[1].lower(), row[2]) for row in table("docs/usage.md", "## Fields")]
    assert documented == fields


def test_every_finding_of_checks_is_documented_with_its_severity():
    text = swift("Registry/Admission/FindingCode.swift")
    names = {name: raw or name for name, raw in re.findall(r'^    case (\w+)(?: = "(\w+)")?$', text, re.M)}
    lighter = text[text.index("public var severity") :]
    weights = {
        name: weight
        for group, weight in re.findall(r"case ([.\w,\s]+):\s*\.(note|warning)", lighter)
        for name in re.findall(r"\.(\w+)", group)
    }
    documented = {code(row[0]): row[1] for row in table("docs/admission.md", "## Findings")}
    assert documented == {raw: weights.get(name, "error") for name, raw in names.items()}


def test_every_known_agent_and_adapter_is_documented():
    profiles = swift("Registry/Compatibility/AgentProfile.swift")
    known = re.findall(r'AgentProfile\(\s*"([\w-]+)"', profiles)
    assert [code(row[0]) for row in table("docs/compatibility.md", "## Known agents")] == known
    text = swift("Registry/Compatibility/Need.swift")
    cases = re.findall(r'^    case (\w+)(?: = "([\w-]+)")?$', text[text.index("enum Adapter") :], re.M)
    documented = [code(row[0]) for row in table("docs/compatibility.md", "## Adapters")]
    assert documented == [raw or name for name, raw in cases]
