"""Faults of frames, forks, the end, limits and the fence."""

import os
import pickle
import socket
import subprocess
import threading
import time
import urllib.request

import numpy as np
from base import Endless, Walk, faulty

from corral.worker import Worker


@faulty("render_failed")
class RendersNothing(Walk):
    """The frame is None."""

    def render(self):
        return None


@faulty("render_failed")
class RendersFloats(Walk):
    """The frame is an array of floats."""

    def render(self):
        return super().render() / 255


@faulty("render_mode_missing", render_modes=["ansi"])
class RendersAnotherMode(Walk):
    """The manifest promises text, the environment draws."""


@faulty("render_changes_state")
class RenderDraws(Walk):
    """Rendering takes random numbers from the environment's generator."""

    def render(self):
        picture = super().render()
        picture[0, 0] = self.np_random.integers(255)
        return picture


@faulty("render_changes_state")
class RenderMoves(Walk):
    """Rendering advances the simulation by a frame."""

    def render(self):
        self.place = (self.place + 1) % self.size
        return super().render()


class Numbers(Worker):
    """Counts by random numbers; can be set back to a state."""

    capabilities = ("seed", "snapshot", "portable")

    def spaces(self):
        return {"type": "Discrete", "n": 1000000, "start": 0}, {"type": "Discrete", "n": 5, "start": 0}

    def reset(self, seed, options):
        if seed is not None:
            self.random = np.random.default_rng(seed)
        self.total, self.time = 0, 0
        return self.total, {}

    def step(self, action):
        if type(action) is not int or not 0 <= action < 5:
            raise ValueError("no such action")
        if self.time >= 100:
            raise RuntimeError("the episode is over")
        self.time += 1
        self.total += action + int(self.random.integers(100))
        return self.total, 0.0, False, self.time >= 100, {}

    def snapshot(self):
        return pickle.dumps((self.total, self.time, self.random))

    def restore(self, state):
        self.total, self.time, self.random = pickle.loads(state)


@faulty("fork_differs", fork=["snapshot"], render_modes=[])
class SnapshotWithoutGenerator(Numbers):
    """The snapshot leaves the random generator out."""

    def snapshot(self):
        return pickle.dumps((self.total, self.time))

    def restore(self, state):
        self.total, self.time = pickle.loads(state)
        self.random = np.random.default_rng(0)


@faulty("fork_differs", fork=["snapshot"], render_modes=[])
class SnapshotWithoutTotal(Numbers):
    """The snapshot leaves out half of the state."""

    def restore(self, state):
        _, self.time, self.random = pickle.loads(state)
        self.total = 0


@faulty("fork_refused", fork=["snapshot"])
class SnapshotPromised(Walk):
    """The manifest promises snapshots, and the environment cannot be pickled."""

    def begin(self):
        super().begin()
        self.lock = threading.Lock()


@faulty("close_fails")
class CloseRaises(Walk):
    """Closing trips over what was never made."""

    def close(self):
        self.viewer.close()


@faulty("close_hangs")
class CloseHangs(Walk):
    """Closing waits for a thread that never ends."""

    def close(self):
        threading.Event().wait(30)


@faulty("close_leaves", share="none")
class CloseLeavesThread(Walk):
    """A thread outlives the environment."""

    def begin(self):
        super().begin()
        if not hasattr(self, "thread"):
            self.thread = threading.Thread(target=time.sleep, args=(600,), daemon=True)
            self.thread.start()


@faulty("close_leaves")
class CloseLeavesFiles(Walk):
    """A file of the episode's log stays open."""

    def begin(self):
        super().begin()
        if not hasattr(self, "log"):
            self.log = [open(os.devnull) for _ in range(2)]  # noqa: SIM115
            KEPT.append(self.log)


KEPT = []


@faulty("memory_grows")
class HistoryOfAllEpisodes(Walk):
    """Every episode's frames are kept for ever."""

    def begin(self):
        super().begin()
        KEPT.append(np.ones(60_000))


@faulty("memory_grows")
class HistoryOfAllSteps(Endless):
    """Every step's state is kept for ever."""

    def __init__(self, render_mode=None):
        super().__init__(render_mode)
        self.history = []

    def inform(self):
        self.history.append(bytearray(6000))
        return {}


MANY = {"resources": {"pids": 2000, "files": 8000, "memory": "1GiB"}}


@faulty("files_grow", **MANY)
class FileOfEachEpisode(Walk):
    """Every reset opens a file and none closes it."""

    def begin(self):
        super().begin()
        KEPT.append(os.open(os.devnull, os.O_RDONLY))


@faulty("files_grow", **MANY)
class SocketOfEachEpisode(Walk):
    """Every reset opens a pair of sockets."""

    def begin(self):
        super().begin()
        KEPT.append(socket.socketpair())


@faulty("threads_grow", share="none", **MANY)
class ThreadOfEachEpisode(Walk):
    """Every reset starts a thread that never ends."""

    def begin(self):
        super().begin()
        threading.Thread(target=time.sleep, args=(600,), daemon=True).start()


@faulty("processes_grow", **MANY)
class ProgramOfEachEpisode(Endless):
    """Every reset starts a program and forgets the last one."""

    limit = 200

    def begin(self):
        super().begin()
        KEPT.append(subprocess.Popen(["sleep", "600"]))


@faulty("step_too_slow", resources={"step_time": "1s"})
class SlowStep(Endless):
    """A step waits longer than is declared."""

    def move(self, action):
        super().move(action)
        if self.time == 20:
            time.sleep(20)


@faulty("reset_too_slow", resources={"reset_time": "1s"})
class SlowReset(Walk):
    """A reset takes longer than is declared."""

    def reset(self, *, seed=None, options=None):
        if seed not in (None, 0):
            time.sleep(20)
        return super().reset(seed=seed, options=options)


@faulty("start_too_slow", resources={"start_time": "2s"})
class SlowStart(Walk):
    """The start takes longer than is declared."""

    def __init__(self, render_mode=None):
        super().__init__(render_mode)
        time.sleep(20)


@faulty("memory_exceeded", resources={"memory": "128MiB"})
class MoreMemoryThanDeclared(Walk):
    """A step takes more memory than is declared."""

    def move(self, action):
        super().move(action)
        if self.time == 5:
            self.large = np.ones(60_000_000)


@faulty("write_outside_scratch")
class WritesOutside(Walk):
    """A cache is written to a folder of the system; the error is swallowed."""

    def begin(self):
        super().begin()
        try:
            with open("/var/tmp/walk.cache", "w") as file:
                file.write("x")
        except OSError:
            pass


@faulty("write_outside_scratch")
class WritesBesideItself(Walk):
    """A log is written beside the code."""

    def begin(self):
        super().begin()
        try:
            with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "walk.log"), "a") as file:
                file.write("x")
        except OSError:
            pass


@faulty("write_outside_scratch")
class MakesFolders(Walk):
    """A folder for videos is made in the home of the author."""

    def begin(self):
        super().begin()
        try:
            os.makedirs("/home/author/videos", exist_ok=True)
        except OSError:
            pass


@faulty("network_attempt")
class AsksForUpdates(Walk):
    """The version is compared with a server's; the error is swallowed."""

    def begin(self):
        super().begin()
        if not hasattr(self, "asked"):
            self.asked = True
            try:
                urllib.request.urlopen("http://updates.example.com/version", timeout=1)
            except OSError:
                pass


@faulty("network_attempt")
class SendsTelemetry(Walk):
    """Every episode sends a datagram."""

    def begin(self):
        super().begin()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            try:
                sender.sendto(b"reset", ("192.0.2.1", 8125))
            except OSError:
                pass


@faulty("noisy_output")
class PrintsEveryStep(Walk):
    """A forgotten print."""

    def move(self, action):
        super().move(action)
        print("step", self.time, self.place)


@faulty(
    "spaces_differ",
    spaces={
        "observation": {"type": "Box", "dtype": "float32", "shape": [3], "low": 0, "high": 100},
        "action": {"type": "Discrete", "n": 3, "start": 0},
    },
)
class DeclaresOtherSpaces(Walk):
    """The manifest's observation space is that of an earlier version."""


@faulty("agents_differ", agents="parallel")
class DeclaresOtherAgents(Walk):
    """The manifest promises several agents."""


@faulty("requirements_unpinned", requirements=["gymnasium>=1.0", "numpy"])
class RequirementsOpen(Walk):
    """What it needs is not pinned."""


@faulty("start_failed")
class MissingFile(Walk):
    """The level's file was not packed."""

    def __init__(self, render_mode=None):
        super().__init__(render_mode)
        with open("levels/first.txt") as file:
            self.level = file.read()


@faulty("no_instances", instances={"files": "levels/*.txt"})
class MissingLevels(Walk):
    """The pattern of the instances matches nothing."""
