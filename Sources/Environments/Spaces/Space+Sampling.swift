import JSON

extension Space {
    /// A random value of the space; the same generator gives the same value.
    ///
    /// Boxes as in Gymnasium: uniform between finite bounds, exponential from a single finite one, normal without. A
    /// Text without a maximum has up to 16 characters more than its minimum, one with a maximum up to 256.
    public func sample(using generator: inout some RandomNumberGenerator) -> JSONValue {
        switch self {
        case .box(let box): return box.sample(using: &generator).json
        case .multiDiscrete(let space): return space.box.sample(using: &generator).json
        case .multiBinary(let space): return space.box.sample(using: &generator).json
        case .discrete(let space): return .integer(.sample(space.start, space.last, using: &generator))
        case .text(let space): return .string(space.sample(using: &generator))
        case .dict(let space):
            var members = JSONObject()
            for member in space.members { members.append(member.key, member.space.sample(using: &generator)) }
            return .object(members)
        case .tuple(let spaces): return .array(spaces.map { $0.sample(using: &generator) })
        case .sequence(let space, _):
            var values: [JSONValue] = []
            while values.count < 64, generator.index(below: 4) != 0 { values.append(space.sample(using: &generator)) }
            return .array(values)
        case .oneOf(let spaces):
            let index = generator.index(below: spaces.count)
            return [.integer(Int64(index)), spaces[index].sample(using: &generator)]
        }
    }
}

extension Space.Box {
    func sample<Generator: RandomNumberGenerator>(using generator: inout Generator) -> Tensor {
        let count = shape.reduce(1, *)
        var sampling = Sampling(box: self, count: count, generator: generator)
        dtype.run(&sampling)
        generator = sampling.generator
        return Tensor(unchecked: dtype, shape, sampling.output)
    }
}

private struct Sampling<Generator: RandomNumberGenerator>: ElementOperation {
    let box: Space.Box
    let count: Int
    var generator: Generator
    var output: [UInt8] = []

    mutating func run<Element: TensorElement>(_ type: Element.Type) {
        let bounds = Bounds<Element>(box)
        for place in 0..<count {
            append(Element.sample(bounds.low(at: place), bounds.high(at: place), using: &generator), to: &output)
        }
    }
}

extension Space.Text {
    fileprivate func sample(using generator: inout some RandomNumberGenerator) -> String {
        let alphabet = Array(
            (charset ?? "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789").unicodeScalars)
        guard !alphabet.isEmpty else { return "" }
        let room = maximum.map { min($0 - minimum, 256) } ?? 16
        let count = minimum + generator.index(below: room + 1)
        var text = String.UnicodeScalarView()
        for _ in 0..<count { text.append(alphabet[generator.index(below: alphabet.count)]) }
        return String(text)
    }
}
