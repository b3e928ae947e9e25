import Foundations
import JSON
import Protos
import Spaces

extension V1.Tensor {
    /// A tensor of one text.
    init(_ text: String) {
        self.init()
        var array = StringArray()
        array.array = [text]
        payload = .strings(array)
    }

    init(_ texts: [String]) {
        self.init(texts.first ?? "")
        var array = StringArray()
        array.array = texts
        payload = .strings(array)
        shape = [Int32(clamping: texts.count)]
    }

    init(_ number: Double) {
        self.init()
        var array = DoubleArray()
        array.array = [number]
        payload = .doubles(array)
    }

    init(_ number: Int64) {
        self.init()
        var array = Int64Array()
        array.array = [number]
        payload = .int64s(array)
    }

    /// - Throws: `internal` where the dtype has no form.
    init(_ tensor: Tensor) throws(Failure) {
        self.init()
        guard let payload = DataKind(tensor.dtype)?.payload(of: tensor) else {
            throw Failure(.internal, "\(tensor.dtype) has no form in dm_env_rpc")
        }
        self.payload = payload
        shape = tensor.shape.map { Int32(clamping: $0) }
    }

    /// The elements as JSON values; a payload of messages has none.
    ///
    /// - Throws: `invalid_argument` for a payload of messages or none.
    func elements() throws(Failure) -> [JSONValue] {
        switch payload {
        case .floats(let array)?: array.array.map { .element(Double($0)) }
        case .doubles(let array)?: array.array.map { .element($0) }
        case .int8s(let array)?: array.array.map { .integer(Int64(Int8(bitPattern: $0))) }
        case .int32s(let array)?: array.array.map { .integer(Int64($0)) }
        case .int64s(let array)?: array.array.map { .integer($0) }
        case .uint8s(let array)?: array.array.map { .integer(Int64($0)) }
        case .uint32s(let array)?: array.array.map { .integer(Int64($0)) }
        case .uint64s(let array)?: array.array.map { Int64(exactly: $0).map { .integer($0) } ?? .number(Double($0)) }
        case .bools(let array)?: array.array.map { .bool($0) }
        case .strings(let array)?: array.array.map { .string($0) }
        case .protos?, nil: throw Failure(.invalidArgument, "a tensor has neither numbers nor texts")
        }
    }

    /// The value as JSON: an element where the shape is empty, else nested arrays.
    ///
    /// - Parameters:
    ///   - expected: The lengths of the axes, negative where any will do; nil: as the tensor says.
    ///   - limit: Elements, behind broadcasting.
    /// - Throws: `invalid_argument` where the elements do not fit the shape.
    func json(expected: [Int32]? = nil, name: String, limit: Int = 1 << 24) throws(Failure) -> JSONValue {
        let elements = try elements()
        let shape = try resolvedShape(expected: expected, count: elements.count, name: name, limit: limit)
        var place = 0
        func nested(_ axis: Int) -> JSONValue {
            guard axis < shape.count else {
                defer { place += 1 }
                return elements.count == 1 ? elements[0] : elements[place]
            }
            return .array((0..<shape[axis]).map { _ in nested(axis + 1) })
        }
        return nested(0)
    }

    private func resolvedShape(expected: [Int32]?, count: Int, name: String, limit: Int) throws(Failure) -> [Int] {
        func wrong(_ problem: String) -> Failure {
            Failure(.invalidArgument, "the tensor \"\(name.prefix(100))\": \(problem)")
        }
        guard shape.count <= 32, shape.count(where: { $0 < 0 }) <= 1 else {
            throw wrong("the shape \(shape.prefix(40)) has more than one axis without a length")
        }
        var known = 1
        for length in shape where length >= 0 {
            let (product, overflow) = known.multipliedReportingOverflow(by: Int(length))
            guard !overflow, product <= limit else { throw wrong("the shape \(shape) is too large") }
            known = product
        }
        var lengths = shape.map { Int($0) }
        if let open = shape.firstIndex(where: { $0 < 0 }) {
            let wanted = expected.flatMap { $0.indices.contains(open) ? Int($0[open]) : nil }
            if count == 1, let wanted, wanted >= 0 {
                lengths[open] = wanted
            } else {
                guard known > 0, count % known == 0 else { throw wrong("\(count) elements do not fit \(shape)") }
                lengths[open] = count / known
            }
        }
        if let expected {
            guard expected.count == lengths.count,
                zip(expected, lengths).allSatisfy({ $0 < 0 || Int($0) == $1 })
            else { throw wrong("the shape is \(shape), but \(expected) is needed") }
        }
        let total = lengths.reduce(1, *)
        guard count == total || count == 1 else { throw wrong("\(count) elements do not fit the shape \(lengths)") }
        return lengths
    }
}

extension JSONValue {
    /// A number in the JSON form of spaces.
    fileprivate static func element(_ number: Double) -> JSONValue {
        if number.isNaN { return "NaN" }
        return number.isFinite ? .number(number) : number > 0 ? "Infinity" : "-Infinity"
    }
}
