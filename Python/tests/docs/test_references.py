"""What the documents point to is there."""

import re
from pathlib import Path

import pytest

from .blocks import ROOT, documents, table

LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")


def prose(document):
    """The text of a document without its blocks and code spans."""
    text = re.sub(r"^(`{3,})[^\n]*\n.*?^\1$", "", (ROOT / document).read_text(), flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"``.+?``|`[^`\n]*`", "`", text)


def anchors(path):
    found = set()
    for line in path.read_text().splitlines():
        heading = re.match(r"#+ (.*)", line)
        if heading:
            name = re.sub(r"[^\w\- ]", "", heading[1].replace("`", "").lower())
            found.add(name.replace(" ", "-"))
    return found


@pytest.mark.parametrize("document", documents())
def test_every_link_leads_somewhere(document):
    here = (ROOT / document).parent
    for link in LINK.findall(prose(document)):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        path = (here / name).resolve() if name else ROOT / document
        assert path.exists(), f"{document}: {link} is not there"
        if anchor:
            assert anchor in anchors(path), f"{document}: {link} has no such heading"


def known_tests():
    """The names of all tests: sentences of Swift, functions of Python."""
    names = set()
    for path in [*(ROOT / "Tests").rglob("*.swift")]:
        names |= set(re.findall(r"func `([^`]+)`", path.read_text()))
    for path in [*(ROOT / "Tests").rglob("*.py"), *(ROOT / "Python/tests").rglob("*.py")]:
        names |= set(re.findall(r"def (test_\w+)", path.read_text()))
    return names


@pytest.mark.parametrize(
    "document, headings",
    [("docs/threat-model.md", ["## What an environment may try", "## What a client may try"]), ("docs/status.md", [])],
)
def test_every_test_that_is_named_exists(document, headings):
    names = known_tests()
    rows = [row for heading in headings for row in table(document, heading)] if headings else None
    cells = [row[-1] for row in rows] if rows else re.findall(r"^\|.*\|$", (ROOT / document).read_text(), re.MULTILINE)
    for cell in cells:
        for span in re.findall(r"`([^`]+)`", cell):
            is_test = span.startswith("test_") or (rows is not None and " " in span)
            if is_test:
                assert span in names, f"{document} names the test `{span}`, which there is not"


def test_code_that_is_pointed_to_exists():
    for document in documents():
        text = (ROOT / document).read_text()
        for path in re.findall(
            r"`((?:Sources|Tests|Python|Manifests|Examples|Benchmarks|scripts|docs)/[\w./+-]*[a-z/][\w./+-]*)`", text
        ):
            assert (ROOT / path).exists(), f"{document} points to {path}, which is not there"


def test_no_path_of_a_machine_is_in_a_document():
    for document in documents():
        text = (ROOT / document).read_text()
        assert str(Path.home()) + "/" not in text or Path.home() == Path("/root"), document
        assert not re.search(r"/(?:work|tmp/tmp)[./]", text), document
