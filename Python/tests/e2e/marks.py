"""What the normal run leaves out, and what a machine may lack."""

import os
import shutil

import pytest

LONG = os.environ.get("CORRAL_LONG") == "1"

long = pytest.mark.skipif(not LONG, reason="takes long: set CORRAL_LONG=1")
root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


def needs(*programs):
    missing = [program for program in programs if shutil.which(program) is None]
    return pytest.mark.skipif(bool(missing), reason="not installed: " + ", ".join(missing))
