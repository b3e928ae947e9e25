import CAPI
import CorralABI
import Foundations
import Testing

/// A vector with batches and memory for one of them; CartPole's arrays.
private final class Batches {
    let handle: UInt64
    let batch: Int
    var rows: [Int64]
    var observations: [Float]
    var rewards: [Float]
    var flags: [UInt8]

    init(_ count: Int64, _ batch: Int) throws {
        let made = C.make("CartPole-v1", count, #"{"batch":\#(batch)}"#)
        try #require(made.status == 0, "\(C.lastError)")
        handle = made.handle
        self.batch = batch
        rows = Array(repeating: -1, count: batch)
        observations = Array(repeating: 0, count: batch * 4)
        rewards = Array(repeating: 0, count: batch)
        flags = Array(repeating: 0, count: batch * 2)
    }

    deinit { _ = corralVectorClose(handle) }

    func reset(seed: UInt64) -> Int32 {
        withUnsafePointer(to: seed) { seeds in
            var request = corral_reset()
            request.size = Int64(MemoryLayout<corral_reset>.size)
            request.seeding = Int32(CORRAL_SEED_FROM)
            request.seeds = seeds
            request.seed_count = 1
            return corralVectorSendReset(handle, &request)
        }
    }

    func send(_ rows: [Int64], _ actions: [Int64]) -> Int32 {
        corralVectorSend(handle, rows, Int64(rows.count), actions, Int64(actions.count * 8))
    }

    func recv() -> Int32 {
        observations.withUnsafeMutableBytes { observations in
            rewards.withUnsafeMutableBytes { rewards in
                flags.withUnsafeMutableBufferPointer { flags in
                    var buffers = corral_buffers()
                    buffers.size = Int64(MemoryLayout<corral_buffers>.size)
                    buffers.rows = Int64(batch)
                    buffers.observations = observations.baseAddress
                    buffers.observation_bytes = Int64(observations.count)
                    buffers.rewards = rewards.baseAddress
                    buffers.reward_bytes = Int64(rewards.count)
                    buffers.terminated = flags.baseAddress
                    buffers.truncated = flags.baseAddress.map { $0 + batch }
                    return corralVectorRecv(handle, &rows, Int64(batch), &buffers)
                }
            }
        }
    }
}

@Test(arguments: [(12, 4), (7, 3), (5, 5), (3, 1)])
func `rows in batches do what all rows do together`(count: Int, batch: Int) throws {
    let whole = try CVector("CartPole-v1", count)
    #expect(whole.reset(seed: 6) == 0)
    let batches = try Batches(Int64(count), batch)
    #expect(batches.reset(seed: 6) == 0)
    let rounds = 40
    // Every row is sent `rounds` times, and by turns so that batches hold rows of different rounds.
    var seen = [[Float]](repeating: [], count: count)
    var results = 0
    while results + batch <= count * (rounds + 1) {
        #expect(batches.recv() == 0, "\(C.lastError)")
        results += batch
        var next: [Int64] = []
        for (place, row) in batches.rows.enumerated() {
            let row = Int(row)
            if seen[row].count / 6 <= rounds {
                seen[row] += batches.observations[place * 4..<place * 4 + 4]
                seen[row] += [batches.rewards[place], Float(batches.flags[place] | batches.flags[batch + place])]
            }
            if seen[row].count / 6 <= rounds { next.append(Int64(row)) }
        }
        if !next.isEmpty { #expect(batches.send(next, next.map { _ in 1 }) == 0, "\(C.lastError)") }
    }
    for round in 0...rounds {
        if round > 0 { #expect(whole.step(Array(repeating: 1, count: count)) == 0) }
        for row in 0..<count where seen[row].count > round * 6 {
            let expected = whole.observations(row)
            #expect(Array(seen[row][round * 6..<round * 6 + 4]) == expected, "row \(row), round \(round)")
        }
    }
    #expect(seen.allSatisfy { $0.count / 6 >= rounds - batch })
    // Within these rounds poles fall and episodes begin again.
    #expect(seen.joined().contains(1) && seen[0].enumerated().contains { $0.offset % 6 == 5 && $0.element == 1 })
}

@Test func `what cannot be sent or received is refused, and nothing waits for ever`() throws {
    let batches = try Batches(6, 2)
    #expect(batches.recv() == Int32(CORRAL_FAILED_PRECONDITION))
    #expect(batches.send([0, 1], [0, 0]) == Int32(CORRAL_NOT_RESET))
    #expect(batches.reset(seed: 1) == 0)
    var buffers = corral_buffers()
    #expect(corralVectorReset(batches.handle, nil, &buffers) == Int32(CORRAL_INVALID_ARGUMENT))
    for _ in 0..<3 { #expect(batches.recv() == 0) }
    for (rows, actions) in [
        ([0, 0], [0, 0]), ([6], [0]), ([-1], [0]), ([0], [0, 1]), ([0, 1], [0]), ([], []),
    ] as [([Int64], [Int64])] {
        #expect(batches.send(rows, actions) == Int32(CORRAL_INVALID_ARGUMENT), "\(rows)")
    }
    #expect(batches.send([0, 1], [0, 2]) == Int32(CORRAL_INVALID_ACTION))
    #expect(batches.send([3], [1]) == 0)
    #expect(batches.recv() == Int32(CORRAL_FAILED_PRECONDITION))
    #expect(batches.send([4], [1]) == 0)
    #expect(batches.recv() == 0)
    #expect(batches.rows == [3, 4])
    #expect(corralVectorSend(batches.handle, nil, 6, nil, 48) == Int32(CORRAL_INVALID_ARGUMENT))
    #expect(corralVectorSend(batches.handle, nil, 5, [0, 0, 0, 0, 0, 0], 48) == Int32(CORRAL_INVALID_ARGUMENT))
    #expect(corralVectorRecv(batches.handle, nil, 2, nil) == Int32(CORRAL_INVALID_ARGUMENT))
    #expect(corralVectorRecv(batches.handle, &batches.rows, 3, nil) == Int32(CORRAL_INVALID_ARGUMENT))
    #expect(corralVectorRecv(batches.handle, &batches.rows, 2, nil) == Int32(CORRAL_INVALID_ARGUMENT))
    #expect(corralVectorClose(batches.handle) == 0)
    #expect(batches.send([0, 1], [0, 0]) == Int32(CORRAL_CLOSED))
    #expect(batches.recv() == Int32(CORRAL_CLOSED))
    #expect(corralVectorSendReset(batches.handle, nil) == Int32(CORRAL_CLOSED))
}

@Test func `calls of all rows wait until none is under way`() throws {
    let batches = try Batches(4, 2)
    #expect(batches.reset(seed: 1) == 0)
    var record = [UInt8](repeating: 0, count: 4096)
    #expect(corralVectorGetState(batches.handle, [0], 1, &record, 1) == Int32(CORRAL_FAILED_PRECONDITION))
    for _ in 0..<2 { #expect(batches.recv() == 0) }
    #expect(corralVectorGetState(batches.handle, [0], 1, &record, 1) == Int32(CORRAL_INVALID_ARGUMENT))
}

@Test func `batches are of a size that fits, with next-step auto-reset`() {
    for settings in [
        #"{"batch":0}"#, #"{"batch":-1}"#, #"{"batch":5}"#, #"{"batch":1.5}"#, #"{"batch":"2"}"#,
        #"{"batch":2,"autoreset":"SameStep"}"#, #"{"batch":2,"autoreset":"Disabled"}"#,
    ] {
        let made = C.make("CartPole-v1", 4, settings)
        #expect(made.status == Int32(CORRAL_INVALID_ARGUMENT) && made.handle == 0, "\(settings)")
    }
    let plain = C.make("CartPole-v1", 4)
    #expect(corralVectorSendReset(plain.handle, nil) == Int32(CORRAL_FAILED_PRECONDITION))
    #expect(corralVectorClose(plain.handle) == 0)
}

extension CVector {
    fileprivate func observations(_ row: Int) -> [Float] { Array(observations[row * 4..<row * 4 + 4]) }
}
