import Digest

/// One frame of a trajectory file: kind, lengths, head, body, and a seal over all of it and the seal before.
///
/// The seals chain the frames as they are stored; whatever is changed, left out or put elsewhere breaks them.
struct Frame {
    enum Kind: UInt8 {
        case header = 0x48
        case chunk = 0x43
        case index = 0x49
        case end = 0x45
    }

    /// Kind, length of the head (u32), length of the body (u32).
    static let prefixCount = 9
    static let sealCount = 32
    static let magic: [UInt8] = Array("CORRTRJ1".utf8)
    /// Behind the last frame: offset of the index (u64), offset of the end (u64), this.
    static let footerMagic: [UInt8] = Array("CORRTRJE".utf8)
    static let footerCount = 24
    /// The seal before the first frame.
    static let noSeal = Digest32(bytes: [UInt8](repeating: 0, count: 32)) ?? SHA256.hash([])

    let kind: Kind
    let head: [UInt8]
    let body: [UInt8]

    /// - Parameter seal: Of the frame before; becomes this one's.
    func encoded(after seal: inout Digest32) -> [UInt8] {
        var bytes: [UInt8] = [kind.rawValue]
        bytes.reserveCapacity(Self.prefixCount + head.count + body.count + Self.sealCount)
        bytes.putNumber(UInt32(truncatingIfNeeded: head.count))
        bytes.putNumber(UInt32(truncatingIfNeeded: body.count))
        bytes.append(contentsOf: head)
        bytes.append(contentsOf: body)
        seal = Self.seal(of: bytes[...], after: seal)
        seal.append(to: &bytes)
        return bytes
    }

    /// - Parameter content: The frame without its seal.
    static func seal(of content: ArraySlice<UInt8>, after seal: Digest32) -> Digest32 {
        var hash = SHA256()
        hash.update(seal.bytes)
        hash.update(content)
        return hash.finish()
    }
}

/// The head of a chunk.
struct ChunkHead: Equatable {
    static let count = 80

    /// Counts chunks from 0.
    var sequence: UInt32
    /// Of its first record in the session.
    var first: UInt64
    var records: UInt32
    /// The episode before its first record; -1 before the first reset.
    var episode: Int64
    /// Bytes of all records.
    var recordBytes: UInt64
    /// Bytes of the body before it was compressed.
    var bodyBytes: UInt64
    /// The link of the chain after its last record.
    var link: Digest32

    func encoded() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.putNumber(sequence)
        bytes.putNumber(records)
        bytes.putNumber(first)
        bytes.putNumber(episode)
        bytes.putNumber(recordBytes)
        bytes.putNumber(bodyBytes)
        bytes.append(contentsOf: [UInt8](repeating: 0, count: 8))
        link.append(to: &bytes)
        return bytes
    }

    init(
        sequence: UInt32, first: UInt64, records: UInt32, episode: Int64, recordBytes: UInt64, bodyBytes: UInt64,
        link: Digest32
    ) {
        self.sequence = sequence
        self.first = first
        self.records = records
        self.episode = episode
        self.recordBytes = recordBytes
        self.bodyBytes = bodyBytes
        self.link = link
    }

    init(_ bytes: ArraySlice<UInt8>) throws(Damage) {
        guard bytes.count == Self.count else { throw Damage("the head of a chunk has \(bytes.count) bytes") }
        var input = ByteInput(bytes)
        sequence = try input.number()
        records = try input.number()
        first = try input.number()
        episode = try input.number()
        recordBytes = try input.number()
        bodyBytes = try input.number()
        guard try input.number(UInt64.self) == 0 else { throw Damage("the head of a chunk has unknown parts") }
        guard let link = Digest32(bytes: try input.take(32)) else { throw Damage("a link is no digest") }
        self.link = link
        guard records > 0, first <= UInt64(Int32.max) << 20, episode >= -1, episode <= Int64(Int32.max) << 20 else {
            throw Damage("the head of a chunk has impossible numbers")
        }
    }
}
