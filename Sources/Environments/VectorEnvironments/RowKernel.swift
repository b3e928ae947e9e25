import Foundations
import Spaces

/// The rows of a `RowEnvironment`.
///
/// The generic code lives in closures that are made where the environment's type is known: the methods of a generic
/// class, called through a protocol, would not be specialised.
public final class RowKernel: VectorKernel, @unchecked Sendable {  // threads touch disjoint rows
    public let layout: VectorLayout
    public let count: Int
    @usableFromInline let calls: RowCalls
    private let makeCalls: @Sendable (Int) -> RowCalls
    private let options: [String: ClosedRange<Double>]
    private let checkTogether: (ResetOptions) throws(Failure) -> Void

    /// - Throws: As the initialiser of the environment; `internal` where its fields do not fit its types.
    @inlinable
    public convenience init<Environment: RowEnvironment>(
        _ type: Environment.Type, _ configuration: Environment.Configuration, count: Int
    ) throws(Failure) {
        let environment = try Environment(configuration)
        let limit = configuration.maxEpisodeSteps
        try self.init(environment, count: count) { RowMemory(environment, count: $0, limit: limit).calls }
    }

    @usableFromInline
    init<Environment: RowEnvironment>(
        _ environment: Environment, count: Int, makeCalls: @escaping @Sendable (Int) -> RowCalls
    ) throws(Failure) {
        let fields = environment.stateFields
        guard fields.reduce(0, { $0 + $1.bytes }) == MemoryLayout<Environment.State>.size else {
            throw Failure(
                .internal, "the fields of \(Environment.State.self) are not its size",
                next: "make stateFields \(MemoryLayout<Environment.State>.size) bytes")
        }
        let observation = environment.observationSpace
        let action = environment.actionSpace
        let shown = observation.elementType == .bool ? .uint8 : observation.elementType
        guard action.elementType == Environment.Action.dtype, shown == Environment.Observation.dtype else {
            throw Failure(
                .internal, "\(Environment.self) has elements of another type than its spaces",
                next: "Int64 for discrete spaces, else the dtype of the space")
        }
        layout = VectorLayout(
            observationSpace: observation, actionSpace: action,
            observation: try observation.field("observation", observation.elementType ?? Environment.Observation.dtype),
            action: try action.field("action", Environment.Action.dtype), reward: .float64,
            info: environment.infoFields,
            state: fields + [ArrayField("elapsed_steps", .int64)] + Environment.Random.fields)
        self.count = count
        self.makeCalls = makeCalls
        calls = makeCalls(count)
        options = environment.resetOptions
        checkTogether = environment.check
    }

    private init(other: RowKernel, count: Int) {
        (layout, self.count, options) = (other.layout, count, other.options)
        (makeCalls, checkTogether) = (other.makeCalls, other.checkTogether)
        calls = makeCalls(count)
    }

    public func another(count: Int) -> any VectorKernel { RowKernel(other: self, count: count) }

    public func seed(row: Int, with seed: UInt64) { calls.seed(row, seed) }

    public func check(_ options: ResetOptions) throws(Failure) {
        try check(options, among: self.options)
        try checkTogether(options)
    }

    public func reset(rows: UnsafeBufferPointer<Int32>, options: ResetOptions, into buffers: StepBuffers) {
        calls.reset(rows, options, buffers)
    }

    public func check(actions: UnsafeRawPointer, skipping skipped: UnsafePointer<UInt8>?) throws(Failure) {
        guard let row = calls.firstBad(actions, skipped) else { return }
        throw Failure.action(ofRow: row, outside: layout.actionSpace)
    }

    public func step(
        rows: Range<Int>, skipping skipped: UnsafePointer<UInt8>?, actions: UnsafeRawPointer, into buffers: StepBuffers
    ) -> Bool {
        calls.step(rows, skipped, actions, buffers)
    }

    public func readState(row: Int, into record: UnsafeMutableRawPointer) { calls.read(row, record) }

    public func writeState(row: Int, from record: UnsafeRawPointer) throws(Failure) {
        guard calls.write(row, record) else {
            throw Failure(
                .invalidArgument, "the record of row \(row) is none that a row can have",
                next: "take records from get_state of the same environment and version")
        }
    }

    public func observe(row: Int, into buffers: StepBuffers) { calls.observe(row, buffers) }
}

extension VectorKernel {
    /// Fails for an option that is not known or out of its range.
    public func check(
        _ options: ResetOptions, among known: [String: ClosedRange<Double>]
    ) throws(Failure) {
        for (name, value) in options.sorted(by: { $0.key < $1.key }) {
            guard let range = known[name] else {
                let names = known.keys.sorted().joined(separator: ", ")
                throw Failure(
                    .invalidArgument, "there is no reset option \(name)",
                    next: names.isEmpty ? "this environment has none" : "there are \(names)")
            }
            guard range.contains(value) else {
                throw Failure(
                    .invalidArgument,
                    "the reset option \(name) is \(value), not from \(range.lowerBound) to \(range.upperBound)")
            }
        }
    }
}

/// The methods of a kernel with the environment's type known inside.
@usableFromInline
struct RowCalls {
    let seed: (Int, UInt64) -> Void
    let reset: (UnsafeBufferPointer<Int32>, ResetOptions, StepBuffers) -> Void
    let firstBad: (UnsafeRawPointer, UnsafePointer<UInt8>?) -> Int?
    let step: (Range<Int>, UnsafePointer<UInt8>?, UnsafeRawPointer, StepBuffers) -> Bool
    let read: (Int, UnsafeMutableRawPointer) -> Void
    let write: (Int, UnsafeRawPointer) -> Bool
    let observe: (Int, StepBuffers) -> Void

    @usableFromInline
    init(
        seed: @escaping (Int, UInt64) -> Void,
        reset: @escaping (UnsafeBufferPointer<Int32>, ResetOptions, StepBuffers) -> Void,
        firstBad: @escaping (UnsafeRawPointer, UnsafePointer<UInt8>?) -> Int?,
        step: @escaping (Range<Int>, UnsafePointer<UInt8>?, UnsafeRawPointer, StepBuffers) -> Bool,
        read: @escaping (Int, UnsafeMutableRawPointer) -> Void, write: @escaping (Int, UnsafeRawPointer) -> Bool,
        observe: @escaping (Int, StepBuffers) -> Void
    ) {
        self.seed = seed
        self.reset = reset
        self.firstBad = firstBad
        self.step = step
        self.read = read
        self.write = write
        self.observe = observe
    }
}
