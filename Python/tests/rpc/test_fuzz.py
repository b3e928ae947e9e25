"""Broken and senseless requests to every method: each gets a status or an answer, and the server goes on."""

import os
import random
from collections import deque

import grpc
import pytest
from dm_env_rpc.v1 import dm_env_rpc_pb2 as dm
from dm_env_rpc.v1.extensions import properties_pb2
from google.protobuf import descriptor_pool, message_factory
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

from rpc.addresses import grpc_address

CASES = 1_000_000 if "CORRAL_LONG" in os.environ else 3_000
AT_ONCE = 32
FINE = {"OK", "INVALID_ARGUMENT", "NOT_FOUND", "FAILED_PRECONDITION", "ABORTED", "UNIMPLEMENTED", "PERMISSION_DENIED"}
FINE |= {"RESOURCE_EXHAUSTED", "UNKNOWN", "ALREADY_EXISTS"}
WORDS = ["", "CartPole-v1", "native/CartPole", "native/Pendulum", "a/b@^1", "ä" * 50, "\0", "x" * 5000, "running"]
JSONS = [b"0", b"1", b"{}", b"[]", b"null", b"[1,2", b'{"a":{}}', b"[" * 500, b'"NaN"', b"1e999", b"\xff", b""]


@pytest.fixture(scope="module")
def fuzzed():
    """A server of its own, whose sessions are few."""
    from e2e.server import Server

    with Server("--grpc", "127.0.0.1:0", "--max-sessions", "8") as server:
        with grpc.insecure_channel(grpc_address(server)) as channel:
            yield server, channel


def senseless(message, draw, sessions, depth=0):
    """A message of the right type with any values."""
    for field in message.DESCRIPTOR.fields:
        if draw.random() < 0.5 or depth > 4:
            continue
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            entries, value = getattr(message, field.name), field.message_type.fields_by_name["value"]
            key = field.message_type.fields_by_name["key"]
            for _ in range(draw.randrange(3)):
                name = one(key, draw, sessions)
                if value.message_type is not None:
                    senseless(entries[name], draw, sessions, depth + 1)
                else:
                    entries[name] = one(value, draw, sessions)
        elif field.is_repeated:
            for _ in range(draw.randrange(4)):
                if field.message_type is not None:
                    senseless(getattr(message, field.name).add(), draw, sessions, depth + 1)
                else:
                    getattr(message, field.name).append(one(field, draw, sessions))
        elif field.message_type is not None:
            getattr(message, field.name).SetInParent()
            senseless(getattr(message, field.name), draw, sessions, depth + 1)
        else:
            setattr(message, field.name, one(field, draw, sessions))
    return message


def one(field, draw, sessions):
    if field.cpp_type == field.CPPTYPE_STRING:
        if field.type == field.TYPE_BYTES:
            return draw.choice(JSONS)
        if field.name in ("session", "world_name") and draw.random() < 0.8:
            return draw.choice(sessions)
        if field.name == "key" and draw.random() < 0.3:
            return draw.choice(("environment", "seed"))
        return draw.choice(WORDS)
    if field.cpp_type == field.CPPTYPE_BOOL:
        return draw.random() < 0.5
    if field.cpp_type in (field.CPPTYPE_DOUBLE, field.CPPTYPE_FLOAT):
        return draw.choice((0.0, float("nan"), float("inf"), -1e30))
    if field.cpp_type in (field.CPPTYPE_UINT32, field.CPPTYPE_UINT64):
        return draw.choice((0, 1, 2, 3, 2**32 - 1))
    return draw.choice((0, 1, 2, 3, -1, 2**31 - 1, -(2**31)))


def broken(data, draw):
    data = bytearray(data)
    for _ in range(draw.randrange(3)):
        place = draw.randrange(len(data) + 1)
        if draw.random() < 0.5 and place < len(data):
            data[place] = draw.randrange(256)
        else:
            data[place : place + draw.randrange(4)] = draw.randbytes(draw.randrange(4))
    return bytes(data)


def methods(channel):
    database = ProtoReflectionDescriptorDatabase(channel)
    pool = descriptor_pool.DescriptorPool(database)
    for name in sorted(database.get_services()):
        for method in pool.FindServiceByName(name).methods:
            yield f"/{name}/{method.name}", method, message_factory.GetMessageClass(method.input_type)


def is_alive(server, channel):
    assert server.process.poll() is None, server.log()[-3000:]
    done = channel.unary_unary("/grpc.health.v1.Health/Check")(b"", timeout=30)
    assert done == b"\x08\x01"


def sessions_of(server):
    """Some to play with: there have to be some after all that senseless requests have closed."""
    listed = server.client.get("/v1/sessions?limit=1000").json["sessions"]
    open_ones = [one["id"] for one in listed if one["state"] in ("ready", "running", "ended")]
    while len(open_ones) < 3:
        made = server.client.post("/v1/sessions", {"environment": "native/CartPole"})
        assert made.status == 201, made.json
        open_ones.append(made.json["id"])
    return open_ones


def test_no_request_of_one_message_stops_the_server(fuzzed):
    server, channel = fuzzed
    draw = random.Random(36)
    unary = [each for each in methods(channel) if not each[1].client_streaming and not each[1].server_streaming]
    codes = {}
    share = CASES // 2 // len(unary) + 1
    for path, _, message in unary:
        sessions = sessions_of(server)
        call = channel.unary_unary(path)
        running = deque()
        for number in range(share):
            if number % 1000 == 999:
                sessions = sessions_of(server)
            running.append(
                call.future(broken(senseless(message(), draw, sessions).SerializeToString(), draw), timeout=60)
            )
            if len(running) >= AT_ONCE:
                count(running.popleft(), codes, path)
        while running:
            count(running.popleft(), codes, path)
        is_alive(server, channel)
    assert codes["INVALID_ARGUMENT"] and codes["OK"] and set(codes) <= FINE, codes


def count(call, codes, path):
    code = call.code().name
    codes[code] = codes.get(code, 0) + 1
    assert code in FINE, (path, code, call.details())


def test_no_stream_of_requests_stops_the_server(fuzzed):
    server, channel = fuzzed
    draw = random.Random(37)
    streams = [each for each in methods(channel) if each[1].client_streaming]
    assert len(streams) == 5
    codes = {}
    for path, _, message in streams:
        left = CASES // 2 // len(streams)
        while left > 0:
            sessions = sessions_of(server)
            size = min(left, 100)
            left -= size
            sent = [senseless(message(), draw, sessions).SerializeToString() for _ in range(size)]
            place = draw.randrange(size)
            sent[place] = broken(sent[place], draw)
            call = channel.stream_stream(path)(iter(sent), timeout=60)
            try:
                for _ in call:
                    pass
            except grpc.RpcError:
                pass
            count(call, codes, path)
        is_alive(server, channel)
    assert set(codes) <= FINE, codes


def test_no_play_of_dm_env_rpc_stops_the_server(fuzzed):
    """Sequences that begin soundly, so that what is senseless reaches a world that is joined."""
    server, channel = fuzzed
    draw = random.Random(38)
    call = channel.stream_stream("/dm_env_rpc.v1.Environment/Process")
    for _ in range(max(4, CASES // 500)):
        session = sessions_of(server)[0]
        sent = [dm.EnvironmentRequest(join_world=dm.JoinWorldRequest(world_name=session))]
        sent.append(dm.EnvironmentRequest(step=dm.StepRequest()))
        for _ in range(100):
            request = dm.EnvironmentRequest()
            kind = draw.random()
            if kind < 0.7:
                request.step.SetInParent()
                senseless(request.step, draw, [session])
            elif kind < 0.8:
                inner = senseless(properties_pb2.PropertyRequest(), draw, [session])
                request.extension.Pack(inner)
            else:
                senseless(request, draw, [session])
                if request.WhichOneof("payload") in ("destroy_world", "create_world", "reset_world"):
                    request.reset.SetInParent()
            sent.append(request)
        answers = list(call(iter([request.SerializeToString() for request in sent]), timeout=60))
        assert len(answers) == len(sent)
        is_alive(server, channel)
