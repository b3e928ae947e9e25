import Spaces

/// The rows of one environment with its type known.
@usableFromInline
final class RowMemory<Environment: RowEnvironment>: @unchecked Sendable {  // threads touch disjoint rows
    @usableFromInline typealias State = Environment.State
    @usableFromInline typealias Action = Environment.Action
    @usableFromInline typealias Random = Environment.Random

    @usableFromInline let environment: Environment
    @usableFromInline let count: Int
    @usableFromInline let limit: Int64
    @usableFromInline let states: UnsafeMutablePointer<State>
    @usableFromInline let elapsed: UnsafeMutablePointer<Int64>
    @usableFromInline let randoms: UnsafeMutablePointer<Random>
    @usableFromInline let actionElements: Int
    @usableFromInline let actionRange: ClosedRange<Int64>?
    @usableFromInline let observationElements: Int
    @usableFromInline let infoSizes: [Int]

    @inlinable
    init(_ environment: Environment, count: Int, limit: Int?) {
        self.environment = environment
        self.count = count
        self.limit = limit.map { Int64($0) } ?? .max
        states = .allocate(capacity: count)
        elapsed = .allocate(capacity: count)
        elapsed.initialize(repeating: 0, count: count)
        randoms = .allocate(capacity: count)
        randoms.initialize(repeating: Random(seed: 0), count: count)
        (actionElements, actionRange) = actionForm(environment.actionSpace)
        observationElements = elementCount(environment.observationSpace)
        infoSizes = environment.infoFields.map(\.bytes)
        var random = Random(seed: 0)
        states.initialize(repeating: environment.reset(&random, options: [:]), count: count)
    }

    deinit {
        states.deallocate()
        elapsed.deallocate()
        randoms.deallocate()
    }

    @inlinable
    var calls: RowCalls {
        RowCalls(
            seed: { [self] row, seed in randoms[row] = Random(seed: seed) }, reset: { [self] in reset($0, $1, $2) },
            firstBad: { [self] in firstBad($0, $1) }, step: { [self] in step($0, $1, $2, $3) },
            read: { [self] in read($0, $1) }, write: { [self] in write($0, $1) }, observe: { [self] in observe($0, $1) }
        )
    }

    @inlinable
    func reset(_ rows: UnsafeBufferPointer<Int32>, _ options: ResetOptions, _ buffers: StepBuffers) {
        for row in rows {
            let row = Int(row)
            states[row] = environment.reset(&randoms[row], options: options)
            elapsed[row] = 0
            observe(row, buffers)
        }
    }

    @inlinable
    func firstBad(_ raw: UnsafeRawPointer, _ skipped: UnsafePointer<UInt8>?) -> Int? {
        for row in 0..<count where skipped?[row] ?? 0 == 0 {
            let start = raw + row * actionElements * MemoryLayout<Action>.stride
            if let actionRange {
                guard actionRange.contains(start.load(as: Int64.self)) else { return row }
            } else if Action.dtype == .float32 {
                let action = start.assumingMemoryBound(to: Float.self)
                for element in 0..<actionElements where action[element].isNaN { return row }
            } else if Action.dtype == .float64 {
                let action = start.assumingMemoryBound(to: Double.self)
                for element in 0..<actionElements where action[element].isNaN { return row }
            }
        }
        return nil
    }

    @inlinable
    func step(
        _ rows: Range<Int>, _ skipped: UnsafePointer<UInt8>?, _ raw: UnsafeRawPointer, _ buffers: StepBuffers
    ) -> Bool {
        let actions = raw.assumingMemoryBound(to: Action.self)
        let rewards = buffers.rewards.assumingMemoryBound(to: Double.self)
        var ends = false
        for row in rows where skipped?[row] ?? 0 == 0 {
            let action = Span(_unsafeStart: actions + row * actionElements, count: actionElements)
            let outcome = environment.step(&states[row], action: action, random: &randoms[row])
            elapsed[row] &+= 1
            let isTruncated = elapsed[row] >= limit
            rewards[row] = outcome.reward
            buffers.terminated[row] = outcome.terminated ? 1 : 0
            buffers.truncated[row] = isTruncated ? 1 : 0
            ends = ends || outcome.terminated || isTruncated
            observe(row, buffers)
        }
        return ends
    }

    @inlinable
    func observe(_ row: Int, _ buffers: StepBuffers) {
        let observations = buffers.observations.assumingMemoryBound(to: Environment.Observation.self)
        var observation = MutableSpan(
            _unsafeStart: observations + row * observationElements, count: observationElements)
        environment.observe(states[row], into: &observation)
        guard !infoSizes.isEmpty, let info = buffers.info else { return }
        let size = infoSizes.reduce(0, +)
        withUnsafeTemporaryAllocation(byteCount: size, alignment: 8) { record in
            environment.info(states[row], into: record)
            guard var source = UnsafeRawPointer(record.baseAddress) else { return }
            var field = info
            for size in infoSizes {
                (field + row * size).copyMemory(from: source, byteCount: size)
                field += size * count
                source += size
            }
        }
    }

    @inlinable
    func read(_ row: Int, _ record: UnsafeMutableRawPointer) {
        let size = MemoryLayout<State>.size
        record.copyMemory(from: states + row, byteCount: size)
        record.storeBytes(of: elapsed[row], toByteOffset: size, as: Int64.self)
        (record + size + 8).copyMemory(from: randoms + row, byteCount: MemoryLayout<Random>.size)
    }

    @inlinable
    func write(_ row: Int, _ record: UnsafeRawPointer) -> Bool {
        let size = MemoryLayout<State>.size
        let state = record.loadUnaligned(as: State.self)
        let steps = record.loadUnaligned(fromByteOffset: size, as: Int64.self)
        let random = record.loadUnaligned(fromByteOffset: size + 8, as: Random.self)
        guard steps >= 0, steps < .max, environment.isValid(state), random.isValid else { return false }
        states[row] = state
        elapsed[row] = steps
        randoms[row] = random
        return true
    }
}

@usableFromInline
func actionForm(_ space: Space) -> (elements: Int, range: ClosedRange<Int64>?) {
    (elementCount(space), space.discreteRange)
}

@usableFromInline
func elementCount(_ space: Space) -> Int { space.arrayShape?.reduce(1, *) ?? 0 }
