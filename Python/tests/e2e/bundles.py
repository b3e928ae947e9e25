"""Bundles as docs/catalog.md describes them, made without Corral: an independent reading of the format."""

import hashlib

WORKER = """\
from corral.worker import Worker


class Counter(Worker):
    def spaces(self):
        return {"type": "Discrete", "n": 100, "start": 0}, {"type": "Discrete", "n": 2, "start": 0}

    def reset(self, seed, options):
        self.count = 0
        return 0, {}

    def step(self, action):
        self.count += int(action)
        return self.count, float(action), self.count >= 10, False, {}
"""

MANIFEST = """\
manifest: 1
name: %s
version: %s
title: A counter
launch:
  process:
    worker: "worker.py:Counter"
spaces:
  observation: {type: Discrete, n: 100, start: 0}
  action: {type: Discrete, n: 2, start: 0}
reward: {range: [0, 1]}
"""


def header(path, size):
    """The ustar header of a file with mode 0755, owner 0 and time 0."""
    fields = [
        (path.encode(), 100),
        (b"0000755", 8),
        (b"0000000", 8),
        (b"0000000", 8),
        (b"%011o" % size, 12),
        (b"00000000000", 12),
        (b" " * 8, 8),
        (b"0", 1),
        (b"", 100),
        (b"ustar", 6),
        (b"00", 2),
        (b"", 32),
        (b"", 32),
        (b"0000000", 8),
        (b"0000000", 8),
        (b"", 155),
        (b"", 12),
    ]
    raw = b"".join(value.ljust(width, b"\0") for value, width in fields)
    assert len(raw) == 512
    return raw[:148] + b"%06o\0 " % sum(raw) + raw[156:]


def pack(files):
    """The archive of {path: text}; paths have at most 100 bytes."""
    archive = b""
    for path, text in sorted(files.items(), key=lambda item: item[0].encode()):
        data = text.encode()
        archive += header(path, len(data)) + data + b"\0" * (-len(data) % 512)
    return archive + b"\0" * 1024


def counter(name, version, extra=""):
    return pack({"environment.yaml": MANIFEST % (name, version), "worker.py": WORKER + extra})


def upload(client, archive):
    digest = "sha256:" + hashlib.sha256(archive).hexdigest()
    begun = client.post("/v1/uploads", {"digest": digest, "size": len(archive)})
    if begun.json.get("complete"):
        return digest
    assert begun.status == 201, begun
    path = "/v1/uploads/" + begun.json["id"]
    offset = begun.json["offset"]
    while offset < len(archive):
        sent = client.call(
            "PATCH",
            path,
            archive[offset:],
            {"Upload-Offset": str(offset), "Content-Type": "application/octet-stream"},
        )
        if sent.code == "not_found":
            return digest  # another client finished the same upload
        assert sent.status == 200 or sent.code in ("busy", "conflict"), sent
        read = client.get(path)
        offset = len(archive) if read.code == "not_found" else read.json["offset"]
    finished = client.call("PUT", path)
    assert finished.status == 201 or finished.code in ("not_found", "busy"), finished
    return digest


def publish(client, archive):
    return client.post("/v1/environments", {"bundle": upload(client, archive)})
