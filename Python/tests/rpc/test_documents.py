"""docs/grpc.md says which status a code becomes as the program does."""

import re

from e2e.server import ROOT


def camel(code):
    first, *rest = code.split("_")
    joined = first + "".join(part.capitalize() for part in rest)
    return {"malformedJson": "malformedJSON"}.get(joined, joined)


def test_the_table_of_statuses_is_the_programs_own():
    source = (ROOT / "Sources/Server/GRPCAPI/Failure+GRPC.swift").read_text()
    switch = source[source.index("switch self {") : source.index("extension Failure {")]
    built = {}
    for codes, status in re.findall(r"case ([^:]+): \.(\w+)", switch):
        built[status] = sorted(re.findall(r"\.(\w+)", codes))
    page = (ROOT / "docs/grpc.md").read_text()
    told = {}
    for status, codes in re.findall(r"^\| `([A-Z_]+)` \| (.+) \|$", page, re.MULTILINE):
        told[camel(status.lower())] = sorted(camel(code) for code in re.findall(r"`(\w+)`", codes))
    assert built == told and built
