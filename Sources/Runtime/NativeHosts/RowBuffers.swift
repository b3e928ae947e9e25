import VectorEnvironments

/// The memory that the calls of one host write: arrays of all rows, and the actions of a step.
final class RowBuffers: @unchecked Sendable {  // calls of one session follow each other
    let layout: VectorLayout
    let count: Int
    let actions: UnsafeMutableRawPointer
    let outputs: StepBuffers
    /// Bytes of all of it.
    let byteCount: Int
    private let memory: UnsafeMutableRawPointer
    private let keepsFinals: Bool

    /// In bytes: no array shares a line of the cache with another.
    private static let alignment = 64

    /// - Parameter keepsFinals: Whether there is room for the last observations and info of episodes.
    init(_ layout: VectorLayout, count: Int, keepsFinals: Bool) {
        self.layout = layout
        self.count = count
        self.keepsFinals = keepsFinals
        let finals = keepsFinals ? count : 0
        let sizes = [
            layout.action.bytes * count, layout.observation.bytes * count, layout.reward.size * count, count, count,
            layout.infoBytes * count, layout.observation.bytes * finals, layout.infoBytes * finals,
        ]
        var starts: [Int] = []
        var end = 0
        for size in sizes {
            starts.append(end)
            end += (size + Self.alignment - 1) / Self.alignment * Self.alignment
        }
        let memory = UnsafeMutableRawPointer.allocate(byteCount: end, alignment: Self.alignment)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: end)
        self.memory = memory
        byteCount = end
        actions = memory
        outputs = StepBuffers(
            observations: memory + starts[1], rewards: memory + starts[2],
            terminated: (memory + starts[3]).assumingMemoryBound(to: UInt8.self),
            truncated: (memory + starts[4]).assumingMemoryBound(to: UInt8.self),
            info: layout.infoBytes == 0 ? nil : memory + starts[5],
            finalObservations: keepsFinals ? memory + starts[6] : nil,
            finalInfo: keepsFinals && layout.infoBytes > 0 ? memory + starts[7] : nil)
    }

    deinit { memory.deallocate() }

    /// All of it; set to as many bytes.
    var bytes: [UInt8] {
        get { Array(UnsafeRawBufferPointer(start: memory, count: byteCount)) }
        set {
            newValue.withUnsafeBytes {
                UnsafeMutableRawBufferPointer(start: memory, count: byteCount).copyMemory(from: $0)
            }
        }
    }

    /// Other memory with the same in it.
    func copy() -> RowBuffers {
        let other = RowBuffers(layout, count: count, keepsFinals: keepsFinals)
        other.memory.copyMemory(from: memory, byteCount: byteCount)
        return other
    }
}
