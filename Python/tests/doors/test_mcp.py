"""The server of the Model Context Protocol, with the official client and by hand."""

from pathlib import Path

import wheels

PLAYER = Path(__file__).with_name("mcp_player.py")
STATELESS = "2026-07-28"
PREFIX = "io.modelcontextprotocol/"
HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}},
}


def call(server, path, body, **headers):
    return server.client.post(path, body, Accept="application/json, text/event-stream", **headers)


def ask(server, path, client, method, **params):
    body = {"jsonrpc": "2.0", "id": 2, "method": method, "params": params}
    return call(server, path, body, Mcp_Session_Id=client, MCP_Protocol_Version="2025-11-25")


def test_the_official_client_plays(server):
    python = wheels.python("0.3.0")
    told = wheels.run(python, PLAYER, "http://%s/v1/mcp/test%%2Fcontract" % server.client.address)
    assert told["version"] == "2025-11-25" and sorted(told["tools"]) == ["act", "observe"]
    assert told["tools"]["act"]["properties"]["action"] == {"type": "integer", "minimum": 0, "maximum": 7}
    assert told["first"]["observation"][0] == 0
    first, second, wrong = told["results"]
    assert first["content"]["observation"][0] == 1 and second["content"]["observation"][0] == 3
    assert not first["error"] and "reward" not in first["content"] and "info" not in first["content"]
    assert wrong["error"] and "action space" in wrong["text"]
    assert told["unknown"]


def test_a_session_of_somebody_else_is_played_and_stays(server):
    server.client.close()  # a connection kept since the tests before may have been idle for too long
    session = server.client.create("test/contract", seed=1)["id"]
    path = "/v1/sessions/%s/mcp" % session
    answer = call(server, path, HELLO)
    name = answer.headers["Mcp-Session-Id"]
    assert answer.json["result"]["protocolVersion"] == "2025-11-25"
    assert answer.json["result"]["capabilities"] == {"tools": {"listChanged": False}}
    done = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    assert call(server, path, done, Mcp_Session_Id=name).status == 202
    assert ask(server, path, name, "ping").json["result"] == {}
    result = ask(server, path, name, "tools/call", name="act", arguments={"action": 2}).json["result"]
    assert result["structuredContent"]["observation"][0] == 3 and result["structuredContent"]["terminated"] is False
    assert ask(server, path, name, "tools/call", name="reset").json["error"]["code"] == -32602
    assert ask(server, path, name, "sessions/reset").json["error"]["code"] == -32601
    assert server.client.call("DELETE", path, headers={"Mcp-Session-Id": name}).status == 200
    assert server.client.read(session)["state"] == "running"
    server.client.delete(session)


def test_the_official_client_plays_a_session_without_a_handshake(server):
    session = server.client.create("test/contract", seed=1)["id"]
    told = wheels.run(wheels.python("0.3.0"), PLAYER, "http://%s/v1/sessions/%s/mcp" % (server.client.address, session))
    assert told["version"] == STATELESS and sorted(told["tools"]) == ["act", "observe"]
    assert [each["error"] for each in told["results"]] == [False, False, True] and told["unknown"]
    assert server.client.read(session)["index"] == 2
    server.client.delete(session)


def alone(server, path, method, headers=None, meta=None, **params):
    """A request that needs nothing before it."""
    meta = {PREFIX + "protocolVersion": STATELESS, PREFIX + "clientCapabilities": {}} if meta is None else meta
    given = {"Mcp-Protocol-Version": STATELESS, "Mcp-Method": method}
    if "name" in params:
        given["Mcp-Name"] = params["name"]
    given = {name: value for name, value in {**given, **(headers or {})}.items() if value is not None}
    body = {"jsonrpc": "2.0", "id": 3, "method": method, "params": {**params, "_meta": meta}}
    return server.client.call("POST", path, body, headers=given)


def test_requests_that_stand_alone_are_answered_and_checked(server):
    session = server.client.create("test/contract", seed=1)["id"]
    path = "/v1/sessions/%s/mcp" % session
    found = alone(server, path, "server/discover").json["result"]
    assert found["supportedVersions"][:2] == [STATELESS, "2025-11-25"] and found["resultType"] == "complete"
    assert found["_meta"][PREFIX + "serverInfo"]["name"] == "corral" and found["cacheScope"] == "private"
    tools = alone(server, path, "tools/list").json["result"]
    assert [tool["name"] for tool in tools["tools"]] == ["act", "observe"] and tools["ttlMs"] == 0
    acted = alone(server, path, "tools/call", {"Mcp-Name": "=?base64?YWN0?="}, name="act", arguments={"action": 2})
    assert acted.json["result"]["structuredContent"]["observation"][0] == 3 and "Mcp-Session-Id" not in acted.headers
    refused = [
        (alone(server, path, "tools/call", {"Mcp-Name": "act"}, name="observe", arguments={}), 400, -32020),
        (alone(server, path, "tools/call", {"Mcp-Name": None}, name="act", arguments={"action": 2}), 400, -32020),
        (alone(server, path, "tools/list", {"Mcp-Method": "tools/call"}), 400, -32020),
        (alone(server, path, "tools/list", {"Mcp-Protocol-Version": "2025-11-25"}), 400, -32020),
        (alone(server, path, "tools/list", meta={}), 400, -32602),
        (alone(server, path, "tools/call", name="reset"), 400, -32602),
        (alone(server, path, "sessions/reset"), 404, -32601),
    ]
    for answer, status, code in refused:
        assert (answer.status, answer.json["error"]["code"]) == (status, code)
    future = {PREFIX + "protocolVersion": "2099-01-01", PREFIX + "clientCapabilities": {}}
    later = alone(server, path, "tools/list", {"Mcp-Protocol-Version": "2099-01-01"}, future)
    assert later.status == 400 and later.json["error"]["code"] == -32022
    assert later.json["error"]["data"] == {"supported": found["supportedVersions"], "requested": "2099-01-01"}
    assert server.client.read(session)["index"] == 1
    server.client.delete(session)
    assert alone(server, path, "tools/call", name="act", arguments={"action": 2}).status >= 400


def test_the_session_of_a_client_ends_with_it(server):
    path = "/v1/mcp/test/contract"
    before = server.client.get("/v1/health").json["sessions"]
    name = call(server, path, HELLO).headers["Mcp-Session-Id"]
    assert server.client.get("/v1/health").json["sessions"] == before + 1
    assert server.client.call("DELETE", path, headers={"Mcp-Session-Id": name}).status == 200
    assert server.client.get("/v1/health").json["sessions"] == before
    assert ask(server, path, name, "ping").status == 404


def test_what_the_transport_refuses(server):
    path = "/v1/mcp/test/contract"
    assert call(server, path, b"{").json["error"]["code"] == -32700
    assert call(server, path, {"jsonrpc": "1.0"}).status == 400
    assert call(server, path, {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}).status == 400
    assert ask(server, path, "nobody", "tools/list").status == 404
    late = {"jsonrpc": "2.0", "id": 1, "method": "server/discover"}
    assert call(server, path, late, MCP_Protocol_Version="2099-01-01").json["error"]["code"] == -32022
    assert server.client.get(path).status == 405
    assert call(server, "/v1/mcp/none/Such", HELLO).status == 404
    assert call(server, path, HELLO, Origin="https://evil.example").status == 403
