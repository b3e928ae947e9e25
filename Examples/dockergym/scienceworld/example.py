"""Plays ScienceWorld at random: one session step by step, then many at a time."""

import sys

from ..sessions import Session, arguments, check_health, play_many, show


def single_session_demo(base_url):
    with Session(base_url, "boil", {"variation_idx": 0}) as session:
        show(session, "valid_actions")


def concurrent_sessions_demo(base_url, concurrent, total_jobs):
    return play_many(base_url, "valid_actions", concurrent, total_jobs)


def main():
    given = arguments(__doc__)
    check_health(given.base_url, "python -m Examples.dockergym.scienceworld")
    single_session_demo(given.base_url)
    return 1 if concurrent_sessions_demo(given.base_url, given.concurrent, given.total_jobs) else 0


if __name__ == "__main__":
    sys.exit(main())
