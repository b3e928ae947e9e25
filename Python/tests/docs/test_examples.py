"""Runs the fenced blocks of the documents, in order, as a reader would.

| comment before a block | meaning |
|---|---|
| `test: server [flags]` | a server is started with these flags; 127.0.0.1:7878 in this and later blocks means it |
| `test: serve` | the block is a command that starts a server: it runs in the background |
| `test: file NAME` | the block is the content of this file; it is written and not run |
| `test: output` | the block is what the block before it prints; `…` stands for anything |
| `test: manifest` | the block is a part of an environment.yaml: it is put into a whole one and validated |
| `test: config` | the block is a corral.yaml: a server starts with it |
| `test: targets` | the block builds: its make targets are looked for, and it is not run |
| `test: fails STATUS` | the last command of the block ends with this status; 22 is an HTTP error of curl |
| `untested: reason` | it is not run |
"""

import json
import re
import shlex
import subprocess

import pytest

from . import machinery
from .blocks import LANGUAGES, ROOT, blocks, documents
from .matching import difference, matches

needs_server = pytest.mark.skipif(machinery.binary() is None, reason="no server: set CORRAL_BIN")

LOOPBACK = re.compile(r"(?:127\.0\.0\.1|localhost):7878")


def is_run(block):
    return block.language in {"sh", "python", "yaml"} or block.has("output")


class Reader:
    """Follows one document."""

    def __init__(self, folder):
        self.folder = folder
        self.variables = machinery.environment(folder)
        self.server = None
        self.interpreters = {}
        self.last = ""
        self.count = 0

    def follow(self, block):
        flags = block.argument("server")
        if flags is not None:
            self.start([machinery.binary(), "serve", *(word.replace("ROOT", str(ROOT)) for word in flags)])
        text = self.here(block.text)
        if block.has("file"):
            path = self.folder / block.argument("file")[0]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        elif block.has("output"):
            self.compare(block)
        elif block.has("targets"):
            self.check_targets(text)
        elif block.has("serve"):
            self.start(["bash", "-c", "exec " + text.strip()])
        elif block.has("config"):
            self.check_configuration(text)
        elif block.has("manifest"):
            self.check_manifest(text)
        else:
            self.run(block, text)

    def here(self, text):
        if self.server is None or "unix:" in self.server.address:
            return text
        return LOOPBACK.sub(self.server.address.split("://")[1], text)

    def start(self, arguments):
        if self.server is not None:
            self.server.stop()
        self.server = None
        self.server = machinery.Server(arguments, self.folder, self.variables)

    def run(self, block, text):
        self.count += 1
        kind = "sh" if block.language == "sh" else "python"
        path = self.folder / f".block-{self.count}.{kind}"
        path.write_text(text)
        if kind not in self.interpreters:
            make = machinery.shell if kind == "sh" else machinery.python
            self.interpreters[kind] = make(self.folder, self.variables)
        if kind == "python":
            self.last = self.interpreters[kind].run(str(path))
            return
        source = f"source {shlex.quote(str(path))} </dev/null"
        wanted = block.argument("fails")
        if wanted:
            self.last = self.interpreters[kind].run(f"{source}; [ $? = {wanted[0]} ]; printf '\\x1dsh %s\\n' $?")
        else:
            self.last = self.interpreters[kind].run(f"set -eo pipefail; {source}; set +e; printf '\\x1dsh 0\\n'")

    def compare(self, block):
        if block.language == "json":
            real = json.loads(self.last)
            found = difference(json.loads(block.text), real)
            assert found is None, f"{found}\n{json.dumps(real, ensure_ascii=False)}"
        else:
            shown = block.text.strip().splitlines()
            real = self.last.strip().splitlines()
            alike = len(shown) == len(real) and all(
                matches(one.rstrip(), other.rstrip()) for one, other in zip(shown, real)
            )
            assert alike, f"the output is:\n{self.last}"

    def check_targets(self, text):
        makefile = (ROOT / "Makefile").read_text()
        for line in text.splitlines():
            words = line.split("#")[0].split()
            if not words or words[0] in {"git", "cd"}:
                continue
            assert words[0] == "make", f"{line!r} is not looked at by `targets`"
            for target in words[1:]:
                assert re.search(rf"^{re.escape(target)}:", makefile, re.MULTILINE), (
                    f"no target {target} in the Makefile"
                )

    def check_configuration(self, text):
        place = self.folder / "configured"
        place.mkdir(exist_ok=True)
        (place / "corral.yaml").write_text(text)
        for name in re.findall(r"^[ -]*(?:environments|allow-volumes|data): *\[?([^\]\n]+)", text, re.MULTILINE):
            for one in name.split(","):
                (place / one.strip()).mkdir(parents=True, exist_ok=True)
        variables = {**self.variables, "CORRAL_PORT": "0", "CORRAL_DATA": str(place / "data")}
        server = machinery.Server(
            [machinery.binary(), "serve", "--config", str(place / "corral.yaml")], place, variables
        )
        server.stop()

    def check_manifest(self, text):
        """A part replaces the same top-level keys of a small manifest."""
        base = {
            "manifest": "manifest: 1\n",
            "name": "name: docs/Part\n",
            "version": "version: 1.0.0\n",
            "launch": "launch: {process: {worker: worker.py:W}}\n",
        }
        for key in re.findall(r"^([a-z_]+):", text, re.MULTILINE):
            base.pop(key, None)
        place = self.folder / f"manifest-{len(list(self.folder.iterdir()))}"
        place.mkdir()
        (place / "environment.yaml").write_text("".join(base.values()) + text)
        checked = subprocess.run(
            [machinery.binary(), "env", "validate", str(place)], capture_output=True, text=True, env=self.variables
        )
        assert checked.returncode == 0, checked.stdout + checked.stderr

    def stop(self):
        for interpreter in self.interpreters.values():
            interpreter.stop()
        if self.server is not None:
            self.server.stop()


@needs_server
@pytest.mark.parametrize("document", [name for name in documents() if any(map(is_run, blocks(name)))])
def test_the_examples_of_a_document_work(document, tmp_path):
    reader = Reader(tmp_path)
    try:
        for block in blocks(document):
            if block.untested or not (is_run(block) or block.directives):
                continue
            try:
                reader.follow(block)
            except (AssertionError, subprocess.SubprocessError, OSError, ValueError) as error:
                pytest.fail(f"{block.place}: {error}", pytrace=False)
    finally:
        reader.stop()


UNTESTED = [block for name in documents() for block in blocks(name) if block.untested]


@pytest.mark.parametrize("block", UNTESTED, ids=lambda block: block.place)
def test_a_block_that_is_not_run_says_why(block):
    assert len(block.untested.split()) >= 3, "give a reason"
    pytest.skip(block.untested)


def test_every_block_has_a_language_that_is_known():
    for name in documents():
        for block in blocks(name):
            assert block.language in LANGUAGES, f"{block.place}: `{block.language}` is none of {sorted(LANGUAGES)}"


def test_the_reader_of_outputs_knows_what_is_left_out():
    assert difference({"a": "x…", "…": "…"}, {"a": "xyz", "b": 1}) is None
    assert difference({"a": 1}, {"a": 1, "b": 1}) is not None
    assert difference([1, "…"], [1, 2, 3]) is None
    assert difference([1, 2], [1]) is not None
    assert difference("a…c", "abd") is not None
    assert difference(1, True) is not None
