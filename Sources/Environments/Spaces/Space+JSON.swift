import JSON

extension Space {
    /// The JSON form of the space, which `init(json:)` reads.
    public var json: JSONValue {
        var form: JSONObject = ["type": .string(typeName)]
        switch self {
        case .box(let box):
            form["dtype"] = .string(box.dtype.rawValue)
            form["shape"] = .array(box.shape.map { .integer(Int64($0)) })
            form["low"] = box.low.json
            form["high"] = box.high.json
        case .discrete(let space):
            form["n"] = .integer(space.n)
            form["start"] = .integer(space.start)
        case .multiDiscrete(let space):
            form["nvec"] = space.nvec.json
            form["start"] = space.start.json
            form["dtype"] = .string(space.dtype.rawValue)
        case .multiBinary(let space): form["shape"] = .array(space.shape.map { .integer(Int64($0)) })
        case .text(let space):
            form["min_length"] = .integer(Int64(space.minimum))
            form["max_length"] = space.maximum.map { .integer(Int64($0)) } ?? .null
            form["charset"] = space.charset.map { .string($0) } ?? .null
        case .dict(let space):
            form["spaces"] = .object(JSONObject(space.members.map { ($0.key, $0.space.json) }))
        case .tuple(let spaces), .oneOf(let spaces): form["spaces"] = .array(spaces.map(\.json))
        case .sequence(let space, let isStacked):
            form["space"] = space.json
            form["stack"] = .bool(isStacked)
        }
        return .object(form)
    }
}
