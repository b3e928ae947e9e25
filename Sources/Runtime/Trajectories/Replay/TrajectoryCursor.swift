import Digest
import Foundations
import Sessions

/// Reads records of a file that are near each other: the chunk of the last one is kept.
public struct TrajectoryCursor {
    private let file: TrajectoryFile
    private var chunk: TrajectoryChunk?

    public init(_ file: TrajectoryFile) { self.file = file }

    /// - Throws: `not_found`, `failed_precondition`.
    public mutating func record(_ index: Int) throws(Failure) -> TrajectoryRecord {
        if let chunk, chunk.indices.contains(index) { return chunk.record(index) }
        let next = try file.chunk(try file.chunkNumber(of: index))
        chunk = next
        guard next.indices.contains(index) else {
            throw Failure(.failedPrecondition, "the trajectory \(file.header.id) lacks record \(index)")
        }
        return next.record(index)
    }
}

extension TrajectoryFile {
    /// The trajectory's hash: the link after its last record.
    ///
    /// - Throws: `failed_precondition` where the last chunk is damaged.
    public func lastLink() throws(Failure) -> Digest32 {
        if let end { return end.hash }
        return chunkCount > 0 ? try chunk(chunkCount - 1).link : header.base
    }

    /// The calls of its records, as they can be made again.
    ///
    /// - Parameter range: Cut to what there is.
    public func calls(_ range: Range<Int>? = nil) throws(Failure) -> [RecordContent.Call] {
        var calls: [RecordContent.Call] = []
        try read(range) { (record) throws(Failure) in calls.append(try RecordContent(record.stored.bytes).call) }
        return calls
    }
}

/// A branch's trajectory begins where it left its parent; to replay it, what its parents did before is needed.
public enum TrajectoryLineage {
    /// The calls of a trajectory and, before them, those of the parents up to where they were left.
    ///
    /// - Parameter parent: Finds the trajectory of a session.
    /// - Throws: `failed_precondition` where a parent does not lead to where its branch begins.
    public static func calls(
        of file: TrajectoryFile, parent: (UniqueID) throws(Failure) -> TrajectoryFile
    ) throws(Failure) -> [RecordContent.Call] {
        var calls = try file.calls()
        var current = file
        for _ in 0..<10_000 {
            guard let id = current.header.parent, let branch = current.header.branchedAt, branch >= 0 else {
                return calls
            }
            let ancestor = try parent(id)
            let before = ancestor.indices.clamped(to: 0..<branch + 1)
            guard before.isEmpty ? branch + 1 == ancestor.indices.lowerBound : before.upperBound == branch + 1 else {
                throw Failure(
                    .failedPrecondition, "the trajectory \(id) does not have the records up to \(branch)",
                    next: "its branch \(current.header.id) began behind them")
            }
            try check(current, continues: ancestor, after: branch)
            let reseeding = current.header.branchSeed.map { [RecordContent.Call.reseed($0)] } ?? []
            calls = try ancestor.calls(before) + reseeding + calls
            current = ancestor
        }
        throw Failure(.failedPrecondition, "the trajectory \(file.header.id) has too many parents")
    }

    private static func check(
        _ child: TrajectoryFile, continues parent: TrajectoryFile, after index: Int
    ) throws(Failure) {
        guard parent.header.mode == .full, parent.indices.contains(index) else { return }
        let number = try parent.chunkNumber(of: index)
        var chain = RecordChain(after: number == 0 ? parent.header.base : try parent.chunk(number - 1).link)
        let chunk = try parent.chunk(number)
        for place in chunk.indices where place <= index { _ = chain.append(chunk.record(place).stored.bytes) }
        if let seed = child.header.branchSeed { chain.reseed(seed) }
        guard chain.link == child.header.base else {
            throw Failure(
                .failedPrecondition,
                "the branch \(child.header.id) does not go on from record \(index) of \(parent.header.id)")
        }
    }
}
