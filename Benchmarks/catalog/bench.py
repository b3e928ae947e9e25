"""Measures the catalog in SQLite and, where it is installed, in PostgreSQL, and writes the table of results."""

import argparse
import json
import os
import platform
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
POSTGRES = Path("/usr/lib/postgresql/15/bin")
GOALS = {"resolve": 0.2, "search": 5, "publish": 300}


def measure(binary, store, place, environments, versions):
    done = subprocess.run(
        [binary, store, place, str(environments), str(versions)], stdout=subprocess.PIPE, text=True, check=True
    )
    return json.loads(done.stdout)


def with_postgres(body):
    """Calls `body` with the URL of a server of its own, with every write on disk as in use."""
    folder = tempfile.mkdtemp(prefix="corral-bench-")
    user = []
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
        user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]

    def call(*words):
        subprocess.run([*user, str(POSTGRES / words[0]), *words[1:]], check=True, stdout=subprocess.DEVNULL)

    try:
        data = folder + "/data"
        call("initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-locale", "-E", "UTF8")
        call(
            "pg_ctl", "-D", data, "-w", "-l", folder + "/log", "-o", f"-k {folder} -c listen_addresses=", "start"
        )  # fmt: skip
        try:
            return body(f"postgresql://postgres@/postgres?host={folder}")
        finally:
            call("pg_ctl", "-D", data, "-m", "fast", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", default=str(ROOT / ".build/release/corral-bench-catalog"))
    parser.add_argument("--environments", type=int, default=10_000)
    parser.add_argument("--versions", type=int, default=100_000)
    parser.add_argument("--output", default=str(ROOT / "Benchmarks/results/catalog.md"))
    arguments = parser.parse_args()
    size = arguments.environments, arguments.versions
    load = os.getloadavg()
    with tempfile.TemporaryDirectory(prefix="corral-bench-") as folder:
        results = {"SQLite": measure(arguments.binary, "sqlite", folder + "/corral.db", *size)}
    try:
        pwd.getpwnam("postgres")
        has_postgres = (POSTGRES / "initdb").exists()
    except KeyError:
        has_postgres = False
    if has_postgres:
        results["PostgreSQL 15"] = with_postgres(lambda url: measure(arguments.binary, "postgres", url, *size))
    Path(arguments.output).write_text(page(results, size, load))
    print(Path(arguments.output).read_text())


def page(results, size, load):
    def figures(value):
        return f"{value['p50']:.3g} / {value['p99']:.3g}"

    rows = [
        ("publish, versions/s (8 callers)", "≥ 300", [f"{r['publish_per_second']:,.0f}" for r in results.values()]),
        ("resolve a reference", "p99 ≤ 0.2", [figures(r["resolve"]) for r in results.values()]),
    ]
    names = {
        "two_words": "search for two words",
        "one_word": "search for the beginning of a word (hundreds of matches)",
        "word_in_all": "search for a word that all have",
        "filters": "two filters and a range of rewards",
        "pages": "a page of 100 by name",
        "facets": "search for a word, with facets",
    }
    for kind, text in names.items():
        goal = "p99 ≤ 5" if kind != "facets" else ""
        rows.append((text, goal, [figures(r["search"][kind]) for r in results.values()]))
    lines = [
        "# The catalog",
        "",
        f"- {size[1]:,} versions of {size[0]:,} environments, each published in a transaction of its own, on disk",
        "- in process, one call at a time; milliseconds, p50 / p99",
        f"- {platform.machine()}, {os.cpu_count()} processors;"
        f" load at the start (1, 5, 15 minutes): {load[0]:.1f}, {load[1]:.1f}, {load[2]:.1f}",
        "",
        "| what | goal | " + " | ".join(results) + " |",
        "|---|---|" + "---:|" * len(results),
    ]
    lines += [f"| {text} | {goal} | " + " | ".join(values) + " |" for text, goal, values in rows]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
