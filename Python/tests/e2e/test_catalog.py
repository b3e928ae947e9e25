"""The catalog over HTTP and the command line: from a folder to a session, and what stops one."""

import json
import os
import subprocess

import pytest

from e2e import bundles, machine
from e2e.server import BINARY


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("counter")
    (folder / "environment.yaml").write_text(bundles.MANIFEST % ("shop/Counter", "1.0.0"))
    (folder / "worker.py").write_text(bundles.WORKER)
    (folder / ".hidden").write_text("x")
    return folder


def corral(*words, ok=True):
    done = subprocess.run([BINARY, *words], capture_output=True, text=True, timeout=120)
    assert (done.returncode == 0) == ok, (words, done.returncode, done.stdout, done.stderr)
    return done.stdout if ok else done.stderr


def segment(reference):
    return reference.replace("/", "%2F").replace("@", "%40").replace("^", "%5E")


def test_a_folder_is_published_found_started_pulled_and_ended(serve, folder, tmp_path):
    server = serve()
    url = "http://" + server.client.address
    published = json.loads(corral("publish", str(folder), "--url", url, "--json", "--alias", "stable"))
    assert published["reference"] == "shop/Counter@1.0.0" and published["state"] == "unreviewed"
    archive = bundles.pack({"environment.yaml": (folder / "environment.yaml").read_text(), "worker.py": bundles.WORKER})
    again = bundles.publish(server.client, archive)
    assert again.status == 200 and again.json["digest"] == published["digest"]  # both packers made the same bytes
    changed = bundles.publish(server.client, bundles.counter("shop/Counter", "1.0.0", extra="# another\n"))
    assert changed.code == "already_exists"
    assert bundles.publish(server.client, bundles.counter("shop/Counter", "1.1.0")).status == 201

    for reference, exact in [
        ("shop/Counter", "1.1.0"),
        ("shop/Counter@~1.0", "1.0.0"),
        ("shop/Counter@stable", "1.0.0"),
        ("shop/Counter-v1", "1.1.0"),
        ("shop/Counter@" + published["digest"], "1.0.0"),
    ]:
        session = server.client.create(reference)
        assert session["environment"] == "shop/Counter@" + exact and session["warnings"] == []
        assert server.client.step(session["id"], 1).json["observation"] == 1
        server.client.delete(session["id"])
    assert session["digest"] == published["digest"]

    found = server.client.get("/v1/environments?q=counter&facets=true").json
    assert [item["reference"] for item in found["environments"]] == ["shop/Counter@1.1.0"]
    assert found["facets"]["observation"] == [{"value": "Discrete", "count": 1}]
    assert "shop/Counter" in corral("search", "count", "--url", url)
    shown = corral("env", "show", "shop/Counter", "--url", url)
    assert "@stable 1.0.0" in shown and "1.1.0" in shown

    corral("pull", "shop/Counter@1.0.0", str(tmp_path / "out"), "--url", url)
    assert (tmp_path / "out/worker.py").read_text() == bundles.WORKER
    assert not (tmp_path / "out/.hidden").exists()

    reference = "shop/Counter@1.1.0"
    corral("env", "deprecate", reference, "--message", "too slow", "--successor", "shop/Counter@^2", "--url", url)
    created = server.client.post("/v1/sessions", {"environment": "shop/Counter@1.1.0"})
    assert created.json["warnings"] == [reference + " is deprecated: too slow; use shop/Counter@^2"]
    assert created.headers["Deprecation"].startswith("@")
    assert server.client.create("shop/Counter")["environment"] == "shop/Counter@1.0.0"  # not the deprecated one
    corral("env", "yank", reference, "--reason", "broken", "--url", url)
    refused = server.client.post("/v1/sessions", {"environment": reference})
    assert refused.code == "failed_precondition" and "broken" in refused.json["error"]["message"]
    digest = server.client.get("/v1/environments/" + segment(reference)).json["digest"]
    server.client.create("shop/Counter@" + digest)
    corral("env", "retire", reference, "--reason", "gone", "--url", url)
    assert server.client.post("/v1/sessions", {"environment": "shop/Counter@" + digest}).code == "failed_precondition"
    history = server.client.get("/v1/environments/shop/Counter/history").json["entries"]
    assert [entry["action"] for entry in history] == [
        "retire", "yank", "deprecate", "publish", "set_alias", "publish",
    ]  # fmt: skip
    assert {entry["by"] for entry in history} == {"local"}


def test_what_was_published_is_there_after_a_restart_and_in_a_backup(serve, tmp_path):
    server = serve()
    data = server.data
    published = bundles.publish(server.client, bundles.counter("shop/Counter", "1.0.0")).json
    backup = str(tmp_path / "backup")
    assert "1 versions saved" in corral("catalog", "backup", backup, "--data", str(data))
    server.stop()
    again = serve(data=data)
    assert again.client.create("shop/Counter")["digest"] == published["digest"]
    again.stop()
    other = tmp_path / "other"
    assert "1 versions restored" in corral("catalog", "restore", backup, "--data", str(other))
    restored = serve(data=other)
    assert restored.client.create("shop/Counter@1.0.0")["digest"] == published["digest"]
    assert "already" in corral("catalog", "restore", backup, "--data", str(other), ok=False)


def test_tampered_and_swapped_bytes_start_nothing(serve, tmp_path):
    # A check would have unpacked the genuine bytes before they are tampered with.
    server = serve("--no-check-published")
    data = server.data
    first = bundles.publish(server.client, bundles.counter("shop/Counter", "1.0.0")).json
    second = bundles.publish(server.client, bundles.counter("shop/Counter", "1.1.0")).json
    server.stop()

    def blob(version):
        digest = version["bundle"][len("sha256:") :]
        return data / "blobs" / "sha256" / digest[:2] / digest

    genuine = blob(first).read_bytes()
    blob(first).write_bytes(genuine.replace(b"self.count = 0", b"self.count = 9", 1))
    blob(second).write_bytes(genuine)
    again = serve("--no-check-published", data=data)
    for version in ("1.0.0", "1.1.0"):
        refused = again.client.post("/v1/sessions", {"environment": "shop/Counter@" + version})
        assert refused.code == "failed_precondition", refused
    assert again.client.get("/v1/environments/shop%2FCounter%401.0.0/bundle").code == "failed_precondition"
    report = json.loads(
        subprocess.run(
            [BINARY, "catalog", "fsck", "--data", str(data), "--json"], capture_output=True, text=True
        ).stdout
    )
    assert len(report["problems"]) == 2 and report["versions"] == 2


def test_callers_keep_to_their_namespaces(serve, tmp_path):
    import hashlib

    keys = tmp_path / "keys.yaml"
    lines = ["keys:"]
    for name, roles in [("root", "admin"), ("ann", "owner"), ("bob", "owner"), ("eve", "agent")]:
        digest = hashlib.sha256(("key-" + name).encode()).hexdigest()
        lines.append("  - {id: %s, tenant: t, roles: [%s], sha256: %s}" % (name, roles, digest))
    keys.write_text("\n".join(lines) + "\n")
    server = serve("--keys", str(keys))

    class As:
        def __init__(self, name):
            self.headers = {"Authorization": "Bearer key-" + name}

        def call(self, method, path, body=None, headers=None):
            return server.client.call(method, path, body, {**self.headers, **(headers or {})})

        def post(self, path, body=None):
            return self.call("POST", path, body)

        def get(self, path):
            return self.call("GET", path)

    ann, bob, eve, root = As("ann"), As("bob"), As("eve"), As("root")
    archive = bundles.counter("ann/Counter", "1.0.0")
    digest = bundles.upload(ann, archive)
    assert eve.post("/v1/environments", {"bundle": digest}).code == "permission_denied"
    assert eve.post("/v1/uploads", {"digest": digest, "size": 1}).code == "permission_denied"
    published = ann.post("/v1/environments", {"bundle": digest})
    assert published.status == 201 and published.json["state"] == "submitted"
    # Nobody has approved it.
    assert ann.post("/v1/sessions", {"environment": "ann/Counter"}).code == "failed_precondition"
    assert bundles.publish(bob, bundles.counter("ann/Counter", "1.0.1")).code == "permission_denied"
    assert bundles.publish(bob, bundles.counter("classic/Counter", "1.0.0")).code == "permission_denied"
    path = "/v1/environments/ann%2FCounter%401.0.0/retire"
    assert bob.post(path, {"reason": "r"}).code == "permission_denied"
    assert ann.call("PATCH", "/v1/namespaces/ann", {"add": ["bob"]}).json["owners"] == ["ann", "bob"]
    assert bob.post(path, {"reason": "r"}).status == 200
    # An administrator's publication waits for another's approval as well.
    assert bundles.publish(root, bundles.counter("free/Counter", "1.0.0")).json["state"] == "submitted"
    assert ann.post("/v1/sessions", {"environment": "free/Counter"}).code == "failed_precondition"


LOCKED = """\
manifest: 1
name: shop/Packed
version: 1.0.0
launch:
  process:
    worker: "worker.py:Packed"
    requirements: [helper]
    lock: requirements.lock
spaces:
  observation: {type: Discrete, n: 100, start: 0}
  action: {type: Discrete, n: 2, start: 0}
"""


def test_packages_come_from_a_lock_and_sources_are_refused(serve, tmp_path, monkeypatch):
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    os.chmod(tmp_path, 0o755)
    wheel = machine_wheel(wheels, "helper", "1.0", "ANSWER = 42\n")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    server = serve("--python", "/usr/bin/python3")
    worker = "import helper, os\n\n\n" + bundles.WORKER.replace(
        "return 0, {}",
        "return helper.ANSWER, {'file': helper.__file__, 'writable': os.access(os.path.dirname(helper.__file__), 2)}",
    ).replace("Counter", "Packed")

    def archive(version, digest):
        manifest = LOCKED.replace("1.0.0", version)
        return bundles.pack(
            {
                "environment.yaml": manifest,
                "requirements.lock": "helper==1.0 --hash=sha256:%s\n" % digest,
                "worker.py": worker,
            }
        )

    assert bundles.publish(server.client, archive("1.0.0", wheel)).status == 201
    session = server.client.create("shop/Packed")
    assert session["observation"] == 42
    assert "cache/packages" in session["info"]["file"] and session["info"]["writable"] is False
    # Another hash than the wheel has: nothing starts, and the reason is pip's.
    assert bundles.publish(server.client, archive("1.1.0", "0" * 64)).status == 201
    refused = server.client.post("/v1/sessions", {"environment": "shop/Packed@1.1.0"})
    assert refused.code == "failed_precondition" and "packages" in refused.json["error"]["message"], refused
    # Only a source distribution: refused although its hash is right.
    source = source_distribution(wheels, "other", "1.0")
    manifest = LOCKED.replace("1.0.0", "1.2.0").replace("[helper]", "[other]")
    archive = bundles.pack(
        {
            "environment.yaml": manifest,
            "requirements.lock": "other==1.0 --hash=sha256:%s\n" % source,
            "worker.py": worker,
        }
    )
    assert bundles.publish(server.client, archive).status == 201
    assert server.client.post("/v1/sessions", {"environment": "shop/Packed@1.2.0"}).code == "failed_precondition"
    assert not (tmp_path / "ran").exists()


def machine_wheel(folder, name, version, code):
    import hashlib
    import zipfile

    path = folder / ("%s-%s-py3-none-any.whl" % (name, version))
    info = "%s-%s.dist-info/" % (name, version)
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(name + ".py", code)
        wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\nName: %s\nVersion: %s\n" % (name, version))
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(info + "RECORD", "%s.py,,\n%sMETADATA,,\n%sWHEEL,,\n%sRECORD,,\n" % (name, info, info, info))
    return hashlib.sha256(path.read_bytes()).hexdigest()


def source_distribution(folder, name, version):
    import hashlib
    import io
    import tarfile

    path = folder / ("%s-%s.tar.gz" % (name, version))
    code = "open(%r, 'w')\nfrom setuptools import setup\nsetup(name=%r, version=%r)\n"
    code = code % (str(folder.parent / "ran"), name, version)
    with tarfile.open(path, "w:gz") as archive:
        for file, text in [
            ("setup.py", code),
            ("PKG-INFO", "Metadata-Version: 1.0\nName: %s\nVersion: %s\n" % (name, version)),
        ]:
            entry = tarfile.TarInfo("%s-%s/%s" % (name, version, file))
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text.encode()))
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_an_upload_goes_on_after_the_server_was_killed(serve):
    server = serve()
    archive = bundles.counter("shop/Counter", "1.0.0", extra="# %s\n" % ("x" * 100_000))
    import hashlib

    digest = "sha256:" + hashlib.sha256(archive).hexdigest()
    begun = server.client.post("/v1/uploads", {"digest": digest, "size": len(archive)}).json
    path = "/v1/uploads/" + begun["id"]
    headers = {"Upload-Offset": "0", "Content-Type": "application/octet-stream"}
    half = len(archive) // 2
    assert server.client.call("PATCH", path, archive[:half], headers).json["offset"] == half
    server.kill()
    again = serve(data=server.data)
    read = again.client.get(path)
    assert read.headers["Upload-Offset"] == str(half)
    wrong = again.client.call("PATCH", path, archive[:half], headers)
    assert wrong.code == "conflict" and wrong.json["error"]["details"]["offset"] == str(half)
    assert bundles.publish(again.client, archive).status == 201
    assert machine.until(lambda: again.client.get(path).code == "not_found", 1)
