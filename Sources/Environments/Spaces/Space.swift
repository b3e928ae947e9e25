import JSON

/// The set of values that an observation or an action can have: Gymnasium's spaces, of which Graph is not supported.
public indirect enum Space: Sendable, Hashable {
    case box(Box)
    case discrete(Discrete)
    case multiDiscrete(MultiDiscrete)
    case multiBinary(MultiBinary)
    case text(Text)
    case dict(Dict)
    case tuple([Space])
    /// Any number of values of one space. `isStacked` says that the environment itself keeps them in one array.
    case sequence(Space, isStacked: Bool)
    /// One of several; a value is the index of the space and a value of it.
    case oneOf([Space])

    /// The name that the JSON form has in `type`.
    public var typeName: String {
        switch self {
        case .box: "Box"
        case .discrete: "Discrete"
        case .multiDiscrete: "MultiDiscrete"
        case .multiBinary: "MultiBinary"
        case .text: "Text"
        case .dict: "Dict"
        case .tuple: "Tuple"
        case .sequence: "Sequence"
        case .oneOf: "OneOf"
        }
    }

    /// The box that has the same values, for spaces whose values are one tensor.
    package var tensorBox: Box? {
        switch self {
        case .box(let box): box
        case .multiDiscrete(let space): space.box
        case .multiBinary(let space): space.box
        default: nil
        }
    }
}

extension Space {
    /// Spaces by key; a value has all of the keys and no others.
    public struct Dict: Sendable, Hashable {
        /// In the order given.
        public let members: [Member]
        let table: JSONKeyTable
        /// For each member its place in the order of the keys' UTF-8 bytes.
        let ranks: [Int]

        public struct Member: Sendable, Hashable {
            public let key: String
            public let space: Space

            public init(key: String, space: Space) {
                self.key = key
                self.space = space
            }
        }

        /// Traps where a key stands twice.
        public init(_ members: [Member]) {
            self.members = members
            table = JSONKeyTable(members.map(\.key))
            let order = members.indices.sorted {
                members[$0].key.utf8.lexicographicallyPrecedes(members[$1].key.utf8)
            }
            for (one, next) in zip(order, order.dropFirst()) {
                let isNew = !members[one].key.utf8.elementsEqual(members[next].key.utf8)
                precondition(isNew, "duplicate key \(members[one].key)")
            }
            var ranks = [Int](repeating: 0, count: members.count)
            for (rank, place) in order.enumerated() { ranks[place] = rank }
            self.ranks = ranks
        }
    }
}
