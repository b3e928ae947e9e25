import Foundations
import NumPyRandom
import Spaces
import VectorEnvironments

/// Steps rows of one model one after the other. Each row has a PCG64 of its own, so that row `i` of a vector seeded
/// with `s` lives as Gymnasium's environment seeded with `s + i`.
final class RowKernel<Model: RowModel>: VectorKernel {
    let layout: VectorLayout
    let count: Int
    private let model: Model
    private let timeLimit: Int64
    private nonisolated(unsafe) let rows: UnsafeMutablePointer<Row>  // threads touch disjoint rows

    private struct Row {
        var state: Model.State
        var random: PCG64
        var steps: Int64
    }

    /// - Parameter timeLimit: Steps after which an episode is truncated; nil for no limit.
    init(_ model: Model, count: Int, timeLimit: Int?) {
        self.model = model
        self.count = count
        self.timeLimit = timeLimit.map(Int64.init) ?? .max
        layout = model.layout.adding(state: RowRecord.fields)
        var unused = PCG64(seed: 0)
        let row = Row(state: model.start([:], &unused), random: PCG64(seed: 0), steps: 0)
        rows = .allocate(capacity: count)
        rows.initialize(repeating: row, count: count)
    }

    deinit { rows.deallocate() }

    func seed(row: Int, with seed: UInt64) { rows[row].random = PCG64(seed: seed) }

    func check(_ options: ResetOptions) throws(Failure) { try model.check(options) }

    func reset(rows chosen: UnsafeBufferPointer<Int32>, options: ResetOptions, into buffers: StepBuffers) {
        for row in chosen.lazy.map(Int.init) {
            rows[row].state = model.start(options, &rows[row].random)
            rows[row].steps = 0
            observe(row: row, into: buffers)
        }
    }

    func check(actions: UnsafeRawPointer, skipping skipped: UnsafePointer<UInt8>?) throws(Failure) {
        let actions = actions.assumingMemoryBound(to: Model.Action.self)
        for row in 0..<count where skipped?[row] ?? 0 == 0 {
            guard let complaint = model.complaint(about: actions[row]) else { continue }
            throw Failure(.invalidAction, "the action of row \(row) \(complaint)")
        }
    }

    func step(
        rows chosen: Range<Int>, skipping skipped: UnsafePointer<UInt8>?, actions: UnsafeRawPointer,
        into buffers: StepBuffers
    ) -> Bool {
        let actions = actions.assumingMemoryBound(to: Model.Action.self)
        let rewards = buffers.rewards.assumingMemoryBound(to: Double.self)
        var anyEnded = false
        for row in chosen where skipped?[row] ?? 0 == 0 {
            let outcome = model.advance(&rows[row].state, by: actions[row], &rows[row].random)
            rows[row].steps &+= 1
            let isTruncated = rows[row].steps >= timeLimit
            rewards[row] = outcome.reward
            buffers.terminated[row] = outcome.terminated ? 1 : 0
            buffers.truncated[row] = isTruncated ? 1 : 0
            anyEnded = anyEnded || outcome.terminated || isTruncated
            observe(row: row, into: buffers)
        }
        return anyEnded
    }

    func observe(row: Int, into buffers: StepBuffers) {
        model.observe(rows[row].state, into: buffers.observations + row * layout.observation.bytes)
        guard let info = buffers.info else { return }
        model.inform(rows[row].state, into: InfoRow(base: info, count: count, row: row))
    }

    func readState(row: Int, into record: UnsafeMutableRawPointer) {
        var writer = RecordWriter(record)
        model.write(rows[row].state, to: &writer)
        RowRecord.write(rows[row].random, steps: rows[row].steps, to: &writer)
    }

    func writeState(row: Int, from record: UnsafeRawPointer) throws(Failure) {
        var reader = RecordReader(record)
        let state = try model.read(&reader)
        let (random, steps) = try RowRecord.read(&reader)
        rows[row] = Row(state: state, random: random, steps: steps)
    }
}
