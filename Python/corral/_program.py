"""Where the server's program is and its sockets go. Standard library only, so that whoever starts it needs nothing else."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

from . import errors

BUNDLED = Path(__file__).with_name("bin") / "corral"
"""The program in an installed package; its manifests are in `share/corral/Manifests` beside `bin`."""
CHECKOUT = Path(__file__).resolve().parents[2]
"""Where the sources of the program lie, if the package was not installed."""
LONGEST_FOLDER = 90
"""Bytes of a path below which sockets with short names can be."""


def find_binary() -> str:
    """The path of the server's program; raises `errors.Unavailable` where there is none."""
    given = os.environ.get("CORRAL_BIN")
    if given:
        if os.access(given, os.X_OK):
            return given
        raise errors.error("unavailable", f"CORRAL_BIN names {given!r}, which is no program", "correct or unset it")
    built = [CHECKOUT / ".build" / kind / "corral" for kind in ("release", "debug")]
    for path in [BUNDLED, *(built if (CHECKOUT / "Package.swift").exists() else [])]:
        if os.access(path, os.X_OK):
            return str(path)
    found = shutil.which("corral")
    if found is None:
        raise errors.error(
            "unavailable",
            "there is no server to run environments on",
            "install the corral program or set CORRAL_BIN to it, or give the url of a running server (CORRAL_URL)",
        )
    return found


def folder_for_sockets(prefix: str) -> str:
    """A new folder that only this user may enter, with a path that leaves room for a socket's name.

    The kernel takes addresses of 107 bytes; where `TMPDIR` is longer than that allows, the folder is in `/tmp`.
    """
    folder = tempfile.mkdtemp(prefix=prefix)
    if len(os.fsencode(folder)) <= LONGEST_FOLDER:
        return folder
    os.rmdir(folder)
    return tempfile.mkdtemp(prefix=prefix, dir="/tmp")


def interpreter(binary: str) -> list[str]:
    """Flags for the program inside an installed package: its workers run in this interpreter, unless one is named.

    It was installed together with this interpreter's packages, of which the environments are some.
    """
    bundled = binary == str(BUNDLED) and "CORRAL_PYTHON" not in os.environ
    return ["--python", sys.executable] if bundled else []
