import VectorEnvironments

/// The memory of a kernel's rows, padded to whole blocks.
final class LaneMemory: @unchecked Sendable {  // threads touch disjoint blocks
    let blocks: UnsafeMutableRawPointer
    let blockBytes: Int
    let elapsed: UnsafeMutablePointer<Int32>
    let randoms: UnsafeMutablePointer<RowRandom>

    var variables: Int { blockBytes / 32 }

    /// - Parameter blockBytes: The size of eight rows: 32 for each variable.
    init(count: Int, blockBytes: Int) {
        let padded = (count + 7) / 8 * 8
        self.blockBytes = blockBytes
        blocks = .allocate(byteCount: max(padded / 8 * blockBytes, 1), alignment: 64)
        blocks.initializeMemory(as: UInt8.self, repeating: 0, count: padded / 8 * blockBytes)
        let steps = UnsafeMutableRawPointer.allocate(byteCount: padded * 4, alignment: 64)
        elapsed = steps.initializeMemory(as: Int32.self, repeating: 0, count: padded)
        randoms = .allocate(capacity: padded)
        randoms.initialize(repeating: RowRandom(place: 0), count: padded)
    }

    deinit {
        blocks.deallocate()
        UnsafeMutableRawPointer(elapsed).deallocate()
        randoms.deallocate()
    }

    @inline(__always)
    func variable(_ variable: Int, of row: Int) -> UnsafeMutablePointer<Float> {
        (blocks + row / 8 * blockBytes + variable * 32 + row % 8 * 4).assumingMemoryBound(to: Float.self)
    }
}
