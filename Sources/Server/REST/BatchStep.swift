import Foundations
import JSON

/// One of the steps of `POST /v1/steps`.
package struct BatchStep: Sendable {
    package let session: UniqueID
    package let action: [UInt8]
    package let index: Int?

    /// The most steps of one request.
    static let limit = 16_384

    /// - Parameter raw: A JSON array of `{"session","action","index"}`.
    /// - Returns: One result a step: a step that cannot be read does not hinder the others.
    package static func read(_ raw: ArraySlice<UInt8>) throws(Failure) -> [Result<BatchStep, Failure>] {
        let ranges: [[UInt8]]
        guard raw.first == UInt8(ascii: "[") else {
            throw Failure(
                .invalidArgument, "the field \"steps\" has to be an array", details: ["field": "steps"])
        }
        do {
            ranges = try elements(of: Array(raw))
        } catch { throw error.failure }
        guard ranges.count <= limit else {
            throw Failure(
                .invalidArgument, "\(ranges.count) steps are more than \(limit)", next: "send several requests")
        }
        return ranges.map { bytes in
            if let step = BatchStep(plain: bytes) { return .success(step) }
            do throws(Failure) { return .success(try BatchStep(bytes)) } catch { return .failure(error) }
        }
    }

    private static let unusual = JSONError(offset: 0, reason: .expected("a step as clients write it"))
    private static let keys = JSONKeyTable(["session", "action", "index"])

    /// Reads a step as clients write it; nil for anything out of the ordinary, which the other way reads or refuses.
    private init?(plain bytes: [UInt8]) {
        var session: UniqueID?
        var action: Range<Int>?
        var index: Int?
        do throws(JSONError) {
            try JSONReader.reading(bytes) { (reader) throws(JSONError) in
                var seen = JSONKeySet()
                try reader.beginObject()
                while let key = try reader.nextKey(in: Self.keys, seen: &seen) {
                    let value = try reader.skipValue()
                    switch key {
                    case .known(0): session = UniqueID(utf8: reader[value].dropFirst().dropLast())
                    case .known(1): action = value
                    case .known(2) where reader[value].elementsEqual("null".utf8): break
                    case .known(2):
                        guard let number = Self.index(reader[value]) else { throw Self.unusual }
                        index = number
                    default: throw Self.unusual
                    }
                }
            }
        } catch { return nil }
        guard let session, let action else { return nil }
        (self.session, self.action, self.index) = (session, Array(bytes[action]), index)
    }

    /// A number of up to 18 digits.
    private static func index(_ digits: UnsafeBufferPointer<UInt8>) -> Int? {
        guard (1...18).contains(digits.count) else { return nil }
        var number = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            number = number * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return number
    }

    /// The places of the steps that have to follow each other, which are those of one session, in the order of the list.
    package static func chains(_ steps: [Result<BatchStep, Failure>]) -> [[Int]] {
        var chains: [[Int]] = []
        var known: [UniqueID: Int] = [:]
        for (place, step) in steps.enumerated() {
            if case .success(let step) = step {
                if let chain = known[step.session] {
                    chains[chain].append(place)
                    continue
                }
                known[step.session] = chains.count
            }
            chains.append([place])
        }
        return chains
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
        let body = try RequestBody(bytes, allowed: ["session", "action", "index"])
        guard let text = try body.string("session"), let session = UniqueID(text) else {
            throw Failure(
                .invalidArgument, "the field \"session\" has to be a session id", details: ["field": "session"])
        }
        self.session = session
        action = Array(try body.raw("action"))
        index = try body.index()
    }
}
