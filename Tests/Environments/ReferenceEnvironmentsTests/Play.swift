import Foundations
import Spaces
import Testing
import VectorEnvironments

/// One row of an environment that a test plays, with the memory it writes to.
final class Play {
    let environment: VectorEnvironment
    private let memory: UnsafeMutableRawPointer
    let buffers: StepBuffers

    init(_ kernel: any VectorKernel) {
        environment = VectorEnvironment(kernel, autoreset: .disabled)
        let layout = kernel.layout
        memory = .allocate(byteCount: layout.observation.bytes + layout.infoBytes + 48, alignment: 16)
        let rewards = memory
        let flags = (memory + 8).assumingMemoryBound(to: UInt8.self)
        let info = memory + 16
        let observations = memory + 16 + (layout.infoBytes + 15) / 16 * 16
        flags.initialize(repeating: 0, count: 2)
        buffers = StepBuffers(
            observations: observations, rewards: rewards, terminated: flags, truncated: flags + 1, info: info)
    }

    deinit { memory.deallocate() }

    func reset(seed: UInt64) throws { try environment.reset(seeds: .from(seed), into: buffers) }

    func step(_ action: Int64) throws {
        try withUnsafeBytes(of: action) { try environment.step(actions: #require($0.baseAddress), into: buffers) }
    }

    var reward: Double { buffers.rewards.load(as: Double.self) }
    var isTerminated: Bool { buffers.terminated[0] == 1 }

    /// The record of the row.
    var record: [UInt8] {
        get throws { try environment.snapshot() }
    }

    func field(_ name: String) throws -> Range<Int> {
        var offset = 0
        for field in environment.recordFields {
            if field.name == name { return offset..<offset + field.bytes }
            offset += field.bytes
        }
        Issue.record("no field \(name)")
        return 0..<0
    }

    /// Writes bytes into a field of the row's record, and shows what the row then looks like.
    func put(_ name: String, _ bytes: [UInt8]) throws {
        var record = try record
        record.replaceSubrange(try field(name), with: bytes)
        try environment.restore(record)
        try environment.observe(into: buffers)
    }

    func number<Number: FixedWidthInteger>(_ name: String, _ index: Int = 0, as type: Number.Type) throws -> Number {
        let bytes = Array(try record[field(name)])
        return bytes.withUnsafeBytes {
            $0.loadUnaligned(fromByteOffset: index * MemoryLayout<Number>.size, as: Number.self)
        }
    }
}
