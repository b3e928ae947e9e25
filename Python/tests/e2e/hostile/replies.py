"""Replies that are none, come twice, or never end."""

import json
import os


def _send(session, data):
    while data:
        data = data[os.write(session._channel.sink, data) :]


def _reply(session, **changes):
    fields = {"id": session._running, "status": "ok", "observation": 0, "reward": 1.0, "terminated": False}
    fields.update({"truncated": False, "info": {}}, **changes)
    return json.dumps({key: value for key, value in fields.items() if value != "left out"}).encode() + b"\n"


def endless_line(session, _):
    _send(session, b'{"id":')
    while True:
        _send(session, b"1" * 65536)


def exit_in_mid_reply(session, _):
    _send(session, _reply(session)[:20])
    os._exit(0)


def reply_then_exit(session, _):
    _send(session, _reply(session))
    os._exit(0)


def three_replies(session, _):
    _send(session, _reply(session, observation=7) * 3)
    return "and a fourth"


def early_reply(session, _):
    """Answers this command, and the next one before it was asked."""
    _send(session, _reply(session) + _reply(session, id=session._running + 1, observation=666))
    return "late"


def raw(session, text):
    """One line as the test gives it; `ID` in it is the id of the command."""
    line = json.loads(text).replace("ID", str(session._running))
    _send(session, line.encode("utf-8", "surrogatepass") + b"\n")
    os.read(session._channel.source, 1)


def lone_surrogate(session, _):
    raw(session, json.dumps(_reply(session, info={"a": "\ud800"}).decode()))


def invalid_utf8(session, _):
    _send(session, _reply(session, info={"a": "?"}).replace(b"?", b"\xff\xfe"))
    os.read(session._channel.source, 1)


def deep_nesting(session, _):
    _send(session, _reply(session, info={"a": 1}).replace(b'{"a": 1}', b'{"a":' * 200000 + b"1" + b"}" * 200000))
    os.read(session._channel.source, 1)


def deep_observation(session, _):
    _send(session, _reply(session, observation=987654).replace(b"987654", b"[" * 200000 + b"]" * 200000))
    os.read(session._channel.source, 1)


def changed(session, text):
    """A good reply but for some fields."""
    _send(session, _reply(session, **json.loads(text)))
    os.read(session._channel.source, 1)
