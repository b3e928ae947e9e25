import Foundations
import JSON
import Reactor
import Sessions

/// A session without a WebSocket, or with one that came for it.
struct HeldSession {
    let environment: String
    let owner: Caller
    var isAttached = false
    var isClosing = false
}

/// OpenEnv's own JSON-RPC; a standard client of the Model Context Protocol uses `/v1/mcp`.
extension OpenEnvDoor {
    func rpc(_ body: [UInt8], environment: String, caller: Caller) async -> JSONValue {
        guard let message = try? JSONValue(parsing: body) else { return Self.problem(-32700, "Parse error", nil) }
        let known = ["jsonrpc", "method", "params", "id"]
        guard let object = message.object, object["jsonrpc"] == "2.0", let method = object["method"]?.string,
            object.keys.allSatisfy(known.contains)
        else { return Self.problem(-32600, "Invalid Request", message["id"]) }
        let id = object["id"] ?? .null
        let params = object["params"]?.object ?? [:]
        switch method {
        case "tools/list": return Self.problem(-32603, "Environment does not support MCP", id)
        case "tools/call":
            guard params["name"]?.string != nil else { return Self.problem(-32602, "Missing 'name' in params", id) }
            return Self.problem(-32603, "Environment does not support MCP", id)
        case "openenv/session/create": return await create(environment, caller, id)
        case "openenv/session/close": return await close(params["session_id"]?.string, caller, id)
        default: return Self.problem(-32601, "Method not found: \(method.prefix(200))", id)
        }
    }

    private func create(_ environment: String, _ caller: Caller, _ id: JSONValue) async -> JSONValue {
        held = held.filter { (try? service.summary($0.key, caller: $0.value.owner))?.isReachable ?? false }
        do throws(Failure) {
            let session = try await start(environment, instance: nil, caller)
            held[session] = HeldSession(environment: environment, owner: caller)
            return ["jsonrpc": "2.0", "id": id, "result": ["session_id": .string("\(session)")]]
        } catch {
            guard error.code == .resourceExhausted else { return Self.problem(-32603, error.message, id) }
            let counts: JSONValue = [
                "active_sessions": .integer(Int64(service.liveSessions)),
                "max_sessions": .integer(Int64(service.limits.maxSessions)),
            ]
            return Self.problem(-32000, error.message, id, data: counts)
        }
    }

    private func close(_ text: String?, _ caller: Caller, _ id: JSONValue) async -> JSONValue {
        guard let text else { return Self.problem(-32602, "Missing 'session_id' in params", id) }
        guard let session = UniqueID(text), let known = held[session], known.owner.tenant == caller.tenant else {
            return Self.problem(-32602, "Unknown session_id: \(text.prefix(100))", id)
        }
        if known.isAttached {
            held[session]?.isClosing = true
            return [
                "jsonrpc": "2.0", "id": id,
                "result": ["session_id": .string(text), "closed": false, "closing": true],
            ]
        }
        held[session] = nil
        _ = try? await service.close(session, caller: known.owner)
        return ["jsonrpc": "2.0", "id": id, "result": ["session_id": .string(text), "closed": true]]
    }

    private nonisolated static func problem(
        _ code: Int64, _ message: String, _ id: JSONValue?, data: JSONValue? = nil
    ) -> JSONValue {
        var error: JSONValue = ["code": .integer(code), "message": .string(message)]
        if let data { error["data"] = data }
        return ["jsonrpc": "2.0", "id": id ?? .null, "error": error]
    }
}
