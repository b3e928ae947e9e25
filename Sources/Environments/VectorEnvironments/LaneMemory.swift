/// The memory of the rows of a float32 kernel, padded to whole blocks of eight rows. A block holds its variables one
/// after the other, eight numbers each, one for each row.
public final class LaneMemory: @unchecked Sendable {  // threads touch disjoint blocks
    public let count: Int
    /// Numbers that a row has.
    public let variables: Int
    public let blocks: UnsafeMutableRawPointer
    public let elapsed: UnsafeMutablePointer<Int32>
    public let randoms: UnsafeMutablePointer<RowRandom>

    public init(count: Int, variables: Int) {
        self.count = count
        self.variables = variables
        let padded = (count + 7) / 8 * 8
        blocks = .allocate(byteCount: padded * variables * 4, alignment: 64)
        blocks.initializeMemory(as: UInt8.self, repeating: 0, count: padded * variables * 4)
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

    func variable(_ variable: Int, of row: Int) -> UnsafeMutablePointer<Float> {
        (blocks + (row / 8 * variables + variable) * 32 + row % 8 * 4).assumingMemoryBound(to: Float.self)
    }
}
