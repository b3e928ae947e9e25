"""A replay audit: shows for every recorded trajectory of a folder whether it is whole and really happened.

    python Examples/audit/audit.py FOLDER [--certificates FOLDER] [-- OPTIONS OF corral replay]

Each file is first checked by itself (seals, hash chain), then replayed on the version that it names, and compared step
by step. What is identical can be certified. The exit status is 1 where something is not as it was recorded.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

PROGRAM = os.environ.get("CORRAL_BIN", "corral")


def corral(*words):
    """What the program printed as JSON, and what it complained of."""
    done = subprocess.run([PROGRAM, *words], capture_output=True, text=True)
    complaint = done.stderr.strip().splitlines()
    return json.loads(done.stdout) if done.stdout.startswith("{") else {}, complaint[0] if complaint else ""


def audit(path, options, certificates):
    """The verdict on one trajectory and its reason."""
    found, complaint = corral("trajectory", "verify", str(path), "--json")
    if not found.get("intact"):
        problems = [problem for problem in found.get("problems", [])]
        if not problems:
            return "damaged", complaint
        chunk = problems[0]["chunk"]
        return "damaged", f"{'the file' if chunk is None else f'chunk {chunk}'}: {problems[0]['problem']}"
    report, complaint = corral("replay", str(path), "--json", *options)
    if not report:
        return "not replayed", complaint
    if not report["same"]:
        first = report["first"]
        what = ", ".join(difference["pointer"] or "its end" for difference in first["differences"])
        return "differs", f"from record {first['index']} on: {what}"
    if certificates is not None and report["identical"] and report["same_digest"]:
        certificate = certificates / f"{report['trajectory']}.json"
        _, complaint = corral("certify", str(path), "--output", str(certificate), *options)
        if not certificate.exists():
            return "not certified", complaint
    return "identical" if report["identical"] else "the same", f"{report['compared']} records"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="holds .ctraj files, such as trajectories/ of the data folder")
    parser.add_argument("--certificates", type=Path, help="where certificates of identical ones go")
    parser.add_argument("options", nargs="*", help="options of corral replay, after --")
    given = parser.parse_args()
    if given.certificates is not None:
        given.certificates.mkdir(parents=True, exist_ok=True)
    bad = 0
    paths = sorted(given.folder.glob("*.ctraj"))
    for path in paths:
        verdict, reason = audit(path, given.options, given.certificates)
        bad += verdict not in ("identical", "the same")
        print(f"{path.stem}  {verdict:12}  {reason}", flush=True)
    print(f"{len(paths) - bad} of {len(paths)} trajectories are as they were recorded")
    return 1 if bad or not paths else 0


if __name__ == "__main__":
    sys.exit(main())
