import Foundations
import HTTP
import JSON

/// The JSON object of a request, whose members are read with errors that name them.
package struct RequestBody: Sendable {
    package let members: JSONMembers

    /// - Parameters:
    ///   - allowed: The members that the operation knows; another one is an error that suggests the nearest.
    ///   - isOptional: Whether an empty body stands for `{}`.
    init(_ request: HTTPRequest, allowed: [String], isOptional: Bool = true) throws(Failure) {
        let bytes = request.body.isEmpty && isOptional ? Array("{}".utf8) : request.body
        if let type = request.header("content-type"), !request.body.isEmpty {
            let name = type.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
            guard name == "application/json" || name.hasSuffix("+json") || name == "application/x-www-form-urlencoded"
            else {
                throw Failure(
                    .unsupportedMediaType, "the body is \(name)", next: "send application/json",
                    details: ["content_type": name])
            }
        }
        try self.init(bytes, allowed: allowed)
    }

    package init(_ bytes: [UInt8], allowed: [String]) throws(Failure) {
        do {
            members = try JSONMembers(parsing: bytes)
        } catch {
            guard let value = try? JSONValue(parsing: bytes), value.object == nil else { throw error.failure }
            throw Failure(.invalidArgument, "a JSON object is needed, not \(value.kindDescription)")
        }
        try refuseUnknown(allowed)
    }

    /// - Parameter members: As they were read before.
    package init(_ members: JSONMembers, allowed: [String]) throws(Failure) {
        self.members = members
        try refuseUnknown(allowed)
    }

    private func refuseUnknown(_ allowed: [String]) throws(Failure) {
        for key in members.keys where !allowed.contains(key) {
            let hint = nearest(to: key, among: allowed).map { "did you mean \"\($0)\"?" }
            throw Failure(
                .invalidArgument, "unknown field \"\(key.prefix(100))\"",
                next: hint ?? "known fields: \(allowed.joined(separator: ", "))",
                details: ["field": String(key.prefix(100))])
        }
    }

    package func string(_ key: String) throws(Failure) -> String? {
        try read(key, "a string") { $0.string }
    }

    package func integer(_ key: String) throws(Failure) -> Int? {
        try read(key, "an integer") { $0.integer.flatMap { Int(exactly: $0) } }
    }

    package func index() throws(Failure) -> Int? {
        let index = try integer("index")
        if let index, index < 0 { throw wrongType("index", "an integer from 0, or null") }
        return index
    }

    /// A seed is what every environment takes: 0 to 2⁶³ − 1.
    package func seed() throws(Failure) -> Int64? {
        let seed = try integer("seed")
        if let seed, seed < 0 { throw wrongType("seed", "an integer from 0, or null") }
        return seed.map(Int64.init)
    }

    package func bool(_ key: String, default fallback: Bool) throws(Failure) -> Bool {
        try read(key, "true or false") { $0.bool } ?? fallback
    }

    package func array(_ key: String) throws(Failure) -> [JSONValue]? {
        try read(key, "an array") { $0.array }
    }

    package func object(_ key: String) throws(Failure) -> JSONObject {
        try read(key, "an object") { $0.object } ?? [:]
    }

    package func labels() throws(Failure) -> [String: String] {
        var labels: [String: String] = [:]
        for (key, value) in try object("labels") {
            guard let text = value.string else { throw wrongType("labels/\(key)", "a string") }
            labels[key] = text
        }
        return labels
    }

    /// The bytes of a member that has to be there.
    package func raw(_ key: String) throws(Failure) -> ArraySlice<UInt8> {
        guard let raw = members[key] else {
            throw Failure(.invalidArgument, "the field \"\(key)\" is missing", details: ["field": key])
        }
        return raw
    }

    private func read<Value>(_ key: String, _ expected: String, _ read: (JSONValue) -> Value?) throws(Failure) -> Value?
    {
        guard !members.isNull(key), let value = members.value(key) else { return nil }
        guard let result = read(value) else { throw wrongType(key, expected) }
        return result
    }

    private func wrongType(_ key: String, _ expected: String) -> Failure {
        Failure(.invalidArgument, "the field \"\(key)\" has to be \(expected)", details: ["field": key])
    }
}
