"""What gRPC itself asks of a server: status, details, deadlines, limits, streams, health, reflection, keys, TLS."""

import subprocess
import threading
import time

import grpc
import pytest
import yaml
from google.protobuf import descriptor_pool
from google.rpc import status_pb2
from grpc_health.v1 import health_pb2
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

from corral.grpc import environments_pb2 as environments
from corral.grpc import sessions_pb2 as pb
from corral.grpc import values_pb2 as values
from e2e import machine
from e2e.server import BINARY
from rpc.addresses import grpc_address

SESSIONS = "/corral.v1.Sessions/"


def method(channel, name, request, response):
    return channel.unary_unary(
        SESSIONS + name, request_serializer=request.SerializeToString, response_deserializer=response.FromString
    )


class Stub:
    def __init__(self, channel):
        self.create = method(channel, "Create", pb.CreateSessionRequest, pb.CreatedSession)
        self.step = method(channel, "Step", pb.StepRequest, pb.StepResponse)
        self.get = method(channel, "Get", pb.GetSessionRequest, pb.Session)
        self.close = method(channel, "Close", pb.CloseRequest, pb.CloseResponse)
        self.list = method(channel, "List", pb.ListSessionsRequest, pb.ListSessionsResponse)
        self.run = channel.stream_stream(
            SESSIONS + "Run",
            request_serializer=pb.RunRequest.SerializeToString,
            response_deserializer=pb.RunResponse.FromString,
        )
        self.run_batch = channel.stream_stream(
            SESSIONS + "RunBatch",
            request_serializer=pb.StepBatchRequest.SerializeToString,
            response_deserializer=pb.StepBatchResponse.FromString,
        )


@pytest.fixture
def stub(channel):
    return Stub(channel)


@pytest.fixture
def session(stub):
    made = stub.create(pb.CreateSessionRequest(environment="CartPole-v1", seed=7)).session.id
    yield made
    stub.close(pb.CloseRequest(session=made))


def action(value):
    return values.Value(json=str(value).encode())


def detail_of(error):
    """The error that travels with a status."""
    detail = values.Error()
    raw = dict(error.value.trailing_metadata())["grpc-status-details-bin"]
    status = status_pb2.Status.FromString(raw)
    assert status.details[0].Unpack(detail) and status.message == error.value.details()
    assert status.code == error.value.code().value[0]
    return detail


def code_of(error):
    return error.value.code(), detail_of(error).code


@pytest.mark.parametrize(
    "request_, status, code",
    [
        (dict(session="nothing", action=action(0)), "NOT_FOUND", "not_found"),
        (dict(action=action(0)), "NOT_FOUND", "not_found"),
        (dict(action=action(9)), "INVALID_ARGUMENT", "invalid_action"),
        (dict(action=values.Value(json=b"{")), "INVALID_ARGUMENT", None),
        (dict(action=values.Value(tensors=b"\xff")), "INVALID_ARGUMENT", "invalid_argument"),
        (dict(action=values.Value(tensor=values.Tensor(dtype="int64", shape=[1 << 62]))), "INVALID_ARGUMENT", None),
        (dict(), "INVALID_ARGUMENT", "invalid_argument"),
        (dict(action=action(0), index=77), "ABORTED", "conflict"),
        (dict(action=action(0), index=-1), "INVALID_ARGUMENT", "invalid_argument"),
    ],
)
def test_errors_have_a_status_and_details(stub, session, request_, status, code):
    if "session" not in request_ and status != "NOT_FOUND":
        request_ = {"session": session, **request_}
    with pytest.raises(grpc.RpcError) as error:
        stub.step(pb.StepRequest(**request_))
    got = code_of(error)
    assert got[0] == grpc.StatusCode[status] and code in (None, got[1])
    assert stub.step(pb.StepRequest(session=session, action=action(0), index=1)).index == 1


def test_a_step_that_is_sent_again_is_taken_once(stub, session):
    first = stub.step(pb.StepRequest(session=session, action=action(1), index=1))
    again = stub.step(pb.StepRequest(session=session, action=action(1), index=1))
    assert first == again and stub.get(pb.GetSessionRequest(session=session)).index == 1


def test_a_message_beyond_the_limit_is_refused_and_the_server_lives(serve):
    server = serve("--body-limit", "64KiB")
    with grpc.insecure_channel(grpc_address(server)) as channel:
        stub = Stub(channel)
        with pytest.raises(grpc.RpcError) as error:
            stub.step(pb.StepRequest(session="x" * 100_000))
        assert error.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
        with pytest.raises(grpc.RpcError) as error:
            list(stub.run(iter([pb.RunRequest(step=pb.StepRequest(session="x" * 100_000))])))
        assert error.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
        assert not stub.list(pb.ListSessionsRequest()).sessions


def test_a_stream_answers_every_request_in_the_order_of_its_session(stub, session):
    def requests():
        for number in range(300):
            yield pb.RunRequest(
                id=number, step=pb.StepRequest(session=session if number == 0 else "", action=action(1))
            )
            if number % 7 == 6:
                yield pb.RunRequest(id=1000 + number, reset=pb.ResetRequest(seed=3))

    answers = list(stub.run(requests()))
    assert len(answers) == 300 + 42
    indices = [getattr(answer, answer.WhichOneof("result")).index for answer in answers]
    assert indices == list(range(1, 343))


def test_errors_in_a_stream_do_not_end_it(stub, session):
    requests = [
        pb.RunRequest(id=1, step=pb.StepRequest(session=session, action=action(9))),
        pb.RunRequest(id=2),
        pb.RunRequest(id=3, step=pb.StepRequest(session="none", action=action(0))),
        pb.RunRequest(id=4, step=pb.StepRequest(session=session, action=action(0))),
    ]
    answers = {answer.id: answer for answer in stub.run(iter(requests))}
    assert [answers[id].error.code for id in (1, 2, 3)] == ["invalid_action", "invalid_argument", "not_found"]
    assert answers[4].step.index == 1


def test_batches_of_many_sessions_are_answered_with_their_ids(stub):
    made = [stub.create(pb.CreateSessionRequest(environment="CartPole-v1", seed=place)) for place in range(6)]
    ids = [one.session.id for one in made]

    def batches():
        for number in range(8):
            steps = [pb.StepRequest(session=id, action=action(number % 2)) for id in ids]
            yield pb.StepBatchRequest(id=number, steps=steps + [pb.StepRequest(session="none")])

    answers = {answer.id: answer for answer in stub.run_batch(batches())}
    assert sorted(answers) == list(range(8))
    for number, answer in answers.items():
        assert [result.step.index for result in answer.results[:6]] == [number + 1] * 6
        assert answer.results[6].error.code == "not_found"
    for id in ids:
        stub.close(pb.CloseRequest(session=id))


def test_a_creation_whose_caller_leaves_makes_no_session(serve):
    server = serve()
    with grpc.insecure_channel(grpc_address(server)) as channel:
        stub = Stub(channel)
        with pytest.raises(grpc.RpcError) as error:
            stub.create(pb.CreateSessionRequest(environment="text/TextWorld"), timeout=0.05)
        assert error.value.code() == grpc.StatusCode.DEADLINE_EXCEEDED
        live = ("starting", "ready", "running")
        assert machine.until(
            lambda: not [one for one in stub.list(pb.ListSessionsRequest()).sessions if one.state in live], 30
        )


def test_a_stream_that_is_cut_leaves_the_session_and_its_history(stub, session):
    going = threading.Event()

    def requests():
        yield pb.RunRequest(step=pb.StepRequest(session=session, action=action(1)))
        going.wait(10)

    call = stub.run(requests())
    assert next(call).step.index == 1
    call.cancel()
    going.set()
    assert stub.step(pb.StepRequest(session=session, action=action(0), index=2)).index == 2


def test_health_tells_of_the_end(serve):
    server = serve()
    with grpc.insecure_channel(grpc_address(server)) as channel:
        check = channel.unary_unary(
            "/grpc.health.v1.Health/Check",
            request_serializer=health_pb2.HealthCheckRequest.SerializeToString,
            response_deserializer=health_pb2.HealthCheckResponse.FromString,
        )
        watch = channel.unary_stream(
            "/grpc.health.v1.Health/Watch",
            request_serializer=health_pb2.HealthCheckRequest.SerializeToString,
            response_deserializer=health_pb2.HealthCheckResponse.FromString,
        )
        for service in ("", "corral.v1.Sessions", "dm_env_rpc.v1.Environment"):
            assert check(health_pb2.HealthCheckRequest(service=service)).status == 1
        with pytest.raises(grpc.RpcError) as error:
            check(health_pb2.HealthCheckRequest(service="none"))
        assert error.value.code() == grpc.StatusCode.NOT_FOUND
        watching = watch(health_pb2.HealthCheckRequest())
        assert next(watching).status == 1
        unknown = watch(health_pb2.HealthCheckRequest(service="none"))
        assert next(unknown).status == 3
        start = time.monotonic()
        assert server.stop() == 0 and time.monotonic() - start < 15
        assert [one.status for one in watching] == [2]


def test_reflection_tells_every_service_and_message(channel):
    database = ProtoReflectionDescriptorDatabase(channel)
    names = set(database.get_services())
    assert {"corral.v1.Sessions", "corral.v1.Environments", "corral.v1.Server", "dm_env_rpc.v1.Environment"} <= names
    pool = descriptor_pool.DescriptorPool(database)
    for name in names:
        service = pool.FindServiceByName(name)
        for one in service.methods:
            assert one.input_type.full_name and one.output_type.full_name
    assert pool.FindServiceByName("corral.v1.Sessions").methods_by_name["Run"].client_streaming
    with pytest.raises(KeyError):
        pool.FindServiceByName("corral.v1.Nothing")


def test_a_search_goes_page_by_page_and_counts_values(channel):
    search = channel.unary_unary(
        "/corral.v1.Environments/Search",
        request_serializer=environments.SearchEnvironmentsRequest.SerializeToString,
        response_deserializer=environments.ListEnvironmentsResponse.FromString,
    )
    single = {"agents": environments.FacetValues(values=["single"])}
    whole = search(environments.SearchEnvironmentsRequest(filters=single, limit=1000, facets=True))
    counts = {one.value: one.count for one in whole.facets["agents"].counts}
    assert not whole.next and counts["single"] == len(whole.environments) > 3
    pages, cursor = [], ""
    while True:
        page = search(environments.SearchEnvironmentsRequest(filters=single, limit=2, cursor=cursor))
        pages += page.environments
        if not page.next:
            break
        cursor = page.next
    assert pages == list(whole.environments) and all(one.reference and one.json for one in pages)
    for wrong, field in (
        (dict(cursor="zz"), "cursor"),
        (dict(cursor=cursor, text="cart"), "cursor"),
        (dict(sort="size"), "sort"),
        (dict(filters={"colour": environments.FacetValues(values=["red"])}), "filters"),
        (dict(limit=-1), "limit"),
    ):
        with pytest.raises(grpc.RpcError) as error:
            search(environments.SearchEnvironmentsRequest(**wrong))
        assert code_of(error) == (grpc.StatusCode.INVALID_ARGUMENT, "invalid_argument")
        assert detail_of(error).details["field"] == field and detail_of(error).next


def test_a_session_begins_behind_a_prefix_and_is_recorded(stub):
    request = pb.CreateSessionRequest(environment="CartPole-v1", seed=7, prefix=b"[1,0,1]", record="off")
    made = stub.create(request).session
    assert stub.get(pb.GetSessionRequest(session=made.id)).index == 3
    stub.close(pb.CloseRequest(session=made.id))
    for wrong in (dict(prefix=b"{}"), dict(record="twice"), dict(params=b"[]"), dict(options=b"{")):
        with pytest.raises(grpc.RpcError) as error:
            stub.create(pb.CreateSessionRequest(environment="CartPole-v1", **wrong))
        assert code_of(error)[0] == grpc.StatusCode.INVALID_ARGUMENT


def test_both_versions_of_reflection_speak_the_same(channel):
    request = b"\x3a\x00"  # list_services
    v1, alpha = (
        next(
            channel.stream_stream(f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo")(iter([request]))
        )
        for version in ("v1", "v1alpha")
    )
    assert v1 == alpha and b"corral.v1.Sessions" in v1


def test_keys_come_as_metadata(serve, tmp_path):
    import hashlib

    keys = tmp_path / "keys.yaml"
    digest = hashlib.sha256(b"secret").hexdigest()
    keys.write_text(yaml.safe_dump({"keys": [{"id": "ann", "tenant": "t", "roles": ["owner"], "sha256": digest}]}))
    server = serve("--keys", str(keys))
    with grpc.insecure_channel(grpc_address(server)) as channel:
        stub = Stub(channel)
        for metadata in (None, [("authorization", "Bearer wrong")], [("authorization", "Basic secret")]):
            with pytest.raises(grpc.RpcError) as error:
                stub.list(pb.ListSessionsRequest(), metadata=metadata)
            assert code_of(error) == (grpc.StatusCode.UNAUTHENTICATED, "unauthenticated")
            with pytest.raises(grpc.RpcError) as error:
                list(stub.run(iter([]), metadata=metadata))
            assert error.value.code() == grpc.StatusCode.UNAUTHENTICATED
        assert not stub.list(pb.ListSessionsRequest(), metadata=[("authorization", "Bearer secret")]).sessions


def certificate(folder, name, issuer=None):
    key, cert = folder / f"{name}.key", folder / f"{name}.crt"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key, "-out", cert]
    command += ["-subj", f"/CN={name}", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    if issuer:
        command += ["-CA", issuer[1], "-CAkey", issuer[0]]
    subprocess.run([str(part) for part in command], check=True, stderr=subprocess.DEVNULL)
    return key, cert


def test_tls_and_certificates_of_clients(serve, tmp_path):
    try:
        authority = certificate(tmp_path, "authority")
        key, cert = certificate(tmp_path, "localhost")
        client_key, client_cert = certificate(tmp_path, "client", authority)
    except (FileNotFoundError, subprocess.CalledProcessError):
        pytest.skip("there is no openssl here that issues certificates")
    server = serve(
        "--tls-certificate", str(cert), "--tls-key", str(key), "--grpc-client-roots", str(authority[1]), wait=False
    )
    address = grpc_address(server)
    root = cert.read_bytes()
    own = grpc.ssl_channel_credentials(root, client_key.read_bytes(), client_cert.read_bytes())
    with grpc.secure_channel(address, own) as channel:
        assert not Stub(channel).list(pb.ListSessionsRequest(), timeout=20).sessions
    for credentials in (grpc.ssl_channel_credentials(root), grpc.ssl_channel_credentials(root, *pair(key, cert))):
        with grpc.secure_channel(address, credentials) as channel, pytest.raises(grpc.RpcError) as error:
            Stub(channel).list(pb.ListSessionsRequest(), timeout=10)
        assert error.value.code() == grpc.StatusCode.UNAVAILABLE
    with grpc.insecure_channel(address) as channel, pytest.raises(grpc.RpcError):
        Stub(channel).list(pb.ListSessionsRequest(), timeout=10)


def pair(key, cert):
    return key.read_bytes(), cert.read_bytes()


@pytest.mark.parametrize(
    "address, said",
    [("0.0.0.0:0", "nobody is authenticated"), ("127.0.0.1", "HOST:PORT"), ("127.0.0.1:x", "no gRPC server")],
)
def test_addresses_that_strangers_reach_or_that_are_none_are_refused(address, said, tmp_path):
    command = [BINARY, "serve", "--port", "0", "--data", str(tmp_path), "--grpc", address]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode in (2, 4) and said in done.stderr
