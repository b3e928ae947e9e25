"""Protocol version 2: the class that an environment is wrapped in."""

import os
import random
import sys

from .channel import Channel
from .errors import StepInterrupted, Unsupported


class Worker:
    """Holds one environment and answers the commands of protocol version 2.

    Subclass it, define `spaces`, `reset` and `step`, and run it with `python -m corral.worker MODULE:CLASS`. The order
    of commands is checked before a method is called: `reset` comes after `init`, `step` after `reset` and never after
    the end of an episode. An exception becomes the error `environment_error`; its traceback goes to standard error.
    """

    #: What the worker can do beyond `buffers`, `batch` and `interrupt`: of `seed`, `reseed`, `snapshot`, `render`.
    capabilities = ("seed",)
    #: Whether one process may hold several objects of this class, each with an environment of its own.
    holds_many = True
    #: Whether the process may be forked while it holds an environment, where nothing that can be seen speaks against it.
    forks = True
    #: Which of those this is. Only the first, 0, may use what `preload` made for one alone.
    slot = 0
    #: The names of the agents of a parallel environment; then all step fields are dictionaries keyed by agent.
    agents = None
    #: In a turn-based environment: who acts next. Sent with every observation while it is not None.
    acting = None
    #: The modes that `render` knows.
    render_modes = ()
    name = None
    version = "1"
    #: Distributions whose versions are reported.
    packages = ()

    _session = None

    @classmethod
    def preload(cls, config):
        """Does ahead what all sessions share: imports, and whatever can be made before instance and seed are known.

        Runs once, in the zygote, before any session is forked from it. It must not leave threads behind.
        """

    def __init__(self, config=None):
        self.config = config or {}

    def instances(self):
        """The names of the instances, or None if there are none to choose from."""
        return None

    def init(self, instance, params, seed):
        """Makes the environment. `instance` is text or None, `params` a dict, `seed` an integer or None."""

    def spaces(self):
        """The observation space and the action space in their JSON forms (with `agents`: dicts keyed by agent)."""
        raise Unsupported("this worker does not describe its spaces")

    def reset(self, seed, options):
        """Begins an episode; returns `(observation, info)`."""
        raise NotImplementedError

    def step(self, action):
        """Applies one action; returns `(observation, reward, terminated, truncated, info)`.

        `reward` is a number, or None where the environment gave none.
        """
        raise NotImplementedError

    def decode_action(self, action):
        """Turns an action from its JSON form into what `step` takes. Raises `InvalidAction`."""
        return action

    def render(self, mode):
        """A picture (`uint8 [height, width, 3]`) or text of the present state; `mode` None is the worker's own."""
        raise Unsupported("this worker does not render")

    def snapshot(self):
        """The present state as bytes, which `restore` of this same process understands."""
        raise Unsupported("this worker has no snapshots")

    def restore(self, state):
        """Brings back a state of `snapshot`."""
        raise Unsupported("this worker has no snapshots")

    def reseed(self, seed):
        """Starts the environment's random numbers anew, in its present state.

        Offer `reseed` in `capabilities` where nothing else decides what is random: `random` and numpy's old generator
        are seeded beside it.
        """
        raise Unsupported("this worker cannot start its random numbers anew")

    def branched(self, before, after):
        """Called in a process that was just forked from another one, and has its state.

        Files of the other one's temporary folder `before` were copied to this one's, `after`; whoever remembers a path
        below the one puts the other in its place. `HOME`, `TMPDIR` and `tempfile` are set.
        """

    def interrupt(self):
        """Called inside the running command, between two of its instructions, when the server asks for its end.

        The default raises `StepInterrupted` there; the episode can then not go on and needs a reset. A worker that can
        end its step in good order (stop a subprocess, say) does that and returns.
        """
        raise StepInterrupted()

    def close(self):
        """Frees what the environment holds; called once, at the end."""

    def output(self, text):
        """Sends text that the running command produced so far. For the main thread."""
        if self._session is not None:
            self._session.event({"event": "output", "data": text})

    def progress(self, value, message=""):
        """Says how far the running command is, from 0 to 1. For the main thread."""
        if self._session is not None:
            self._session.event({"event": "progress", "value": value, "message": message})

    def run(self):
        """Answers commands on standard input and output until the input ends."""
        self.serve(Channel.claim())

    def serve(self, channel):
        """Answers the commands of a channel until `close` or its end."""
        from .session import Session

        Session(self, channel).run()


def seed_globals(seed):
    """Seeds the generators that programs use without asking: `random`, and numpy's old one if numpy is loaded.

    None takes a seed from the kernel: forked from one process, sessions must not draw the same numbers.
    """
    if seed is None:
        seed = fresh_seed()
    random.seed(seed)
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed(seed % 2**32)


def global_states():
    """The states of those generators."""
    numpy = sys.modules.get("numpy")
    return random.getstate(), None if numpy is None else numpy.random.get_state()


def set_global_states(states):
    random.setstate(states[0])
    numpy = sys.modules.get("numpy")
    if numpy is not None and states[1] is not None:
        numpy.random.set_state(states[1])


def fresh_seed():
    """31 random bits, which every library takes for a seed."""
    return int.from_bytes(os.urandom(4), "little") >> 1
