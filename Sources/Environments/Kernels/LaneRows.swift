import VectorEnvironments

/// The rows of one environment with its type known: what `LaneKernel` calls.
struct LaneRows<Environment: LaneEnvironment>: @unchecked Sendable {  // threads touch disjoint blocks
    typealias Block = Environment.Block
    typealias Action = Environment.Action

    let environment: Environment
    let memory: LaneMemory
    let count: Int
    let limit: Int32

    init(_ environment: Environment, count: Int, limit: Int?) {
        self.environment = environment
        self.count = count
        self.limit = limit.flatMap { Int32(exactly: $0) } ?? .max
        memory = LaneMemory(count: count, blockBytes: MemoryLayout<Block>.size)
    }

    private func block(_ place: Int) -> UnsafeMutablePointer<Block> {
        memory.blocks.assumingMemoryBound(to: Block.self) + place
    }

    @inline(__always)
    func step(
        _ rows: Range<Int>, _ skipped: UnsafePointer<UInt8>?, _ actions: UnsafeRawPointer, _ buffers: StepBuffers
    ) -> Bool {
        let actions = actions.assumingMemoryBound(to: Action.self)
        let outputs = LaneOutputs(buffers)
        var ended = LaneMask(repeating: false)
        let whole = min(rows.upperBound, count / 8 * 8)
        var row = rows.lowerBound
        if let skipped {
            while row < whole {
                ended
                    .|= stepBlock(
                        row, skipped, actions + row, outputs.at(row, Environment.observationCount))
                row += 8
            }
        } else {
            while row < whole {
                ended .|= stepBlock(row, nil, actions + row, outputs.at(row, Environment.observationCount))
                row += 8
            }
        }
        if row < rows.upperBound { ended .|= stepTail(row, skipped, actions + row, outputs) }
        return !ended.isEmpty
    }

    @inline(__always)
    private func stepBlock(
        _ row: Int, _ skipped: UnsafePointer<UInt8>?, _ actions: UnsafePointer<Action>, _ outputs: LaneOutputs
    ) -> LaneMask {
        let block = block(row / 8)
        let clock = UnsafeMutableRawPointer(memory.elapsed + row).assumingMemoryBound(to: SIMD8<Int32>.self)
        var next = block.pointee
        let outcome = environment.step(&next, actions)
        var elapsed = clock.pointee &+ 1
        if let skipped, UnsafeRawPointer(skipped + row).loadUnaligned(as: UInt64.self) != 0 {
            keep(block, clock, &next, &elapsed, UnsafeRawPointer(skipped + row))
        }
        block.pointee = next
        clock.pointee = elapsed
        let truncated = elapsed .>= limit
        environment.observe(next, outputs.observations)
        UnsafeMutableRawPointer(outputs.rewards).storeBytes(of: outcome.rewards, as: Lanes.self)
        UnsafeMutableRawPointer(outputs.terminated).storeBytes(of: outcome.terminated.bytes, as: SIMD8<UInt8>.self)
        UnsafeMutableRawPointer(outputs.truncated).storeBytes(of: truncated.bytes, as: SIMD8<UInt8>.self)
        return outcome.terminated .| truncated
    }

    /// Puts back what skipped lanes held.
    @inline(never)
    private func keep(
        _ block: UnsafePointer<Block>, _ clock: UnsafePointer<SIMD8<Int32>>, _ next: inout Block,
        _ elapsed: inout SIMD8<Int32>, _ skipped: UnsafeRawPointer
    ) {
        withUnsafeMutableBytes(of: &next) { next in
            let old = UnsafeRawPointer(block).assumingMemoryBound(to: Float.self)
            for lane in 0..<8 where skipped.load(fromByteOffset: lane, as: UInt8.self) != 0 {
                for variable in 0..<next.count / 32 {
                    let place = variable * 8 + lane
                    next.storeBytes(of: old[place], toByteOffset: place * 4, as: Float.self)
                }
                elapsed[lane] = clock.pointee[lane]
            }
        }
    }

    /// Steps the rows that fill no block, through memory of eight.
    @inline(never)
    private func stepTail(
        _ row: Int, _ skipped: UnsafePointer<UInt8>?, _ actions: UnsafePointer<Action>, _ outputs: LaneOutputs
    ) -> LaneMask {
        let size = count - row
        let wide = Environment.observationCount
        return withUnsafeTemporaryAllocation(byteCount: 64 + 32 * wide + 32 + 16, alignment: 64) { scratch in
            guard let start = scratch.baseAddress else { return LaneMask(repeating: false) }
            start.initializeMemory(as: UInt8.self, repeating: 0, count: 64)
            start.copyMemory(from: actions, byteCount: size * MemoryLayout<Action>.stride)
            let observations = start + 64
            let rewards = observations + 32 * wide
            let part = LaneOutputs(
                observations: observations.assumingMemoryBound(to: Float.self),
                rewards: rewards.assumingMemoryBound(to: Float.self),
                terminated: (rewards + 32).assumingMemoryBound(to: UInt8.self),
                truncated: (rewards + 40).assumingMemoryBound(to: UInt8.self))
            let ended = stepBlock(row, skipped, UnsafePointer(start.assumingMemoryBound(to: Action.self)), part)
            let whole = outputs.at(row, wide)
            whole.observations.update(from: part.observations, count: size * wide)
            whole.rewards.update(from: part.rewards, count: size)
            whole.terminated.update(from: part.terminated, count: size)
            whole.truncated.update(from: part.truncated, count: size)
            return ended
        }
    }

    @inline(__always)
    func start(_ rows: UnsafeBufferPointer<Int32>, _ bounds: StartBounds, _ buffers: StepBuffers) {
        for row in rows {
            let row = Int(row)
            withUnsafeTemporaryAllocation(of: Float.self, capacity: 16) { variables in
                guard let start = variables.baseAddress else { return }
                environment.start(&memory.randoms[row], bounds, start)
                for variable in 0..<memory.variables { memory.variable(variable, of: row).pointee = start[variable] }
            }
            memory.elapsed[row] = 0
            observe(row, buffers)
        }
    }

    @inline(__always)
    func observe(_ row: Int, _ buffers: StepBuffers) {
        let wide = Environment.observationCount
        withUnsafeTemporaryAllocation(of: Float.self, capacity: 8 * 8) { scratch in
            guard let start = scratch.baseAddress else { return }
            environment.observe(block(row / 8).pointee, start)
            let out = buffers.observations.assumingMemoryBound(to: Float.self) + row * wide
            out.update(from: start + row % 8 * wide, count: wide)
        }
    }

    /// The first row that is not skipped and whose action is not valid.
    @inline(__always)
    func firstBad(
        _ actions: UnsafeRawPointer, _ skipped: UnsafePointer<UInt8>?, _ isValid: (Action) -> Bool
    ) -> Int? {
        let actions = actions.assumingMemoryBound(to: Action.self)
        var bad: UInt8 = 0
        for row in 0..<count { bad |= isValid(actions[row]) ? 0 : 1 }
        guard bad != 0 else { return nil }
        return (0..<count).first { !isValid(actions[$0]) && skipped?[$0] ?? 0 == 0 }
    }
}

/// Where eight rows write.
struct LaneOutputs {
    let observations: UnsafeMutablePointer<Float>
    let rewards: UnsafeMutablePointer<Float>
    let terminated: UnsafeMutablePointer<UInt8>
    let truncated: UnsafeMutablePointer<UInt8>

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
