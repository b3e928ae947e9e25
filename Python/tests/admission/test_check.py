"""The command line of checks, and signed reports in the hands of others."""

import json
from base64 import b64decode

import pytest

from . import corpus

dsse = pytest.importorskip("securesystemslib.dsse")
signer = pytest.importorskip("securesystemslib.signer")


@pytest.fixture(scope="module")
def checked(check, open_folder, tmp_path_factory):
    """The report of a faulty environment, its attestation in a file, and the folder."""
    folder = corpus.write("RewardAsBool", corpus.load()["RewardAsBool"], open_folder)
    attestations = tmp_path_factory.mktemp("attestations")
    [report], status = check("--budget", 8, "--attest", attestations, folder)
    return report, status, attestations, folder


def test_an_error_rejects(checked):
    report, status, _, _ = checked
    assert status == 1
    assert report["verdict"] == "rejected"
    for finding in report["findings"]:
        assert finding["code"] and finding["evidence"] and finding["mend"]
    assert set(report["measured"]["baseline"]) == {"random", "nothing", "first", "last", "repeat"}


def test_securesystemslib_verifies_the_signed_report(checked, corral):
    report, _, attestations, _ = checked
    [path] = attestations.iterdir()
    envelope = dsse.Envelope.from_dict(json.loads(path.read_text()))
    shown = json.loads(corral("key", "show", "server", "--json").stdout)
    key = signer.SSlibKey(shown["id"], "ed25519", "ed25519", {"public": _raw(shown["pem"]).hex()})
    accepted = envelope.verify([key], 1)
    assert list(accepted) == [shown["id"]]
    assert envelope.payload_type == "application/vnd.in-toto+json"
    statement = json.loads(envelope.payload)
    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    assert "sha256:" + statement["subject"][0]["digest"]["sha256"] == report["digest"]
    assert statement["predicate"]["verdict"] == "rejected"


def test_securesystemslib_refuses_a_report_that_was_changed(checked, corral):
    _, _, attestations, _ = checked
    [path] = attestations.iterdir()
    shown = json.loads(corral("key", "show", "server", "--json").stdout)
    key = signer.SSlibKey(shown["id"], "ed25519", "ed25519", {"public": _raw(shown["pem"]).hex()})
    envelope = dsse.Envelope.from_dict(json.loads(path.read_text()))
    envelope.payload = envelope.payload.replace(b'"rejected"', b'"passed"')
    with pytest.raises(Exception, match="Accepted signatures|threshold"):
        envelope.verify([key], 1)


def test_a_manifest_that_cannot_be_read_is_rejected(check, tmp_path):
    (tmp_path / "environment.yaml").write_text("manifest: 1\nname: a/B\nversion: one\nlaunch: {}\n")
    [report], status = check(tmp_path)
    assert status == 1
    assert [finding["code"] for finding in report["findings"]] == ["manifest_invalid"]


def test_what_cannot_be_checked_is_no_verdict(check, corral, tmp_path, checked):
    *_, folder = checked
    done = corral("check", "--data", "/proc/none", folder)
    assert done.returncode == 2
    assert done.stderr


def test_a_key_that_is_not_there_is_said(corral, checked):
    *_, folder = checked
    done = corral("check", "--budget", "5", "--key", "nobody", folder)
    assert done.returncode == 3
    assert "nobody" in done.stderr


def _raw(pem):
    return b64decode("".join(line for line in pem.splitlines() if not line.startswith("-----")))[-32:]
