import Digest
import Foundations
import Glibc
import JSON
import Zstd

/// Writes one trajectory file. Blocks: for threads that may. What `append` returned for survives the process.
///
/// The file is locked while it is written, so that nobody takes it for abandoned.
public final class TrajectoryWriter {
    public let path: String
    private let descriptor: CInt
    private let level: Int
    private var seal = Frame.noSeal
    private var chunks: [ChunkEntry] = []
    private var offset = 0
    private var next = 0
    private var episode = -1
    private var link: Digest32

    /// The most bytes of a chunk's records that a reader accepts.
    private static let chunkLimit = TrajectoryFile.Limits().chunk

    /// Bytes in the file.
    public var size: Int { offset }
    public var records: Int { next - first }
    public var episodes: Int { episode - firstEpisode }
    private let first: Int
    private let firstEpisode: Int

    /// - Parameters:
    ///   - first: The index of the first record.
    ///   - episode: The episode before it.
    /// - Throws: `failed_precondition` where the file cannot be made; `already_exists` where it is there.
    public init(path: String, header: TrajectoryHeader, first: Int = 0, episode: Int = -1, level: Int = 3)
        throws(Failure)
    {
        self.path = path
        (self.first, next, firstEpisode, self.episode) = (first, first, episode, episode)
        link = header.base
        self.level = level
        descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw Failure(errno == EEXIST ? .alreadyExists : .failedPrecondition, "cannot make \(path): \(errnoText())")
        }
        _ = flock(descriptor, LOCK_EX | LOCK_NB)
        let text = header.json.canonical
        var head: [UInt8] = []
        head.putNumber(UInt64(text.count))
        do throws(Failure) {
            let body = try compress(text)
            try write(Frame.magic + Frame(kind: .header, head: head, body: body).encoded(after: &seal))
        } catch {
            unlink(path)
            throw error
        }
    }

    /// Goes on with a file whose end is missing.
    init(reopening path: String, _ descriptor: CInt, scan: FileScan) throws(Failure) {
        self.path = path
        self.descriptor = descriptor
        level = 3
        (chunks, seal, offset, link) = (scan.chunks, scan.seal, scan.end, scan.link)
        first = scan.first
        (next, episode, firstEpisode) = (scan.next, scan.episode, scan.firstEpisode)
    }

    deinit { close(descriptor) }

    /// Adds one chunk and waits for the disk.
    ///
    /// - Parameters:
    ///   - records: At least one.
    ///   - link: The link after the last of them.
    ///   - waits: False where another chunk follows at once, which waits for both.
    /// - Throws: `unavailable` where the disk does not take it; the file then ends with the chunk before.
    public func append(_ records: [StoredRecord], link: Digest32, waits: Bool = true) throws(Failure) {
        var encoder = ChunkEncoder()
        var episode = episode
        for record in records {
            encoder.append(record)
            if record.startsEpisode { episode += 1 }
        }
        let body = encoder.encoded()
        guard body.count <= Self.chunkLimit, encoder.byteCount <= Self.chunkLimit else {
            throw Failure(
                .resourceExhausted, "records of \(encoder.byteCount) bytes are too large for a trajectory",
                next: "create the session with \"record\": \"digest\" or \"off\"")
        }
        let head = ChunkHead(
            sequence: UInt32(truncatingIfNeeded: chunks.count), first: UInt64(next), records: UInt32(records.count),
            episode: Int64(self.episode), recordBytes: UInt64(encoder.byteCount), bodyBytes: UInt64(body.count),
            link: link)
        let entry = ChunkEntry(offset: offset, first: next, count: records.count)
        try write(
            Frame(kind: .chunk, head: head.encoded(), body: try compress(body)).encoded(after: &seal), waits: waits)
        chunks.append(entry)
        next += records.count
        self.episode = episode
        self.link = link
    }

    /// Writes index and end; nothing can be added after.
    public func finish(state: String, reason: String, at time: Timestamp = .now) throws(Failure) -> TrajectoryEnd {
        let end = TrajectoryEnd(
            state: state, reason: reason, records: records, episodes: episodes, hash: link, endedAt: time.rfc3339)
        var table: [UInt8] = []
        for chunk in chunks { chunk.append(to: &table) }
        let indexOffset = offset
        var bytes = Frame(kind: .index, head: [], body: table).encoded(after: &seal)
        let endOffset = offset + bytes.count
        bytes += Frame(kind: .end, head: end.json.canonical, body: []).encoded(after: &seal)
        bytes.putNumber(UInt64(indexOffset))
        bytes.putNumber(UInt64(endOffset))
        bytes += Frame.footerMagic
        try write(bytes)
        return end
    }

    private func compress(_ bytes: [UInt8]) throws(Failure) -> [UInt8] {
        do throws(ZstdError) { return try Compressors.frame(bytes, level: level) } catch {
            throw Failure(.resourceExhausted, "zstd: \(error)")
        }
    }

    private func write(_ bytes: [UInt8], waits: Bool = true) throws(Failure) {
        var rest = bytes[...]
        var place = offset
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, place) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw undo("write") }
            rest = rest.dropFirst(count)
            place += count
        }
        guard !waits || fdatasync(descriptor) == 0 else { throw undo("keep") }
        offset = place
    }

    private func undo(_ what: String) -> Failure {
        let text = errnoText()
        ftruncate(descriptor, offset)
        return Failure(
            .unavailable, "cannot \(what) the trajectory: \(text)", next: "make room on the disk of the data directory")
    }
}

func errnoText() -> String { String(cString: strerror(errno)) }

/// Compressors that all writers take turns with: each has up to a megabyte of tables.
private enum Compressors {
    private final class Box: @unchecked Sendable {  // whoever took it out is alone with it
        var compressor: ZstdCompressor
        let level: Int

        init(level: Int) throws(ZstdError) {
            compressor = try ZstdCompressor(level: level)
            self.level = level
        }
    }

    private static let idle = Guarded<[Box]>([])
    private static let most = 4

    static func frame(_ bytes: [UInt8], level: Int) throws(ZstdError) -> [UInt8] {
        let taken = idle.withLock { boxes in
            boxes.lastIndex { $0.level == level }.map { boxes.remove(at: $0) }
        }
        let box: Box
        if let taken { box = taken } else { box = try Box(level: level) }
        defer { idle.withLock { if $0.count < most { $0.append(box) } } }
        return try box.compressor.frame(bytes)
    }
}
