"""Programs in C of the documents are compiled and run. (Those in Swift are compiled by `TutorialTests`.)"""

import subprocess
from pathlib import Path

import pytest

from corral.native.library import library_path

from .blocks import ROOT, blocks, documents

PROGRAMS = [block for name in documents() for block in blocks(name) if block.language == "c"]
HEADERS = ROOT / "Sources/Platform/CCorral/include"


def test_there_are_programs_in_c():
    assert PROGRAMS


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda block: block.place)
def test_a_program_in_c_compiles_without_a_warning_and_runs(program, tmp_path):
    library = library_path()
    if library is None:
        pytest.skip("libcorral.so is not built: scripts/build-library")
    source, result = tmp_path / "program.c", tmp_path / "program"
    source.write_text(program.text)
    options = ["-std=c11", "-Wall", "-Wextra", "-Werror", "-I", str(HEADERS), f"-Wl,-rpath,{Path(library).parent}"]
    subprocess.run(["cc", *options, str(source), str(library), "-o", str(result)], check=True)
    ran = subprocess.run([str(result)], capture_output=True, text=True, timeout=60)
    assert (ran.returncode, ran.stderr) == (0, "")
