"""Checks of what arrives in a command and of what an environment returns."""

from . import errors


def field(request, name, kinds, default):
    value = request.get(name)
    if value is None and default is not None:
        return default
    if not isinstance(value, kinds):
        raise errors.BadRequest("`%s` is missing or has the wrong type" % name)
    return value


def seed_field(request):
    seed = request.get("seed")
    if seed is not None and type(seed) is not int:
        raise errors.BadRequest("`seed` is an integer or null")
    return seed


def reward_value(value):
    if value is None or type(value) is int:
        return value
    if isinstance(value, dict):
        return {agent: reward_value(item) for agent, item in value.items()}
    if hasattr(value, "tolist") and getattr(value, "shape", None) in ((), (1,)):
        value = value.tolist()
        value = value[0] if isinstance(value, list) else value
    if isinstance(value, (bool, int, float)):
        return float(value)
    raise errors.WorkerError("the reward is a %s; it must be a number or None" % type(value).__name__)


def flag_value(value, name):
    if isinstance(value, bool):
        return value
    if isinstance(value, dict):
        return {agent: flag_value(item, name) for agent, item in value.items()}
    if hasattr(value, "tolist") and getattr(value, "shape", None) == ():
        value = value.tolist()
    if isinstance(value, (bool, int)):
        return bool(value)
    raise errors.WorkerError("`%s` is a %s; it must be a bool" % (name, type(value).__name__))


def all_over(terminated, truncated):
    """Whether no agent of a parallel environment goes on."""
    if not isinstance(terminated, dict) or not isinstance(truncated, dict):
        return bool(terminated or truncated)
    return all(ended or truncated.get(agent, False) for agent, ended in terminated.items())
