import Digest
import Foundations
import JSON
import Spaces
import Workers

/// What a record says, read from its canonical bytes.
public struct RecordContent: Sendable {
    public enum Call: Sendable {
        case reset(seed: Int64?, options: JSONObject)
        case step(action: Value)
        /// Random numbers started anew where a branch began; of no record.
        case reseed(Int64)
    }

    public enum Observation: Sendable {
        case value(Value)
        /// SHA-256 of its canonical bytes: the value was not kept.
        case digest(Digest32)
    }

    public struct Outcome: Sendable {
        public var observation: Observation
        public var reward: PerAgent<Double?>
        public var terminated: PerAgent<Bool>
        public var truncated: PerAgent<Bool>
        public var info: JSONValue
        /// Reward, terminated and truncated of a step of a vector session: arrays of all rows, instead of those above.
        var rows: [Value]?

        public var rewardJSON: JSONValue {
            rows.map { $0[0].json } ?? reward.json { $0.map { .number($0) } ?? .null }
        }
        public var terminatedJSON: JSONValue { rows.map { $0[1].json } ?? terminated.json { .bool($0) } }
        public var truncatedJSON: JSONValue { rows.map { $0[2].json } ?? truncated.json { .bool($0) } }
    }

    public enum Result: Sendable {
        case outcome(Outcome)
        /// The environment was asked and failed, with this code.
        case error(String)
    }

    public var call: Call
    public var result: Result

    /// - Throws: `invalid_argument` where the bytes are no record.
    public init(_ bytes: [UInt8]) throws(Failure) {
        var input = ContentInput(bytes[...])
        if bytes.first == 0x13 {
            _ = try input.take(1)
            var inner = ContentInput(try input.counted())
            call = try inner.call()
            guard let code = String(validating: try input.counted(), as: UTF8.self) else {
                throw ContentInput.malformed("an error code is no text")
            }
            result = .error(code)
            guard inner.rest.isEmpty else { throw ContentInput.malformed("an error has too many bytes") }
        } else {
            call = try input.call()
            result = .outcome(try input.outcome())
        }
        guard input.rest.isEmpty else { throw ContentInput.malformed("it has too many bytes") }
    }

    public var outcome: Outcome? { if case .outcome(let outcome) = result { outcome } else { nil } }
}

/// Reads parts of a record; see `docs/records.md`.
private struct ContentInput {
    var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    mutating func call() throws(Failure) -> RecordContent.Call {
        switch try number(UInt8.self) {
        case 0x11, 0x91:
            let seed = try optional().map { Int64(bitPattern: $0) }
            guard let options = try json().object else { throw Self.malformed("the options are no object") }
            return .reset(seed: seed, options: options)
        case 0x12, 0x92: return .step(action: try Value(canonicalPrefix: &rest))
        default: throw Self.malformed("it is neither a reset nor a step")
        }
    }

    mutating func outcome() throws(Failure) -> RecordContent.Outcome {
        let observation: RecordContent.Observation
        if rest.first == 5 {
            _ = try take(1)
            guard let digest = Digest32(bytes: try take(32)) else { throw Self.malformed("a digest is cut") }
            observation = .digest(digest)
        } else {
            observation = .value(try Value(canonicalPrefix: &rest))
        }
        if rest.starts(with: Self.rowsMark) { return try rows(observation) }
        let reward = try perAgent { (input) throws(Failure) in try input.optional().map { Double(bitPattern: $0) } }
        let terminated = try perAgent { (input) throws(Failure) in try input.flag() }
        let truncated = try perAgent { (input) throws(Failure) in try input.flag() }
        return RecordContent.Outcome(
            observation: observation, reward: reward, terminated: terminated, truncated: truncated, info: try json())
    }

    private static let rowsMark: [UInt8] = [0xfe, 0xff, 0xff, 0xff]

    private mutating func rows(_ observation: RecordContent.Observation) throws(Failure) -> RecordContent.Outcome {
        _ = try take(Self.rowsMark.count)
        var rows: [Value]?
        if try flag() {
            rows = []
            for _ in 0..<3 { rows?.append(try Value(canonicalPrefix: &rest)) }
        }
        return RecordContent.Outcome(
            observation: observation, reward: .single(nil), terminated: .single(false), truncated: .single(false),
            info: try Value(canonicalPrefix: &rest).json, rows: rows)
    }

    private mutating func perAgent<Item: Sendable>(
        _ read: (inout ContentInput) throws(Failure) -> Item
    ) throws(Failure) -> PerAgent<Item> {
        let count = try number(UInt32.self)
        guard count != .max else { return .single(try read(&self)) }
        var each: [(agent: String, value: Item)] = []
        for _ in 0..<count {
            let agent = String(decoding: try counted(), as: UTF8.self)
            guard !each.contains(where: { $0.agent == agent }) else { throw Self.malformed("an agent stands twice") }
            each.append((agent, try read(&self)))
        }
        return .each(each)
    }

    mutating func take(_ count: Int) throws(Failure) -> ArraySlice<UInt8> {
        guard count >= 0, count <= rest.count else { throw Self.malformed("it ends too early") }
        let taken = rest.prefix(count)
        rest = rest.dropFirst(count)
        return taken
    }

    mutating func counted() throws(Failure) -> ArraySlice<UInt8> {
        guard let count = Int(exactly: try number(UInt64.self)) else { throw Self.malformed("a part is too long") }
        return try take(count)
    }

    private mutating func json() throws(Failure) -> JSONValue {
        let text = Array(try counted())
        do throws(JSONError) { return try JSONValue(parsing: text, limits: JSONLimits(depth: 512)) } catch {
            throw Self.malformed("a part is no JSON")
        }
    }

    private mutating func flag() throws(Failure) -> Bool {
        let byte = try number(UInt8.self)
        guard byte <= 1 else { throw Self.malformed("a flag is neither 0 nor 1") }
        return byte == 1
    }

    private mutating func optional() throws(Failure) -> UInt64? {
        try flag() ? try number(UInt64.self) : nil
    }

    private mutating func number<Number: FixedWidthInteger & BitwiseCopyable>(
        _ type: Number.Type
    ) throws(Failure) -> Number {
        try take(MemoryLayout<Number>.size).withUnsafeBytes { $0.loadUnaligned(as: Number.self) }
    }

    static func malformed(_ what: String) -> Failure {
        Failure(.invalidArgument, "a record of the trajectory is malformed: \(what)")
    }
}
