"""A worker of version 1 whose replies the test writes: params.replies are raw lines for init, then for each step.

Without it: init shows env_id and params, a step repeats its action; `error TEXT`, `exit`, `sleep S`, `raw LINE`, `done`,
`stderr TEXT` do what they say.
"""

import base64
import json
import os
import sys
import time


def main():
    state = {}
    for line in sys.stdin:
        if not line.strip():
            continue
        command = json.loads(line)
        for chunk in answer(command, state):
            os.write(1, chunk)
            if chunk is PAUSE:
                time.sleep(0.05)


PAUSE = b""


def answer(command, state):
    if command["cmd"] not in ("init", "step"):
        return [line({"status": "error", "message": "Unknown command: %s" % command["cmd"]})]
    if command["cmd"] == "init":
        state.update(replies=list(command.get("replies", [])), steps=0)
        if command.get("sleep"):
            time.sleep(command["sleep"])
        if state["replies"]:
            return scripted(state)
        params = {key: value for key, value in command.items() if key not in ("cmd", "env_id")}
        return ok(observation="init of %s" % command["env_id"], params=params, pid=os.getpid())
    if state["replies"]:
        return scripted(state)
    state["steps"] += 1
    word, _, rest = command["action"].partition(" ")
    if word == "error":
        return [line({"status": "error", "message": rest})]
    if word == "exit":
        os._exit(int(rest or 0))
    if word == "sleep":
        time.sleep(float(rest))
    if word == "raw":
        return [rest.encode() + b"\n"]
    if word == "stderr":
        print(rest, file=sys.stderr, flush=True)
    return ok(
        observation="%d: %s" % (state["steps"], command["action"]),
        reward=1.0,
        done=word == "done",
        moves=state["steps"],
    )


def scripted(state):
    reply = state["replies"].pop(0)
    if isinstance(reply, list):  # pieces in base64, written one after the other
        pieces = [base64.b64decode(piece) for piece in reply]
        return [part for piece in pieces for part in (piece, PAUSE)]
    return [reply.encode() + b"\n"]


def ok(**fields):
    return [line({"status": "ok", **fields})]


def line(reply):
    return json.dumps(reply).encode() + b"\n"


if __name__ == "__main__":
    main()
