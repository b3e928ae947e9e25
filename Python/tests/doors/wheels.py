"""Virtual environments of their own for software that talks to the doors."""

import json
import subprocess

import pytest

from e2e.server import ROOT

LOCKS = {"0.3.0": "Benchmarks/requirements/openenv.txt", "0.10.0": "Python/requirements/openenv-0.10.txt"}


def python(version):
    """The Python that has OpenEnv of this version (0.3.0 also has the client of MCP); skips where it cannot be made."""
    folder = ROOT / (".venvs/openenv" if version == "0.3.0" else ".venvs/openenv-" + version.rpartition(".")[0])
    script = [str(ROOT / "scripts/virtual-environment"), str(folder), LOCKS[version]]
    done = subprocess.run(script, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        pytest.skip("OpenEnv %s cannot be installed: %s" % (version, done.stdout[-500:]))
    return folder / "bin/python"


def run(interpreter, script, *arguments, **more):
    """What a script printed last, as JSON."""
    command = [str(interpreter), str(script), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, **more)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])
