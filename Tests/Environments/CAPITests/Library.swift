import CAPI
import CorralABI
import Foundations
import JSON
import Testing

/// The functions of `corral.h` as a C program calls them.
enum C {
    static func text(_ body: (UnsafeMutablePointer<CChar>?, Int64) -> Int64) throws -> JSONValue {
        let length = body(nil, 0)
        try #require(length >= 0, "\(lastError)")
        var bytes = [CChar](repeating: 0, count: Int(length) + 1)
        #expect(body(&bytes, length + 1) == length)
        return try JSONValue(parsing: bytes.dropLast().map { UInt8(bitPattern: $0) })
    }

    static var lastError: String { String(cString: corral_last_error()) }

    static func make(_ id: String, _ count: Int64, _ settings: String? = nil) -> (status: Int32, handle: UInt64) {
        var handle: UInt64 = 99
        let status =
            settings.map { corralVectorMake(id, count, $0, &handle) } ?? corralVectorMake(id, count, nil, &handle)
        return (status, handle)
    }
}

/// A vector with memory of the caller, for an environment with float32 observations.
final class CVector {
    let handle: UInt64
    let count: Int
    let actionBytes: Int
    let recordBytes: Int
    private let memory: UnsafeMutableRawPointer
    var buffers: corral_buffers

    init(_ id: String, _ count: Int, _ settings: String? = nil) throws {
        let made = C.make(id, Int64(count), settings)
        try #require(made.status == 0, "\(C.lastError)")
        handle = made.handle
        self.count = count
        let handle = made.handle
        let layout = try C.text { corralVectorDescribe(handle, $0, $1) }
        func bytes(_ name: String) -> Int { Int(layout[name]?["bytes"]?.integer ?? 0) * count }
        actionBytes = bytes("action")
        recordBytes = Int(layout["record_bytes"]?.integer ?? 0)
        let observation = bytes("observation")
        let reward = bytes("reward")
        memory = .allocate(byteCount: 2 * observation + reward + 2 * count, alignment: 8)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: 2 * observation + reward + 2 * count)
        let flags = (memory + reward + 2 * observation).bindMemory(to: UInt8.self, capacity: 2 * count)
        buffers = corral_buffers()
        buffers.size = Int64(MemoryLayout<corral_buffers>.size)
        buffers.rows = Int64(count)
        buffers.rewards = memory
        buffers.reward_bytes = Int64(reward)
        buffers.observations = memory + reward
        buffers.observation_bytes = Int64(observation)
        buffers.final_observations = memory + reward + observation
        buffers.final_observation_bytes = Int64(observation)
        buffers.terminated = flags
        buffers.truncated = flags + count
    }

    deinit {
        _ = corralVectorClose(handle)
        memory.deallocate()
    }

    func reset(seed: UInt64) -> Int32 {
        withUnsafePointer(to: seed) { seeds in
            var request = corral_reset()
            request.size = Int64(MemoryLayout<corral_reset>.size)
            request.seeding = Int32(CORRAL_SEED_FROM)
            request.seeds = seeds
            request.seed_count = 1
            return corralVectorReset(handle, &request, &buffers)
        }
    }

    func step(_ actions: [Int64]) -> Int32 {
        corralVectorStep(handle, actions, Int64(actions.count * 8), &buffers)
    }

    var observations: [Float] {
        (0..<Int(buffers.observation_bytes) / 4).compactMap {
            buffers.observations?.load(fromByteOffset: $0 * 4, as: Float.self)
        }
    }
}
