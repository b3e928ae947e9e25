"""A dry run before the fork, so that every session finds warm code and touches little memory of its own."""

import json

from .session import Session

STEPS = 8  # the interpreter adapts a function to its use by its eighth call


class _Void:
    """A channel whose server never speaks."""

    source = None
    ended = False
    writing = False

    def send(self, parts):
        pass


def rehearse(kind, config, action, instance=None, params=None):
    """Plays the beginning of an episode with a worker that nobody talks to.

    `action()` gives an action in its JSON form. The worker must not keep what would be wrong for another session,
    a random state above all.
    """
    session = Session(kind(config), _Void())

    def say(**command):
        return session.answer(json.dumps({"id": 0, **command}).encode())

    for _ in range(2):
        say(cmd="hello", protocol=2, buffers=True)
        say(cmd="init", instance=instance, params=params or {}, seed=None)
        say(cmd="reset", seed=0, options={})
        for _ in range(STEPS):
            say(cmd="step", action=action())
