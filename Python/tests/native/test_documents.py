"""The tables of docs/native-fidelity.md say what the library and the tests say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .test_single_steps import ANYWHERE, FLOAT32

TEXT = (Path(__file__).parents[3] / "docs/native-fidelity.md").read_text()
COMMON = {"max_episode_seconds", "control_dt", "sim_dt", "render_spacing", "model_file"}


def rows(heading: str, columns: int) -> list:
    """The table of a section that has as many columns."""
    section = TEXT[TEXT.index(f"\n## {heading}\n") :].split("\n## ")[1]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if "|" in line]
    return [row for row in cells if len(row) == columns and row[0].startswith("`")]


def names(cell: str) -> list:
    return re.findall(r"`([^`]+)`", cell)


@pytest.mark.parametrize("row", rows("Environments", 5), ids=lambda row: row[0].strip("`"))
def test_an_environment_is_as_documented(row):
    from corral.native import NativeVectorEnv

    (name,) = names(row[0])
    described = NativeVectorEnv(name, 1, precision="float64").description
    assert set(names(row[1])) | COMMON >= set(described["configuration"])
    assert set(names(row[1])) <= set(described["configuration"])
    assert [field["name"] for field in described["info"]] == names(row[2])
    assert described["max_episode_steps"] == (int(row[3]) if row[3] else None)


def test_every_environment_of_gymnasiums_is_documented_with_its_simulators():
    from corral.native import describe, environments

    documented = {names(row[0])[0]: names(row[4]) for row in rows("Environments", 5)}
    for name, simulators in documented.items():
        described = describe(name)
        assert set(described["simulators"]) == set(simulators)
        assert described["default_simulator"] == simulators[0]
    assert {name for name in environments() if re.search(r"-v\d+$", name)} == set(documented)


def test_the_bounds_of_float32_are_those_of_the_tests():
    found = {names(row[0])[0]: (float(row[1]), float(row[3])) for row in rows("How equal", 4)}
    assert found == {name: (bound, ANYWHERE[name]) for name, bound in FLOAT32.items()}
    assert all(float(row[2]) < float(row[1]) for row in rows("How equal", 4))
