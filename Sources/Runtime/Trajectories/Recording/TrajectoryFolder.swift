import Foundations
import Glibc
import Logging

/// The trajectory files of a data directory, and what stands in their heads and ends: the files are the truth, and
/// what is remembered of them is read again where the folder has changed. Blocks.
final class TrajectoryFolder: @unchecked Sendable {
    static let suffix = ".ctraj"

    let path: String
    private let logger: Logger
    private let lock = Guarded<[String: TrajectorySummary]>([:])

    /// - Throws: `failed_precondition` where the folder cannot be made.
    init(_ path: String, logger: Logger) throws(Failure) {
        (self.path, self.logger) = (path, logger)
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw Failure(
                .failedPrecondition, "cannot write \(path): \(errnoText())",
                next: "choose another data directory with --data")
        }
    }

    func path(of id: UniqueID) -> String { "\(path)/\(id)\(Self.suffix)" }

    /// Seals what servers that ended left open, and removes the drafts they were at.
    func recover() {
        for name in names(suffix: Self.suffix + RecordingFile.draftSuffix) {
            let draft = path + "/" + name + Self.suffix + RecordingFile.draftSuffix
            let descriptor = open(draft, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { continue }
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { unlink(draft) }
            close(descriptor)
        }
        for name in names() {
            let file = "\(path)/\(name)\(Self.suffix)"
            if (try? TrajectoryFile(file).end) != nil { continue }
            do throws(Failure) {
                guard let recovery = try TrajectoryFile.recover(file) else { continue }
                logger.warning(
                    "sealed a trajectory that a server left open",
                    [
                        "trajectory": .string(name), "records": .integer(Int64(recovery.records)),
                        "cut_bytes": .integer(Int64(recovery.cutBytes)),
                    ])
            } catch { logger.log(.warning, "a trajectory cannot be read", failure: error) }
        }
    }

    /// All that are in the folder now, oldest first.
    func summaries() -> [TrajectorySummary] {
        let names = names()
        var known = lock.withLock { $0 }
        for name in known.keys.filter({ !names.contains($0) }) { known[name] = nil }
        for name in names where known[name].map({ $0.state == "recording" }) ?? true {
            known[name] = (try? TrajectoryFile("\(path)/\(name)\(Self.suffix)")).map { TrajectorySummary($0) }
        }
        let found = known
        lock.withLock { $0 = found }
        return found.values.sorted { ($0.id.high, $0.id.low) < ($1.id.high, $1.id.low) }
    }

    func remove(_ id: UniqueID) -> Bool { unlink(path(of: id)) == 0 }

    /// Removes the oldest sealed ones beyond a size and an age.
    ///
    /// - Returns: How many went.
    func tidy(bytes: Int, before time: String) -> Int {
        let all = summaries().filter { $0.state != "recording" }
        var total = all.reduce(0) { $0 + $1.size }
        var removed = 0
        for trajectory in all where total > bytes || (trajectory.endedAt ?? trajectory.createdAt) < time {
            guard remove(trajectory.id) else { continue }
            total -= trajectory.size
            removed += 1
        }
        return removed
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
