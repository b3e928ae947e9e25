"""The own codec of Protocol Buffers against Python's: the same messages are read, and written back the same."""

import os
import random
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from google.protobuf import json_format
from google.protobuf.unknown_fields import UnknownFieldSet

from e2e.server import BINARY, ROOT

ECHO = Path(BINARY).with_name("protobuf-echo")
CASES = 1_000_000 if "CORRAL_LONG" in os.environ else 6_000


@pytest.fixture(scope="module")
def everything(tmp_path_factory):
    """Python's class of the message of `everything.proto`."""
    folder = tmp_path_factory.mktemp("proto")
    source = ROOT / "Tests/Platform/ProtobufEcho"
    try:
        subprocess.run(["protoc", f"-I{source}", f"--python_out={folder}", "everything.proto"], check=True)
    except FileNotFoundError:
        pytest.skip("there is no protoc here")
    sys.path.insert(0, str(folder))
    try:
        import everything_pb2

        return everything_pb2.Everything
    finally:
        sys.path.remove(str(folder))


def echo(messages):
    """What the codec makes of each message; None where it refuses it."""
    if not ECHO.exists():
        pytest.skip(f"there is no {ECHO}: build the tests first")
    data = b"".join(struct.pack("<I", len(message)) + message for message in messages)
    out = subprocess.run([ECHO], input=data, stdout=subprocess.PIPE, check=True, timeout=600).stdout
    answers, place = [], 0
    while place < len(out):
        (length,) = struct.unpack_from("<I", out, place)
        place += 4
        if length == 0xFFFFFFFF:
            answers.append(None)
        else:
            answers.append(out[place : place + length])
            place += length
    assert len(answers) == len(messages)
    return answers


def fill(message, draw, depth=0):
    """Gives random fields random values, extremes often."""
    for field in message.DESCRIPTOR.fields:
        if draw.random() < 0.6 or (field.message_type is message.DESCRIPTOR and depth > 1):
            continue
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            key, value = field.message_type.fields_by_name["key"], field.message_type.fields_by_name["value"]
            entries = getattr(message, field.name)
            for _ in range(draw.randrange(4)):
                if value.message_type is not None:
                    fill(entries[scalar(key, draw)], draw, depth + 1)
                else:
                    entries[scalar(key, draw)] = scalar(value, draw)
        elif field.is_repeated:
            for _ in range(draw.randrange(5)):
                if field.message_type is not None:
                    fill(getattr(message, field.name).add(), draw, depth + 1)
                else:
                    getattr(message, field.name).append(scalar(field, draw))
        elif field.message_type is not None:
            part = getattr(message, field.name)
            part.SetInParent()
            fill(part, draw, depth + 1)
        else:
            setattr(message, field.name, scalar(field, draw))
    return message


def scalar(field, draw):
    kind = field.cpp_type
    if kind == field.CPPTYPE_STRING:
        if field.type == field.TYPE_BYTES:
            return draw.randbytes(draw.choice((0, 1, 5, 127, 128, 300)))
        return draw.choice(("", "a", "ä\0", "𝄞", "x" * 200, "key"))
    if kind == field.CPPTYPE_BOOL:
        return draw.random() < 0.5
    if kind in (field.CPPTYPE_DOUBLE, field.CPPTYPE_FLOAT):
        return draw.choice((0.0, -0.0, 1.5, float("inf"), float("-inf"), float("nan"), 1e-30))
    if kind == field.CPPTYPE_ENUM:
        return draw.choice((0, 1, -2, 77))
    bits = 32 if kind in (field.CPPTYPE_INT32, field.CPPTYPE_UINT32) else 64
    if kind in (field.CPPTYPE_UINT32, field.CPPTYPE_UINT64):
        return draw.choice((0, 1, 127, 128, 2**bits - 1, draw.randrange(2**bits)))
    return draw.choice((0, 1, -1, 2 ** (bits - 1) - 1, -(2 ** (bits - 1)), draw.randrange(2**31)))


def mutate(data, draw):
    """Some bytes are changed, cut out, doubled or added."""
    data = bytearray(data)
    for _ in range(draw.randrange(1, 4)):
        place = draw.randrange(len(data) + 1)
        how = draw.randrange(4)
        if how == 0 and place < len(data):
            data[place] = draw.choice((0, 1, 0x7F, 0x80, 0xFF, draw.randrange(256)))
        elif how == 1:
            del data[place : place + draw.randrange(1, 8)]
        elif how == 2:
            data[place:place] = data[place : place + draw.randrange(1, 40)]
        else:
            data[place:place] = draw.randbytes(draw.randrange(1, 5))
    return bytes(data)


def same(left, right):
    """Compares by the canonical JSON, in which all NaN are alike; text keys that Unicode equates do not occur."""
    return json_format.MessageToDict(left) == json_format.MessageToDict(right)


def sets_entries_aside(message):
    """Python keeps an entry of a map that has fields beyond key and value as an unknown field; others read it."""
    maps = {
        field.number for field in message.DESCRIPTOR.fields if field.message_type and "Entry" in field.message_type.name
    }
    if any(field.field_number in maps and field.wire_type == 2 for field in UnknownFieldSet(message)):
        return True
    parts = []
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        if field.number in maps:
            parts += [part for part in value.values() if hasattr(part, "DESCRIPTOR")]
        else:
            parts += value if field.is_repeated else [value]
    return any(sets_entries_aside(part) for part in parts)


def test_messages_of_python_come_back_the_same(everything):
    draw = random.Random(34)
    for _ in range(max(1, CASES // 60_000)):
        messages = [fill(everything(), draw) for _ in range(min(CASES, 60_000) // 4)]
        for message, answer in zip(messages, echo([message.SerializeToString() for message in messages])):
            assert answer is not None, message
            assert same(everything.FromString(answer), message), message


def test_broken_messages_are_refused_where_python_refuses_them_and_read_the_same_elsewhere(everything):
    draw = random.Random(35)
    refused = aside = 0
    for _ in range(max(1, CASES // 60_000)):
        sound = [fill(everything(), draw).SerializeToString() for _ in range(300)]
        broken = [mutate(draw.choice(sound), draw) for _ in range(min(CASES, 60_000))]
        for data, answer in zip(broken, echo(broken)):
            try:
                expected = everything.FromString(data)
            except Exception:
                expected = None
            if expected is None:
                refused += 1
                assert answer is None, data.hex()
            elif sets_entries_aside(expected):
                aside += 1
            elif answer is not None:
                expected.DiscardUnknownFields()
                assert same(everything.FromString(answer), expected), data.hex()
            else:
                pytest.fail(f"refused, but Python reads it: {data.hex()}")
    assert refused > CASES // 20 and aside < CASES // 20


def test_what_is_generated_is_what_the_proto_files_say():
    if not Path(BINARY).with_name("protoc-gen-corral").exists():
        pytest.skip("there is no protoc-gen-corral: build the tests first")
    try:
        subprocess.run(["protoc", "--version"], check=True, stdout=subprocess.PIPE)
    except FileNotFoundError:
        pytest.skip("there is no protoc here")
    done = subprocess.run(
        ["scripts/generate-protos", "--check"],
        cwd=ROOT,
        env={**os.environ, "CORRAL_SKIP_BUILD": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
