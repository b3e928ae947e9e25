import Spaces

/// One array that every row of a vector has: a name, the type of its elements and the shape for one row.
public struct ArrayField: Sendable, Hashable {
    public let name: String
    public let dtype: DType
    /// The shape for one row; empty for one number.
    public let shape: [Int]

    public init(_ name: String, _ dtype: DType, _ shape: [Int] = []) {
        self.name = name
        self.dtype = dtype
        self.shape = shape
    }

    /// Elements of one row.
    public var elements: Int { shape.reduce(1, *) }

    /// Bytes of one row.
    public var bytes: Int { elements * dtype.size }
}

/// What the rows of a vector take and give: spaces of one row, and how its values lie in the caller's buffers.
///
/// A buffer holds `[count, …shape]` elements, row-major and without gaps. A space whose value is not one array (a tuple
/// of numbers) is laid out as the array of its members.
public struct VectorLayout: Sendable, Hashable {
    public let observationSpace: Space
    public let actionSpace: Space
    public let observation: ArrayField
    public let action: ArrayField
    /// `float32` or `float64`.
    public let reward: DType
    /// What Gymnasium has in `info`. In a buffer the arrays of all rows of one field follow those of the field before.
    public let info: [ArrayField]
    /// The record of a row: these fields in this order, packed without gaps. Equal records have equal futures.
    public let state: [ArrayField]

    public init(
        observationSpace: Space, actionSpace: Space, observation: ArrayField, action: ArrayField, reward: DType,
        info: [ArrayField] = [], state: [ArrayField]
    ) {
        self.observationSpace = observationSpace
        self.actionSpace = actionSpace
        self.observation = observation
        self.action = action
        self.reward = reward
        self.info = info
        self.state = state
    }

    /// Bytes of the info of one row.
    public var infoBytes: Int { info.reduce(0) { $0 + $1.bytes } }

    /// Bytes of the record of one row.
    public var stateBytes: Int { state.reduce(0) { $0 + $1.bytes } }
}
