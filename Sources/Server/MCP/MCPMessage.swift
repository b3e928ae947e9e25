import JSON

/// One JSON-RPC message of a client, checked.
struct MCPMessage: Sendable {
    let method: String
    let params: JSONObject
    /// Nil for a notification.
    let id: JSONValue?

    /// Why a body is no request, in JSON-RPC's numbers.
    struct Problem: Error, Equatable {
        let code: Int64
        let text: String

        static let parse = Problem(code: -32700, text: "the body is no JSON")
        static let invalid = Problem(code: -32600, text: "the body is no JSON-RPC request")
    }

    enum Kind {
        case call(MCPMessage)
        /// An answer to a request of the server, which sends none.
        case answer
    }

    static func read(_ body: [UInt8]) throws(Problem) -> Kind {
        let value: JSONValue
        do { value = try JSONValue(parsing: body) } catch { throw .parse }
        guard let object = value.object, object["jsonrpc"] == "2.0" else { throw .invalid }
        if object["method"] == nil, object["result"] != nil || object["error"] != nil { return .answer }
        guard let method = object["method"]?.string else { throw .invalid }
        let params = object["params"] ?? [:]
        guard let params = params.object else { throw .invalid }
        switch object["id"] {
        case nil: return .call(MCPMessage(method: method, params: params, id: nil))
        case .string(let text)?: return .call(MCPMessage(method: method, params: params, id: .string(text)))
        case .integer(let number)?: return .call(MCPMessage(method: method, params: params, id: .integer(number)))
        default: throw .invalid
        }
    }
}
