import Foundations
import Glibc
import Reactor

/// Every counted call of a session from its first, so that another one can repeat them.
///
/// Branches share what was before them. The newest calls are in memory, older ones in files of the run directory.
@Reactor
final class SessionJournal {
    struct Limits: Sendable {
        /// Bytes that one session keeps in memory.
        var memory = 64 << 10
        /// Bytes of one session altogether; one that passes it can no longer be repeated.
        var total = 64 << 20
        /// For files; nil: all stays in memory.
        var folder: String?
    }

    private let limits: Limits
    private var segments: [JournalSegment]
    private var tail: [UInt8] = []
    private(set) var byteCount: Int
    /// False once it passed its limit: then it is empty.
    private(set) var isComplete: Bool

    /// So many segments are joined into one.
    private static let mostSegments = 64

    init(limits: Limits) {
        (self.limits, segments, byteCount, isComplete) = (limits, [], 0, true)
    }

    private init(continuing other: SessionJournal) {
        (limits, segments) = (other.limits, other.segments)
        (byteCount, isComplete) = (other.byteCount, other.isComplete)
    }

    func add(_ call: JournaledCall) {
        guard isComplete else { return }
        let before = tail.count
        call.write(into: &tail)
        byteCount += tail.count - before
        if byteCount > limits.total {
            (isComplete, segments, tail) = (false, [], [])
        } else if tail.count > limits.memory {
            seal(inFile: true)
        }
    }

    /// A journal that has the same calls, and goes its own way from here.
    func branch() -> SessionJournal {
        seal(inFile: false)
        return SessionJournal(continuing: self)
    }

    /// All calls, oldest first.
    ///
    /// - Throws: `failed_precondition` where they were too many; `internal` where a file cannot be read back.
    func calls() async throws(Failure) -> [JournaledCall] {
        let bytes = try await encoded()
        guard let calls = JournaledCall.all(in: bytes) else {
            throw Failure(.internal, "the calls of the session cannot be read back")
        }
        return calls
    }

    /// All calls as `JournaledCall.all(in:)` reads them.
    func encoded() async throws(Failure) -> [UInt8] {
        guard isComplete else {
            throw Failure(
                .failedPrecondition, "the session has made more calls than are kept for repeating them",
                next: "fork earlier, or raise --fork-journal", details: ["reason": "journal"])
        }
        let (segments, tail) = (segments, tail)
        var bytes: [UInt8] = []
        for segment in segments { bytes.append(contentsOf: try await segment.bytes()) }
        return bytes + tail
    }

    private func seal(inFile: Bool) {
        guard !tail.isEmpty else { return }
        if segments.count >= Self.mostSegments, let joined = JournalSegment.joined(segments) { segments = [joined] }
        let segment = JournalSegment(tail)
        segments.append(segment)
        tail = []
        if inFile, let folder = limits.folder { segment.spill(into: folder) }
    }
}

/// Some calls that do not change any more; several journals may have it.
@Reactor
final class JournalSegment {
    private enum Place {
        case memory([UInt8])
        case file(JournalFile)
    }

    private var place: Place

    init(_ bytes: [UInt8]) { place = .memory(bytes) }

    /// One of several, where all are in memory.
    static func joined(_ segments: [JournalSegment]) -> JournalSegment? {
        var bytes: [UInt8] = []
        for segment in segments {
            guard case .memory(let some) = segment.place else { return nil }
            bytes.append(contentsOf: some)
        }
        return JournalSegment(bytes)
    }

    /// Moves to a file soon; stays in memory where that cannot be written.
    func spill(into folder: String) {
        guard case .memory(let bytes) = place else { return }
        let path = "\(folder)/\(UInt64.random(in: .min ... .max))"
        Task {
            if let file = await offload({ JournalFile(writing: bytes, to: path) }) { place = .file(file) }
        }
    }

    func bytes() async throws(Failure) -> [UInt8] {
        switch place {
        case .memory(let bytes): return bytes
        case .file(let file):
            guard let bytes = await offload({ file.read() }) else {
                throw Failure(
                    .internal, "the calls of the session cannot be read back",
                    next: "look at the disk of the data directory")
            }
            return bytes
        }
    }
}

/// A file that goes with the last one who holds it.
final class JournalFile: Sendable {
    private let path: String
    private let count: Int

    init?(writing bytes: [UInt8], to path: String) {
        (self.path, count) = (path, bytes.count)
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { return nil }
        let isWhole = bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) } == bytes.count
        guard close(file) == 0, isWhole else {
            unlink(path)
            return nil
        }
    }

    deinit {
        let path = path
        Task { await offload { _ = unlink(path) } }
    }

    /// Nil where it is not as it was written.
    func read() -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = bytes.withUnsafeMutableBytes { buffer in
                Glibc.read(file, buffer.baseAddress.map { $0 + filled }, count - filled)
            }
            if got < 0 && errno == EINTR { continue }
            guard got > 0 else { return nil }
            filled += got
        }
        return bytes
    }
}
