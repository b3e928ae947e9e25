"""Small workers that the tests drive."""

import os
import signal
import subprocess
import sys
import time

from corral.worker import BaseWorker, Worker


class Echo(BaseWorker):
    """Protocol 1: answers what it was told."""

    def init_env(self, env_id, params):
        if env_id == "explode":
            raise ValueError("no such game")
        if env_id == "unsendable":
            return "", 0, False, {"what": object()}
        self.count = 0
        return "begin " + env_id, 0, False, {"params": params, **params.get("spread", {})}

    def step_env(self, action):
        if action == "explode":
            raise RuntimeError("step went wrong")
        if action == "print":
            print("noise")
            sys.stdout.write("more noise\n")
            os.write(1, b"raw noise\n")
            subprocess.run(["echo", "noise of a child"], check=True)
        self.count += 1
        return "%d %s" % (self.count, action), 1, action == "end", {"count": self.count}

    def close_env(self):
        print("closed", file=sys.stderr)
        raise RuntimeError("closing fails")


class Toy(Worker):
    """Protocol 2: one command for each thing to be tested."""

    capabilities = ("seed", "snapshot", "render")
    render_modes = ("rgb_array", "ansi")
    packages = ("corral-surely-not-installed",)

    def instances(self):
        return ["a", "b"]

    def spaces(self):
        return {"type": "Discrete", "n": 100, "start": 0}, {"type": "Text", "min_length": 0, "max_length": 9}

    def init(self, instance, params, seed):
        if instance == "explode":
            raise ValueError("no such instance")
        self.count = 0

    def reset(self, seed, options):
        if options.get("explode"):
            raise ValueError("cannot reset")
        self.count = seed or 0
        return self.count, {"seed": seed}

    def step(self, action):
        self.count += 1
        return getattr(self, "do_" + str(action), self.plain)()

    def plain(self):
        return self.count, 1.0, False, False, {}

    def do_end(self):
        return self.count, None, True, False, {}

    def do_cut(self):
        return self.count, 0.5, False, True, {}

    def do_explode(self):
        raise RuntimeError("step went wrong")

    def do_exit(self):
        sys.exit(3)

    def do_numbers(self):
        nan, inf = float("nan"), float("inf")
        return [nan, inf, -inf, 1.5], 1, False, False, {"deep": {"x": (nan,)}, 3: "key"}

    def do_unsendable(self):
        return self.count, 1.0, False, False, {"list": [0, {"thing": object()}]}

    def do_circular(self):
        loop = []
        loop.append(loop)
        return loop, 1.0, False, False, {}

    def do_reward(self):
        return self.count, "much", False, False, {}

    def do_surrogate(self):
        return "a\ud800b \u00e9", 1.0, False, False, {}

    def do_events(self):
        self.output("half\n")
        self.progress(0.5, "middle")
        self.output("whole\n")
        return self.plain()

    def do_big_event(self):
        self.output("x" * 5_000_000)
        return self.plain()

    def do_sleep(self):
        time.sleep(30)
        return self.plain()

    def do_spin(self):
        end = time.monotonic() + 30
        while time.monotonic() < end:
            pass
        return self.plain()

    def do_shout(self):
        """Prints more than a pipe holds; a signal comes in the middle, and leaves a file when it has."""
        signal.signal(signal.SIGALRM, lambda *_: open(os.environ["SIGNALLED"], "w").close())
        signal.setitimer(signal.ITIMER_REAL, 0.02)
        sys.stderr.write("x" * 300_000 + "\n")
        return self.plain()

    def do_nap(self):
        time.sleep(0.3)
        return self.plain()

    def do_stubborn(self):
        try:
            time.sleep(30)
        except Exception:
            return self.plain()
        return self.plain()

    def render(self, mode):
        return [[[0, 0, 0]]] if mode == "rgb_array" else "count %d" % self.count

    def snapshot(self):
        return str(self.count).encode()

    def restore(self, state):
        self.count = int(state)


class Patient(Toy):
    """Ends its step in good order when asked."""

    def reset(self, seed, options):
        self.asked = False
        return super().reset(seed, options)

    def do_wait(self):
        while not self.asked:
            time.sleep(0.01)
        return self.count, 2.0, False, False, {"asked": True}

    def interrupt(self):
        self.asked = True


class Arrays(Toy):
    """Observations that are numpy arrays."""

    @classmethod
    def preload(cls, config):
        import numpy

        cls.np = numpy

    def do_small(self):
        np = self.np
        info = {"i": np.int64(4), "b": np.bool_(True), "f": np.float32(0.5), np.int64(7): np.arange(2)}
        return np.arange(4, dtype=np.float32), np.float64(2), np.bool_(False), np.bool_(False), info

    def do_big(self):
        np = self.np
        frame = np.arange(24000, dtype=np.uint8).reshape(100, 80, 3)
        odd = np.arange(400, dtype=">f8").reshape(20, 20).T
        return {"frame": frame, "a/b~c": [odd]}, 1.0, False, False, {"again": frame, "nan": float("nan")}

    def do_nan(self):
        return self.np.array([float("nan"), 1.0]), 1.0, False, False, {}


class Pair(Toy):
    """Two agents who act at once."""

    agents = ("x", "y")

    def step(self, action):
        over = {agent: move == "end" for agent, move in action.items()}
        ones = {agent: 1 for agent in self.agents}
        return ones, ones, over, {agent: False for agent in self.agents}, {agent: {} for agent in self.agents}


class Turns(Toy):
    """Two agents who take turns."""

    def reset(self, seed, options):
        self.acting = "x"
        return super().reset(seed, options)

    def step(self, action):
        self.acting = "y" if self.acting == "x" else "x"
        return super().step(action)


class Counter(Worker):
    """Adds actions up; beyond 99 the episode is over."""

    def spaces(self):
        return {"type": "Discrete", "n": 1000, "start": 0}, {"type": "Discrete", "n": 1000, "start": 0}

    def reset(self, seed, options):
        self.total = 0
        return self.total, {}

    def step(self, action):
        self.total += action
        return self.total, 0.0, self.total > 99, False, {}

    def close(self):
        print("closed")


class Alone(Counter):
    """Would not share its process."""

    holds_many = False


class Shell(Toy):
    """Runs Python that the test sends, to see what a session may do."""

    def step(self, action):
        try:
            value = eval(action, {"os": os, "self": self, "time": time, "import_": __import__})  # noqa: S307
        except OSError as error:
            value = error.errno
        return value, 0, False, False, {}


class Threads(Toy):
    """Cannot be forked."""

    @classmethod
    def preload(cls, config):
        import threading

        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()


class Broken(Toy):
    @classmethod
    def preload(cls, config):
        raise RuntimeError("cannot be prepared")
