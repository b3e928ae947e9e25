"""Looks at an environment from inside its own process: `corral check` runs it in place of the version's own worker.

The probe is itself a worker, and its actions are what to look at (`docs/worker-protocol.md`, "The probe"). It serves an
entry of the version, given as `entry` and `config`, and sees the objects that this returns before they are encoded.
"""

import contextlib
import gc
import json
import os
import random
import signal
import sys
import threading
import time

from . import entry
from .base import BaseWorker
from .encoding import Encoder
from .errors import BadRequest, WorkerError
from .fields import flag_value
from .probe_actions import Agent, native, outside
from .probe_audit import Audit
from .probe_play import Broken, Player, difference, over, reward_sum
from .probe_values import frozen, mismatch, scribble
from .worker import Worker, seed_globals

TEXT = {"type": "Text", "min_length": 0, "max_length": None, "charset": None}
KEPT = 3  # findings of one kind


class ProbeWorker(Worker):
    """Serves `{"entry": …, "config": …}`; every step is one look, whose facts are the observation."""

    name = "corral.worker.probe"
    capabilities = ()
    holds_many = False

    def __init__(self, config=None):
        super().__init__(config)
        self._audit = Audit()
        self._audit.install()
        self._kind = None
        self._wish = (None, {})

    def init(self, instance, params, seed):
        self._wish = (instance, params)

    def spaces(self):
        return TEXT, TEXT

    def reset(self, seed, options):
        return "", {}

    def step(self, action):
        request = json.loads(action)
        look = getattr(self, "_look_" + str(request.pop("look", "")), None)
        if look is None:
            raise BadRequest("there is no such look")
        started = time.monotonic()
        try:
            facts = look(**request)
        except Broken as error:
            facts = {"broken": {"kind": error.kind, "text": str(error)}}
        except WorkerError as error:
            facts = {"broken": {"kind": error.code, "text": str(error)[:2000]}}
        except Exception as error:
            facts = {"broken": {"kind": "raised", "text": _told(error)}}
        except SystemExit as error:
            facts = {"broken": {"kind": "exited", "text": _told(error)}}
        facts["seconds"] = round(time.monotonic() - started, 4)
        facts["audit"] = self._audit.facts()
        return Encoder()(facts)[0].decode().strip(), None, False, False, {}

    def close(self):
        pass  # the look `close` does it, and is timed

    def _class(self):
        if self._kind is None:
            kind = entry.load(self.config["entry"])
            if issubclass(kind, BaseWorker):
                kind = _version_1(kind)
            kind.preload(self.config.get("config") or {})
            self._kind = kind
        return self._kind

    def _make(self, slot=0):
        kind = self._class()
        worker = kind(self.config.get("config") or {})
        worker.slot = slot
        instance, params = self._wish
        seed_globals(0)
        worker.init(instance, params, 0)
        return worker

    def _player(self, slot=0):
        worker = self._make(slot)
        return Player(worker, worker.spaces()[1])

    def _look_start(self):
        """What the worker says of itself."""
        worker = self._make()
        observation, action = worker.spaces()
        return {
            "observation_space": observation,
            "action_space": action,
            "agents": worker.agents,
            "capabilities": list(worker.capabilities),
            "render_modes": list(worker.render_modes),
            "instances": worker.instances(),
            "holds_many": worker.holds_many,
        }

    def _look_contract(self, seeds, steps, seconds, low=None, high=None):
        """Plays at random and compares everything that comes back with the interface and the spaces."""
        player = self._player()
        worker = player.worker
        before = worker.spaces()
        problems = _Problems()
        facts = {"steps": [], "returns": [], "lengths": [], "ends": [], "problems": problems.found}
        until = time.monotonic() + seconds
        busy = 0.0
        for seed in seeds:
            agent = Agent("random", player.form, worker.agents, seed)
            done, total, length = 0, 0.0, 0
            previous = self._begun(player, seed, before[0], problems)
            while done < steps and time.monotonic() < until:
                action = player.act(agent)
                given = worker.decode_action(action)
                asked = frozen(given)
                begun = time.perf_counter()
                result = player.taken(worker.step(given))
                busy += time.perf_counter() - begun
                done, length = done + 1, length + 1
                where = "seed %d, step %d" % (seed, done)
                if frozen(given) != asked:
                    problems.add("action_changed", "the step changed the action it was given", where)
                for place, kind in ((0, "observation_aliased"), (1, "info_aliased")):
                    if frozen(previous[place][0]) != previous[place][1]:
                        what = "the previous " + ("observation" if place == 0 else "info")
                        problems.add(kind, what + " changed under this step", where)
                self._result(result, worker, before[0], low, high, problems, where)
                previous = (_kept(result[0]), _kept(result[4]))
                total += reward_sum(result[1])
                if over(result):
                    facts["ends"].append("terminated" if _truth(result[2]) else "truncated")
                    facts["returns"].append(total)
                    facts["lengths"].append(length)
                    total, length = 0.0, 0
                    if done < steps:
                        previous = self._begun(player, None, before[0], problems)
            facts["steps"].append(done)
        if worker.spaces() != before:
            problems.add("spaces_change", "the spaces are others after playing than before", "")
        facts["steps_per_second"] = sum(facts["steps"]) / busy if busy else None
        for name in ("returns", "lengths", "ends"):
            facts[name] = facts[name][:1000]
        return facts

    def _begun(self, player, seed, form, problems):
        observation, info = player.reset(seed)
        where = "reset with seed %s" % seed
        self._observation(observation, player.worker, form, problems, where)
        if not isinstance(info, dict):
            problems.add("info_type", "info is a %s, not a dict" % type(info).__name__, where)
        return _kept(observation), _kept(info)

    def _result(self, result, worker, form, low, high, problems, where):
        observation, reward, terminated, truncated, info = result
        self._observation(observation, worker, form, problems, where)
        for name, value in reward.items() if isinstance(reward, dict) else [("", reward)]:
            _check_reward(value, name, low, high, problems, where)
        for name, flag in (("terminated", terminated), ("truncated", truncated)):
            for value in flag.values() if isinstance(flag, dict) else [flag]:
                if not isinstance(value, bool) and type(value).__name__ not in ("bool_", "bool"):
                    problems.add("flag_type", "%s is a %s, not a bool" % (name, type(value).__name__), where)
        if not isinstance(info, dict):
            problems.add("info_type", "info is a %s, not a dict" % type(info).__name__, where)

    def _observation(self, observation, worker, form, problems, where):
        if worker.agents is not None and "type" not in form and worker.acting is None:
            pairs = [(form[name], value) for name, value in observation.items() if name in form]
        elif worker.agents is not None and "type" not in form:
            pairs = [(form[worker.acting], observation)] if worker.acting in form else []
        else:
            pairs = [(form, observation)]
        for inner, value in pairs:
            found = mismatch(inner, value)
            if found is not None:
                problems.add("observation_" + found[0], found[1], where)

    def _look_scribble(self, seed, steps):
        """Whether the environment goes on as before after somebody has written into its observations."""
        player = self._player()
        kind = ("random", player.form, player.worker.agents, seed)
        first = player.trace(seed, Agent(*kind), steps)
        again = player.trace(seed, Agent(*kind), steps)
        if first != again:
            return {"repeats": False}
        written = []
        touched = player.trace(seed, Agent(*kind), steps, lambda result: written.append(scribble(result[0])))
        return {"repeats": True, "arrays": sum(written), "difference": difference(first, touched)}

    def _look_rendered(self, seed, steps):
        """Whether looking changes what is looked at."""
        player = self._player()
        modes = list(player.worker.render_modes)
        if not modes:
            return {"modes": []}
        kind = ("random", player.form, player.worker.agents, seed)
        first = player.trace(seed, Agent(*kind), steps)
        if first != player.trace(seed, Agent(*kind), steps):
            return {"modes": modes, "repeats": False}
        seen = player.trace(seed, Agent(*kind), steps, lambda _: player.worker.render(modes[0]))
        return {"modes": modes, "repeats": True, "difference": difference(first, seen)}

    def _look_instances(self, seed, steps):
        """Whether a second environment of the same process changes what the first one does."""
        if not self._class().holds_many:
            return {"holds_many": False}
        one = self._player(slot=1)
        kind = ("random", one.form, one.worker.agents, seed)
        alone = one.trace(seed, Agent(*kind), steps)
        if alone != one.trace(seed, Agent(*kind), steps):
            return {"holds_many": True, "repeats": False}
        other = self._player(slot=2)
        facts = {"holds_many": True, "repeats": True}
        facts["difference"] = difference(alone, one.trace(seed, Agent(*kind), steps, _Other(other, seed + 1)))
        if facts["difference"] is not None:
            mixed = one.trace(seed, Agent(*kind), steps, _Other(other, seed + 1, isolated=True))
            facts["difference_isolated"] = difference(alone, mixed)
        return facts

    def _look_invalid(self, seed):
        """What becomes of actions that the action space does not hold, below the server's own check."""
        player = self._player()
        worker = player.worker
        tried = []
        if worker.agents is not None:
            return {"tried": tried, "agents": True}
        for name, value in outside(player.form)[:4]:
            tried.append(self._refusal(player, worker, seed, name, value))
        return {"tried": tried}

    def _refusal(self, player, worker, seed, name, value):
        player.reset(seed)
        found = {"action": name, "through": "worker"}
        try:
            result = player.step(value)
        except Exception as error:
            found["refused"] = _told(error)
            raw = getattr(worker, "_env", None)
            if raw is None or not isinstance(error, WorkerError):
                return found
            found["through"] = "environment"
            del found["refused"]
            player.reset(seed)
            try:
                result = player.taken(raw.step(native(player.form, value)))
            except Exception as error:
                found["refused"] = _told(error)
                return found
        found["reward"] = reward_sum(result[1])
        return found

    def _look_after_end(self, seed, steps, seconds):
        """What steps after the end of an episode do, where the worker's own order of commands does not stand before."""
        player = self._player()
        until = time.monotonic() + seconds
        for kind in ("random", "last", "first", "nothing"):
            agent = Agent(kind, player.form, player.worker.agents, seed)
            player.reset(seed)
            for _ in range(steps):
                result = player.step(player.act(agent))
                if over(result) or time.monotonic() > until:
                    break
            if over(result) and _truth(result[2]):
                return self._beyond(player, agent)
            if time.monotonic() > until:
                break
        return {"ended": False}

    def _beyond(self, player, agent):
        facts = {"ended": True, "rewards": [], "goes_on": 0}
        if player.worker.agents is not None:
            return facts
        for _ in range(3):
            try:
                result = player.step(player.act(agent))
            except Exception as error:
                facts["refused"] = _told(error)
                break
            facts["rewards"].append(reward_sum(result[1]))
            facts["goes_on"] += not over(result)
        return facts

    def _look_agents(self, kinds, seeds, steps, seconds):
        """Returns, lengths and ends of simple agents."""
        player = self._player()
        until = time.monotonic() + seconds
        agents = {}
        for kind in kinds:
            rows = agents[kind] = {"returns": [], "lengths": [], "ends": []}
            for seed in seeds:
                if time.monotonic() > until:
                    break
                agent = Agent(kind, player.form, player.worker.agents, seed)
                total, length, end = player.episode(seed, agent, steps, until)
                rows["returns"].append(total)
                rows["lengths"].append(length)
                rows["ends"].append(end)
        return {"agents": agents}

    def _look_growth(self, episodes, steps, seconds, seed):
        """Memory, descriptors, threads and children after every episode."""
        player = self._player()
        until = time.monotonic() + seconds
        rows = []
        agent = Agent("random", player.form, player.worker.agents, seed)
        while len(rows) < episodes and (time.monotonic() < until or len(rows) < 5):
            player.episode(seed if not rows else None, agent, steps)
            gc.collect()
            rows.append(_measured())
        return {"episodes": len(rows), "rows": rows}

    def _look_close(self, seed, seconds):
        """How the worker closes, twice, and what it leaves behind."""
        self._class()
        gc.collect()
        before = _measured()
        player = self._player(slot=1 if self._class().holds_many else 0)
        agent = Agent("random", player.form, player.worker.agents, seed)
        player.episode(seed, agent, 20)
        facts = {}
        begun = time.monotonic()
        try:
            with _alarm(seconds):
                player.worker.close()
        except _TooLong:
            facts["hangs"] = True
        except BaseException as error:
            facts["raised"] = _told(error)
        facts["close_seconds"] = round(time.monotonic() - begun, 4)
        if not facts.get("hangs"):
            time.sleep(0.05)
            after = _measured()
            facts["left"] = {name: after[name] - before[name] for name in ("threads", "children", "files")}
        return facts


class _Other:
    """Another environment, which takes a step whenever it is called, with the random state of its own or not."""

    def __init__(self, player, seed, isolated=False):
        self._player = player
        self._agent = Agent("random", player.form, player.worker.agents, seed)
        self._seed = seed
        self._isolated = isolated
        self._over = True

    def __call__(self, _):
        with _kept_random() if self._isolated else contextlib.nullcontext():
            if self._over:
                # Without the seeding of the process's generators, which a server does not do for one of several.
                self._player.live = []
                observation, self._player.info = self._player.worker.reset(self._seed, {})
                if self._player.worker.agents is not None:
                    self._player.live = [name for name in self._player.worker.agents if name in observation]
                self._over = False
            else:
                self._over = over(self._player.step(self._player.act(self._agent)))


class _Problems:
    def __init__(self):
        self.found = {}

    def add(self, kind, text, where):
        row = self.found.setdefault(kind, {"count": 0, "examples": []})
        row["count"] += 1
        if len(row["examples"]) < KEPT:
            row["examples"].append(("%s: %s" % (where, text) if where else text)[:500])


class _TooLong(BaseException):
    pass


@contextlib.contextmanager
def _alarm(seconds):
    def ring(*_):
        raise _TooLong

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def _kept_random():
    numpy = sys.modules.get("numpy")
    own, old = random.getstate(), numpy.random.get_state() if numpy is not None else None
    try:
        yield
    finally:
        random.setstate(own)
        if numpy is not None:
            numpy.random.set_state(old)


def _version_1(kind):
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


def _check_reward(value, name, low, high, problems, where):
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


def _kept(value):
    return value, frozen(value)


def _truth(flag):
    return any(map(bool, flag.values())) if isinstance(flag, dict) else flag_value(flag, "terminated")


def _measured():
    with open("/proc/self/statm") as file:
        pages = int(file.read().split()[1])
    return {
        "memory": pages * os.sysconf("SC_PAGE_SIZE"),
        "files": len(os.listdir("/proc/self/fd")),
        "threads": max(len(os.listdir("/proc/self/task")), threading.active_count()),
        "children": _children(),
    }


def _children():
    count = 0
    for task in os.listdir("/proc/self/task"):
        try:
            with open("/proc/self/task/%s/children" % task) as file:
                count += len(file.read().split())
        except OSError:
            pass
    return count


def _told(error):
    return ("%s: %s" % (type(error).__name__, error))[:500]
