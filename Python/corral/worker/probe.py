"""Looks at an environment from inside its own process: `corral check` runs it in place of the version's own worker.

The probe is itself a worker, and its actions are what to look at (`docs/worker-protocol.md`, "The probe"). It serves an
entry of the version, given as `entry` and `config`, and sees the objects that this returns before they are encoded.
"""

import gc
import json
import time

from . import entry
from .base import BaseWorker
from .encoding import Encoder
from .errors import BadRequest, WorkerError
from .probe_actions import Agent, native, outside
from .probe_audit import Audit
from .probe_play import Broken, Player, difference, over, reward_sum
from .probe_tools import TEXT, Other, Problems, TooLong, alarm, check_reward, kept, measured, told, truth, version_1
from .probe_values import frozen, mismatch, scribble
from .worker import Worker, seed_globals


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
            facts = {"broken": {"kind": "raised", "text": told(error)}}
        except SystemExit as error:
            facts = {"broken": {"kind": "exited", "text": told(error)}}
        facts["seconds"] = round(time.monotonic() - started, 4)
        facts["audit"] = self._audit.facts()
        return Encoder()(facts)[0].decode().strip(), None, False, False, {}

    def close(self):
        pass  # the look `close` does it, and is timed

    def _class(self):
        if self._kind is None:
            kind = entry.load(self.config["entry"])
            if issubclass(kind, BaseWorker):
                kind = version_1(kind)
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
        problems = Problems()
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
                previous = (kept(result[0]), kept(result[4]))
                total += reward_sum(result[1])
                if over(result):
                    facts["ends"].append("terminated" if truth(result[2]) else "truncated")
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
        return kept(observation), kept(info)

    def _result(self, result, worker, form, low, high, problems, where):
        observation, reward, terminated, truncated, info = result
        self._observation(observation, worker, form, problems, where)
        for name, value in reward.items() if isinstance(reward, dict) else [("", reward)]:
            check_reward(value, name, low, high, problems, where)
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
        facts["difference"] = difference(alone, one.trace(seed, Agent(*kind), steps, Other(other, seed + 1)))
        if facts["difference"] is not None:
            mixed = one.trace(seed, Agent(*kind), steps, Other(other, seed + 1, isolated=True))
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
            found["refused"] = told(error)
            raw = getattr(worker, "_env", None)
            if raw is None or not isinstance(error, WorkerError):
                return found
            found["through"] = "environment"
            del found["refused"]
            player.reset(seed)
            try:
                result = player.taken(raw.step(native(player.form, value)))
            except Exception as error:
                found["refused"] = told(error)
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
            if over(result) and truth(result[2]):
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
                facts["refused"] = told(error)
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
            rows.append(measured())
        return {"episodes": len(rows), "rows": rows}

    def _look_close(self, seed, seconds):
        """How the worker closes, twice, and what it leaves behind."""
        self._class()
        gc.collect()
        before = measured()
        player = self._player(slot=1 if self._class().holds_many else 0)
        agent = Agent("random", player.form, player.worker.agents, seed)
        player.episode(seed, agent, 20)
        facts = {}
        begun = time.monotonic()
        try:
            with alarm(seconds):
                player.worker.close()
        except TooLong:
            facts["hangs"] = True
        except BaseException as error:
            facts["raised"] = told(error)
        facts["close_seconds"] = round(time.monotonic() - begun, 4)
        if not facts.get("hangs"):
            time.sleep(0.05)
            after = measured()
            facts["left"] = {name: after[name] - before[name] for name in ("threads", "children", "files")}
        return facts
