import Lanes
import VectorEnvironments

/// The rows of one environment with its type known.
struct LaneRows<Environment: LaneEnvironment>: @unchecked Sendable {  // threads touch disjoint blocks
    typealias Block = Environment.Block
    typealias Action = Environment.Action

    let environment: Environment
    /// Keeps the pointers alive.
    private let memory: LaneMemory
    private let blocks: UnsafeMutablePointer<Block>
    private let clocks: UnsafeMutablePointer<SIMD8<Int32>>
    private let randoms: UnsafeMutablePointer<RowRandom>
    private let count: Int
    /// One less than the steps of an episode.
    private let lastStep: Int32

    init(_ environment: Environment, _ memory: LaneMemory, limit: Int32) {
        self.environment = environment
        self.memory = memory
        blocks = memory.blocks.assumingMemoryBound(to: Block.self)
        clocks = UnsafeMutableRawPointer(memory.elapsed).assumingMemoryBound(to: SIMD8<Int32>.self)
        randoms = memory.randoms
        count = memory.count
        lastStep = limit - 1
    }

    /// What a `LaneKernel` calls.
    @inline(__always)
    var functions: LaneFunctions {
        LaneFunctions(
            start: { start($0, $1, $2, $3) }, step: { step($0, $1, $2) }, observe: { observe($0, $1) },
            firstBad: { firstBad($0, $1) })
    }

    @inline(__always)
    private func step(_ rows: Range<Int>, _ actions: UnsafeRawPointer, _ buffers: StepBuffers) -> Bool {
        let actions = actions.assumingMemoryBound(to: Action.self)
        let outputs = LaneOutputs(buffers)
        var ended = SIMD8<Int32>()
        let whole = min(rows.upperBound, count & ~7)
        var row = rows.lowerBound
        while row < whole {
            ended |= stepBlock(row, actions + row, outputs.at(row, Environment.observationCount))
            row += 8
        }
        if row < rows.upperBound { ended |= stepTail(row, actions + row, outputs) }
        return corral_any(ended) != 0
    }

    @inline(__always)
    private func stepBlock(_ row: Int, _ actions: UnsafePointer<Action>, _ outputs: LaneOutputs) -> SIMD8<Int32> {
        let place = row >> 3
        var block = blocks[place]
        let outcome = environment.step(&block, actions)
        let elapsed = clocks[place] &+ 1
        blocks[place] = block
        clocks[place] = elapsed
        let truncated = (SIMD8(repeating: lastStep) &- elapsed) &>> 31
        environment.observe(block, outputs.observations)
        UnsafeMutableRawPointer(outputs.rewards).storeBytes(of: outcome.rewards, as: Lanes.self)
        corral_store_flags(outputs.terminated, outcome.terminated)
        corral_store_flags(outputs.truncated, truncated)
        return outcome.terminated | truncated
    }

    /// Steps the rows that fill no block, through memory of eight.
    @inline(never)
    private func stepTail(_ row: Int, _ actions: UnsafePointer<Action>, _ outputs: LaneOutputs) -> SIMD8<Int32> {
        let size = count - row
        let wide = Environment.observationCount
        return withUnsafeTemporaryAllocation(byteCount: 64 + 32 * wide + 32 + 16, alignment: 64) { scratch in
            let start = scratch.baseAddress.unsafelyUnwrapped
            for word in 0..<8 { start.storeBytes(of: 0, toByteOffset: word * 8, as: UInt64.self) }
            let eight = start.assumingMemoryBound(to: Action.self)
            for place in 0..<size { eight[place] = actions[place] }
            let rewards = start + 64 + 32 * wide
            let part = LaneOutputs(
                observations: (start + 64).assumingMemoryBound(to: Float.self),
                rewards: rewards.assumingMemoryBound(to: Float.self),
                terminated: (rewards + 32).assumingMemoryBound(to: UInt8.self),
                truncated: (rewards + 40).assumingMemoryBound(to: UInt8.self))
            let ended = stepBlock(row, UnsafePointer(eight), part)
            let whole = outputs.at(row, wide)
            for element in 0..<size * wide { whole.observations[element] = part.observations[element] }
            var mask = SIMD8<Int32>()
            for place in 0..<size {
                whole.rewards[place] = part.rewards[place]
                whole.terminated[place] = part.terminated[place]
                whole.truncated[place] = part.truncated[place]
                mask[place] = -1
            }
            return ended & mask
        }
    }

    @inline(__always)
    private func start(
        _ rows: UnsafeBufferPointer<Int32>, _ first: Float, _ second: Float, _ buffers: StepBuffers
    ) {
        let variables = MemoryLayout<Block>.size / 32
        let observations = buffers.observations.assumingMemoryBound(to: Float.self)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: 16) { scratch in
            let values = scratch.baseAddress.unsafelyUnwrapped
            for row in rows {
                let row = Int(row)
                environment.start(&randoms[row], first, second, values)
                let lane = UnsafeMutableRawPointer(blocks + (row >> 3)).assumingMemoryBound(to: Float.self) + (row & 7)
                for variable in 0..<variables { lane[variable * 8] = values[variable] }
                memory.elapsed[row] = 0
                environment.observe(UnsafePointer(values), observations + row * Environment.observationCount)
            }
        }
    }

    @inline(__always)
    private func observe(_ row: Int, _ buffers: StepBuffers) {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: 16) { scratch in
            let values = scratch.baseAddress.unsafelyUnwrapped
            let lane = UnsafeMutableRawPointer(blocks + (row >> 3)).assumingMemoryBound(to: Float.self) + (row & 7)
            for variable in 0..<MemoryLayout<Block>.size / 32 { values[variable] = lane[variable * 8] }
            let observations = buffers.observations.assumingMemoryBound(to: Float.self)
            environment.observe(UnsafePointer(values), observations + row * Environment.observationCount)
        }
    }

    /// The first row that is not skipped and whose action is not valid; -1 where there is none.
    @inline(__always)
    private func firstBad(_ actions: UnsafeRawPointer, _ skipped: UnsafePointer<UInt8>?) -> Int {
        let actions = actions.assumingMemoryBound(to: Action.self)
        var bad: UInt64 = 0
        for row in 0..<count { bad |= environment.isValid(actions[row]) ? 0 : 1 }
        guard bad != 0 else { return -1 }
        for row in 0..<count where !environment.isValid(actions[row]) {
            if let skipped, skipped[row] != 0 { continue }
            return row
        }
        return -1
    }
}

/// Where rows write.
struct LaneOutputs {
    let observations: UnsafeMutablePointer<Float>
    let rewards: UnsafeMutablePointer<Float>
    let terminated: UnsafeMutablePointer<UInt8>
    let truncated: UnsafeMutablePointer<UInt8>

    /// The same from a row on.
    @inline(__always)
    func at(_ row: Int, _ wide: Int) -> LaneOutputs {
        LaneOutputs(
            observations: observations + row * wide, rewards: rewards + row, terminated: terminated + row,
            truncated: truncated + row)
    }
}

extension LaneOutputs {
    @inline(__always)
    init(_ buffers: StepBuffers) {
        self.init(
            observations: buffers.observations.assumingMemoryBound(to: Float.self),
            rewards: buffers.rewards.assumingMemoryBound(to: Float.self), terminated: buffers.terminated,
            truncated: buffers.truncated)
    }
}
