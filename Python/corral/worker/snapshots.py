"""In-process snapshots of Gymnasium environments, offered only after they were seen to work."""

import io
import pickle

from .encoding import Encoder

STEPS = 6


def capture(env):
    """The whole state of an environment and its wrappers, as bytes."""
    core = env.unwrapped
    inner = core.clone_state(include_rng=True) if _is_arcade(core) else None
    stream = io.BytesIO()
    _Pickler(stream, core if inner is not None else None).dump((inner, env))
    return stream.getvalue()


def revive(env, state):
    """The environment in the state of `capture`: wrappers anew, around the emulator of `env` where it has one."""
    core = env.unwrapped
    inner, revived = _Unpickler(io.BytesIO(state), core).load()
    if inner is not None:
        core.restore_state(inner)
    return revived


#: Packages whose environments and wrappers keep all their state in themselves.
KNOWN = ("gymnasium", "ale_py", "minigrid")


def is_known(env, packages=KNOWN):
    """Whether every layer of an environment is of one of these packages; by default: keeps no state outside of it."""
    while True:
        if type(env).__module__.partition(".")[0] not in packages:
            return False
        if env is env.unwrapped:
            return True
        env = env.env


def work(env, encode=None):
    """Whether an environment that goes back to a snapshot does the same again, twice. Plays with `env`."""
    encode = encode or Encoder()
    try:
        env.reset(seed=0)
        env.action_space.seed(0)
        actions = [env.action_space.sample() for _ in range(2 * STEPS)]
        _play(env, actions[:STEPS], encode)
        state = capture(env)
        first = _play(env, actions[STEPS:], encode)
        for _ in range(2):
            env = revive(env, state)
            if _play(env, actions[STEPS:], encode) != first:
                return False
    except Exception:
        return False
    return True


def _play(env, actions, encode):
    """What the steps answer, as bytes; to the end of the episode at most."""
    seen = []
    for action in actions:
        observation, reward, terminated, truncated, info = env.step(action)
        seen.append(encode([observation, reward, bool(terminated), bool(truncated), info]))
        if terminated or truncated:
            break
    return seen


def _is_arcade(core):
    return hasattr(core, "clone_state") and hasattr(core, "restore_state")


class _Pickler(pickle.Pickler):
    """Leaves the emulator where it is, and drawing surfaces out."""

    def __init__(self, stream, core):
        super().__init__(stream, protocol=pickle.HIGHEST_PROTOCOL)
        self._core = core

    def persistent_id(self, value):
        if self._core is not None and value is self._core:
            return "core"
        if type(value).__module__.startswith("pygame"):
            return "nothing"
        return None


class _Unpickler(pickle.Unpickler):
    def __init__(self, stream, core):
        super().__init__(stream)
        self._core = core

    def persistent_load(self, name):
        return self._core if name == "core" else None
