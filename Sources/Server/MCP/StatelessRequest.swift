import Foundations
import JSON

/// A request of the version without a handshake, which tells everything about itself, checked.
///
/// Streamable HTTP of 2026-07-28: the fields of `_meta`, and the headers that repeat what the body says.
struct StatelessRequest {
    static let version = "2026-07-28"
    private static let versionKey = "io.modelcontextprotocol/protocolVersion"
    private static let capabilitiesKey = "io.modelcontextprotocol/clientCapabilities"

    /// Why a request is refused, in JSON-RPC's numbers; goes with status 400.
    struct Problem: Error, Equatable {
        let code: Int64
        let text: String
    }

    /// Whether a message is meant to stand alone: it, or its header, names a version.
    static func isMeant(_ message: MCPMessage, header: String?) -> Bool {
        header == version || message.params["_meta"]?[versionKey] != nil
    }

    /// - Throws: -32602 where `_meta` lacks what it needs, -32020 where a header says something else than the body, -32022
    ///   for another version.
    static func check(_ message: MCPMessage, header: (String) -> String?) throws(Problem) {
        guard let meta = message.params["_meta"]?.object, let version = meta[versionKey]?.string,
            meta[capabilitiesKey]?.object != nil
        else {
            throw Problem(code: -32602, text: "_meta needs \(versionKey) and \(capabilitiesKey)")
        }
        var repeated = [("MCP-Protocol-Version", version), ("Mcp-Method", message.method)]
        if message.method == "tools/call", let name = message.params["name"]?.string {
            repeated.append(("Mcp-Name", name))
        }
        for (name, value) in repeated where header(name).flatMap(decoded) != value {
            throw Problem(code: -32020, text: "the header \(name) does not say what the body says")
        }
        guard version == Self.version else {
            throw Problem(code: -32022, text: "version \(version.prefix(40)) is not spoken")
        }
    }

    /// The text of a header, which may be wrapped: `=?base64?…?=`.
    static func decoded(_ header: String) -> String? {
        guard header.hasPrefix("=?base64?"), header.hasSuffix("?="), header.count >= 11 else { return header }
        return Base64.decode(header.dropFirst(9).dropLast(2)).flatMap { String(validating: $0, as: UTF8.self) }
    }
}
