"""Fenced blocks of Markdown and the comments that tell the tests what to do with them.

A comment stands on the line(s) before a block: `<!-- test: file environment.yaml -->` and so on, see `test_examples`;
`<!-- untested: reason -->` leaves a block out, visibly.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
LANGUAGES = {"sh", "python", "yaml", "json", "text", "c", "swift"}

_COMMENT = re.compile(r"<!--\s*(test|untested):\s*(.*?)\s*-->$")
_FENCE = re.compile(r"^(`{3,})\s*(\S*)\s*$")


@dataclass
class Block:
    document: str
    line: int
    """Of the first line of the text, from 1."""
    language: str
    text: str
    directives: list = field(default_factory=list)
    """Words after `test:`, one list for each comment."""
    untested: str = ""

    def has(self, word):
        return any(words[0] == word for words in self.directives)

    def argument(self, word):
        return next((words[1:] for words in self.directives if words[0] == word), None)

    @property
    def place(self):
        return f"{self.document}:{self.line}"


def documents():
    """The paths of all documents, from the root."""
    named = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")]
    return [str(path.relative_to(ROOT)) for path in [*named, *sorted((ROOT / "docs").rglob("*.md"))]]


def blocks(document):
    """The blocks of a document in order."""
    found, pending, fence = [], [], None
    for number, line in enumerate((ROOT / document).read_text().splitlines(), 1):
        if fence is not None:
            if line.strip() == fence[0]:
                found.append(fence[1])
                fence = None
            else:
                fence[1].text += line[fence[2] :] + "\n"
            continue
        comment = _COMMENT.match(line.strip())
        opening = _FENCE.match(line.strip())
        if comment:
            pending.append(comment)
        elif opening:
            block = Block(document, number + 1, opening[2], "")
            for kind, rest in (one.groups() for one in pending):
                if kind == "untested":
                    block.untested = rest
                else:
                    block.directives.append(rest.split())
            pending = []
            fence = (opening[1], block, len(line) - len(line.lstrip()))
        elif line.strip():
            pending = []
    assert fence is None, f"{document}: the block at line {fence[1].line} does not end"
    return found


def table(document, heading, columns=None):
    """The rows of the first table after `heading` (a line that begins with it), as lists of cells."""
    lines = (ROOT / document).read_text().splitlines()
    start = next((n for n, line in enumerate(lines) if line.startswith(heading)), None)
    assert start is not None, f"{document} has no line that begins with {heading!r}"
    rows = []
    for line in lines[start + 1 :]:
        if line.startswith("|"):
            cells = [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
            rows.append(cells)
        elif rows:
            break
    assert len(rows) > 2, f"{document}: there is no table after {heading!r}"
    return rows[2:]


def code(cell):
    """The text of the first code span of a cell, or the cell."""
    span = re.search(r"`([^`]+)`", cell)
    return span[1] if span else cell
