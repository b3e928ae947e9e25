"""Whether a history of concurrent calls can be put in one order that respects time: the search of Wing and Gong, with
the states and sets of calls that were seen already left out (Lowe)."""


class Call:
    def __init__(self, start, end, kind, value=None, result=None):
        self.start = start
        self.end = end
        self.kind = kind
        self.value = value
        self.result = result

    def __repr__(self):
        return "%s(%r)=%r [%.6f, %.6f]" % (self.kind, self.value, self.result, self.start, self.end)


def is_linearizable(calls, initial, apply):
    """`apply(state, call)` gives the state after the call, or None where its result is impossible in that state."""
    calls = sorted(calls, key=lambda call: call.start)
    seen = set()
    stack = [(frozenset(), initial)]
    everything = len(calls)
    while stack:
        done, state = stack.pop()
        if len(done) == everything:
            return True
        if (done, state) in seen:
            continue
        seen.add((done, state))
        pending = [index for index in range(everything) if index not in done]
        first_end = min(calls[index].end for index in pending)
        for index in pending:
            # Only a call that began before every other pending one ended can be the next.
            if calls[index].start <= first_end:
                after = apply(state, calls[index])
                if after is not None:
                    stack.append((done | {index}, after))
    return False


def alias(state, call):
    """An alias: `set` gives what it names then, `get` what it names."""
    if call.kind == "set":
        return call.value
    return state if call.result == state else None


REVIEW = ("submitted", frozenset())


def review(state, call):
    """The review of a version whose policy wants two approvals: its phase, and who has approved in this round.

    Results are the phase after a call, or `refused`; `value` of an approval is the reviewer.
    """
    phase, approvers = state
    after = None
    if call.kind == "get":
        after = state
    elif call.kind == "submit" and phase != "in_review":
        after = state if phase == "submitted" else REVIEW
    elif call.kind == "start" and phase in ("submitted", "in_review"):
        after = ("in_review", approvers)
    elif call.kind == "reject":
        after = ("rejected", approvers)
    elif call.kind == "approve" and phase in ("in_review", "approved"):
        approvers = approvers | {call.value}
        after = ("approved" if len(approvers) > 1 else phase, approvers)
    if after is None:
        return state if call.result == "refused" else None
    return after if call.result == after[0] else None


def once(state, call):
    """A version: the first `publish` wins with its bytes; the same again is unchanged, others are refused."""
    if call.kind == "publish":
        if state == "":
            return call.value if call.result == "created" else None
        wanted = "unchanged" if call.value == state else "refused"
        return state if call.result == wanted else None
    return state if call.result == state else None
