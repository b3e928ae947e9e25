import JSON

/// Reads one value by its space: checks it and appends its canonical bytes on the way.
struct SpaceScanner {
    let tensors: [String: Tensor]
    let root: String
    let checks: Bool
    let emits: Bool
    var reader: JSONReader
    var output: [UInt8]
    private var path: [PointerStep] = []

    init(
        _ reader: JSONReader, tensors: [String: Tensor], root: String, checks: Bool, emits: Bool,
        output: consuming [UInt8]
    ) {
        (self.reader, self.tensors, self.root) = (reader, tensors, root)
        (self.checks, self.emits, self.output) = (checks, emits, output)
    }

    mutating func scan(_ space: Space) throws(ScanError) {
        switch space {
        case .box(let box): try scan(box)
        case .multiDiscrete(let space): try scan(space.box)
        case .multiBinary(let space): try scan(space.box)
        case .discrete(let space): try scanInteger(from: space.start, through: space.last)
        case .text(let space): try scanText(space)
        case .dict(let space): try scanDict(space)
        case .tuple(let spaces): try scanTuple(spaces)
        case .sequence(let space, _): try scanSequence(of: space)
        case .oneOf(let spaces): try scanOneOf(spaces)
        }
    }

    private mutating func scan(_ box: Space.Box) throws(ScanError) {
        if let tensor = try takeTensor() { return try scan(tensor, in: box) }
        if emits { CanonicalTag.appendTensorHead(box.dtype, box.shape, to: &output) }
        var scan = ArrayScan(box: box, checks: checks, emits: emits, reader: reader, output: take(&output))
        defer { (reader, output) = (scan.reader, take(&scan.output)) }
        do throws(ArrayFault) { try box.dtype.run(&scan) } catch { throw located(error) }
    }

    private mutating func scan(_ tensor: Tensor, in box: Space.Box) throws(ScanError) {
        if emits { CanonicalTag.appendTensorHead(box.dtype, box.shape, to: &output) }
        var scan = TensorScan(box: box, tensor: tensor, checks: checks, emits: emits, output: take(&output))
        defer { output = take(&scan.output) }
        do throws(ArrayFault) { try box.dtype.run(&scan) } catch { throw located(error) }
    }

    @discardableResult
    private mutating func scanInteger(from first: Int64, through last: Int64) throws(ScanError) -> Int64 {
        let value = try readInteger()
        if checks, value < first { throw mismatch("\(value) is below the lower bound \(first)") }
        if checks, value > last { throw mismatch("\(value) is above the upper bound \(last)") }
        if emits { CanonicalTag.appendLeaf(to: &output) { appendDecimal(value, to: &$0) } }
        return value
    }

    private mutating func readInteger() throws(ScanError) -> Int64 {
        let tensor = try takeTensor()
        do throws(ElementFault) {
            guard let tensor else { return try Int64.read(&reader) }
            guard tensor.shape.isEmpty, !tensor.dtype.isComplex else {
                throw .wrong("a whole number is needed, not an array of shape \(tensor.shape)")
            }
            return try Int64.convert(tensor.number(at: 0))
        } catch { throw located(ArrayFault(fault: error, indices: [])) }
    }

    private mutating func scanText(_ space: Space.Text) throws(ScanError) {
        let kind = try kind()
        guard kind == .string else { throw mismatch("a string is needed, not \(kind.words)") }
        let text = try json { (reader) throws(JSONError) in try reader.readString() }
        if checks, let complaint = space.complaint(about: text) { throw mismatch(complaint) }
        guard emits else { return }
        CanonicalTag.appendLeaf(to: &output) { appendJSONString(text, to: &$0) }
    }

    private mutating func scanTuple(_ spaces: [Space]) throws(ScanError) {
        try beginArray("an array of \(spaces.count)")
        if emits { CanonicalTag.appendHead(.list, count: spaces.count, to: &output) }
        for (index, space) in spaces.enumerated() {
            guard try hasNext() else { throw mismatch("an array of \(spaces.count) is needed, not of \(index)") }
            try scan(space, at: .index(index))
        }
        guard try !hasNext() else { throw mismatch("an array of \(spaces.count) is needed, not of more") }
    }

    private mutating func scanSequence(of space: Space) throws(ScanError) {
        if let stack = try takeTensor() { return try scanStack(stack, of: space) }
        try beginArray("an array")
        let head = output.count
        if emits { CanonicalTag.appendHead(.list, count: 0, to: &output) }
        var count = 0
        while try hasNext() {
            try scan(space, at: .index(count))
            count += 1
        }
        if emits { CanonicalTag.setCount(count, ofHeadAt: head, in: &output) }
    }

    /// The values of a sequence as the rows of one tensor.
    private mutating func scanStack(_ stack: Tensor, of space: Space) throws(ScanError) {
        guard let box = space.tensorBox, let rows = stack.rows else {
            throw mismatch("an array of values of \(space.typeName) is needed, not of shape \(stack.shape)")
        }
        if emits { CanonicalTag.appendHead(.list, count: rows.count, to: &output) }
        for (index, row) in rows.enumerated() {
            path.append(.index(index))
            try scan(row, in: box)
            path.removeLast()
        }
    }

    private mutating func scanOneOf(_ spaces: [Space]) throws(ScanError) {
        let form = "an array of a space's index and a value"
        try beginArray(form)
        if emits { CanonicalTag.appendHead(.list, count: 2, to: &output) }
        guard try hasNext() else { throw mismatch("\(form) is needed, not of 0") }
        path.append(.index(0))
        let index = try scanInteger(from: 0, through: Int64(spaces.count) - 1)
        guard let index = Int(exactly: index), spaces.indices.contains(index) else {
            throw mismatch("\(index) is not the index of a space")
        }
        path.removeLast()
        guard try hasNext() else { throw mismatch("\(form) is needed, not of 1") }
        try scan(spaces[index], at: .index(1))
        guard try !hasNext() else { throw mismatch("\(form) is needed, not of more") }
    }
}

extension SpaceScanner {
    mutating func scan(_ space: Space, at step: PointerStep) throws(ScanError) {
        path.append(step)
        try scan(space)
        path.removeLast()
    }

    mutating func json<Result>(
        _ read: (inout JSONReader) throws(JSONError) -> Result
    ) throws(ScanError) -> Result {
        do throws(JSONError) { return try read(&reader) } catch { throw .malformed(error) }
    }

    mutating func hasNext() throws(ScanError) -> Bool {
        try json { (reader) throws(JSONError) in try reader.nextElement() }
    }

    mutating func beginArray(_ what: String) throws(ScanError) {
        let kind = try kind()
        guard kind == .array else { throw mismatch("\(what) is needed, not \(kind.words)") }
        try json { (reader) throws(JSONError) in try reader.beginArray() }
    }

    /// The tensor whose place this is, where the text has `null`.
    mutating func takeTensor() throws(ScanError) -> Tensor? {
        guard !tensors.isEmpty, try kind() == .null, let tensor = tensors[pointer] else { return nil }
        try json { (reader) throws(JSONError) in try reader.readNull() }
        return tensor
    }

    mutating func kind() throws(ScanError) -> JSONKind {
        try json { (reader) throws(JSONError) in try reader.peekKind() }
    }

    var pointer: String { pointer(and: []) }

    private func pointer(and indices: [Int]) -> String {
        var text = root
        for step in path { step.append(to: &text) }
        for index in indices { PointerStep.index(index).append(to: &text) }
        return text
    }

    func mismatch(_ problem: String) -> ScanError { .mismatch(Mismatch(pointer: pointer, problem: problem)) }

    private func located(_ fault: ArrayFault) -> ScanError {
        switch fault.fault {
        case .json(let error): .malformed(error)
        case .wrong(let problem): .mismatch(Mismatch(pointer: pointer(and: fault.indices), problem: problem))
        }
    }
}

extension Tensor {
    /// The tensors along the first axis; nil where there is none.
    fileprivate var rows: [Tensor]? {
        guard let length = shape.first else { return nil }
        let size = length == 0 ? 0 : bytes.count / length
        return (0..<length).map {
            Tensor(unchecked: dtype, Array(shape.dropFirst()), Array(bytes[$0 * size..<($0 + 1) * size]))
        }
    }
}

/// The bytes, which leave an empty array behind: they are handed on without a copy.
@inline(__always)
func take(_ bytes: inout [UInt8]) -> [UInt8] {
    var taken: [UInt8] = []
    swap(&taken, &bytes)
    return taken
}
