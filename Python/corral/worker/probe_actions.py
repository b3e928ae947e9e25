"""Who acts in a probe: agents that sample, do nothing, repeat; and actions that no space holds."""

import math
import random

from .probe_values import _number, _numbers

ALPHABET = "abcdefghijklmnopqrstuvwxyz "


class Agent:
    """Chooses actions in their JSON form. `kind`: `random`, `nothing`, `first`, `last` or `repeat`."""

    def __init__(self, kind, form, agents, seed):
        self.kind = kind
        self._form = form
        self._agents = agents
        self._random = random.Random(seed)  # noqa: S311 - repeatable on purpose
        self._kept = {}

    def act(self, info, live, acting):
        """The next action. `live`: the agents of a parallel environment that go on; `acting`: whose turn it is."""
        if self._agents is None:
            return self._choose(self._form, info, "")
        if acting is not None:
            return {acting: self._choose(self._form[acting], info, acting)}
        return {name: self._choose(self._form[name], (info or {}).get(name), name) for name in live}

    def _choose(self, form, info, name):
        if self.kind == "repeat":
            offered = _offered(form, info)
            if name not in self._kept or (offered and self._kept[name] not in offered):
                self._kept[name] = sample(form, self._random, info)
            return self._kept[name]
        if self.kind == "random":
            return sample(form, self._random, info)
        offered = _offered(form, info)
        fixed = constant(form, self.kind)
        if offered and fixed not in offered:
            return offered[-1 if self.kind == "last" else 0]
        return fixed


def sample(form, source, info=None):
    """A random value of a space, or one of the actions that the environment says are possible."""
    kind = form["type"]
    offered = _offered(form, info)
    if offered:
        return offered[source.randrange(len(offered))]
    if kind == "Discrete":
        return form["start"] + source.randrange(form["n"])
    if kind == "Box":
        return _spread(form, lambda low, high: _between(low, high, form["dtype"], source))
    if kind == "MultiDiscrete":
        return _zipped(form["nvec"], form["start"], lambda n, start: start + source.randrange(n))
    if kind == "MultiBinary":
        return _filled(form["shape"], lambda: source.randrange(2))
    if kind == "Text":
        longest = form["max_length"] if form["max_length"] is not None else form["min_length"] + 16
        count = source.randint(form["min_length"], min(longest, form["min_length"] + 256))
        letters = form["charset"] if form["charset"] is not None else ALPHABET
        return "".join(source.choice(letters) for _ in range(count)) if letters else ""
    if kind == "Dict":
        return {key: sample(inner, source) for key, inner in form["spaces"].items()}
    if kind == "Tuple":
        return [sample(inner, source) for inner in form["spaces"]]
    if kind == "Sequence":
        return [sample(form["space"], source) for _ in range(source.randrange(4))]
    index = source.randrange(len(form["spaces"]))
    return [index, sample(form["spaces"][index], source)]


def constant(form, which):
    """The same value every time: `nothing` (zero where there is one), the `first` or the `last` of the space."""
    kind = form["type"]
    if kind == "Discrete":
        last = form["start"] + form["n"] - 1
        return last if which == "last" else 0 if which == "nothing" and form["start"] <= 0 <= last else form["start"]
    if kind == "Box":
        return _spread(form, lambda low, high: _end(low, high, which, form["dtype"]))
    if kind == "MultiDiscrete":
        return _zipped(form["nvec"], form["start"], lambda n, start: start + (n - 1 if which == "last" else 0))
    if kind == "MultiBinary":
        return _filled(form["shape"], lambda: 1 if which == "last" else 0)
    if kind == "Text":
        letters = form["charset"] if form["charset"] is not None else ALPHABET
        letter = (letters[-1] if which == "last" else letters[0]) if letters else ""
        return letter * max(form["min_length"], 0 if which == "nothing" else 1)
    if kind == "Dict":
        return {key: constant(inner, which) for key, inner in form["spaces"].items()}
    if kind == "Tuple":
        return [constant(inner, which) for inner in form["spaces"]]
    if kind == "Sequence":
        return []
    index = len(form["spaces"]) - 1 if which == "last" else 0
    return [index, constant(form["spaces"][index], which)]


def outside(form):
    """Values that a space does not hold, as `(name, value)`; a few that environments are known to swallow."""
    kind = form["type"]
    if kind == "Discrete":
        return [("one beyond the last", form["start"] + form["n"]), ("one before the first", form["start"] - 1)]
    if kind == "Box":
        found = []
        for name, step in (("high", 1), ("low", -1)):
            limits = _numbers(form[name]) if isinstance(form[name], list) else _number(form[name])
            flat = _flat(limits)
            if flat and all(math.isfinite(limit) for limit in flat) and _fits(flat, step, form["dtype"]):
                moved = _filled(form["shape"], lambda value=flat[0], step=step: value + step)
                if isinstance(limits, list):
                    moved = _mapped(limits, lambda value, step=step: value + step)
                found.append(("beyond the %s bound" % name, moved))
        if form["dtype"].startswith("float"):
            found.append(("NaN", _filled(form["shape"], lambda: math.nan)))
        return found
    if kind == "MultiDiscrete":
        return [("one beyond the last", _zipped(form["nvec"], form["start"], lambda n, start: start + n))]
    if kind == "MultiBinary":
        return [("2", _filled(form["shape"], lambda: 2))]
    if kind == "Text":
        found = []
        if form["max_length"] is not None and form["max_length"] < 1 << 16:
            letter = (form["charset"] or "a")[0]
            found.append(("a text that is too long", letter * (form["max_length"] + 1)))
        if form["charset"] is not None and "\x07" not in form["charset"]:
            found.append(("a character that is not in the charset", "\x07" * max(1, form["min_length"])))
        return found + [("a number", 5)]
    if kind == "Dict":
        keys = list(form["spaces"])
        whole = {key: constant(inner, "first") for key, inner in form["spaces"].items()}
        wrong = outside(form["spaces"][keys[0]]) if keys else []
        found = [("a key too few", {key: whole[key] for key in keys[1:]})] if keys else []
        return found + [("%s in %r" % (name, keys[0]), {**whole, keys[0]: value}) for name, value in wrong[:1]]
    if kind == "Tuple":
        whole = [constant(inner, "first") for inner in form["spaces"]]
        wrong = outside(form["spaces"][0]) if whole else []
        return [("a part too few", whole[:-1])] + [(name, [value, *whole[1:]]) for name, value in wrong[:1]]
    if kind == "OneOf":
        return [("an index beyond the last", [len(form["spaces"]), constant(form["spaces"][0], "first")])]
    return [("a number", 5)]


def native(form, value):
    """A value as Gymnasium's environments take it: arrays where the space has them. Nothing is checked."""
    kind = form["type"]
    if kind in ("Box", "MultiDiscrete", "MultiBinary"):
        import numpy

        dtype = form.get("dtype", "int8")
        try:
            return numpy.asarray(value, dtype=dtype)
        except (OverflowError, ValueError, TypeError):
            return numpy.asarray(value)
    if kind == "Dict" and isinstance(value, dict):
        return {key: native(form["spaces"][key], item) for key, item in value.items() if key in form["spaces"]}
    if kind == "Tuple" and isinstance(value, list):
        return tuple(native(inner, item) for inner, item in zip(form["spaces"], value))
    return value


def _offered(form, info):
    if not isinstance(info, dict):
        return None
    if form["type"] == "Text":
        texts = info.get("admissible_commands") or info.get("valid_actions")
        return [text for text in texts if isinstance(text, str)] if isinstance(texts, (list, tuple)) else None
    mask = info.get("action_mask")
    if form["type"] == "Discrete" and mask is not None and len(mask) == form["n"]:
        return [form["start"] + place for place in range(form["n"]) if mask[place]]
    return None


def _between(low, high, dtype, source):
    if not dtype.startswith("float"):
        return source.randint(int(low), int(high))
    if math.isfinite(low) and math.isfinite(high):
        return min(max(source.uniform(low, high), low), high)
    if math.isfinite(low):
        return low + source.expovariate(1)
    if math.isfinite(high):
        return high - source.expovariate(1)
    return source.gauss(0, 1)


def _end(low, high, which, dtype):
    value = {"nothing": 0, "first": low, "last": high}[which]
    if not math.isfinite(value):
        value = -1 if which == "first" else 1
    value = min(max(value, low), high)
    return float(value) if dtype.startswith("float") else int(value)


def _fits(flat, step, dtype):
    """Whether the numbers beyond the bounds exist in the dtype, so that nothing wraps round on the way."""
    if dtype == "bool":
        return False
    if dtype.startswith("float"):
        return all(abs(value) < 1e6 for value in flat)
    bits = int("".join(letter for letter in dtype if letter.isdigit()))
    low, high = (0, 2**bits - 1) if dtype.startswith("u") else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    return all(low <= value + step <= high for value in flat)


def _spread(form, make):
    """One number from the bounds of each element."""
    low, high = _bound(form, "low"), _bound(form, "high")
    return _paired(low, high, make)


def _bound(form, name):
    value = form[name]
    if isinstance(value, list):
        return _numbers(value)
    number = _number(value)
    return _filled(form["shape"], lambda: number)


def _paired(low, high, make):
    if isinstance(low, list):
        return [_paired(one, other, make) for one, other in zip(low, high)]
    return make(low, high)


def _zipped(left, right, make):
    return _paired(left, right, make)


def _filled(shape, make):
    if not shape:
        return make()
    return [_filled(shape[1:], make) for _ in range(shape[0])]


def _mapped(values, make):
    return [_mapped(item, make) for item in values] if isinstance(values, list) else make(values)


def _flat(values):
    if not isinstance(values, list):
        return [values]
    return [number for item in values for number in _flat(item)]
