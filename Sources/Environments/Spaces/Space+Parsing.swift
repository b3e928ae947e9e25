import Foundations
import JSON

extension Space {
    /// Reads the JSON form of a space. Members that it does not name are ignored.
    ///
    /// - Throws: `invalidArgument` that names the place in the form (`/spaces/position/dtype: …`); `unimplemented`
    ///   for a Graph.
    public init(json: JSONValue) throws(Failure) { self = try SpaceForm(value: json, pointer: "").space() }
}

/// A part of a space's JSON form, and where it stands.
private struct SpaceForm {
    let value: JSONValue
    let pointer: String

    func space() throws(Failure) -> Space {
        guard value.object != nil else { throw failure("a space is an object, not \(value.kindDescription)") }
        guard let type = value["type"]?.string else { throw failure("a space has a \"type\"", at: "type") }
        switch type {
        case "Box": return try box()
        case "Discrete":
            let n = try integer("n")
            let start = try integer("start", default: 0)
            return try within { () throws(Failure) in .discrete(try Space.Discrete(n: n, start: start)) }
        case "MultiDiscrete": return try multiDiscrete()
        case "MultiBinary":
            let shape = try shape(try member("shape"))
            return try within { () throws(Failure) in .multiBinary(try Space.MultiBinary(shape: shape)) }
        case "Text": return try text()
        case "Dict": return .dict(try dict())
        case "Tuple": return .tuple(try spaces())
        case "Sequence":
            let isStacked = optional("stack")?.value.bool ?? false
            return .sequence(try member("space").space(), isStacked: isStacked)
        case "OneOf":
            let spaces = try spaces()
            guard !spaces.isEmpty else { throw failure("a OneOf has at least one space", at: "spaces") }
            return .oneOf(spaces)
        case "Graph":
            throw Failure(
                .unimplemented, at("type") + ": Graph spaces are not supported",
                next: "describe the graph by a Dict of Boxes, or by a Sequence")
        default:
            let names = [
                "Box", "Discrete", "MultiDiscrete", "MultiBinary", "Text", "Dict", "Tuple", "Sequence", "OneOf",
            ]
            let hint = nearest(to: type, among: names).map { "; did you mean \($0)?" } ?? ""
            throw failure("there is no space \"\(type)\"\(hint)", at: "type")
        }
    }

    private func box() throws(Failure) -> Space {
        let dtype = try dtype(default: .float32)
        let shape = try shape(try member("shape"))
        let low = try member("low").bound(dtype, shape, infinity: "-Infinity")
        let high = try member("high").bound(dtype, shape, infinity: "Infinity")
        return try within { () throws(Failure) in .box(try Space.Box(dtype: dtype, shape: shape, low: low, high: high))
        }
    }

    /// One number for all, or nested arrays. An infinite bound of an integer dtype is its last number.
    private func bound(_ dtype: DType, _ shape: [Int], infinity: String) throws(Failure) -> Tensor {
        if value.string == infinity, dtype.isInteger {
            return try within { () throws(Failure) in
                let all = try Space.Box(dtype: dtype, shape: [])
                return infinity == "Infinity" ? all.high : all.low
            }
        }
        let boundShape = value.array == nil ? [] : shape
        return try within { () throws(Failure) in try Tensor(value, dtype: dtype, shape: boundShape) }
    }

    private func multiDiscrete() throws(Failure) -> Space {
        let dtype = try dtype(default: .int64)
        let (nvec, shape) = try member("nvec").integers()
        var start: [Int64] = []
        if let form = optional("start") {
            if let one = form.value.integer {
                start = nvec.map { _ in one }
            } else {
                let (starts, startShape) = try form.integers()
                guard startShape == shape else { throw form.failure("has the shape \(startShape), nvec \(shape)") }
                start = starts
            }
        }
        return try within { () throws(Failure) in
            .multiDiscrete(try Space.MultiDiscrete(nvec: nvec, start: start, shape: shape, dtype: dtype))
        }
    }

    /// Nested arrays of integers with the shape that their first elements show.
    private func integers() throws(Failure) -> (numbers: [Int64], shape: [Int]) {
        var shape: [Int] = []
        var inner = value
        while let elements = inner.array {
            shape.append(elements.count)
            inner = elements.first ?? .null
        }
        let tensor = try within { () throws(Failure) in try Tensor(value, dtype: .int64, shape: shape) }
        return (tensor.numbers() ?? [], shape)
    }

    private func text() throws(Failure) -> Space {
        let minimum = try integer("min_length", default: 1)
        let maximum = optional("max_length") == nil ? nil : try integer("max_length")
        var charset: String?
        if let form = optional("charset") {
            guard let text = form.value.string else {
                throw form.failure("a charset is a string or null, not \(form.value.kindDescription)")
            }
            charset = text
        }
        return try within { () throws(Failure) in
            .text(
                try Space.Text(
                    minimum: Int(clamping: minimum), maximum: maximum.map { Int(clamping: $0) }, charset: charset))
        }
    }

    private func dict() throws(Failure) -> Space.Dict {
        let form = try member("spaces")
        guard let spaces = form.value.object else {
            throw form.failure("the spaces of a Dict are an object, not \(form.value.kindDescription)")
        }
        return Space.Dict(
            try spaces.map { (member) throws(Failure) in
                Space.Dict.Member(
                    key: member.key, space: try SpaceForm(value: member.value, pointer: form.at(member.key)).space())
            })
    }

    private func spaces() throws(Failure) -> [Space] {
        let form = try member("spaces")
        guard let spaces = form.value.array else {
            throw form.failure("the spaces are an array, not \(form.value.kindDescription)")
        }
        return try spaces.enumerated().map { (index, value) throws(Failure) in
            try SpaceForm(value: value, pointer: form.at(String(index))).space()
        }
    }
}

extension SpaceForm {
    private func at(_ key: String) -> String {
        var text = pointer
        PointerStep.key(key).append(to: &text)
        return text
    }

    private func failure(_ problem: String, at key: String? = nil) -> Failure {
        let place = key.map { at($0) } ?? pointer
        return Failure(.invalidArgument, Mismatch(pointer: place, problem: problem).description)
    }

    /// Runs what knows nothing of this place; its failures get the place.
    private func within<Result>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        do throws(Failure) {
            return try body()
        } catch {
            throw Failure(
                error.code, Mismatch(pointer: pointer, problem: error.message).description, cause: error.cause)
        }
    }

    private func member(_ key: String) throws(Failure) -> SpaceForm {
        guard let form = value[key] else { throw failure("is missing", at: key) }
        return SpaceForm(value: form, pointer: at(key))
    }

    /// Nil also where the member is null.
    private func optional(_ key: String) -> SpaceForm? {
        value[key].flatMap { $0.isNull ? nil : SpaceForm(value: $0, pointer: at(key)) }
    }

    private func integer(_ key: String, default standard: Int64? = nil) throws(Failure) -> Int64 {
        if let standard, value[key] == nil { return standard }
        let form = try member(key)
        guard let number = form.value.integer else {
            throw form.failure("a whole number is needed, not \(form.value.kindDescription)")
        }
        return number
    }

    private func dtype(default standard: DType) throws(Failure) -> DType {
        guard let form = optional("dtype") else { return standard }
        guard let name = form.value.string else { throw form.failure("a dtype is the name of one") }
        guard let dtype = DType(rawValue: name) else {
            let hint = nearest(to: name, among: DType.allCases.map(\.rawValue)).map { "; did you mean \($0)?" } ?? ""
            throw form.failure("there is no dtype \"\(name)\"\(hint)")
        }
        return dtype
    }

    private func shape(_ form: SpaceForm) throws(Failure) -> [Int] {
        if let length = form.value.integer, let length = Int(exactly: length), length >= 0 { return [length] }
        guard let lengths = form.value.array else {
            throw form.failure("a shape is an array of lengths, not \(form.value.kindDescription)")
        }
        return try lengths.enumerated().map { (index, length) throws(Failure) in
            guard let length = length.integer.flatMap({ Int(exactly: $0) }), length >= 0 else {
                throw form.failure("a length is a whole number from 0 on", at: String(index))
            }
            return length
        }
    }
}
