import Foundations
import JSON

/// One of the steps of `POST /v1/steps`.
struct BatchStep: Sendable {
    let session: UniqueID
    let action: [UInt8]
    let index: Int?

    /// The most steps of one request.
    static let limit = 16_384

    /// - Parameter raw: A JSON array of `{"session","action","index"}`.
    /// - Returns: One result a step: a step that cannot be read does not hinder the others.
    static func read(_ raw: ArraySlice<UInt8>) throws(Failure) -> [Result<BatchStep, Failure>] {
        guard raw.first == UInt8(ascii: "[") else {
            throw Failure(.invalidArgument, "the field \"steps\" has to be an array", details: ["field": "steps"])
        }
        let ranges: [[UInt8]]
        do {
            ranges = try elements(of: Array(raw))
        } catch { throw error.failure }
        guard ranges.count <= limit else {
            throw Failure(.invalidArgument, "\(ranges.count) steps are more than \(limit)", next: "send several requests")
        }
        return ranges.map { bytes in
            do throws(Failure) { return .success(try BatchStep(bytes)) } catch { return .failure(error) }
        }
    }

    private static func elements(of bytes: [UInt8]) throws(JSONError) -> [[UInt8]] {
        try JSONReader.reading(bytes) { (reader) throws(JSONError) in
            var elements: [[UInt8]] = []
            try reader.beginArray()
            while try reader.nextElement() { elements.append(Array(bytes[try reader.skipValue()])) }
            try reader.finish()
            return elements
        }
    }

    private init(_ bytes: [UInt8]) throws(Failure) {
        guard bytes.first == UInt8(ascii: "{") else { throw Failure(.invalidArgument, "a step has to be an object") }
        let members: JSONMembers
        do { members = try JSONMembers(parsing: bytes) } catch { throw error.failure }
        for key in members.keys where !["session", "action", "index"].contains(key) {
            throw Failure(.invalidArgument, "unknown field \"\(key.prefix(100))\" in a step")
        }
        guard let text = members.string("session"), let session = UniqueID(text) else {
            throw Failure(.invalidArgument, "a step's session has to be a session id")
        }
        guard let action = members["action"] else { throw Failure(.invalidArgument, "a step needs an action") }
        var index: Int?
        if !members.isNull("index") {
            guard let value = members.integer("index"), value >= 0 else {
                throw Failure(.invalidArgument, "a step's index has to be an integer from 0, or null")
            }
            index = value
        }
        self.session = session
        self.action = Array(action)
        self.index = index
    }
}
