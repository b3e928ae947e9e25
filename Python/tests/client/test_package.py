"""The package as it is installed."""

import importlib.util
import os
import subprocess
import sys
import zipfile

import pytest
from premises import ROOT

import corral


def test_a_wheel_holds_the_client_the_worker_and_the_program(tmp_path):
    pytest.importorskip("setuptools", minversion="64")
    pytest.importorskip("wheel")
    source = tmp_path / "source"
    source.mkdir()
    for name in ("corral", "pyproject.toml", "README.md"):
        subprocess.run(["cp", "-r", str(ROOT / "Python" / name), str(source)], check=True)
    (source / "corral" / "bin").mkdir(exist_ok=True)
    program = source / "corral" / "bin" / "corral"
    program.write_text("#!/bin/sh\necho here\n")
    program.chmod(0o755)
    build = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", str(tmp_path)]
    subprocess.run([*build, str(source)], check=True, env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"})
    (wheel,) = tmp_path.glob("corral-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        assert {"corral/client.py", "corral/py.typed", "corral/bin/corral", "corral/worker/__main__.py"} <= names
        assert not [name for name in names if "test" in name or "requirements" in name]
        archive.extractall(tmp_path / "installed")
        mode = archive.getinfo("corral/bin/corral").external_attr >> 16
        assert mode & 0o111 == 0o111


def test_every_name_that_is_offered_is_there_and_none_is_missing():
    assert sorted(corral.__all__) == sorted(["__version__", *corral._HOMES, *corral._MODULES])
    for name in corral._HOMES:
        assert getattr(corral, name) is not None, name
    for name in corral._MODULES:  # some import packages that only their users have
        assert importlib.util.find_spec("corral." + name) is not None, name
