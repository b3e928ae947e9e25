import Foundations

/// Rows of one environment that step together: a kernel with auto-reset, masks, seeds, records and threads around it.
///
/// One call at a time; a second one while the first runs is refused as `busy`.
public final class VectorEnvironment: @unchecked Sendable {  // `entered` lets one call in; its threads share no row
    public let kernel: any VectorKernel
    public let autoreset: AutoresetMode
    /// Nil where the environment draws no pictures.
    public let renderer: RowRenderer?
    public let layout: VectorLayout
    public let count: Int
    private let rewardSize: Int
    private let observationSize: Int

    let phases: UnsafeMutablePointer<UInt8>
    /// Rows of one call of the kernel; each thread writes its own part.
    private let listed: UnsafeMutablePointer<Int32>
    private let threads: WorkerThreads?
    let threadCount: Int
    private let entered = Gate()
    /// Rows that were never reset.
    var idle: Int

    /// What a row does with the next step.
    enum Phase {
        static let running: UInt8 = 0
        static let ended: UInt8 = 1
        static let neverReset: UInt8 = 2
    }

    /// Rows that a kernel advances at once, so that what it wrote is still near when ended rows are looked for.
    private static let chunk = 1024

    /// - Parameter threads: Threads that share the rows, the caller's included.
    public init(
        _ kernel: any VectorKernel, autoreset: AutoresetMode = .nextStep, threads: Int = 1, renderer: RowRenderer? = nil
    ) {
        self.kernel = kernel
        self.renderer = renderer
        self.autoreset = autoreset
        layout = kernel.layout
        count = kernel.count
        rewardSize = layout.reward.size
        observationSize = layout.observation.bytes
        phases = .allocate(capacity: count + 8)
        phases.initialize(repeating: Phase.neverReset, count: count)
        (phases + count).initialize(repeating: Phase.running, count: 8)
        listed = .allocate(capacity: count)
        listed.initialize(repeating: 0, count: count)
        threadCount = threads
        let useful = min(threads, (count + Self.chunk - 1) / Self.chunk)
        self.threads = useful > 1 ? WorkerThreads(count: useful) : nil
        idle = count
    }

    deinit {
        phases.deallocate()
        listed.deallocate()
    }

    /// Starts episodes and writes their observations and info.
    ///
    /// - Parameters:
    ///   - mask: `[count]`, rows with a byte other than 0 are reset; nil for all of them. Outputs of others stay.
    /// - Throws: `invalidArgument` for options that the environment does not have, `busy` during another call.
    public func reset(
        seeds: Seeds = .none, mask: UnsafePointer<UInt8>? = nil, options: ResetOptions = [:], into buffers: StepBuffers
    ) throws(Failure) {
        try entered.enter()
        defer { entered.leave() }
        if case .each(let list) = seeds, list.count != count {
            throw Failure(.invalidArgument, "\(list.count) seeds for \(count) rows", next: "give one seed for each row")
        }
        try kernel.check(options)
        var found = 0
        for row in 0..<count where mask.map({ $0[row] != 0 }) ?? true {
            if let seed = seeds.seed(of: row) {
                kernel.seed(row: row, with: seed)
            } else if phases[row] == Phase.neverReset {
                kernel.seed(row: row, with: .random(in: 0 ... .max))
            }
            if phases[row] == Phase.neverReset { idle -= 1 }
            phases[row] = Phase.running
            listed[found] = Int32(truncatingIfNeeded: row)
            found += 1
        }
        kernel.reset(rows: UnsafeBufferPointer(start: listed, count: found), options: options, into: buffers)
    }

    /// Advances every row by one step.
    ///
    /// - Parameter actions: `[count, …action]`.
    /// - Throws: `invalidAction`, `notReset` before the first reset, `episodeOver` with auto-reset disabled where a row
    ///   has ended, `busy` during another call; nothing has moved then.
    public func step(actions: UnsafeRawPointer, into buffers: StepBuffers) throws(Failure) {
        try entered.enter()
        defer { entered.leave() }
        guard idle == 0 else {
            throw Failure(.notReset, "\(idle) of \(count) rows were never reset", next: "reset before the first step")
        }
        let skips = autoreset == .nextStep
        try kernel.check(actions: actions, skipping: skips ? UnsafePointer(phases) : nil)
        if autoreset == .disabled { try refuseEnded() }
        guard let threads else { return advance(rows: 0..<count, actions, buffers) }
        threads.run { [self] part, parts in
            let chunks = (count + Self.chunk - 1) / Self.chunk
            let lower = chunks * part / parts * Self.chunk
            advance(rows: lower..<min(count, chunks * (part + 1) / parts * Self.chunk), actions, buffers)
        }
    }

    private func refuseEnded() throws(Failure) {
        guard let row = (0..<count).first(where: { phases[$0] == Phase.ended }) else { return }
        throw Failure(
            .episodeOver, "the episode of row \(row) has ended", next: "reset ended rows by a mask before the next step"
        )
    }

    private func advance(rows: Range<Int>, _ actions: UnsafeRawPointer, _ buffers: StepBuffers) {
        for lower in stride(from: rows.lowerBound, to: rows.upperBound, by: Self.chunk) {
            let chunk = lower..<min(rows.upperBound, lower + Self.chunk)
            let pending = autoreset == .nextStep ? list(chunk, phases, phases) : 0
            let ends = kernel.step(
                rows: chunk, skipping: pending > 0 ? UnsafePointer(phases) : nil, actions: actions, into: buffers)
            if pending > 0 { restart(UnsafeBufferPointer(start: listed + lower, count: pending), buffers) }
            if ends { settle(chunk, buffers) }
        }
    }

    /// Lists the rows of a chunk of which a byte is not 0 in one of two arrays, and returns how many there are.
    private func list(
        _ chunk: Range<Int>, _ one: UnsafePointer<UInt8>, _ other: UnsafePointer<UInt8>
    ) -> Int {
        var found = listed + chunk.lowerBound
        var row = chunk.lowerBound
        while row + 8 <= chunk.upperBound {
            var word =
                UnsafeRawPointer(one + row).loadUnaligned(as: UInt64.self)
                | UnsafeRawPointer(other + row).loadUnaligned(as: UInt64.self)
            while word != 0 {
                let byte = word.trailingZeroBitCount / 8
                found.pointee = Int32(truncatingIfNeeded: row &+ byte)
                found += 1
                word &= ~(0xff << UInt64(truncatingIfNeeded: byte * 8))
            }
            row += 8
        }
        while row < chunk.upperBound {
            if one[row] | other[row] != 0 {
                found.pointee = Int32(truncatingIfNeeded: row)
                found += 1
            }
            row += 1
        }
        return found - (listed + chunk.lowerBound)
    }

    /// Next-step auto-reset: the rows begin an episode instead of a step.
    private func restart(_ rows: UnsafeBufferPointer<Int32>, _ buffers: StepBuffers) {
        kernel.reset(rows: rows, options: [:], into: buffers)
        for row in rows {
            let row = Int(row)
            if rewardSize == 4 {
                buffers.rewards.storeBytes(of: 0, toByteOffset: row * 4, as: Float.self)
            } else {
                buffers.rewards.storeBytes(of: 0, toByteOffset: row * 8, as: Double.self)
            }
            buffers.terminated[row] = 0
            buffers.truncated[row] = 0
            phases[row] = Phase.running
        }
    }

    private func settle(_ chunk: Range<Int>, _ buffers: StepBuffers) {
        let ended = list(chunk, buffers.terminated, buffers.truncated)
        let rows = UnsafeBufferPointer(start: listed + chunk.lowerBound, count: ended)
        guard autoreset == .sameStep else {
            for row in rows { phases[Int(row)] = Phase.ended }
            return
        }
        keepFinals(rows, buffers)
        kernel.reset(rows: rows, options: [:], into: buffers)
    }

    private func keepFinals(_ rows: UnsafeBufferPointer<Int32>, _ buffers: StepBuffers) {
        if let finals = buffers.finalObservations {
            copy(observationSize, of: rows, from: buffers.observations, to: finals)
        }
        if var info = buffers.info, var finals = buffers.finalInfo {
            for field in layout.info {
                copy(field.bytes, of: rows, from: info, to: finals)
                info += field.bytes * count
                finals += field.bytes * count
            }
        }
    }

    private func copy(
        _ size: Int, of rows: UnsafeBufferPointer<Int32>, from source: UnsafeMutableRawPointer,
        to target: UnsafeMutableRawPointer
    ) {
        for row in rows {
            (target + Int(row) * size).copyMemory(from: source + Int(row) * size, byteCount: size)
        }
    }

    /// Runs a body that no other call may overlap.
    func alone<Result>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        try entered.enter()
        defer { entered.leave() }
        return try body()
    }
}
