"""What the policy does not allow starts through no door."""

import contextlib
import json

import pytest
from rpc_doors import RPC_DOORS

from doors import DOORS, DoorError
from e2e import bundles, reviewing
from e2e.server import Server

REFUSALS = {"failed_precondition", "permission_denied", "EXECUTION_ERROR", "FACTORY_ERROR", "VALIDATION_ERROR"}
HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}},
}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """With a version that waits for its review, one that is rejected, and a folder that is denied in part."""
    policy = tmp_path_factory.mktemp("policy") / "policy.yaml"
    rules = [
        {"namespace": "shop", "require": {"approvals": 1}},
        {"namespace": "free", "allow": True},
        {"namespace": "native", "deny": "not here"},
        {"namespace": "*", "source": "folder", "allow": True},
    ]
    policy.write_text(json.dumps({"policy": 1, "rules": rules}))
    options = ["--policy", str(policy), "--grpc", "127.0.0.1:0", *reviewing.UNCHECKED]
    with Server(*options) as server:
        for name in ("shop/Counter", "free/Counter"):
            for version in ("1.0.0", "1.1.0"):
                assert bundles.publish(server.client, bundles.counter(name, version)).status == 201
        retire = "/v1/environments/free%2FCounter@1.1.0/retire"
        assert server.client.post(retire, {"reason": "old"}).status == 200
        yield server


@pytest.fixture(params=DOORS + RPC_DOORS, ids=lambda kind: kind.name)
def door(request, server):
    door = request.param(server)
    yield door
    with contextlib.suppress(Exception):
        door.close()
    door.leave()


def sessions(server):
    return {each["id"] for each in server.client.get("/v1/sessions?limit=1000").json["sessions"]}


@pytest.mark.parametrize("reference", ["shop/Counter@1.0.0", "shop/Counter", "free/Counter@1.1.0", "native/CartPole"])
def test_a_version_that_is_not_allowed_starts_through_no_door(door, server, reference):
    before = sessions(server)
    with pytest.raises(Exception) as error:
        door.open(reference, seed=1)
    if isinstance(error.value, DoorError):
        assert error.value.code in REFUSALS | {"not_found"}, error.value
    assert sessions(server) == before


def test_a_version_that_is_allowed_starts_through_the_same_door(door):
    door.open("free/Counter@1.0.0", seed=1)
    assert door.session


def test_the_other_doors_of_http_start_it_neither(server):
    before = sessions(server)
    for path, body in [
        ("/sessions", {"env_id": "shop/Counter@1.0.0"}),
        ("/openenv/shop%2FCounter@1.0.0/reset", {}),
        ("/openenv/shop%2FCounter@1.0.0/step", {"action": 1}),
        ("/v1/mcp/shop/Counter@1.0.0", HELLO),
        ("/v1/sessions/batch", {"environment": "shop/Counter@1.0.0", "count": 2}),
    ]:
        assert server.client.post(path, body).status >= 400, path
        assert sessions(server) == before, path
