import Foundations
import Testing
import VectorEnvironments

/// Auto-reset, masks, seeds, records: the rules around a kernel.
struct VectorTests {
    private func vector(
        _ mode: AutoresetMode, count: Int = 3, overrides: [String: Int64] = [:]
    ) throws -> Buffers {
        Buffers(
            try countdown().make(
                "countdown", overrides: .init(overrides.map { ($0.key, .integer($0.value)) }), count: count,
                autoreset: mode))
    }

    private func steps(_ vector: Buffers) -> [Float] {
        stride(from: 0, to: vector.observations.count, by: 2).map { vector.observations[$0] }
    }

    @Test func `next-step auto-reset begins an episode instead of the step after an end`() throws {
        let vector = try vector(.nextStep)
        try vector.environment.reset(seeds: .from(1), into: vector.step)
        try vector.act([0, 1, 0])
        #expect(steps(vector) == [1, 1, 1])
        #expect(vector.terminated == [0, 1, 0])
        #expect(vector.rewards == [1, 1, 1])
        try vector.act([0, 1, 0])
        #expect(steps(vector) == [2, 0, 2])
        #expect(vector.terminated == [0, 0, 0])
        #expect(vector.rewards == [2, 0, 2])
        #expect(vector.infos == [1, 3, 1])
        try vector.act([0, 0, 0])
        #expect(steps(vector) == [3, 1, 3])
        #expect(vector.terminated == [1, 0, 1])
    }

    @Test func `same-step auto-reset keeps the last observation and info of an ended episode`() throws {
        let vector = try vector(.sameStep)
        try vector.environment.reset(seeds: .from(1), into: vector.step)
        let start = vector.observations[3]
        try vector.act([0, 1, 0])
        #expect(steps(vector) == [1, 0, 1])
        #expect(vector.terminated == [0, 1, 0])
        #expect(vector.rewards == [1, 1, 1])
        #expect(Array(vector.finals[2...3]) == [1, start])
        #expect(vector.infos == [2, 3, 2])
        #expect(vector.finalInfos[1] == 2)
        #expect(vector.observations[3] != start)
    }

    @Test func `with auto-reset disabled an ended row has to be reset by a mask`() throws {
        let vector = try vector(.disabled)
        try vector.environment.reset(seeds: .from(1), into: vector.step)
        try vector.act([0, 1, 0])
        let failure = #expect(throws: Failure.self) { try vector.act([0, 0, 0]) }
        #expect(failure?.code == .episodeOver)
        #expect(steps(vector) == [1, 1, 1])
        try vector.environment.reset(mask: [0, 1, 0], into: vector.step)
        #expect(steps(vector) == [1, 0, 1])
        try vector.act([0, 0, 0])
        #expect(steps(vector) == [2, 1, 2])
    }

    @Test func `an episode is truncated after its limit, also where it terminates`() throws {
        let vector = try vector(.nextStep, overrides: ["length": 2])
        let limited = Buffers(
            try countdown().make("countdown", overrides: ["max_episode_seconds": 0.2, "length": 9], count: 2))
        try limited.environment.reset(seeds: .from(1), into: limited.step)
        try limited.act([0, 0])
        #expect(limited.truncated == [0, 0])
        try limited.act([0, 1])
        #expect(limited.truncated == [1, 1])
        #expect(limited.terminated == [0, 1])
        try vector.environment.reset(into: vector.step)
        try vector.act([0, 0, 0])
        try vector.act([0, 0, 0])
        #expect(vector.truncated == [0, 0, 0])
        #expect(vector.terminated == [1, 1, 1])
    }

    @Test func `a step before the first reset is refused`() throws {
        let vector = try vector(.nextStep)
        #expect(throws: Failure.self) { try vector.act([0, 0, 0]) }
        try vector.environment.reset(mask: [1, 0, 1], into: vector.step)
        let failure = #expect(throws: Failure.self) { try vector.act([0, 0, 0]) }
        #expect(failure?.code == .notReset)
    }

    @Test func `a wrong action names its row and moves nothing`() throws {
        let vector = try vector(.nextStep)
        try vector.environment.reset(into: vector.step)
        let before = try vector.environment.snapshot()
        let failure = #expect(throws: Failure.self) { try vector.act([0, 1, 2]) }
        #expect(failure?.code == .invalidAction)
        #expect(failure?.details["row"] == "2")
        #expect(try vector.environment.snapshot() == before)
    }

    @Test func `a row that begins an episode may have any action`() throws {
        let vector = try vector(.nextStep)
        try vector.environment.reset(into: vector.step)
        try vector.act([1, 0, 0])
        try vector.act([77, 0, 0])
        #expect(steps(vector) == [0, 2, 2])
    }

    @Test func `rows draw from seeds of their own`() throws {
        let one = try vector(.nextStep)
        let other = try vector(.nextStep)
        try one.environment.reset(seeds: .from(5), into: one.step)
        try other.environment.reset(seeds: .each([7, 6, 5]), into: other.step)
        #expect(one.observations[1] == other.observations[5])
        #expect(one.observations[3] == other.observations[3])
        let starts = one.observations
        try one.environment.reset(into: one.step)
        #expect(one.observations != starts)
        try one.environment.reset(seeds: .each([nil, 6, nil]), into: one.step)
        #expect(one.observations[3] == starts[3])
        #expect(throws: Failure.self) { try one.environment.reset(seeds: .each([1]), into: one.step) }
    }

    @Test func `options of a reset are checked and hold for it alone`() throws {
        let vector = try vector(.nextStep)
        try vector.environment.reset(options: ["steps": 1], into: vector.step)
        #expect(steps(vector) == [1, 1, 1])
        let unknown = #expect(throws: Failure.self) {
            try vector.environment.reset(options: ["stepz": 1], into: vector.step)
        }
        #expect(unknown?.next == "there are steps")
        #expect(throws: Failure.self) { try vector.environment.reset(options: ["steps": 11], into: vector.step) }
        #expect(throws: Failure.self) { try vector.environment.reset(options: ["steps": .nan], into: vector.step) }
        try vector.environment.reset(into: vector.step)
        #expect(steps(vector) == [0, 0, 0])
    }

    @Test func `records that no row can have are refused`() throws {
        let vector = try vector(.nextStep)
        try vector.environment.reset(seeds: .from(1), into: vector.step)
        let snapshot = try vector.environment.snapshot()
        var bad = snapshot
        bad[3] = 0xff
        #expect(throws: Failure.self) { try vector.environment.restore(bad) }
        bad = snapshot
        bad[bad.count - 1] = 9
        #expect(throws: Failure.self) { try vector.environment.restore(bad) }
        #expect(throws: Failure.self) { try vector.environment.restore(Array(snapshot.dropLast())) }
        #expect(throws: Failure.self) { try vector.environment.fork(row: 3, to: [0]) }
        #expect(throws: Failure.self) { try vector.environment.fork(row: 0, to: [-1]) }
        #expect(throws: Failure.self) { try vector.environment.fork(row: 0, to: [1], seeds: [1, 2]) }
        try vector.environment.restore(snapshot)
        #expect(try vector.environment.snapshot() == snapshot)
    }

    @Test func `a fork with a seed shares the past and has a future of its own`() throws {
        let vector = try vector(.sameStep)
        try vector.environment.reset(seeds: .from(1), into: vector.step)
        try vector.act([0, 0, 0])
        try vector.environment.fork(row: 0, to: [1, 2], seeds: [100, 200])
        try vector.environment.observe(into: vector.step)
        #expect(vector.observations[0..<2] == vector.observations[2..<4])
        try vector.act([1, 1, 1])
        #expect(Set([vector.observations[1], vector.observations[3], vector.observations[5]]).count > 1)
    }
}
