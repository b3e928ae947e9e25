"""Whether an output is what a document shows: `…` stands for anything."""

ANY = "…"


def difference(shown, real, path=""):
    """Where the two differ, in words; None where they do not.

    A string may have `…` in it; a list may end with `"…"` and an object may have the key `"…"` for what is left out.
    """
    if shown == ANY:
        return None
    if isinstance(shown, dict) and isinstance(real, dict):
        for key in shown:
            if key == ANY:
                continue
            if key not in real:
                return f"{path}/{key} is not in the output"
            found = difference(shown[key], real[key], f"{path}/{key}")
            if found:
                return found
        more = [key for key in real if key not in shown]
        return f"{path} has more in the output: {more}" if more and ANY not in shown else None
    if isinstance(shown, list) and isinstance(real, list):
        open_ended = shown[-1:] == [ANY]
        wanted = shown[:-1] if open_ended else shown
        if len(real) < len(wanted) or (len(real) > len(wanted) and not open_ended):
            return f"{path} has {len(real)} elements in the output"
        for number, (one, other) in enumerate(zip(wanted, real)):
            found = difference(one, other, f"{path}/{number}")
            if found:
                return found
        return None
    if isinstance(shown, str) and isinstance(real, str) and matches(shown, real):
        return None
    return None if shown == real and type(shown) is type(real) else f"{path} is {real!r}, not {shown!r}"


def matches(shown, real):
    """Whether `real` has the parts of `shown` around each `…`, in order, from its beginning to its end."""
    parts = shown.split(ANY)
    if len(parts) == 1:
        return shown == real
    if not real.startswith(parts[0]) or not real.endswith(parts[-1]):
        return False
    place, end = len(parts[0]), len(real) - len(parts[-1])
    for part in parts[1:-1]:
        place = real.find(part, place, end)
        if place < 0:
            return False
        place += len(part)
    return place <= end
