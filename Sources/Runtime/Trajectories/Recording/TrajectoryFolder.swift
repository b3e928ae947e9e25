import Foundations
import Glibc
import Logging

/// The trajectory files of a data directory, and the index of them: the files are the truth, and what the index does not
/// have, or has of a file that has changed, is read again. Blocks.
final class TrajectoryFolder: Sendable {
    static let suffix = ".ctraj"

    let path: String
    private let logger: Logger
    private let index: TrajectoryIndex
    /// `changeTime` of when the folder was last compared with the index.
    private let compared = Guarded<Int?>(nil)

    /// - Throws: `failed_precondition` where folder or index cannot be made.
    init(_ path: String, logger: Logger) throws(Failure) {
        (self.path, self.logger) = (path, logger)
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw Failure(
                .failedPrecondition, "cannot write \(path): \(errnoText())",
                next: "choose another data directory with --data")
        }
        index = try TrajectoryIndex(path: path + ".db")
    }

    func path(of id: UniqueID) -> String { "\(path)/\(id)\(Self.suffix)" }

    /// Seals what servers that ended left open, removes the drafts they were at, and compares the sizes of all files with
    /// the index.
    func recover() {
        for name in names(suffix: Self.suffix + RecordingFile.draftSuffix) {
            let draft = path + "/" + name + Self.suffix + RecordingFile.draftSuffix
            let descriptor = open(draft, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { continue }
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { unlink(draft) }
            close(descriptor)
        }
        let known = (try? index.entries()) ?? [:]
        var changed: [String] = []
        for name in names() {
            if let entry = known[name], !entry.isRecording, entry.size == size(of: name) { continue }
            changed.append(name)
            if (try? TrajectoryFile(file(name)).end) != nil { continue }
            do throws(Failure) {
                guard let recovery = try TrajectoryFile.recover(file(name)) else { continue }
                logger.warning(
                    "sealed a trajectory that a server left open",
                    [
                        "trajectory": .string(name), "records": .integer(Int64(recovery.records)),
                        "cut_bytes": .integer(Int64(recovery.cutBytes)),
                    ])
            } catch { logger.log(.warning, "a trajectory cannot be read", failure: error) }
        }
        do throws(Failure) { try index.update(changed.compactMap { summary($0) }) } catch {
            logger.log(.warning, "the index of trajectories cannot be written", failure: error)
        }
    }

    /// Some of those that are in the folder now, oldest first.
    ///
    /// - Parameters:
    ///   - after: The id that they come behind; empty: from the oldest on.
    ///   - admits: Whether the caller may see it.
    /// - Throws: `unavailable` where the index cannot be read.
    func list(
        _ filter: TrajectoryFilter, after: String, limit: Int, where admits: (TrajectorySummary) -> Bool
    ) throws(Failure) -> [TrajectorySummary] {
        try refresh()
        return try index.page(filter, after: after, limit: limit, where: admits)
    }

    func remove(_ id: UniqueID) -> Bool { unlink(path(of: id)) == 0 }

    /// Removes the oldest sealed ones beyond a size and an age.
    ///
    /// - Returns: How many went.
    func tidy(bytes: Int, before time: String) throws(Failure) -> Int {
        try refresh()
        let gone = try index.surplus(beyond: bytes, before: time).filter { unlink(file($0)) == 0 }
        try index.update([], without: gone)
        return gone.count
    }

    /// Brings the index up to date: reads files that it does not have, and those that were not sealed yet.
    private func refresh() throws(Failure) {
        let changedAt = changeTime
        var unknown = Set(try index.recording())
        var gone: [String] = []
        if changedAt == nil || compared.withLock({ $0 }) != changedAt {
            let names = names()
            let known = try index.entries()
            unknown = names.subtracting(known.keys).union(unknown.intersection(names))
            gone = known.keys.filter { !names.contains($0) }
        }
        try index.update(unknown.compactMap { summary($0) }, without: gone)
        compared.withLock { $0 = changedAt }
    }

    /// When files were added to the folder or removed from it, in nanoseconds; nil where that is so short a time ago that
    /// the clock would not show another change.
    private var changeTime: Int? {
        var status = stat()
        var now = timespec()
        guard stat(path, &status) == 0, clock_gettime(CLOCK_REALTIME, &now) == 0 else { return nil }
        let time = status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec
        return now.tv_sec * 1_000_000_000 + now.tv_nsec - time > 100_000_000 ? time : nil
    }

    private func file(_ name: String) -> String { "\(path)/\(name)\(Self.suffix)" }

    private func summary(_ name: String) -> TrajectorySummary? {
        (try? TrajectoryFile(file(name))).map { TrajectorySummary($0) }
    }

    private func size(of name: String) -> Int? {
        var status = stat()
        return stat(file(name), &status) == 0 ? Int(status.st_size) : nil
    }

    /// Ids of those there are.
    private func names(suffix: String = suffix) -> Set<String> {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names = Set<String>()
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name.hasSuffix(suffix) else { continue }
            let id = String(name.dropLast(suffix.count))
            if UniqueID(id) != nil { names.insert(id) }
        }
        return names
    }
}
