import Foundations
import HTTP
import JSON
import Sessions

extension MCPDoor {
    /// Answers a request that needs no handshake.
    func alone(
        _ message: MCPMessage, _ request: HTTPRequest, _ session: UniqueID, _ caller: Caller
    ) async throws(Failure) -> HTTPResponse {
        guard message.id != nil else { return HTTPResponse(status: 202) }
        do throws(StatelessRequest.Problem) { try StatelessRequest.check(message, header: request.header) } catch {
            if error.code == -32022 {
                return Self.unspoken(request.header("mcp-protocol-version") ?? "", message.id, .session(session))
            }
            return Self.problem(400, message.id, error.code, error.text)
        }
        _ = try service.keepAlive(session, caller: caller)
        let client = Client(session: session, caller: caller, path: request.path, isOwner: false)
        var result: JSONObject
        if message.method == "server/discover" {
            result = [
                "supportedVersions": .array(Self.versions(at: .session(session))), "capabilities": Self.capabilities,
                "instructions": try instructions(client),
            ]
        } else {
            switch try await run(message, client) {
            case .result(let answer): result = answer
            case .problem(let code, let text): return Self.problem(code == -32601 ? 404 : 400, message.id, code, text)
            }
        }
        result["resultType"] = "complete"
        result["_meta"] = ["io.modelcontextprotocol/serverInfo": information]
        if message.method != "tools/call" {  // how long it may be kept: it costs nothing to ask again
            result["ttlMs"] = 0
            result["cacheScope"] = "private"
        }
        return Self.result(message.id, .object(result))
    }

    private nonisolated static func versions(at target: Target) -> [JSONValue] {
        guard case .session = target else { return versions.map(JSONValue.string) }
        return ([StatelessRequest.version] + versions).map(JSONValue.string)
    }

    nonisolated static func unspoken(_ version: String, _ id: JSONValue?, _ target: Target) -> HTTPResponse {
        let data: JSONValue = [
            "supported": .array(versions(at: target)), "requested": .string(String(version.prefix(40))),
        ]
        return problem(400, id, -32022, "version \(version.prefix(40)) is not spoken", data: data)
    }
}
