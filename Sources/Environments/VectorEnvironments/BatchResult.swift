/// What some rows gave, one array after the other for all of them; the info field by field.
struct BatchResult: Sendable {
    let rows: [Int]
    let observations: [UInt8]
    let rewards: [UInt8]
    let terminated: [UInt8]
    let truncated: [UInt8]
    let info: [[UInt8]]

    /// The first rows, and the rest where there is one.
    func cut(at count: Int, _ layout: VectorLayout) -> (BatchResult, BatchResult?) {
        guard count < rows.count else { return (self, nil) }
        return (part(0..<count, layout), part(count..<rows.count, layout))
    }

    private func part(_ range: Range<Int>, _ layout: VectorLayout) -> BatchResult {
        func bytes(_ all: [UInt8], _ size: Int) -> [UInt8] {
            Array(all[range.lowerBound * size..<range.upperBound * size])
        }
        return BatchResult(
            rows: Array(rows[range]), observations: bytes(observations, layout.observation.bytes),
            rewards: bytes(rewards, layout.reward.size), terminated: bytes(terminated, 1),
            truncated: bytes(truncated, 1), info: zip(info, layout.info).map { bytes($0, $1.bytes) })
    }

    /// Writes the rows to buffers of `count` rows, from a place on.
    func write(to buffers: StepBuffers, at place: Int, of count: Int, _ layout: VectorLayout) {
        func copy(_ bytes: [UInt8], to target: UnsafeMutableRawPointer, _ size: Int) {
            bytes.withUnsafeBytes {
                if let start = $0.baseAddress {
                    (target + place * size).copyMemory(from: start, byteCount: $0.count)
                }
            }
        }
        copy(observations, to: buffers.observations, layout.observation.bytes)
        copy(rewards, to: buffers.rewards, layout.reward.size)
        copy(terminated, to: buffers.terminated, 1)
        copy(truncated, to: buffers.truncated, 1)
        guard var field = buffers.info else { return }
        for (bytes, array) in zip(info, layout.info) {
            copy(bytes, to: field, array.bytes)
            field += array.bytes * count
        }
    }
}

/// Memory for the outputs of one call.
final class BatchMemory {
    let buffers: StepBuffers
    private let memory: UnsafeMutableRawPointer
    private let rows: Int

    init(_ layout: VectorLayout, rows: Int) {
        self.rows = rows
        let sizes = [layout.observation.bytes, layout.reward.size, 1, 1, layout.infoBytes].map { $0 * rows }
        var starts: [Int] = []
        var end = 0
        for size in sizes {
            starts.append(end)
            end += (size + 63) / 64 * 64
        }
        memory = .allocate(byteCount: max(end, 64), alignment: 64)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: end)
        buffers = StepBuffers(
            observations: memory, rewards: memory + starts[1],
            terminated: (memory + starts[2]).assumingMemoryBound(to: UInt8.self),
            truncated: (memory + starts[3]).assumingMemoryBound(to: UInt8.self),
            info: layout.infoBytes == 0 ? nil : memory + starts[4])
    }

    deinit { memory.deallocate() }

    /// - Parameter places: Where each of the rows stands in this memory.
    func result(rows: [Int], from places: [Int], _ layout: VectorLayout) -> BatchResult {
        func bytes(_ source: UnsafeRawPointer, _ size: Int) -> [UInt8] {
            var bytes: [UInt8] = []
            bytes.reserveCapacity(places.count * size)
            for place in places {
                bytes.append(contentsOf: UnsafeRawBufferPointer(start: source + place * size, count: size))
            }
            return bytes
        }
        var info: [[UInt8]] = []
        if var field = buffers.info {
            for array in layout.info {
                info.append(bytes(field, array.bytes))
                field += array.bytes * self.rows
            }
        }
        return BatchResult(
            rows: rows, observations: bytes(buffers.observations, layout.observation.bytes),
            rewards: bytes(buffers.rewards, layout.reward.size), terminated: bytes(buffers.terminated, 1),
            truncated: bytes(buffers.truncated, 1), info: info)
    }
}
