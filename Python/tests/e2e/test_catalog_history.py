"""Many clients change the same aliases and versions at the same time: what they saw fits into one order."""

import contextlib
import random
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor

import pytest

from e2e import bundles, reviewing
from e2e.http import Client
from e2e.linearizability import REVIEW, Call, alias, is_linearizable, once, review
from e2e.marks import LONG

CLIENTS = 32
OPERATIONS = 1000 if LONG else 320


def by_many(server, seed, operation):
    """All clients at the same time: each calls `operation(client, draw)` its share of times, with a generator of its own."""

    def run(index):
        draw = random.Random(seed * 1000 + index)
        with contextlib.closing(Client(server.client.address)) as client:
            for _ in range(OPERATIONS // CLIENTS):
                operation(client, draw)

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(run, range(CLIENTS)))


def test_the_checker_finds_what_cannot_be():
    assert is_linearizable([Call(0, 3, "set", "a"), Call(1, 2, "get", result="")], "", alias)
    assert is_linearizable([Call(0, 3, "set", "a"), Call(1, 2, "get", result="a")], "", alias)
    assert not is_linearizable([Call(0, 1, "set", "a"), Call(2, 3, "get", result="")], "", alias)
    stale = [Call(0, 9, "set", "a"), Call(1, 2, "get", result="a"), Call(3, 4, "get", result="")]
    assert not is_linearizable(stale, "", alias)
    both = [Call(0, 5, "publish", "x", "created"), Call(1, 4, "publish", "y", "created")]
    assert not is_linearizable(both, "", once)
    assert is_linearizable([both[0], Call(1, 4, "publish", "y", "refused")], "", once)
    begun = [Call(0, 1, "start", None, "in_review"), Call(2, 3, "approve", "a", "in_review")]
    assert is_linearizable([*begun, Call(4, 5, "approve", "b", "approved")], REVIEW, review)
    assert not is_linearizable([*begun, Call(4, 5, "approve", "a", "approved")], REVIEW, review)
    assert not is_linearizable([*begun, Call(4, 5, "approve", "b", "in_review")], REVIEW, review)
    over = [Call(4, 5, "reject", None, "rejected"), Call(6, 7, "approve", "b", "approved")]
    assert not is_linearizable([*begun, *over], REVIEW, review)


@pytest.mark.parametrize("seed", [1])
def test_concurrent_publications_and_aliases_are_linearizable(serve, seed):
    server = serve("--http-threads", "4", "--no-check-published")
    environments = ["many/Env%d" % number for number in range(4)]
    for name in environments:
        for minor in range(3):
            assert bundles.publish(server.client, bundles.counter(name, "1.%d.0" % minor)).status == 201
    # Uploaded before, so that the history is that of the records.
    versions = {}
    for name in environments:
        for number in range(OPERATIONS // 40):
            for variant in "xy":
                archive = bundles.counter(name, "2.0.%d" % number, extra="# %s\n" % variant)
                versions[name, number, variant] = bundles.upload(server.client, archive)
    histories = defaultdict(list)

    def operation(client, draw):
        name = draw.choice(environments)
        path = "/v1/environments/" + name.replace("/", "%2F")
        kind = draw.choice(["publish", "set", "get"])
        start = time.monotonic()
        if kind == "publish":
            number, variant = draw.randrange(OPERATIONS // 40), draw.choice("xy")
            answer = client.post("/v1/environments", {"bundle": versions[name, number, variant]})
            result = {201: "created", 200: "unchanged"}.get(answer.status, answer.code)
            assert result in ("created", "unchanged", "already_exists"), answer
            result = "refused" if result == "already_exists" else result
            key, call = (name, number), Call(start, time.monotonic(), kind, variant, result)
        elif kind == "set":
            version = "1.%d.0" % draw.randrange(3)
            answer = client.post(path + "/aliases", {"alias": "stable", "version": version})
            assert answer.status == 200, answer
            assert answer.json["aliases"] == {"stable": version}
            key, call = name, Call(start, time.monotonic(), kind, version)
        else:
            answer = client.get(path)
            assert answer.status == 200, answer
            key = name
            call = Call(start, time.monotonic(), kind, None, answer.json["aliases"].get("stable", ""))
        histories[key].append(call)

    by_many(server, seed, operation)
    assert sum(map(len, histories.values())) == OPERATIONS // CLIENTS * CLIENTS
    for key, calls in histories.items():
        model = alias if isinstance(key, str) else once
        assert is_linearizable(calls, "", model), (key, sorted(calls, key=lambda call: call.start))
    # The record of the server tells the same: every change of an alias once, none that nobody made.
    for name in environments:
        entries = server.client.get("/v1/environments/%s/history?limit=1000" % name).json["entries"]
        sets = [entry for entry in reversed(entries) if entry["action"] == "set_alias"]
        before = None
        for entry in sets:
            assert entry["details"]["before"] == before
            before = entry["version"]


def test_concurrent_reviews_are_linearizable(serve, tmp_path):
    reviewers = ["rob", "zoe", "pia", "tom"]
    keys = reviewing.write_keys(tmp_path, more=[(name, ["reviewer"]) for name in reviewers])
    policy = reviewing.write_policy(tmp_path, reviewing.require(approvals=2))
    server = serve("--http-threads", "4", "--keys", str(keys), "--policy", str(policy), *reviewing.UNCHECKED)
    versions = ["many/Env@1.0.%d" % number for number in range(OPERATIONS // 40)]
    for version in versions:
        name, number = version.split("@")
        answer = bundles.publish(reviewing.As(server, "ann"), bundles.counter(name, number))
        assert answer.json["state"] == "submitted"
    histories = defaultdict(list)
    steps = {"submit": "submit", "start": "review", "approve": "approve", "reject": "reject", "get": None}

    def operation(client, draw):
        version = draw.choice(versions)
        kind = draw.choice(["approve"] * 4 + ["start"] * 2 + ["submit"] * 2 + ["reject", "get"])
        who = draw.choice(reviewers) if kind != "submit" else "ann"
        caller = reviewing.As(server, who, client)
        body = {"reason": "r"} if kind == "reject" else {}
        start = time.monotonic()
        answer = caller.review(version, steps[kind], **body)
        end = time.monotonic()
        assert answer.status == 200 or answer.code in ("failed_precondition", "conflict"), answer
        result = answer.json["state"] if answer.status == 200 else "refused"
        histories[version].append(Call(start, end, kind, who, result))

    by_many(server, 0, operation)
    assert sum(map(len, histories.values())) == OPERATIONS // CLIENTS * CLIENTS
    assert {call.result for calls in histories.values() for call in calls} >= {"approved", "in_review", "refused"}
    for version, calls in histories.items():
        last = max(call.end for call in calls)
        state = reviewing.As(server, "rob").review(version).json["state"]
        calls.append(Call(last + 1, last + 2, "get", None, state))
        assert is_linearizable(calls, REVIEW, review), (version, sorted(calls, key=lambda call: call.start))
