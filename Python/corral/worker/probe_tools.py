"""What the looks of a probe have in common: measures, limits of time, lists of what was found."""

import contextlib
import os
import random
import signal
import sys
import threading

from .fields import flag_value
from .probe_actions import Agent
from .probe_play import over
from .probe_values import frozen
from .worker import Worker

TEXT = {"type": "Text", "min_length": 0, "max_length": None, "charset": None}
KEPT = 3  # findings of one kind


class Other:
    """Another environment, which takes a step whenever it is called, with the random state of its own or not."""

    def __init__(self, player, seed, isolated=False):
        self._player = player
        self._agent = Agent("random", player.form, player.worker.agents, seed)
        self._seed = seed
        self._isolated = isolated
        self._over = True

    def __call__(self, _):
        with kept_random() if self._isolated else contextlib.nullcontext():
            if self._over:
                # Without the seeding of the process's generators, which a server does not do for one of several.
                self._player.live = []
                observation, self._player.info = self._player.worker.reset(self._seed, {})
                if self._player.worker.agents is not None:
                    self._player.live = [name for name in self._player.worker.agents if name in observation]
                self._over = False
            else:
                self._over = over(self._player.step(self._player.act(self._agent)))


class Problems:
    def __init__(self):
        self.found = {}

    def add(self, kind, text, where):
        row = self.found.setdefault(kind, {"count": 0, "examples": []})
        row["count"] += 1
        if len(row["examples"]) < KEPT:
            row["examples"].append(("%s: %s" % (where, text) if where else text)[:500])


class TooLong(BaseException):
    pass


@contextlib.contextmanager
def alarm(seconds):
    def ring(*_):
        raise TooLong

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def kept_random():
    numpy = sys.modules.get("numpy")
    own, old = random.getstate(), numpy.random.get_state() if numpy is not None else None
    try:
        yield
    finally:
        random.setstate(own)
        if numpy is not None:
            numpy.random.set_state(old)


def version_1(kind):
    class Version1(Worker):
        """A worker of version 1 in the form of version 2: a reset is `init_env` again."""

        capabilities = ()
        holds_many = False

        def init(self, instance, params, seed):
            self._inner = kind()
            self._wish = (instance or "", params)

        def spaces(self):
            return TEXT, TEXT

        def reset(self, seed, options):
            observation, _, _, info = self._inner.init_env(*self._wish)
            return observation, info

        def step(self, action):
            observation, reward, done, info = self._inner.step_env(action)
            return observation, reward, done, False, info

        def close(self):
            self._inner.close_env()

    return Version1


def check_reward(value, name, low, high, problems, where):
    who = "the reward of %s" % name if name else "the reward"
    if value is None:
        return
    if isinstance(value, bool) or type(value).__name__ in ("bool_", "str"):
        problems.add("reward_type", "%s is a %s, not a number" % (who, type(value).__name__), where)
        return
    if getattr(value, "shape", ()) != ():
        problems.add("reward_type", "%s is an array of the shape %s" % (who, list(value.shape)), where)
        return
    try:
        number = float(value)
    except (TypeError, ValueError):
        problems.add("reward_type", "%s is a %s, not a number" % (who, type(value).__name__), where)
        return
    if number != number or number in (float("inf"), float("-inf")):
        problems.add("reward_not_finite", "%s is %r" % (who, number), where)
    elif (low is not None and number < low) or (high is not None and number > high):
        problems.add("reward_range", "%s is %r, outside of %s to %s" % (who, number, low, high), where)


def kept(value):
    return value, frozen(value)


def truth(flag):
    return any(map(bool, flag.values())) if isinstance(flag, dict) else flag_value(flag, "terminated")


def measured():
    with open("/proc/self/statm") as file:
        pages = int(file.read().split()[1])
    return {
        "memory": pages * os.sysconf("SC_PAGE_SIZE"),
        "files": len(os.listdir("/proc/self/fd")),
        "threads": max(len(os.listdir("/proc/self/task")), threading.active_count()),
        "children": children(),
    }


def children():
    count = 0
    for task in os.listdir("/proc/self/task"):
        try:
            with open("/proc/self/task/%s/children" % task) as file:
                count += len(file.read().split())
        except OSError:
            pass
    return count


def told(error):
    return ("%s: %s" % (type(error).__name__, error))[:500]
