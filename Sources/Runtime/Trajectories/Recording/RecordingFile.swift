import Digest
import Foundations
import Glibc
import Sessions

/// The file of one recorder, made with its first chunk. One thread at a time uses it: the recorder waits for each call.
final class RecordingFile: @unchecked Sendable {
    static let draftSuffix = ".draft"

    private let path: String
    private let header: TrajectoryHeader
    private let first: Int
    private let episode: Int
    private let policy: RecordingPolicy
    private var writer: TrajectoryWriter?
    private var chunks = 0
    private var bytes = 0

    init(path: String, header: TrajectoryHeader, first: Int, episode: Int, policy: RecordingPolicy) {
        (self.path, self.header, self.first, self.episode, self.policy) = (path, header, first, episode, policy)
    }

    /// Adds chunks, and waits once for the disk.
    ///
    /// - Returns: The bytes of the file.
    func append(_ batches: [(records: PackedRecords, link: Digest32)], mode: RecordingMode) -> Result<Int, Failure> {
        do throws(Failure) {
            let writer = try opened()
            for (place, batch) in batches.enumerated() {
                let stored = batch.records.stored
                let kept = mode == .digest ? stored.map(\.withDigest) : stored
                try writer.append(kept, link: batch.link, waits: place == batches.count - 1)
                chunks += 1
                bytes += kept.reduce(0) { $0 + $1.bytes.count }
            }
            return .success(writer.size)
        } catch { return .failure(error) }
    }

    private func opened() throws(Failure) -> TrajectoryWriter {
        if let writer { return writer }
        let made = try TrajectoryWriter(path: path, header: header, first: first, episode: episode)
        writer = made
        return made
    }

    /// Seals the file. Chunks that time cut short are joined first: they compress better together.
    func finish(state: String, reason: String) -> Result<Void, Failure> {
        guard let writer else { return .success(()) }
        self.writer = nil
        do throws(Failure) {
            if chunks > 1, bytes / chunks < policy.chunkBytes / 4, writer.records / chunks < policy.chunkRecords / 4 {
                try join(state: state, reason: reason)
            } else {
                _ = try writer.finish(state: state, reason: reason)
            }
            return .success(())
        } catch { return .failure(error) }
    }

    private func join(state: String, reason: String) throws(Failure) {
        let draft = path + Self.draftSuffix
        unlink(draft)
        do throws(Failure) {
            let joined = try TrajectoryWriter(path: draft, header: header, first: first, episode: episode)
            let file = try TrajectoryFile(path)
            var records: [StoredRecord] = []
            var size = 0
            for number in 0..<file.chunkCount {
                let chunk = try file.chunk(number)
                for index in chunk.indices { records.append(chunk.record(index).stored) }
                size += Int(chunk.head.recordBytes)
                let isLast = number == file.chunkCount - 1
                guard isLast || size >= policy.chunkBytes || records.count >= policy.chunkRecords else { continue }
                try joined.append(records, link: chunk.link)
                (records, size) = ([], 0)
            }
            _ = try joined.finish(state: state, reason: reason)
        } catch {
            unlink(draft)
            throw error
        }
        guard rename(draft, path) == 0 else {
            throw Failure(.unavailable, "cannot replace \(path): \(errnoText())")
        }
    }
}

extension StoredRecord {
    /// The record with the digest of its observation in place of it.
    var withDigest: StoredRecord {
        var scanner = RecordScanner()
        scanner.scan(bytes)
        let place = scanner.observation
        guard let tag = bytes.first, tag == 0x11 || tag == 0x12, !place.isEmpty else { return self }
        var short = self
        short.bytes = [tag | 0x80] + bytes[1..<place.lowerBound] + [5]
        SHA256.hash(Array(bytes[place])).append(to: &short.bytes)
        short.bytes += bytes[place.upperBound...]
        return short
    }
}
