"""Gymnasium's spaces: their JSON forms, and how an action in JSON becomes what an environment expects."""

from .errors import InvalidAction, Unsupported


def form(space):
    """The JSON form of a space. Raises `Unsupported` for kinds that the protocol does not know."""
    kind = _kind(space)
    if kind == "Box":
        return {
            "type": kind,
            "dtype": space.dtype.name,
            "shape": list(space.shape),
            "low": _bound(space.low),
            "high": _bound(space.high),
        }
    if kind == "Discrete":
        return {"type": kind, "n": int(space.n), "start": int(space.start)}
    if kind == "MultiDiscrete":
        start = getattr(space, "start", None)
        start = space.nvec * 0 if start is None else start
        return {"type": kind, "nvec": space.nvec.tolist(), "start": start.tolist(), "dtype": space.dtype.name}
    if kind == "MultiBinary":
        return {"type": kind, "shape": list(space.shape)}
    if kind == "Text":
        return {
            "type": kind,
            "min_length": int(getattr(space, "min_length", 0)),
            "max_length": getattr(space, "max_length", None),
            "charset": "".join(sorted(space.character_set)) if hasattr(space, "character_set") else None,
        }
    if kind == "Dict":
        return {"type": kind, "spaces": {name: form(inner) for name, inner in space.spaces.items()}}
    if kind in ("Tuple", "OneOf"):
        return {"type": kind, "spaces": [form(inner) for inner in space.spaces]}
    if kind == "Sequence":
        return {"type": kind, "space": form(space.feature_space), "stack": bool(getattr(space, "stack", False))}
    raise Unsupported("the protocol has no form for a %s space" % type(space).__name__)


def decoder(space):
    """A function from the JSON form of an action to the value that `space` contains; it raises `InvalidAction`."""
    kind = _kind(space)
    if kind == "Discrete":
        return _discrete(space)
    if kind in ("Box", "MultiDiscrete", "MultiBinary"):
        return _array(space)
    if kind == "Text":
        return _text
    if kind == "Dict":
        return _dict(space)
    if kind == "Tuple":
        return _tuple(space)
    if kind == "Sequence":
        return _sequence(space)
    if kind == "OneOf":
        return _one_of(space)
    return lambda action: action


def plain(value):
    """A sampled value in its JSON form."""
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value.tolist() if hasattr(value, "tolist") else value


def _kind(space):
    """The name of the kind that a space is of, also for subclasses; text spaces of other libraries count as Text."""
    for parent in type(space).__mro__:
        if parent.__module__.startswith("gymnasium.spaces") and parent.__name__ != "Space":
            return parent.__name__
    dtype = getattr(space, "dtype", None)
    return "Text" if dtype is str or getattr(dtype, "kind", None) == "U" else type(space).__name__


def _bound(values):
    """One number where all are the same, else nested lists."""
    if values.size and (values == values.flat[0]).all():
        return values.flat[0].item()
    return values.tolist()


def _discrete(space):
    low = int(space.start)
    high = low + int(space.n)

    def decode(action):
        if type(action) is int and low <= action < high:
            return action
        raise InvalidAction("expected an integer from %d to %d" % (low, high - 1))

    return decode


def _array(space):
    import numpy

    shape, dtype, asarray = space.shape, space.dtype, numpy.asarray
    whole = numpy.issubdtype(dtype, numpy.integer)

    def decode(action):
        try:
            value = asarray(action)
            if whole and value.dtype.kind not in "iub":
                raise InvalidAction("expected integers")
            value = value.astype(dtype)
        except (ValueError, TypeError, OverflowError) as error:
            raise InvalidAction("not an array of %s: %s" % (dtype, error)) from None
        if value.shape != shape:
            raise InvalidAction("expected the shape %s, got %s" % (list(shape), list(value.shape)))
        return value

    return decode


def _text(action):
    if isinstance(action, str):
        return action
    raise InvalidAction("expected text")


def _dict(space):
    inner = {name: decoder(part) for name, part in space.spaces.items()}

    def decode(action):
        if not isinstance(action, dict) or action.keys() != inner.keys():
            raise InvalidAction("expected an object with the keys %s" % ", ".join(sorted(map(str, inner))))
        return {name: part(action[name]) for name, part in inner.items()}

    return decode


def _tuple(space):
    inner = [decoder(part) for part in space.spaces]

    def decode(action):
        if not isinstance(action, list) or len(action) != len(inner):
            raise InvalidAction("expected an array of %d values" % len(inner))
        return tuple(part(value) for part, value in zip(inner, action))

    return decode


def _sequence(space):
    inner = decoder(space.feature_space)

    def decode(action):
        if not isinstance(action, list):
            raise InvalidAction("expected an array")
        return tuple(inner(value) for value in action)

    return decode


def _one_of(space):
    inner = [decoder(part) for part in space.spaces]

    def decode(action):
        if not isinstance(action, list) or len(action) != 2 or type(action[0]) is not int:
            raise InvalidAction("expected [index, value]")
        if not 0 <= action[0] < len(inner):
            raise InvalidAction("expected an index below %d" % len(inner))
        return action[0], inner[action[0]](action[1])

    return decode
