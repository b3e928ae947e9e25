import Foundations
import Spaces

/// An environment written for one row at a time: what an author of a simple environment writes.
///
/// The value itself holds settings and tables; what changes is in `State`, one for each row. Rows may be stepped by
/// several threads, so that nothing is shared but what never changes.
public protocol RowEnvironment: Sendable {
    associatedtype Configuration: EnvironmentConfiguration
    /// What changes in a row: a struct of numbers.
    associatedtype State: BitwiseCopyable & Sendable
    /// `Int64` for a discrete space, otherwise the dtype of the space.
    associatedtype Action: TensorNumber
    /// The dtype of the observation space, `UInt8` for `bool`; `Int64` where it is discrete or a tuple of discrete ones.
    associatedtype Observation: TensorNumber
    associatedtype Random: RowGenerator = RowRandom

    init(_ configuration: Configuration) throws(Failure)

    var observationSpace: Space { get }
    var actionSpace: Space { get }
    /// The members of `State` as they lie in memory, for people who look at records.
    var stateFields: [ArrayField] { get }
    /// What `info` writes.
    var infoFields: [ArrayField] { get }
    /// The options of `reset` with the range of each.
    var resetOptions: [String: ClosedRange<Double>] { get }

    /// Fails where options that are each in their range do not go together.
    ///
    /// - Throws: `invalidArgument`.
    func check(_ options: ResetOptions) throws(Failure)

    /// The state at the start of an episode.
    ///
    /// - Parameter options: Of this reset, all within `resetOptions`.
    func reset(_ random: inout Random, options: ResetOptions) -> State

    /// Advances a row by one step.
    ///
    /// - Parameter action: The elements of one action, within the action space.
    func step(_ state: inout State, action: Span<Action>, random: inout Random) -> StepOutcome

    /// Writes the observation of a row.
    func observe(_ state: State, into observation: inout MutableSpan<Observation>)

    /// Writes the info of a row: the fields in order, without gaps.
    func info(_ state: State, into info: UnsafeMutableRawBufferPointer)

    /// Whether a state that a caller set is one that a row can have.
    func isValid(_ state: State) -> Bool
}

/// What a step gives beside the observation.
@frozen
public struct StepOutcome: Sendable {
    public var reward: Double
    public var terminated: Bool

    @inlinable
    public init(reward: Double, terminated: Bool) { (self.reward, self.terminated) = (reward, terminated) }
}

extension RowEnvironment {
    public var stateFields: [ArrayField] { [ArrayField("state", .uint8, [MemoryLayout<State>.size])] }
    public var infoFields: [ArrayField] { [] }
    public var resetOptions: [String: ClosedRange<Double>] { [:] }
    public func check(_ options: ResetOptions) throws(Failure) {}
    public func info(_ state: State, into info: UnsafeMutableRawBufferPointer) {}
    public func isValid(_ state: State) -> Bool { true }
}

/// The random numbers of a row, all of whose state lies in the value.
public protocol RowGenerator: BitwiseCopyable, Sendable {
    init(seed: UInt64)
    /// The value as it lies in memory.
    static var fields: [ArrayField] { get }
    /// Whether a value that a caller set is one that a seed and draws can lead to.
    var isValid: Bool { get }
}

extension RowGenerator {
    public var isValid: Bool { true }
}

extension RowRandom: RowGenerator {
    public static var fields: [ArrayField] { [ArrayField("random", .uint64)] }
}
