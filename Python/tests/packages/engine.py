"""A private Docker Engine for tests, and the images of the example packages."""

import contextlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PACKAGES_MISSING = 75  # status of Examples/dockergym/images


class Engine:
    def __init__(self, address):
        self.address = address
        self.variables = {**os.environ, "DOCKER_HOST": address}

    def said(self, *arguments):
        """What `docker` prints."""
        done = subprocess.run(
            ["docker", *arguments], env=self.variables, capture_output=True, text=True, timeout=120, check=True
        )
        return done.stdout.strip()

    def containers(self, filter):
        return self.said("ps", "--all", "--quiet", "--filter", filter).split()


@contextlib.contextmanager
def running_engine():
    """The engine that DOCKER_HOST names, or one whose images stay in `.cache/engine`."""
    if os.environ.get("DOCKER_HOST"):
        yield Engine(os.environ["DOCKER_HOST"])
        return
    if os.geteuid() != 0 or shutil.which("dockerd") is None:
        pytest.skip("a Docker Engine needs root and the package docker.io, or DOCKER_HOST names one")
    script, folder = ROOT / "scripts/engine", ROOT / ".cache/engine"
    started = subprocess.run([script, "start", folder], capture_output=True, text=True, timeout=120)
    assert started.returncode == 0, started.stderr
    try:
        yield Engine(started.stdout.strip())
    finally:
        subprocess.run([script, "stop", folder], timeout=120, check=True)


def build_images(engine, name):
    """Builds the image of a package, unless it is as the sources are."""
    if shutil.which("docker") is None or shutil.which("mmdebstrap") is None:
        pytest.skip("an image without a registry needs the packages docker.io and mmdebstrap")
    done = subprocess.run(
        [ROOT / "Examples/dockergym/images", name], env=engine.variables, capture_output=True, text=True, timeout=900
    )
    if done.returncode == PACKAGES_MISSING:
        pytest.skip("packages for the image cannot be had: " + "".join(done.stderr.splitlines()[-1:]))
    assert done.returncode == 0, done.stdout + done.stderr
