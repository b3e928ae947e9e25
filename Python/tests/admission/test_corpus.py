"""Every fault of the corpus is found under its name, and nothing is found in what has none."""

import os
import random

import pytest

from . import corpus

LONG = os.environ.get("CORRAL_LONG") == "1"
ROWS = corpus.load()
FAULTY = sorted(name for name, row in ROWS.items() if row["codes"])
BLAMELESS = sorted(name for name, row in ROWS.items() if not row["codes"])


def sample():
    """All with `CORRAL_LONG=1`, else a few that are the same in every run."""
    if LONG:
        return FAULTY + BLAMELESS
    source = random.Random(5)
    return sorted(source.sample(FAULTY, 3) + source.sample(BLAMELESS, 1))


def test_the_corpus_is_as_large_as_promised():
    assert len(FAULTY) >= 60
    assert len(BLAMELESS) >= 25
    assert len({" ".join(row["about"].split()) for row in ROWS.values()}) == len(ROWS)


@pytest.mark.parametrize("name", sample())
def test_what_is_wrong_is_found_and_nothing_else(name, check, open_folder):
    row = ROWS[name]
    folder = corpus.write(name, row, open_folder)
    [report], status = check("--budget", corpus.BUDGET, folder)
    fine, found = corpus.verdict(row, report)
    assert fine, f"{row['about']} expected {row['codes']}, found {report['findings']}"
    weights = {finding["severity"] for finding in report["findings"]}
    assert status == (1 if "error" in weights else 0), found
