import Digest
import Glibc

/// Where a chunk stands in a file.
struct ChunkEntry: Sendable, Equatable {
    static let size = 20

    var offset: Int
    /// The index of its first record.
    var first: Int
    /// Of records.
    var count: Int

    func append(to bytes: inout [UInt8]) {
        bytes.putNumber(UInt64(offset))
        bytes.putNumber(UInt64(first))
        bytes.putNumber(UInt32(count))
    }

    static func read(_ table: ArraySlice<UInt8>) throws(Damage) -> [ChunkEntry] {
        guard table.count % size == 0 else { throw Damage("the index is cut") }
        var input = ByteInput(table)
        var entries: [ChunkEntry] = []
        entries.reserveCapacity(table.count / size)
        while input.rest > 0 {
            let (offset, first) = (try input.count(UInt64.self), try input.count(UInt64.self))
            let count = Int(try input.number(UInt32.self))
            guard offset <= 1 << 60, first <= 1 << 52 else { throw Damage("the index has impossible numbers") }
            if let last = entries.last {
                guard offset > last.offset, first >= last.first + last.count else {
                    throw Damage("the index is out of order")
                }
            }
            entries.append(ChunkEntry(offset: offset, first: first, count: count))
        }
        return entries
    }
}

/// Reads parts of a file that may be anyone's.
struct FileBytes: Sendable {
    let descriptor: CInt
    let size: Int

    func read(_ offset: Int, _ count: Int) throws(Damage) -> [UInt8] {
        guard offset >= 0, count >= 0, offset <= size, count <= size - offset else {
            throw Damage("the file ends before byte \(offset &+ count)")
        }
        var filled = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            while filled < count {
                let got = pread(descriptor, buffer.baseAddress.map { $0 + filled }, count - filled, offset + filled)
                if got < 0 && errno == EINTR { continue }
                if got <= 0 { break }
                filled += got
            }
            initialized = filled
        }
        guard filled == count else { throw Damage("the file ends before byte \(offset + count)") }
        return bytes
    }

    struct Prefix {
        let kind: Frame.Kind
        let head: Int
        let body: Int

        /// Bytes of the frame with its seal.
        var total: Int { Frame.prefixCount + head + body + Frame.sealCount }
    }

    /// The lengths of the frame at an offset, which is whole.
    func prefix(at offset: Int) throws(Damage) -> Prefix {
        let bytes = try read(offset, Frame.prefixCount)
        var input = ByteInput(bytes[...])
        guard let kind = Frame.Kind(rawValue: try input.number(UInt8.self)) else {
            throw Damage("there is no frame at byte \(offset)")
        }
        let (head, body) = (Int(try input.number(UInt32.self)), Int(try input.number(UInt32.self)))
        let prefix = Prefix(kind: kind, head: head, body: body)
        guard prefix.total <= size - offset else { throw Damage("the frame at byte \(offset) is cut") }
        return prefix
    }

    /// A frame and its seal, whose own seal is right.
    ///
    /// - Parameter seal: Of the frame before; nil: what stands in front of this one.
    func frame(
        at offset: Int, as kind: Frame.Kind, after seal: Digest32? = nil
    ) throws(Damage) -> (head: ArraySlice<UInt8>, body: ArraySlice<UInt8>, seal: Digest32) {
        let prefix = try prefix(at: offset)
        guard prefix.kind == kind else { throw Damage("the frame at byte \(offset) is of another kind") }
        let bytes = try read(offset, prefix.total)
        let content = bytes.dropLast(Frame.sealCount)
        var before = seal
        if before == nil {
            before =
                offset == Frame.magic.count
                ? Frame.noSeal : Digest32(bytes: try read(offset - Frame.sealCount, Frame.sealCount))
        }
        guard let before, let own = Digest32(bytes: bytes.suffix(Frame.sealCount)),
            Frame.seal(of: content, after: before) == own
        else { throw Damage("the seal of the frame at byte \(offset) is wrong") }
        let head = content.dropFirst(Frame.prefixCount).prefix(prefix.head)
        return (head, content.suffix(prefix.body), own)
    }
}

/// What a file holds up to the first frame that is not whole: how a file without an end is read and mended.
struct FileScan {
    private(set) var chunks: [ChunkEntry] = []
    /// Of the last whole frame.
    private(set) var seal: Digest32
    /// Where the next frame belongs.
    private(set) var end: Int
    private(set) var link: Digest32
    private(set) var first = 0
    private(set) var next = 0
    private(set) var firstEpisode = -1
    private(set) var episode = -1
    /// Whether index and end follow.
    private(set) var isFinished = false

    /// - Parameters:
    ///   - start: Behind the header.
    ///   - checks: Whether seals are compared, which reads everything.
    init(_ file: FileBytes, from start: Int, seal: Digest32, base: Digest32, checks: Bool) {
        (end, self.seal, link) = (start, seal, base)
        while let prefix = try? file.prefix(at: end) {
            guard prefix.kind == .chunk else {
                isFinished = true
                return
            }
            guard take(file, prefix, checks: checks) else { return }
        }
    }

    private mutating func take(_ file: FileBytes, _ prefix: FileBytes.Prefix, checks: Bool) -> Bool {
        do throws(Damage) {
            let bytes = try file.read(end + Frame.prefixCount, prefix.head)
            let head = try ChunkHead(bytes[...])
            guard let place = Int(exactly: head.first), place <= 1 << 52, chunks.isEmpty || place >= next else {
                throw Damage("the chunks are out of order")
            }
            if checks { seal = try file.frame(at: end, as: .chunk, after: seal).seal }
            if chunks.isEmpty { (first, firstEpisode) = (place, Int(head.episode)) }
            chunks.append(ChunkEntry(offset: end, first: place, count: Int(head.records)))
            next = place + Int(head.records)
            link = head.link
            episode = Int(head.episode)
            end += prefix.total
            return true
        } catch { return false }
    }

    /// The episode after the last chunk, whose own records tell it.
    mutating func count(episodesOf last: TrajectoryChunk) { episode = last.lastEpisode }
}
