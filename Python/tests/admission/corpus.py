"""The corpus of small environments, faulty and blameless, as folders that `corral check` takes."""

import importlib
import json
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
MUTANTS = ROOT / "Tests" / "Registry" / "AdmissionTests" / "mutants"
MODULES = ["rewards", "interface", "observations", "repeating", "running", "blameless"]
BUDGET = 12  # seconds, as the check is told


def load():
    """Every environment by its name; see `base.CORPUS`."""
    for path in (str(MUTANTS), str(ROOT / "Python")):
        if path not in sys.path:
            sys.path.insert(0, path)
    for name in MODULES:
        importlib.import_module(name)
    return importlib.import_module("base").CORPUS


def write(name, row, folder):
    """Makes the folder of one environment: its manifest and the code."""
    target = Path(folder) / name
    target.mkdir(parents=True)
    for module in {"base", row["module"]}:
        shutil.copy(MUTANTS / (module + ".py"), target)
    manifest = {
        "manifest": 1,
        "name": "corpus/" + name,
        "version": "1.0.0",
        "license": "Apache-2.0",
        "launch": {"process": _launch(name, row)},
        "reward": {"range": [-1, 1]},
        "resources": {"memory": "512MiB", "step_time": "10s", **row["manifest"].get("resources", {})},
        "fork": ["replay"],
    }
    if row["gymnasium"]:
        manifest["render_modes"] = ["rgb_array"]
    for key, value in row["manifest"].items():
        if key in ("requirements", "share"):
            manifest["launch"]["process"][key] = value
        elif key != "resources":
            manifest[key] = value
    if not manifest.get("render_modes", True):
        del manifest["render_modes"]
    (target / "environment.yaml").write_text(json.dumps(manifest, indent=1))
    return target


def _launch(name, row):
    if not row["gymnasium"]:
        return {"worker": "%s.py:%s" % (row["module"], name)}
    return {
        "worker": "corral.worker.gymnasium:GymnasiumWorker",
        "config": {"id": "corpus/%s-v0" % name, "import": [row["module"]]},
        "requirements": ["gymnasium==1.4.0", "numpy==2.4.6"],
    }


def verdict(row, report):
    """Whether the report says of the environment what it should: `(fine, codes found)`."""
    found = [finding["code"] for finding in report["findings"] if finding["severity"] != "note"]
    notes = [finding["code"] for finding in report["findings"] if finding["severity"] == "note"]
    if not row["codes"]:
        return not found and report["verdict"] == "passed", found
    return bool(set(row["codes"]) & set(found + notes)), found + notes
