import Foundations
import VectorEnvironments

/// The rows of a `LaneEnvironment`, in blocks of eight.
///
/// The generic code lives in closures that are made where the environment's type is known: the methods of a generic
/// class, called through a protocol, would not be specialised.
final class LaneKernel: VectorKernel, @unchecked Sendable {  // threads touch disjoint blocks
    let layout: VectorLayout
    let count: Int
    let rowsPerBlock = 8
    private let memory: LaneMemory
    private let stepRows: (Range<Int>, UnsafePointer<UInt8>?, UnsafeRawPointer, StepBuffers) -> Bool
    private let startRows: (UnsafeBufferPointer<Int32>, StartBounds, StepBuffers) -> Void
    private let observeRow: (Int, StepBuffers) -> Void
    private let checkActions: (UnsafeRawPointer, UnsafePointer<UInt8>?) -> Int?
    private let boundNames: [String: ClosedRange<Double>]
    private let readBounds: @Sendable (ResetOptions) -> StartBounds

    @inline(__always)
    init<Environment: LaneEnvironment>(
        _ environment: Environment, count: Int, layout: VectorLayout, limit: Int?, options: StartOptions,
        isValid: @escaping (Environment.Action) -> Bool
    ) {
        let rows = LaneRows(environment, count: count, limit: limit)
        let variables = layout.state
        self.layout = VectorLayout(
            observationSpace: layout.observationSpace, actionSpace: layout.actionSpace,
            observation: layout.observation, action: layout.action, reward: layout.reward,
            state: variables + [ArrayField("elapsed_steps", .int32), ArrayField("random", .uint64)])
        self.count = count
        memory = rows.memory
        stepRows = { rows.step($0, $1, $2, $3) }
        startRows = { rows.start($0, $1, $2) }
        observeRow = { rows.observe($0, $1) }
        checkActions = { rows.firstBad($0, $1, isValid) }
        boundNames = options.names
        readBounds = options.bounds
    }

    func seed(row: Int, with seed: UInt64) { memory.randoms[row] = RowRandom(seed: seed) }

    func check(_ options: ResetOptions) throws(Failure) {
        for (name, value) in options.sorted(by: { $0.key < $1.key }) {
            guard let range = boundNames[name] else {
                let known = boundNames.keys.sorted().joined(separator: ", ")
                throw Failure(
                    .invalidArgument, "there is no reset option \(name)",
                    next: known.isEmpty ? "this environment has none" : "it has \(known)")
            }
            guard range.contains(value) else {
                throw Failure(
                    .invalidArgument,
                    "the reset option \(name) must be from \(range.lowerBound) to \(range.upperBound)",
                    next: "for values beyond them use precision float64")
            }
        }
        let bounds = readBounds(options)
        if let low = bounds.first, let high = bounds.second, low > high, boundNames["low"] != nil {
            throw Failure(.invalidArgument, "the reset option low is above high")
        }
    }

    func reset(rows: UnsafeBufferPointer<Int32>, options: ResetOptions, into buffers: StepBuffers) {
        startRows(rows, options.isEmpty ? StartBounds() : readBounds(options), buffers)
    }

    func check(actions: UnsafeRawPointer, skipping skipped: UnsafePointer<UInt8>?) throws(Failure) {
        guard let row = checkActions(actions, skipped) else { return }
        throw Failure(
            .invalidAction, "the action of row \(row) is outside of the action space", details: ["row": "\(row)"])
    }

    func step(
        rows: Range<Int>, skipping skipped: UnsafePointer<UInt8>?, actions: UnsafeRawPointer, into buffers: StepBuffers
    ) -> Bool {
        stepRows(rows, skipped, actions, buffers)
    }

    func readState(row: Int, into record: UnsafeMutableRawPointer) {
        var place = record
        for variable in 0..<memory.variables {
            place.storeBytes(of: memory.variable(variable, of: row).pointee, as: Float.self)
            place += 4
        }
        place.storeBytes(of: memory.elapsed[row], as: Int32.self)
        place.storeBytes(of: memory.randoms[row].place, toByteOffset: 4, as: UInt64.self)
    }

    func writeState(row: Int, from record: UnsafeRawPointer) throws(Failure) {
        let size = memory.variables * 4
        for (variable, field) in zip(0..<memory.variables, layout.state)
        where !record.loadUnaligned(fromByteOffset: variable * 4, as: Float.self).isFinite {
            throw Failure(.invalidArgument, "\(field.name) of a record is not finite")
        }
        let elapsed = record.loadUnaligned(fromByteOffset: size, as: Int32.self)
        guard elapsed >= 0, elapsed < 1 << 30 else {
            throw Failure(.invalidArgument, "elapsed_steps of a record is \(elapsed)", next: "it counts from 0")
        }
        for variable in 0..<memory.variables {
            memory.variable(variable, of: row).pointee =
                record.loadUnaligned(fromByteOffset: variable * 4, as: Float.self)
        }
        memory.elapsed[row] = elapsed
        memory.randoms[row] = RowRandom(place: record.loadUnaligned(fromByteOffset: size + 4, as: UInt64.self))
    }

    func observe(row: Int, into buffers: StepBuffers) { observeRow(row, buffers) }
}

/// The reset options of an environment: the names with the values they may have, and what they mean.
struct StartOptions: Sendable {
    var names: [String: ClosedRange<Double>] = [:]
    var bounds: @Sendable (ResetOptions) -> StartBounds = { _ in StartBounds() }

    /// Two numbers by name.
    static func pair(_ first: String, _ second: String, within range: ClosedRange<Double>) -> StartOptions {
        StartOptions(names: [first: range, second: range]) { options in
            StartBounds(first: options[first].map { Float($0) }, second: options[second].map { Float($0) })
        }
    }
}
