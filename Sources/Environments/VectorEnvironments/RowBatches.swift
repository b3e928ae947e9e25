import Foundations
import Glibc

/// Rows that step some at a time in a thread of their own, while the caller does something else.
///
/// Results come in the order in which rows were sent. Rows of a vector step together only where all are meant, so a batch
/// steps in a vector of its size, to which the records of its rows are copied, and back.
public final class RowBatches: @unchecked Sendable {  // `lock` guards all that changes
    public let batch: Int
    private let whole: VectorEnvironment
    private let part: VectorEnvironment
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let changed: UnsafeMutablePointer<pthread_cond_t>
    private var asked: [Job] = []
    private var done: [BatchResult] = []
    /// Rows that were sent and not received, and those of them that somebody waits for.
    private var pending = 0
    private var claimed = 0
    private var thread: pthread_t?
    private var isStopping = false
    private var wasReset = false

    private enum Job {
        case reset(Seeds, mask: [UInt8]?, ResetOptions)
        /// At most a batch of rows, with their actions.
        case step(rows: [Int], actions: [UInt8])
    }

    /// - Parameters:
    ///   - whole: With next-step auto-reset. Nothing else may call it while rows are under way.
    ///   - batch: Rows of one result, at most all.
    /// - Throws: `invalidArgument`.
    public init(_ whole: VectorEnvironment, batch: Int) throws(Failure) {
        guard (1...whole.count).contains(batch) else {
            throw Failure(.invalidArgument, "batch must be from 1 to \(whole.count), not \(batch)")
        }
        guard whole.autoreset == .nextStep else {
            throw Failure(
                .invalidArgument, "batches have the autoreset NextStep, not \(whole.autoreset.rawValue)",
                next: "leave autoreset or batch out")
        }
        self.whole = whole
        self.batch = batch
        part = VectorEnvironment(whole.kernel.another(count: batch), threads: whole.threadCount)
        lock = .allocate(capacity: 1)
        lock.initialize(to: pthread_mutex_t())
        pthread_mutex_init(lock, nil)
        changed = .allocate(capacity: 1)
        changed.initialize(to: pthread_cond_t())
        pthread_cond_init(changed, nil)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(lock)
        changed.deallocate()
        lock.deallocate()
    }

    /// Rows that were sent and not received.
    public var underWay: Int { locked { pending } }

    /// Begins episodes in rows, as `VectorEnvironment.reset`; their first observations are received like results of steps.
    ///
    /// - Throws: `invalidArgument` for the seeds or the options, `sessionClosed`.
    public func sendReset(seeds: Seeds, mask: [UInt8]?, options: ResetOptions) throws(Failure) {
        try whole.kernel.check(options)
        if case .each(let list) = seeds, list.count != whole.count {
            throw Failure(.invalidArgument, "\(list.count) seeds for \(whole.count) rows")
        }
        let count = mask?.reduce(0) { $0 + ($1 == 0 ? 0 : 1) } ?? whole.count
        try ask([.reset(seeds, mask: mask, options)], rows: count, isReset: mask == nil)
    }

    /// Hands over one action for each of some rows.
    ///
    /// - Parameter actions: `[rows.count, …action]`.
    /// - Throws: `invalidAction`, also for a row whose next step ignores it; `notReset` where not every row was ever reset;
    ///   `invalidArgument` for a row that does not exist or stands twice; `sessionClosed`. Nothing is sent then.
    public func send(rows: [Int], actions: UnsafeRawPointer) throws(Failure) {
        var seen = Set<Int>()
        for row in rows {
            guard row >= 0, row < whole.count else {
                throw Failure(.invalidArgument, "there is no row \(row)", next: "rows are 0 to \(whole.count - 1)")
            }
            guard seen.insert(row).inserted else { throw Failure(.invalidArgument, "row \(row) stands twice") }
        }
        let size = whole.layout.action.bytes
        var jobs: [Job] = []
        for start in stride(from: 0, to: rows.count, by: batch) {
            let chosen = Array(rows[start..<min(rows.count, start + batch)])
            var bytes = Array(UnsafeRawBufferPointer(start: actions + start * size, count: chosen.count * size))
            // The rows of the vector beyond do what the first does.
            for _ in chosen.count..<batch { bytes.append(contentsOf: bytes[..<size]) }
            try aligned(bytes) { (actions) throws(Failure) in try part.kernel.check(actions: actions, skipping: nil) }
            jobs.append(.step(rows: chosen, actions: bytes))
        }
        guard locked({ wasReset }) else {
            throw Failure(.notReset, "not every row was ever reset", next: "send a reset of all rows first")
        }
        try ask(jobs, rows: rows.count, isReset: false)
    }

    /// Waits for the next `batch` results and writes them.
    ///
    /// - Parameters:
    ///   - rows: `[batch]`, overwritten.
    ///   - buffers: For `batch` rows.
    /// - Throws: `failedPrecondition` where fewer rows are under way, instead of waiting for ever; `sessionClosed`.
    public func receive(rows: UnsafeMutablePointer<Int64>, into buffers: StepBuffers) throws(Failure) {
        let results = try take()
        var place = 0
        for result in results {
            result.write(to: buffers, at: place, of: batch, whole.layout)
            for row in result.rows {
                rows[place] = Int64(row)
                place += 1
            }
        }
    }

    /// Ends the thread after the rows that step right now. Who waits for results gets `sessionClosed`.
    public func stop() {
        locked {
            isStopping = true
            asked = []
            pthread_cond_broadcast(changed)
        }
        let thread = locked { () -> pthread_t? in
            defer { self.thread = nil }
            return self.thread
        }
        if let thread { pthread_join(thread, nil) }
    }
}

extension RowBatches {
    private func locked<Value>(_ body: () -> Value) -> Value {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return body()
    }

    private var closed: Failure { Failure(.sessionClosed, "the vector was closed") }

    private func ask(_ jobs: [Job], rows: Int, isReset: Bool) throws(Failure) {
        let problem = locked { () -> Failure? in
            if isStopping { return closed }
            if thread == nil {
                var started = pthread_t()
                let me = Unmanaged.passRetained(self)
                let status = pthread_create(
                    &started, nil,
                    { raw in
                        if let raw { Unmanaged<RowBatches>.fromOpaque(raw).takeRetainedValue().work() }
                        return nil
                    }, me.toOpaque())
                guard status == 0 else {
                    me.release()
                    return Failure(.resourceExhausted, "the system has no thread for batches")
                }
                thread = started
            }
            asked += jobs
            pending += rows
            wasReset = wasReset || isReset
            pthread_cond_broadcast(changed)
            return nil
        }
        if let problem { throw problem }
    }

    /// `batch` results in order, the last one cut where it has more.
    private func take() throws(Failure) -> [BatchResult] {
        let outcome = locked { () -> Result<[BatchResult], Failure> in
            guard pending - claimed >= batch else {
                return .failure(
                    Failure(
                        .failedPrecondition, "\(pending - claimed) rows are under way, and recv gives \(batch)",
                        next: "send more actions first"))
            }
            claimed += batch
            while !isStopping, done.reduce(0, { $0 + $1.rows.count }) < batch { pthread_cond_wait(changed, lock) }
            if isStopping { return .failure(closed) }
            (pending, claimed) = (pending - batch, claimed - batch)
            var results: [BatchResult] = []
            var missing = batch
            while missing > 0 {
                let (taken, rest) = done[0].cut(at: missing, whole.layout)
                results.append(taken)
                missing -= taken.rows.count
                if let rest { done[0] = rest } else { done.removeFirst() }
            }
            return .success(results)
        }
        return try outcome.get()
    }

    private func work() {
        while true {
            let job = locked { () -> Job? in
                while !isStopping, asked.isEmpty { pthread_cond_wait(changed, lock) }
                return isStopping ? nil : asked.removeFirst()
            }
            guard let job else { return }
            let result = run(job)
            locked {
                done.append(result)
                pthread_cond_broadcast(changed)
            }
        }
    }

    private func run(_ job: Job) -> BatchResult {
        do throws(Failure) {
            switch job {
            case .step(let rows, let actions): return try step(rows, actions)
            case .reset(let seeds, let mask, let options): return try reset(seeds, mask, options)
            }
        } catch {
            // All that can fail was looked at when it was sent.
            preconditionFailure("a batch failed: \(error.message)")
        }
    }

    private func step(_ rows: [Int], _ actions: [UInt8]) throws(Failure) -> BatchResult {
        let memory = BatchMemory(whole.layout, rows: batch)
        let size = whole.recordBytes
        let records = UnsafeMutableRawPointer.allocate(byteCount: batch * size, alignment: 8)
        defer { records.deallocate() }
        try whole.readRecords(of: rows, into: records)
        for place in rows.count..<batch { (records + place * size).copyMemory(from: records, byteCount: size) }
        try part.writeRecords(of: 0..<batch, from: records)
        try aligned(actions) { (actions) throws(Failure) in try part.step(actions: actions, into: memory.buffers) }
        try part.readRecords(of: 0..<rows.count, into: records)
        try whole.writeRecords(of: rows, from: records)
        return memory.result(rows: rows, from: Array(0..<rows.count), whole.layout)
    }

    private func reset(_ seeds: Seeds, _ mask: [UInt8]?, _ options: ResetOptions) throws(Failure) -> BatchResult {
        let memory = BatchMemory(whole.layout, rows: whole.count)
        guard let mask else {
            try whole.reset(seeds: seeds, options: options, into: memory.buffers)
            let all = Array(0..<whole.count)
            return memory.result(rows: all, from: all, whole.layout)
        }
        try mask.withUnsafeBufferPointer { (mask) throws(Failure) in
            try whole.reset(seeds: seeds, mask: mask.baseAddress, options: options, into: memory.buffers)
        }
        let chosen = mask.indices.filter { mask[$0] != 0 }
        return memory.result(rows: chosen, from: chosen, whole.layout)
    }

    private func aligned(
        _ bytes: [UInt8], _ body: (UnsafeRawPointer) throws(Failure) -> Void
    ) throws(Failure) {
        let copy = UnsafeMutableRawPointer.allocate(byteCount: max(bytes.count, 1), alignment: 64)
        defer { copy.deallocate() }
        bytes.withUnsafeBytes { if let start = $0.baseAddress { copy.copyMemory(from: start, byteCount: $0.count) } }
        try body(UnsafeRawPointer(copy))
    }
}
