import Digest
import Foundations
import Glibc
import JSON
import Zstd

/// A trajectory file, open for reading. Blocks; any number of threads may use it.
public final class TrajectoryFile: Sendable {
    /// What a reader accepts of a file from anywhere.
    public struct Limits: Sendable {
        /// Bytes of a header.
        public var header = 64 << 20
        /// Bytes of a chunk, compressed or not, and of its records.
        public var chunk = 1 << 30
        public init() {}
    }

    public let path: String
    public let header: TrajectoryHeader
    /// Nil: it is still written, or was never sealed.
    public let end: TrajectoryEnd?
    /// Bytes at its end that belong to no whole frame.
    public let tornBytes: Int
    let chunks: [ChunkEntry]
    let bytes: FileBytes
    let limits: Limits
    let headerSeal: Digest32
    let firstOffset: Int

    /// - Throws: `not_found`; `failed_precondition` where it is no trajectory, or its beginning or index is damaged.
    public init(_ path: String, limits: Limits = Limits()) throws(Failure) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw Failure(errno == ENOENT ? .notFound : .failedPrecondition, "cannot read \(path): \(errnoText())")
        }
        var status = stat()
        fstat(descriptor, &status)
        let bytes = FileBytes(descriptor: descriptor, size: Int(status.st_size))
        self.path = path
        self.bytes = bytes
        self.limits = limits
        do throws(Damage) {
            let (header, seal, next) = try Self.header(bytes, limits)
            (self.header, headerSeal, firstOffset) = (header, seal, next)
            if let (chunks, end) = try Self.footer(bytes) {
                (self.chunks, self.end, tornBytes) = (chunks, end, 0)
            } else {
                let scan = FileScan(bytes, from: next, seal: seal, base: header.base, checks: false)
                (chunks, end, tornBytes) = (scan.chunks, nil, bytes.size - scan.end)
            }
        } catch {
            close(descriptor)
            throw Failure(.failedPrecondition, "\(path) is damaged, or no trajectory: \(error.text)")
        }
    }

    deinit { close(bytes.descriptor) }

    /// Bytes.
    public var size: Int { bytes.size }
    public var chunkCount: Int { chunks.count }
    /// The indices of its records.
    public var indices: Range<Int> {
        guard let first = chunks.first, let last = chunks.last else { return 0..<0 }
        return first.first..<last.first + last.count
    }

    /// Bytes of the file as they are.
    ///
    /// - Throws: `failed_precondition` where it has become shorter.
    public func raw(_ range: Range<Int>) throws(Failure) -> [UInt8] {
        do throws(Damage) { return try bytes.read(range.lowerBound, range.count) } catch {
            throw Failure(.failedPrecondition, "the trajectory \(header.id): \(error.text)")
        }
    }

    private static func header(
        _ bytes: FileBytes, _ limits: Limits
    ) throws(Damage) -> (TrajectoryHeader, Digest32, Int) {
        guard try bytes.read(0, Frame.magic.count) == Frame.magic else { throw Damage("it does not begin as one") }
        let offset = Frame.magic.count
        let prefix = try bytes.prefix(at: offset)
        guard prefix.head == 8, prefix.body <= limits.header else { throw Damage("the header is too large") }
        let frame = try bytes.frame(at: offset, as: .header)
        var input = ByteInput(frame.head)
        let count = try input.count(UInt64.self)
        guard count <= limits.header else { throw Damage("the header is too large") }
        let text = try decompress(frame.body, count: count)
        do {
            let header = try TrajectoryHeader(JSONValue(parsing: text, limits: JSONLimits(depth: 128)))
            return (header, frame.seal, offset + prefix.total)
        } catch { throw Damage("its header cannot be read: \((error as? Failure)?.message ?? "\(error)")") }
    }

    /// Nil where there is none.
    private static func footer(_ bytes: FileBytes) throws(Damage) -> ([ChunkEntry], TrajectoryEnd)? {
        guard bytes.size >= Frame.footerCount,
            let footer = try? bytes.read(bytes.size - Frame.footerCount, Frame.footerCount),
            footer.suffix(8).elementsEqual(Frame.footerMagic)
        else { return nil }
        var input = ByteInput(footer[...])
        let (index, end) = (try input.count(UInt64.self), try input.count(UInt64.self))
        guard index >= Frame.magic.count + Frame.sealCount else { throw Damage("the index is out of place") }
        let table = try bytes.frame(at: index, as: .index)
        let summary = try bytes.frame(at: end, as: .end, after: table.seal)
        guard let json = try? JSONValue(parsing: Array(summary.head)) else { throw Damage("the end cannot be read") }
        let chunks = try ChunkEntry.read(table.body)
        guard (chunks.last?.offset ?? 0) < index else { throw Damage("the index is out of order") }
        return (chunks, try TrajectoryEnd(json))
    }

    /// Reads one chunk, checked by its own seal.
    ///
    /// - Parameter number: From 0.
    /// - Throws: `failed_precondition` that names the chunk where it is damaged.
    public func chunk(_ number: Int) throws(Failure) -> TrajectoryChunk {
        do throws(Damage) { return try chunkOrDamage(number, after: nil).chunk } catch {
            throw damaged(number, error)
        }
    }

    func damaged(_ number: Int, _ damage: Damage) -> Failure {
        Failure(
            .failedPrecondition, "chunk \(number) of the trajectory \(header.id) is damaged: \(damage.text)",
            next: "`corral trajectory verify` looks at all of it", details: ["chunk": "\(number)"])
    }

    func chunkOrDamage(
        _ number: Int, after seal: Digest32?
    ) throws(Damage) -> (chunk: TrajectoryChunk, seal: Digest32) {
        guard chunks.indices.contains(number) else { throw Damage("there is none") }
        let entry = chunks[number]
        let prefix = try bytes.prefix(at: entry.offset)
        guard prefix.body <= limits.chunk else { throw Damage("it is too large") }
        let frame = try bytes.frame(at: entry.offset, as: .chunk, after: seal)
        let head = try ChunkHead(frame.head)
        guard head.sequence == UInt32(truncatingIfNeeded: number) else {
            throw Damage("it says it is chunk \(head.sequence)")
        }
        guard head.first == UInt64(entry.first), head.records == UInt32(truncatingIfNeeded: entry.count) else {
            throw Damage("it has other records than the index says")
        }
        return (try Self.chunk(head, frame.body, limits), frame.seal)
    }

    static func chunk(
        _ head: ChunkHead, _ body: ArraySlice<UInt8>, _ limits: Limits
    ) throws(Damage) -> TrajectoryChunk {
        guard let bodyBytes = Int(exactly: head.bodyBytes), bodyBytes <= limits.chunk,
            let recordBytes = Int(exactly: head.recordBytes), recordBytes <= limits.chunk
        else { throw Damage("it is too large") }
        let content = try decompress(body, count: bodyBytes)
        let decoder = try ChunkDecoder(content, count: Int(head.records), byteCount: recordBytes)
        return TrajectoryChunk(head: head, decoder: decoder)
    }

    private static func decompress(_ bytes: ArraySlice<UInt8>, count: Int) throws(Damage) -> [UInt8] {
        do throws(ZstdError) { return try ZstdDecompressor.content(of: bytes, count: count) } catch {
            throw Damage("it cannot be decompressed: \(error)")
        }
    }

    /// The chunk that holds an index.
    ///
    /// - Throws: `not_found`.
    public func chunkNumber(of index: Int) throws(Failure) -> Int {
        guard indices.contains(index) else {
            throw Failure(
                .notFound, "the trajectory \(header.id) has no record \(index)",
                next: indices.isEmpty ? "" : "its records are \(indices.lowerBound) to \(indices.upperBound - 1)")
        }
        var (low, high) = (0, chunks.count - 1)
        while low < high {
            let middle = (low + high + 1) / 2
            if chunks[middle].first <= index { low = middle } else { high = middle - 1 }
        }
        return low
    }

    /// Reads one record.
    ///
    /// - Throws: `not_found`, `failed_precondition`.
    public func record(_ index: Int) throws(Failure) -> TrajectoryRecord {
        let number = try chunkNumber(of: index)
        let chunk = try chunk(number)
        guard chunk.indices.contains(index) else { throw damaged(number, Damage("it lacks record \(index)")) }
        return chunk.record(index)
    }

    /// Reads records in order, chunk by chunk.
    ///
    /// - Parameter range: Cut to what there is.
    public func read(
        _ range: Range<Int>? = nil, _ body: (TrajectoryRecord) throws(Failure) -> Void
    ) throws(Failure) {
        let wanted = (range ?? indices).clamped(to: indices)
        guard !wanted.isEmpty else { return }
        for number in try chunkNumber(of: wanted.lowerBound)...(try chunkNumber(of: wanted.upperBound - 1)) {
            let chunk = try chunk(number)
            for index in wanted.clamped(to: chunk.indices) { try body(chunk.record(index)) }
        }
    }
}

/// The records of one chunk.
public struct TrajectoryChunk: Sendable {
    let head: ChunkHead
    private let decoder: ChunkDecoder
    /// Of each record.
    private let episodes: [Int]

    init(head: ChunkHead, decoder: ChunkDecoder) {
        self.head = head
        self.decoder = decoder
        var episode = Int(head.episode)
        episodes = (0..<decoder.count).map { place in
            if StoredRecord.startsEpisode(decoder.tag(at: place)) { episode += 1 }
            return episode
        }
    }

    public var indices: Range<Int> { Int(head.first)..<Int(head.first) + decoder.count }
    /// The link after its last record.
    public var link: Digest32 { head.link }
    var lastEpisode: Int { episodes.last ?? Int(head.episode) }

    /// - Parameter index: One of `indices`.
    public func record(_ index: Int) -> TrajectoryRecord {
        let place = index - Int(head.first)
        return TrajectoryRecord(index: index, episode: episodes[place], stored: decoder.record(at: place))
    }
}

/// One record with its place in the session.
public struct TrajectoryRecord: Sendable {
    public let index: Int
    public let episode: Int
    public let stored: StoredRecord
}

extension StoredRecord {
    var startsEpisode: Bool { Self.startsEpisode(bytes.first) }

    static func startsEpisode(_ tag: UInt8?) -> Bool { tag == 0x11 || tag == 0x91 }
}
