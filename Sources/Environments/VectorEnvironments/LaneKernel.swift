import Foundations
import Spaces

/// A float32 kernel of which eight rows step at once: the functions of a module of kernels, with all that is not hot
/// around them.
public final class LaneKernel: VectorKernel, @unchecked Sendable {  // threads touch disjoint blocks
    public let layout: VectorLayout
    public let count: Int
    public let rowsPerBlock = 8
    private let memory: LaneMemory
    private let functions: LaneFunctions
    private let makeFunctions: @Sendable (LaneMemory) -> LaneFunctions
    private let options: StartOptions?
    private let bounds: Float

    /// - Parameters:
    ///   - layout: Its state is the variables of the memory, in order.
    ///   - bound: The magnitude that variables of records must not pass.
    ///   - functions: Of the module of kernels, for a memory.
    public init(
        layout: VectorLayout, memory: LaneMemory, options: StartOptions?, bound: Float = 1e6,
        functions: @escaping @Sendable (LaneMemory) -> LaneFunctions
    ) {
        self.layout = VectorLayout(
            observationSpace: layout.observationSpace, actionSpace: layout.actionSpace,
            observation: layout.observation, action: layout.action, reward: layout.reward, info: layout.info,
            state: layout.state + [ArrayField("elapsed_steps", .int32), ArrayField("random", .uint64)])
        count = memory.count
        self.memory = memory
        self.options = options
        self.functions = functions(memory)
        makeFunctions = functions
        bounds = bound
    }

    private init(other: LaneKernel, count: Int) {
        (layout, self.count, options, bounds) = (other.layout, count, other.options, other.bounds)
        memory = LaneMemory(count: count, variables: other.memory.variables)
        makeFunctions = other.makeFunctions
        functions = makeFunctions(memory)
    }

    public func another(count: Int) -> any VectorKernel { LaneKernel(other: self, count: count) }

    public func seed(row: Int, with seed: UInt64) { memory.randoms[row] = RowRandom(seed: seed) }

    public func check(_ given: ResetOptions) throws(Failure) {
        guard let options else { return try check(given, among: [:]) }
        try check(given, among: [options.first: options.firstRange, options.second: options.secondRange])
        guard options.isRange, let low = given[options.first], let high = given[options.second], low > high else {
            return
        }
        throw Failure(.invalidArgument, "the reset option \(options.first) is above \(options.second)")
    }

    public func reset(rows: UnsafeBufferPointer<Int32>, options given: ResetOptions, into buffers: StepBuffers) {
        var bounds: (Float, Float) = (.nan, .nan)
        if !given.isEmpty, let options {
            bounds = (given[options.first].map { Float($0) } ?? .nan, given[options.second].map { Float($0) } ?? .nan)
        }
        functions.start(rows, bounds.0, bounds.1, buffers)
    }

    public func check(actions: UnsafeRawPointer, skipping skipped: UnsafePointer<UInt8>?) throws(Failure) {
        let row = functions.firstBad(actions, skipped)
        guard row >= 0 else { return }
        throw Failure.action(ofRow: row, outside: layout.actionSpace)
    }

    public func step(
        rows: Range<Int>, skipping skipped: UnsafePointer<UInt8>?, actions: UnsafeRawPointer, into buffers: StepBuffers
    ) -> Bool {
        functions.step(rows, actions, buffers)
    }

    public func readState(row: Int, into record: UnsafeMutableRawPointer) {
        for variable in 0..<memory.variables {
            let value = memory.variable(variable, of: row).pointee
            record.storeBytes(of: value, toByteOffset: variable * 4, as: Float.self)
        }
        let rest = record + memory.variables * 4
        rest.storeBytes(of: memory.elapsed[row], as: Int32.self)
        rest.storeBytes(of: memory.randoms[row].place, toByteOffset: 4, as: UInt64.self)
    }

    public func writeState(row: Int, from record: UnsafeRawPointer) throws(Failure) {
        let values = (0..<memory.variables).map { record.loadUnaligned(fromByteOffset: $0 * 4, as: Float.self) }
        for (value, field) in zip(values, layout.state) where !(value.magnitude <= bounds) {
            throw Failure(
                .invalidArgument, "\(field.name) of a record is \(value)", next: "it is from -\(bounds) to \(bounds)")
        }
        let rest = record + memory.variables * 4
        let elapsed = rest.loadUnaligned(as: Int32.self)
        guard elapsed >= 0, elapsed < 1 << 30 else {
            throw Failure(.invalidArgument, "elapsed_steps of a record is \(elapsed)", next: "it counts from 0")
        }
        for (variable, value) in values.enumerated() { memory.variable(variable, of: row).pointee = value }
        memory.elapsed[row] = elapsed
        memory.randoms[row] = RowRandom(place: rest.loadUnaligned(fromByteOffset: 4, as: UInt64.self))
    }

    public func observe(row: Int, into buffers: StepBuffers) { functions.observe(row, buffers) }
}

extension Failure {
    /// An action that its space does not have.
    static func action(ofRow row: Int, outside space: Space) -> Failure {
        let next =
            space.discreteRange.map { "actions are \($0.lowerBound) to \($0.upperBound)" } ?? "actions are numbers"
        return Failure(
            .invalidAction, "the action of row \(row) is outside of the action space", next: next,
            details: ["row": "\(row)"])
    }
}
