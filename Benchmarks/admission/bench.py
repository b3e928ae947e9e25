#!/usr/bin/env python3
"""Checks the whole corpus of faulty and blameless environments, with `corral check` and with Gymnasium's `check_env`.

Writes Benchmarks/results/admission.md.
"""

import argparse
import concurrent.futures
import contextlib
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Python" / "tests"))

from admission import corpus  # noqa: E402

LIMIT = 15  # seconds for one environment


def ours(binary, name, row, folder, data):
    target = corpus.write(name, row, folder)
    command = [binary, "check", "--json", "--budget", str(corpus.BUDGET), "--data", str(data), str(target)]
    done = subprocess.run(command, text=True, capture_output=True, timeout=120, check=False)
    [report] = json.loads(done.stdout)["reports"]
    return (*corpus.verdict(row, report), report["seconds"])


def theirs(name, row):
    """What `check_env` says: `error`, `warning`, `nothing`, or why it could not be asked."""
    if not row["gymnasium"]:
        return "no Gymnasium environment"
    parent, child = multiprocessing.Pipe()
    process = multiprocessing.Process(target=_theirs, args=(name, child))
    process.start()
    child.close()
    said = "no answer in time"
    if parent.poll(20):
        with contextlib.suppress(EOFError):
            said = parent.recv()
    if process.is_alive():
        process.kill()
    process.join()
    return said if said != "no answer in time" or process.exitcode in (0, -9) else "error: the process ended"


def _theirs(name, pipe):
    sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115
    corpus.load()
    import gymnasium
    from gymnasium.utils.env_checker import check_env

    kind = gymnasium.spec("corpus/%s-v0" % name).entry_point
    modes = kind.metadata["render_modes"]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            check_env(kind(render_mode=modes[0]), skip_render_check=False)
            said = "nothing"
        except BaseException as error:
            said = "error: %s" % str(error).split("\n")[0][:70]
    texts = [str(warning.message) for warning in caught]
    # What it says of every environment of this corpus, the blameless ones too, tells nothing.
    texts = [text for text in texts if not any(word in text for word in ("not within", "render", "infinity", "spec"))]
    if said == "nothing" and texts:
        said = "warning: %s" % texts[0].replace("\x1b[33mWARN: ", "").replace("\x1b[0m", "").split("\n")[0][:70]
    pipe.send(said)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", default=str(ROOT / ".build/release/corral"))
    parser.add_argument("--jobs", type=int, default=1, help="checks at the same time")
    parser.add_argument("names", nargs="*", help="only these environments; then nothing is written")
    arguments = parser.parse_args()
    rows = corpus.load()
    names = arguments.names or sorted(rows)
    said = {name: theirs(name, rows[name]) for name in names}
    (corpus.MUTANTS / "walk.log").unlink(
        missing_ok=True
    )  # that of WritesBesideItself, which nothing keeps from it here
    results = {}
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as data:
        os.chmod(folder, 0o755)
        with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
            found = pool.map(lambda name: ours(arguments.binary, name, rows[name], folder, data), names)
            for name, row in zip(names, found):
                results[name] = (*row, said[name])
                print(name, *results[name], file=sys.stderr, flush=True)
    build = "debug" if "/debug/" in arguments.binary else "release"
    text = table(rows, results, "the %s build, %d at a time" % (build, arguments.jobs))
    if arguments.names:
        print(text)
    else:
        (ROOT / "Benchmarks/results/admission.md").write_text(text)


def table(rows, results, how):
    faulty = [name for name in results if rows[name]["codes"]]
    blameless = [name for name in results if not rows[name]["codes"]]
    peers = [name for name in faulty if rows[name]["gymnasium"]]
    seconds = sorted(result[2] for result in results.values())
    alarms = [name for name in blameless if results[name][3].startswith(("error", "warning"))]
    noticed = [name for name in peers if results[name][3].startswith(("error", "warning"))]
    errors = [name for name in peers if results[name][3].startswith("error")]
    lines = [
        "# Admission checks beside Gymnasium's `check_env`",
        "",
        "Made by `make bench-admission`: the corpus in `Tests/Registry/AdmissionTests/mutants`, one fault each; with %s."
        % how,
        "",
        "| | `corral check` | `check_env` |",
        "|---|---|---|",
        "| faults found | %d of %d, each under its own code | %d of %d by an error, %d with any warning |"
        % (sum(results[name][0] for name in faulty), len(faulty), len(errors), len(peers), len(noticed)),
        "| false alarms | %d of %d | %d of %d |"
        % (
            sum(not results[name][0] for name in blameless),
            len(blameless),
            len(alarms),
            sum(rows[name]["gymnasium"] for name in blameless),
        ),
        "| seconds for one environment | median %.1f, most %.1f (goal: %d) | |"
        % (seconds[len(seconds) // 2] if seconds else 0, seconds[-1] if seconds else 0, LIMIT),
        "",
        "`check_env` is asked for Gymnasium environments only. Its warnings about bounds, rendering and specs, which it "
        "gives for blameless ones as well, do not count as found.",
        "",
        "| environment | what is wrong | `corral check` | seconds | `check_env` |",
        "|---|---|---|---|---|",
    ]
    for name in faulty + blameless:
        fine, found, took, said = results[name]
        about = rows[name]["about"] if rows[name]["codes"] else "(nothing) " + rows[name]["about"]
        codes = ", ".join("`%s`" % code for code in found) or "nothing"
        mark = "" if fine else " **(missed)**" if rows[name]["codes"] else " **(false alarm)**"
        lines.append("| %s | %s | %s%s | %.1f | %s |" % (name, about, codes, mark, took, said.replace("|", "/")))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
