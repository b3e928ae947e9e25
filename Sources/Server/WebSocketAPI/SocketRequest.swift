import Foundations
import JSON
import REST
import Sessions

/// One request of a WebSocket: a JSON object with `op`, an `id` for its answer, and the members of the operation.
struct SocketRequest: Sendable {
    enum Operation: String, CaseIterable, Sendable {
        case create, attach, reset, step, steps, render, interrupt, keepalive, close, fork, watch, unwatch, logs, usage

        /// The members beside `id` and `op`.
        var fields: [String] {
            switch self {
            case .create: SessionRequest.fields + ["count", "idempotency_key"]
            case .reset: ["session", "seed", "options", "index"]
            case .step: ["session", "action", "index"]
            case .steps: ["steps"]
            case .fork: ["session", "count", "seed", "idempotency_key"]
            case .render: ["session", "mode"]
            case .close: ["session", "now"]
            case .logs: ["session", "lines"]
            case .watch: ["session", "frames"]
            case .attach, .interrupt, .keepalive, .unwatch, .usage: ["session"]
            }
        }

        /// Whether it waits for the requests of its session that came before.
        var isInTurn: Bool {
            switch self {
            case .reset, .step, .render, .close, .fork: true
            default: false
            }
        }
    }

    /// The bytes of the id as they came; `null` where there is none.
    let id: [UInt8]
    let operation: Operation
    let body: RequestBody
    /// The answer has the form of the request: a binary message in tensor form.
    let isBinary: Bool

    /// - Throws: `malformed_json`, `invalid_argument`, always with the id if one could be read.
    init(_ bytes: [UInt8], isBinary: Bool) throws(Unreadable) {
        let members: JSONMembers
        do { members = try JSONMembers(parsing: bytes) } catch {
            guard let value = try? JSONValue(parsing: bytes), value.object == nil else {
                throw Unreadable(id: Self.none, failure: error.failure)
            }
            let problem = Failure(.invalidArgument, "a JSON object is needed, not \(value.kindDescription)")
            throw Unreadable(id: Self.none, failure: problem)
        }
        guard let id = Self.id(members["id"]) else {
            let problem = Failure(
                .invalidArgument, "the id of a request has to be an integer, or a string of at most 64 bytes",
                details: ["field": "id"])
            throw Unreadable(id: Self.none, failure: problem)
        }
        do throws(Failure) {
            guard let name = members.string("op") else {
                throw Failure(
                    .invalidArgument, "the field \"op\" is missing", next: "operations are \(Self.names)",
                    details: ["field": "op"])
            }
            guard let operation = Operation(rawValue: name) else {
                let hint = nearest(to: name, among: Operation.allCases.map(\.rawValue))
                throw Failure(
                    .invalidArgument, "there is no operation \"\(name.prefix(100))\"",
                    next: hint.map { "did you mean \"\($0)\"?" } ?? "operations are \(Self.names)",
                    details: ["field": "op"])
            }
            self.id = id
            self.operation = operation
            self.isBinary = isBinary
            body = try RequestBody(members, allowed: ["id", "op"] + operation.fields)
        } catch {
            throw Unreadable(id: id, failure: error)
        }
    }

    struct Unreadable: Error {
        let id: [UInt8]
        let failure: Failure
    }

    /// - Throws: `invalid_argument` where there is none, `not_found` where it cannot be the id of a session.
    func session() throws(Failure) -> UniqueID {
        // As clients write it: a text without escapes.
        let raw = try body.raw("session")
        if let id = UniqueID(utf8: raw.dropFirst().dropLast()) { return id }
        guard let text = try body.string("session") else {
            throw Failure(.invalidArgument, "the field \"session\" is missing", details: ["field": "session"])
        }
        throw Failure(
            .notFound, "there is no session \"\(text.prefix(64))\"",
            next: "session ids are UUIDs, as create returns them")
    }

    static let none = Array("null".utf8)
    private static let names = Operation.allCases.map(\.rawValue).joined(separator: ", ")

    private static func id(_ raw: ArraySlice<UInt8>?) -> [UInt8]? {
        guard let raw else { return none }
        guard raw.count <= 66, let first = raw.first else { return nil }
        switch first {
        case UInt8(ascii: "\""), UInt8(ascii: "n"): return Array(raw)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            let isInteger = raw.allSatisfy { $0 == UInt8(ascii: "-") || (48...57).contains($0) }
            return isInteger ? Array(raw) : nil
        default: return nil
        }
    }
}
