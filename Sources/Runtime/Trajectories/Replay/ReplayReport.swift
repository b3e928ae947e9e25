import Digest
import Foundations
import JSON

/// What came of making the calls of a trajectory again.
public struct ReplayReport: Sendable {
    public struct Step: Sendable, Equatable {
        public var index: Int
        public var episode: Int
        public var differences: [RecordDifference]

        public init(index: Int, episode: Int, differences: [RecordDifference]) {
            self.index = index
            self.episode = episode
            self.differences = differences
        }

        public var json: JSONValue {
            [
                "index": .integer(Int64(index)), "episode": .integer(Int64(episode)),
                "differences": .array(differences.map(\.json)),
            ]
        }
    }

    /// Of the trajectory and what it was replayed on.
    public var trajectory: UniqueID
    public var recordedOn: String
    public var replayedOn: String
    public var hasSameDigest: Bool
    /// Records that were compared.
    public var compared = 0
    public var expected: Int
    /// The first step that differs.
    public var first: Step?
    /// The first step that differs in each aspect.
    public var firsts: [RecordDifference.Aspect: Step] = [:]
    /// Of the replay; equal to the recorded one where nothing differs at all.
    public var hash: Digest32
    public var expectedHash: Digest32
    public var tolerance: Double
    /// Why the replay could not go on.
    public var stopped: String?

    /// Whether nothing differs beyond the tolerance.
    public var isSame: Bool { first == nil && compared == expected }

    /// Whether it is the same bit by bit.
    public var isIdentical: Bool { isSame && hash == expectedHash }

    public var json: JSONValue {
        [
            "trajectory": .string("\(trajectory)"), "recorded_on": .string(recordedOn),
            "replayed_on": .string(replayedOn), "same_digest": .bool(hasSameDigest), "same": .bool(isSame),
            "identical": .bool(isIdentical), "compared": .integer(Int64(compared)),
            "records": .integer(Int64(expected)), "tolerance": .number(tolerance), "first": first?.json ?? .null,
            "aspects": .array(
                RecordDifference.Aspect.allCases.filter { firsts[$0] != nil }.map { .string($0.rawValue) }),
            "trajectory_hash": .string(expectedHash.hex), "replay_hash": .string(hash.hex),
            "stopped": stopped.map(JSONValue.string) ?? .null,
        ]
    }

    /// Compares a trajectory with the recording of its replay, which begins with what the trajectory's parents did.
    ///
    /// - Parameters:
    ///   - replay: Recorded in full.
    ///   - stopped: Why the replay could not go on, where it could not.
    public init(
        _ file: TrajectoryFile, against replay: TrajectoryFile, tolerance: Double = 0, stopped: String? = nil
    ) throws(Failure) {
        trajectory = file.header.id
        recordedOn = file.header.reference
        replayedOn = replay.header.reference
        hasSameDigest = file.header.digest == replay.header.digest
        expected = file.indices.count
        self.tolerance = tolerance
        self.stopped = stopped
        expectedHash = try file.lastLink()
        hash = try replay.lastLink()
        let comparison = RecordComparison(tolerance: tolerance)
        let common = file.indices.clamped(to: replay.indices)
        var cursor = TrajectoryCursor(replay)
        for number in 0..<file.chunkCount {
            let chunk = try file.chunk(number)
            for index in chunk.indices.clamped(to: common) {
                let record = chunk.record(index)
                let differences = try comparison.differences(record.stored, try cursor.record(index).stored)
                note(Step(index: index, episode: record.episode, differences: differences))
                compared += 1
            }
        }
        guard compared < expected else { return }
        let next = file.indices.lowerBound + compared
        let episode = try file.record(next).episode
        note(Step(index: next, episode: episode, differences: [.missing(stopped ?? "nothing")]))
    }

    private mutating func note(_ step: Step) {
        guard !step.differences.isEmpty else { return }
        first = first ?? step
        for difference in step.differences where firsts[difference.aspect] == nil { firsts[difference.aspect] = step }
    }
}
