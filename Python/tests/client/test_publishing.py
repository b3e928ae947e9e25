"""Publishing from Python, and the calls that change a catalog, against a real server."""

import asyncio
import hashlib
import os
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stub import respond

import corral
from corral import _bundles, errors

MANIFEST = """\
manifest: 1
name: %s
version: %s
launch: {process: {worker: "worker.py:Walk"}}
spaces: {observation: {type: Discrete, n: 9, start: 0}, action: {type: Discrete, n: 2, start: 0}}
"""


def folder(place, name, version, **files):
    place.mkdir(exist_ok=True)
    (place / "environment.yaml").write_text(MANIFEST % (name, version))
    for path, text in {"worker.py": "class Walk: pass\n", **files}.items():
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_text(text)
    return place


def test_both_packers_make_the_same_bytes(binary, tmp_path):
    deep = "/".join(["a" * 60, "b" * 60, "c" * 40 + ".txt"])
    here = folder(
        tmp_path / "walk", "shop/Walk", "1.0.0", **{deep: "x" * 513, "z é.txt": "", "B/one": "1", "B.txt": "2"}
    )
    (here / ".hidden").write_text("no")
    (here / "__pycache__").mkdir()
    (here / "__pycache__" / "worker.pyc").write_text("no")
    (here / "link").symlink_to(here / "worker.py")
    archive = tmp_path / "archive.tar"
    done = subprocess.run(
        [binary, "publish", str(here), "--output", str(archive)], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    packed = _bundles.pack(here)
    assert packed.data == archive.read_bytes() and packed.digest == done.stdout.strip()
    assert packed.digest == "sha256:" + hashlib.sha256(packed.data).hexdigest()


@given(st.binary(min_size=1, max_size=300).filter(lambda path: b"\0" not in path))
def test_a_path_is_cut_so_that_it_can_be_put_together_again(path):
    try:
        prefix, name = _bundles._split(path)
    except errors.InvalidArgument:
        assert len(path) > 100
        return
    assert (prefix + b"/" + name if prefix else name) in (path, b"/" + path)
    assert len(prefix) <= 155 and len(name) <= 100


def test_what_is_no_folder_of_an_environment_is_refused(tmp_path):
    with pytest.raises(errors.NotFound):
        _bundles.pack(tmp_path)
    with pytest.raises(errors.NotFound):
        _bundles.pack(tmp_path / "nothing")
    bad = os.fsencode(folder(tmp_path / "bad", "shop/Bad", "1.0.0")) + b"/\xff"
    with open(bad, "w"):
        pass
    with pytest.raises(errors.InvalidArgument, match="rename"):
        _bundles.pack(tmp_path / "bad")


def test_a_folder_is_published_once(client, tmp_path):
    here = folder(tmp_path / "walk", "py/Walk", "1.0.0")
    version = client.publish(here, alias="stable", reason="first")
    assert version["reference"] == "py/Walk@1.0.0"
    assert client.publish(str(here))["digest"] == version["digest"]
    assert client.environments.get("py/Walk@stable")["digest"] == version["digest"]
    (here / "worker.py").write_text("class Walk: changed = True\n")
    with pytest.raises(errors.AlreadyExists):
        client.publish(here)

    async def again():
        async with corral.aconnect(client.url) as other:
            folder(here, "py/Walk", "1.1.0")
            assert (await other.publish(here, alias="next"))["reference"] == "py/Walk@1.1.0"
            assert (await other.environments.get("py/Walk@next"))["version"] == "1.1.0"
            names = [item["name"] async for item in other.environments.search("walk", namespace="py")]
            assert names == ["py/Walk"]
            versions = (await other.environments.versions("py/Walk"))["versions"]
            assert [one["version"] for one in versions] == ["1.0.0", "1.1.0"]

    asyncio.run(again())


def test_an_upload_goes_on_where_another_process_left_it(client, tmp_path, monkeypatch):
    monkeypatch.setattr(_bundles, "PART", 1000)
    here = folder(tmp_path / "walk", "py/Resumed", "1.0.0", **{"data.txt": "0123456789" * 400})
    bundle = _bundles.pack(here)
    steps = _bundles.publish(bundle, None, "")
    call = next(steps)
    sent = []
    for _ in range(3):  # announces it and sends two parts
        sent.append((call.method, call.headers.get("Upload-Offset")))
        call = steps.send(client._run(call))
    assert sent == [("POST", None), ("PATCH", "0"), ("PATCH", "1000")]
    seen = []
    run = client._run
    monkeypatch.setattr(client, "_run", lambda call: seen.append(call) or run(call))
    assert client.publish(here)["reference"] == "py/Resumed@1.0.0"
    assert [one.headers["Upload-Offset"] for one in seen if one.method == "PATCH"][0] == "2000"


def test_a_part_that_is_lost_is_sent_again_from_where_the_server_stands(stub, tmp_path):
    here = folder(tmp_path / "walk", "py/Lost", "1.0.0")
    size = len(_bundles.pack(here).data)
    lost = respond(409, {"error": {"code": "conflict", "message": "the upload stands elsewhere"}})

    def answer(number, request):
        method, target, headers, body = request
        if target == "/v1/uploads":
            return respond(201, {"id": "u", "offset": 0})
        if method == "PATCH":
            checksum = "sha256:" + hashlib.sha256(body).hexdigest()
            assert headers["upload-checksum"] == checksum
            return lost if headers["upload-offset"] == "0" else respond(200, {"offset": size})
        if method == "GET":
            return respond(200, {"offset": 512})
        return respond(201, {"reference": "py/Lost@1.0.0", "name": "py/Lost", "version": "1.0.0"})

    stub.answer = answer
    with corral.connect(stub.url) as client:
        assert client.publish(here)["reference"] == "py/Lost@1.0.0"
    assert [request[0] for request in stub.requests] == ["POST", "PATCH", "GET", "PATCH", "PUT", "POST"]
    assert stub.requests[3][2]["upload-offset"] == "512"

    stub.answer = lambda number, request: lost if request[0] == "PATCH" else respond(201, {"id": "u", "offset": 0})
    stub.requests.clear()
    with corral.connect(stub.url) as client, pytest.raises(errors.Conflict):
        client.publish(here)
    assert [request[0] for request in stub.requests].count("PATCH") == _bundles.FAILURES


def test_the_catalog_is_changed_and_tells_who_did_what(client, tmp_path):
    place = tmp_path / "walk"
    for version in ("1.0.0", "1.1.0"):
        client.publish(folder(place, "py/Ruled", version), reason="made " + version)
    offers = client.environments
    assert [one["version"] for one in offers.versions("py/Ruled")["versions"]] == ["1.0.0", "1.1.0"]
    assert offers.set_alias("py/Ruled", "stable", "1.0.0", "proven")["aliases"] == {"stable": "1.0.0"}
    assert offers.set_alias("py/Ruled", "stable", None)["aliases"] == {}
    assert offers.update("py/Ruled", "better words", title="Ruled", tags=["toy"])["metadata"]["title"] == "Ruled"
    assert [item["title"] for item in offers.search(tag="toy", namespace="py")] == ["Ruled"]
    assert offers.update("py/Ruled", title=None, tags=None)["metadata"] == {}
    deprecated = offers.deprecate("py/Ruled@1.1.0", "too slow", successor="py/Ruled@^2")
    assert deprecated["state"] == "deprecated" and "too slow" in deprecated["warnings"][0]
    assert offers.restore("py/Ruled@1.1.0")["state"] == "unreviewed"
    assert offers.yank("py/Ruled@1.1.0", "broken")["state"] == "yanked"
    assert offers.get("py/Ruled")["version"] == "1.0.0"
    assert offers.restore("py/Ruled@1.1.0", "mended")["state"] == "unreviewed"
    assert offers.retire("py/Ruled@1.1.0", "gone")["state"] == "retired"
    with pytest.raises(errors.FailedPrecondition):
        offers.restore("py/Ruled@1.1.0")
    first = offers.history("py/Ruled", limit=3)
    assert [entry["action"] for entry in first["entries"]] == ["retire", "restore", "yank"]
    rest = offers.history("py/Ruled", before=first["next"])
    assert [entry["action"] for entry in rest["entries"]] == [
        "restore", "deprecate", "update", "update", "remove_alias", "set_alias", "publish", "publish",
    ]  # fmt: skip
    assert rest["entries"][-1]["reason"] == "made 1.0.0"
    assert {entry["version"] for entry in offers.history("py/Ruled@1.0.0")["entries"]} == {"1.0.0"}
    with pytest.raises(errors.NotFound):
        offers.versions("py/Nothing")
