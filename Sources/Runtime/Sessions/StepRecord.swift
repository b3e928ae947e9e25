import Digest
import Foundations
import Workers

/// One accepted reset or step, as it is hashed; see `docs/records.md`.
public struct StepRecord: Sendable {
    public let session: UniqueID
    public let index: Int
    public let episode: Int
    /// The canonical bytes that the hash covers.
    public let canonical: [UInt8]
    /// The link of this step: SHA-256 over the link before it and the canonical bytes.
    public let link: Digest32
    /// The link before it.
    public let previous: Digest32
    /// The seed that the chain begins with.
    public let originSeed: Int64?
    /// Who acts next, where agents take turns.
    public let agent: String?
    public let time: Timestamp
    /// How long the environment took.
    public let duration: Duration
    /// Nil for a reset, an error, and the rows of a vector session.
    public var outcome: StepOutcome?

    /// Whether it is a step that was answered.
    public var isStep: Bool { canonical.first == RecordWriter.Tag.step.rawValue }
}

/// Builds the canonical bytes of a record: a sequence of tagged parts, each with its length where it has one.
struct RecordWriter {
    enum Tag: UInt8 {
        case origin = 0x10
        case reset = 0x11
        case step = 0x12
        case error = 0x13
        case reseed = 0x14
    }

    private(set) var bytes: [UInt8]

    init(_ tag: Tag) {
        bytes = [tag.rawValue]
        bytes.reserveCapacity(256)
    }

    mutating func put(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// A part of known structure, as it is.
    mutating func put(canonical part: [UInt8]) { bytes.append(contentsOf: part) }

    /// Bytes with their length in front.
    mutating func put(counted part: some Collection<UInt8>) {
        put(UInt64(part.count))
        bytes.append(contentsOf: part)
    }

    /// One byte that tells whether there is a value, then its bit pattern.
    mutating func put(_ value: Double?) {
        put(UInt8(value == nil ? 0 : 1))
        if let value { put(value.bitPattern) }
    }

    mutating func put(_ value: Int64?) {
        put(UInt8(value == nil ? 0 : 1))
        if let value { put(value) }
    }

    mutating func put(_ flag: Bool) { put(UInt8(flag ? 1 : 0)) }
}

/// The SHA-256 chain over a session's records.
public struct RecordChain: Sendable {
    public private(set) var link: Digest32

    /// Goes on from a link.
    public init(after link: Digest32) { self.link = link }

    /// The chain begins with what determines the session: version digest, instance, parameters and seed.
    ///
    /// - Parameters:
    ///   - parameters: RFC 8785 JSON.
    ///   - rows: Of a vector session.
    public init(versionDigest: String, instance: String?, parameters: [UInt8], seed: Int64?, rows: RowsOffer? = nil) {
        var origin = RecordWriter(.origin)
        origin.put(counted: versionDigest.utf8)
        origin.put(instance != nil)
        origin.put(counted: (instance ?? "").utf8)
        origin.put(counted: parameters)
        origin.put(seed)
        if let rows {
            origin.put(UInt32(clamping: rows.count))
            origin.put(counted: rows.autoreset.utf8)
        }
        link = SHA256.hash(origin.bytes)
    }

    /// Goes on from a link.
    init(link: Digest32) { self.link = link }

    /// A branch's random numbers start anew: a link of its own, which no index has.
    public mutating func reseed(_ seed: Int64) {
        var record = RecordWriter(.reseed)
        record.put(seed)
        _ = append(record.bytes)
    }

    public mutating func append(_ canonical: [UInt8]) -> Digest32 {
        var hash = SHA256()
        hash.update(link.bytes)
        hash.update(canonical)
        link = hash.finish()
        return link
    }
}

extension RecordWriter {
    mutating func put(_ values: PerAgent<Double?>) {
        put(values) { writer, value in writer.put(value) }
    }

    mutating func put(_ values: PerAgent<Bool>) {
        put(values) { writer, value in writer.put(value) }
    }

    /// One value, or their count and each with its agent's name, sorted by it.
    private mutating func put<Value>(_ values: PerAgent<Value>, _ put: (inout RecordWriter, Value) -> Void) {
        switch values {
        case .single(let value):
            self.put(UInt32.max)
            put(&self, value)
        case .each(let each):
            self.put(UInt32(each.count))
            for (agent, value) in each.sorted(by: { $0.agent.utf8.lexicographicallyPrecedes($1.agent.utf8) }) {
                self.put(counted: agent.utf8)
                put(&self, value)
            }
        }
    }
}
