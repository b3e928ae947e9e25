import Foundations
import JSON

/// The references to tensors in the header of a message.
struct TensorReferences {
    private var forms: [ReferenceForm] = []
    private var path: [Step] = []
    /// Where the JSON in the header ends, before any padding.
    private var end = 0

    private enum Step {
        case key(Range<Int>)
        case tensorKey
        case index(Int)
    }

    private init() {}

    var count: Int { forms.count }

    /// - Throws: `malformed_json`.
    static func find(in header: [UInt8], limits: JSONLimits) throws(Failure) -> TensorReferences {
        do throws(JSONError) {
            return try JSONReader.reading(header, limits: limits) { (reader) throws(JSONError) in
                var found = TensorReferences()
                try found.walk(&reader)
                found.end = reader.offset
                try reader.finish()
                return found
            }
        } catch { throw error.failure }
    }

    /// The message that the header and the data make.
    ///
    /// - Throws: `invalidArgument` for a reference that does not fit the data or the limits, or shares bytes with
    ///   another.
    func resolve(
        in data: ArraySlice<UInt8>, header: [UInt8], limits: TensorLimits
    ) throws(Failure) -> SplitJSON {
        let references = try forms.map { (form) throws(Failure) in
            try form.reference(within: data.count, limits: limits)
        }
        let used = references.map(\.data).filter { !$0.isEmpty }.sorted { $0.lowerBound < $1.lowerBound }
        guard zip(used, used.dropFirst()).allSatisfy({ $0.upperBound <= $1.lowerBound }) else {
            throw Failure(.invalidArgument, "two tensors of a message share bytes")
        }
        var message = SplitJSON(text: [])
        var copied = 0
        for (form, reference) in zip(forms, references) {
            message.text.append(contentsOf: header[copied..<form.range.lowerBound])
            message.text.append(contentsOf: "null".utf8)
            copied = form.range.upperBound
            let range = reference.data.lowerBound + data.startIndex..<reference.data.upperBound + data.startIndex
            message.tensors[form.pointer] = try Tensor(
                dtype: reference.dtype, shape: reference.shape, bytes: Array(data[range]), limits: limits)
        }
        guard message.tensors.count == forms.count else {
            throw Failure(.invalidArgument, "two tensors of a message have one place: a key stands twice")
        }
        message.text.append(contentsOf: header[copied..<end])
        return message
    }

    private mutating func walk(_ reader: inout JSONReader) throws(JSONError) {
        switch try reader.peekKind() {
        case .object:
            let start = reader
            if let form = try ReferenceForm(&reader, pointer: { pointer(in: start) }) { return forms.append(form) }
            reader = start
            try reader.beginObject()
            var seen = JSONKeySet()
            while let key = try reader.nextKey(in: ReferenceForm.outer, seen: &seen) {
                if case .unknown(let range) = key { path.append(.key(range)) } else { path.append(.tensorKey) }
                try walk(&reader)
                path.removeLast()
            }
        case .array:
            try reader.beginArray()
            var index = 0
            while try reader.nextElement() {
                path.append(.index(index))
                try walk(&reader)
                path.removeLast()
                index += 1
            }
        default: try reader.skipValue()
        }
    }

    private func pointer(in reader: JSONReader) -> String {
        var pointer = ""
        for step in path {
            switch step {
            case .key(let range): PointerStep.key(reader.text(ofKey: range)).append(to: &pointer)
            case .tensorKey: PointerStep.key("tensor").append(to: &pointer)
            case .index(let index): PointerStep.index(index).append(to: &pointer)
            }
        }
        return pointer
    }
}

/// An object that has the form of a reference, whatever its values are.
struct ReferenceForm {
    let pointer: String
    /// Its bytes in the header.
    let range: Range<Int>
    private let members: [JSONValue?]

    static let outer = JSONKeyTable(["tensor"])
    private static let inner = JSONKeyTable(["dtype", "shape", "offset", "nbytes"])

    /// Reads the object; nil, and the reader somewhere in it, where it has another form.
    init?(_ reader: inout JSONReader, pointer: () -> String) throws(JSONError) {
        _ = try reader.peekKind()
        let start = reader.offset
        var seen = JSONKeySet()
        try reader.beginObject()
        guard case .known? = try reader.nextKey(in: Self.outer, seen: &seen), try reader.peekKind() == .object else {
            return nil
        }
        var members = [JSONValue?](repeating: nil, count: Self.inner.count)
        var seenMembers = JSONKeySet()
        try reader.beginObject()
        while let key = try reader.nextKey(in: Self.inner, seen: &seenMembers) {
            guard case .known(let place) = key, try reader.peekKind() != .object else { return nil }
            members[place] = try reader.readValue()
        }
        guard seenMembers.count == members.count, try reader.nextKey() == nil else { return nil }
        self.members = members
        self.pointer = pointer()
        range = start..<reader.offset
    }

    struct Reference {
        let dtype: DType
        let shape: [Int]
        /// Its bytes, counted from the beginning of the data.
        let data: Range<Int>
    }

    /// - Throws: `invalidArgument` for values that are no reference to data of so many bytes.
    func reference(within count: Int, limits: TensorLimits) throws(Failure) -> Reference {
        guard let dtype = members[0]?.string.flatMap(DType.init), let lengths = members[1]?.array,
            let offset = members[2]?.integer, let nbytes = members[3]?.integer
        else { throw failure("dtype, shape, offset and nbytes are a name, an array and two whole numbers") }
        var shape: [Int] = []
        for length in lengths {
            guard let length = length.integer.flatMap({ Int(exactly: $0) }), length >= 0 else {
                throw failure("a shape is an array of whole numbers from 0 on")
            }
            shape.append(length)
        }
        let expected = try Tensor.byteCount(dtype: dtype, shape: shape, limits: limits)
        guard nbytes == expected else { throw failure("has \(nbytes) bytes, but its shape \(expected)") }
        guard offset >= 0, offset % Int64(TensorForm.alignment) == 0 else {
            throw failure("the offset \(offset) is not a multiple of \(TensorForm.alignment)")
        }
        guard offset <= count, expected <= count - Int(offset) else {
            throw failure("\(nbytes) bytes at \(offset) are beyond the \(count) bytes of data")
        }
        return Reference(dtype: dtype, shape: shape, data: Int(offset)..<Int(offset) + expected)
    }

    private func failure(_ problem: String) -> Failure {
        Failure(.invalidArgument, "the tensor at \"\(pointer)\": \(problem)")
    }
}
