"""What a probe does with values: remembers them, compares them with spaces, and writes into them."""

import math


def frozen(value):
    """Bytes that are equal where two values are, and that no later change of the value reaches."""
    parts = []
    _freeze(value, parts)
    return b"\0".join(parts)


def _freeze(value, parts):
    if _is_array(value):
        parts.append(("%s%s" % (value.dtype, tuple(value.shape))).encode())
        parts.append(value.tobytes() if getattr(value.dtype, "kind", "") != "O" else repr(value.tolist()).encode())
    elif isinstance(value, dict):
        parts.append(b"{%d" % len(value))
        for key in value:
            parts.append(repr(key).encode())
            _freeze(value[key], parts)
    elif isinstance(value, (list, tuple)):
        parts.append(b"[%d" % len(value))
        for item in value:
            _freeze(item, parts)
    elif isinstance(value, (set, frozenset)):
        parts.append(repr(sorted(map(repr, value))).encode())
    elif isinstance(value, (str, bytes, int, float, bool, type(None))):
        parts.append(repr(value).encode("utf-8", "surrogatepass"))
    else:
        parts.append(type(value).__name__.encode())


def scribble(value):
    """Overwrites every array that can be written to; returns how many there were."""
    if _is_array(value):
        if getattr(value, "shape", None) == () or not getattr(getattr(value, "flags", None), "writeable", False):
            return 0
        value[...] = _junk(value)
        return 1
    if isinstance(value, dict):
        count = sum(scribble(item) for item in value.values())
        return count
    if isinstance(value, list):
        count = sum(scribble(item) for item in value)
        for place, item in enumerate(value):
            if type(item) in (int, float):
                value[place] = type(item)(77)
                count = 1
        return count
    if isinstance(value, tuple):
        return sum(scribble(item) for item in value)
    return 0


def _junk(array):
    kind = array.dtype.kind
    return True if kind == "b" else 77 if kind in "iufc" else array.flat[0]


def mismatch(form, value, place=""):
    """Why a value is not one of a space in its JSON form, as `(kind, text)`; None where it is.

    `kind` is `type` where only the Python type or the dtype is wrong, else `value`.
    """
    kind = form.get("type") if isinstance(form, dict) else None
    check = _CHECKS.get(kind)
    if check is None:
        return None
    return check(form, value, place or "the observation")


def _box(form, value, place):
    if not _is_array(value):
        if form["shape"] == [] and type(value) in (int, float):
            return None
        return "type", "%s is a %s, not an array" % (place, type(value).__name__)
    if list(value.shape) != form["shape"]:
        return "value", "%s has the shape %s, not %s" % (place, list(value.shape), form["shape"])
    if value.dtype.name != form["dtype"]:
        return "type", "%s has the dtype %s, not %s" % (place, value.dtype.name, form["dtype"])
    if value.dtype.kind == "f":
        if bool((value != value).any()):
            return "value", "%s holds NaN" % place
    for bound, outside in (("low", lambda a, b: a < b), ("high", lambda a, b: a > b)):
        limit = _number(form[bound])
        if isinstance(limit, list):
            import numpy

            limit = numpy.asarray(_numbers(limit), dtype=value.dtype if value.dtype.kind == "f" else None)
        elif value.dtype.kind == "f":
            limit = value.dtype.type(limit)
        wrong = outside(value, limit)
        if bool(wrong.any()):
            found = value[wrong].flat[0].item() if value.shape else value.item()
            return "value", "%s holds %r, beyond its %s" % (place, found, bound)
    return None


def _discrete(form, value, place):
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        return "type", "%s is a %s, not an integer" % (place, type(value).__name__)
    number = value.__index__()
    if not form["start"] <= number < form["start"] + form["n"]:
        return "value", "%s is %d, not in %d to %d" % (place, number, form["start"], form["start"] + form["n"] - 1)
    return None


def _multi(form, value, place):
    import numpy

    shape = form.get("shape") or list(numpy.asarray(form["nvec"]).shape)
    if not _is_array(value):
        return "type", "%s is a %s, not an array" % (place, type(value).__name__)
    if list(value.shape) != shape:
        return "value", "%s has the shape %s, not %s" % (place, list(value.shape), shape)
    if value.dtype.kind not in "iub" or value.dtype.name != form.get("dtype", value.dtype.name):
        return "type", "%s has the dtype %s" % (place, value.dtype.name)
    low = numpy.asarray(form.get("start", 0))
    high = low + numpy.asarray(form.get("nvec", 2))
    if bool((value < low).any() or (value >= high).any()):
        return "value", "%s holds values that its space does not" % place
    return None


def _text(form, value, place):
    if not isinstance(value, str):
        return "type", "%s is a %s, not text" % (place, type(value).__name__)
    if len(value) < form["min_length"] or (form["max_length"] is not None and len(value) > form["max_length"]):
        return "value", "%s has %d characters" % (place, len(value))
    if form["charset"] is not None:
        strange = set(value) - set(form["charset"])
        if strange:
            return "value", "%s holds %r, which is not in its charset" % (place, min(strange))
    return None


def _dict(form, value, place):
    if not isinstance(value, dict):
        return "type", "%s is a %s, not a dict" % (place, type(value).__name__)
    if set(value) != set(form["spaces"]):
        return "value", "%s has the keys %s, not %s" % (place, sorted(map(str, value)), sorted(form["spaces"]))
    return _first(mismatch(inner, value[key], "%s[%r]" % (place, key)) for key, inner in form["spaces"].items())


def _tuple(form, value, place):
    if not isinstance(value, (tuple, list)):
        return "type", "%s is a %s, not a tuple" % (place, type(value).__name__)
    if len(value) != len(form["spaces"]):
        return "value", "%s has %d parts, not %d" % (place, len(value), len(form["spaces"]))
    parts = zip(form["spaces"], value)
    return _first(mismatch(inner, item, "%s[%d]" % (place, index)) for index, (inner, item) in enumerate(parts))


def _sequence(form, value, place):
    if not isinstance(value, (tuple, list)) and not _is_array(value):
        return "type", "%s is a %s, not a sequence" % (place, type(value).__name__)
    if form.get("stack"):
        return None
    return _first(mismatch(form["space"], item, "%s[%d]" % (place, index)) for index, item in enumerate(value))


def _one_of(form, value, place):
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        return "type", "%s is no pair of an index and a value" % place
    index = value[0].__index__() if hasattr(value[0], "__index__") else -1
    if not 0 <= index < len(form["spaces"]):
        return "value", "%s has the index %r" % (place, value[0])
    return mismatch(form["spaces"][index], value[1], "%s[1]" % place)


_CHECKS = {
    "Box": _box,
    "Discrete": _discrete,
    "MultiDiscrete": _multi,
    "MultiBinary": _multi,
    "Text": _text,
    "Dict": _dict,
    "Tuple": _tuple,
    "Sequence": _sequence,
    "OneOf": _one_of,
}


def _first(found):
    return next((problem for problem in found if problem is not None), None)


def _number(value):
    return {"Infinity": math.inf, "-Infinity": -math.inf}.get(value, value) if isinstance(value, str) else value


def _numbers(values):
    return [_numbers(item) if isinstance(item, list) else _number(item) for item in values]


def _is_array(value):
    return hasattr(value, "dtype") and hasattr(value, "shape") and hasattr(value, "tobytes")
