import Foundations
import HTTP
import JSON
import Reactor
import Sessions

/// What a method answers.
enum MCPReply {
    case result(JSONObject)
    /// An error in JSON-RPC's numbers.
    case problem(Int64, String)
}

extension MCPDoor {
    /// The methods that all versions have.
    func run(_ message: MCPMessage, _ client: Client) async throws(Failure) -> MCPReply {
        switch message.method {
        case "tools/list":
            let summary = try service.summary(client.session, caller: client.caller)
            guard let spaces = summary.spaces else { throw Failure(.internal, "the session has no spaces") }
            return .result(["tools": MCPTools.list(spaces, environment: summary.environment)])
        case "tools/call":
            guard let name = message.params["name"]?.string else {
                return .problem(-32602, "the name of the tool is missing")
            }
            let arguments = message.params["arguments"] ?? [:]
            guard let arguments = arguments.object else {
                return .problem(-32602, "the arguments have to be an object")
            }
            guard [MCPTools.act, MCPTools.observe].contains(name) else {
                return .problem(-32602, "Unknown tool: \(name.prefix(100))")
            }
            return .result(await call(name, arguments, client))
        default: return .problem(-32601, "Method not found: \(message.method.prefix(100))")
        }
    }

    /// What goes wrong in a tool is told to the model, which may do better.
    private func call(_ name: String, _ arguments: JSONObject, _ client: Client) async -> JSONObject {
        do throws(Failure) {
            if name == MCPTools.observe { return try await observe(client) }
            let space = try service.summary(client.session, caller: client.caller).spaces?.action
            guard let action = MCPTools.action(arguments, in: space) else {
                throw Failure(.invalidAction, "the argument `action`, and no other, is needed")
            }
            let answer = try await service.step(client.session, action: action, index: nil, caller: client.caller)
            return try MCPTools.result(answer)
        } catch {
            return MCPTools.failure(error)
        }
    }

    private func observe(_ client: Client) async throws(Failure) -> JSONObject {
        guard let answer = try await service.lastAnswer(client.session, caller: client.caller) else {
            throw Failure(.notReset, "nothing was observed yet", next: "wait for the session's reset")
        }
        return try MCPTools.result(answer)
    }
}
