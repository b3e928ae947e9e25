import Foundations
import JSON

/// A JSON text out of which arrays are lifted: each stands beside it, by the JSON pointer of its place, where the
/// text has `null`.
public struct SplitJSON: Sendable, Hashable {
    public var text: [UInt8]
    public var tensors: [String: Tensor]

    public init(text: [UInt8], tensors: [String: Tensor] = [:]) {
        self.text = text
        self.tensors = tensors
    }

    /// Lifts all tensors out of a value.
    public init(_ value: Value) {
        var lifting = Lifting()
        lifting.lift(value, at: "")
        self.init(text: lifting.writer.bytes, tensors: lifting.tensors)
    }

    /// The whole text, with the tensors as nested arrays in their places.
    ///
    /// - Throws: `malformed_json`; `invalidArgument` for a tensor whose place is not there or has something else than
    ///   `null`.
    public func joined(limits: JSONLimits = JSONLimits()) throws(Failure) -> [UInt8] {
        guard !tensors.isEmpty else { return text }
        return try JSONReader.reading(text, limits: limits) { (reader) throws(Failure) in
            var bytes: [UInt8] = []
            try reader.joinValue(with: tensors, into: &bytes)
            do throws(JSONError) { try reader.finish() } catch { throw error.failure }
            return bytes
        }
    }
}

private struct Lifting {
    var writer = JSONWriter()
    var tensors: [String: Tensor] = [:]

    mutating func lift(_ value: Value, at pointer: String) {
        switch value {
        case .tensor(let tensor):
            writer.null()
            tensors[pointer] = tensor
        case .json(let value): writer.value(value)
        case .dict(let members):
            writer.beginObject()
            for (key, value) in members {
                writer.key(key)
                lift(value, at: pointer + PointerStep.key(key))
            }
            writer.endObject()
        case .list(let values):
            writer.beginArray()
            for (index, value) in values.enumerated() { lift(value, at: pointer + PointerStep.index(index)) }
            writer.endArray()
        }
    }
}

extension JSONReader {
    /// Reads the next value and appends its text with tensors as nested arrays in their places, where it has `null`.
    ///
    /// - Parameters:
    ///   - pointer: Where the value stands in its message. Tensors of other places are left alone.
    /// - Throws: `malformed_json`; `invalidArgument` for a tensor whose place is not there or has something else than
    ///   `null`.
    public mutating func joinValue(
        with tensors: [String: Tensor], pointer: String = "", into bytes: inout [UInt8]
    ) throws(Failure) {
        try splice(tensors, pointer: pointer, into: &bytes) { _, tensor, bytes in tensor.appendJSON(to: &bytes) }
    }

    /// Reads the next value and appends its text with what `write` appends in the places of tensors.
    mutating func splice(
        _ tensors: [String: Tensor], pointer: String, into bytes: inout [UInt8],
        _ write: (String, Tensor, inout [UInt8]) -> Void
    ) throws(Failure) {
        let holes = try Holes(tensors, below: pointer)
        var filled = Set<String>()
        do throws(JSONError) {
            _ = try peekKind()
            var copied = offset
            try splice(holes, &copied, &filled, into: &bytes, write)
            bytes.append(contentsOf: self[copied..<offset])
        } catch { throw error.failure }
        guard let missing = holes.pointers.subtracting(filled).min() else { return }
        throw Failure(.invalidArgument, "the array \"\(missing)\" has no place: there is no null at this pointer")
    }

    private mutating func splice(
        _ holes: Holes, _ copied: inout Int, _ filled: inout Set<String>, into bytes: inout [UInt8],
        _ write: (String, Tensor, inout [UInt8]) -> Void
    ) throws(JSONError) {
        let kind = try peekKind()
        if let hole = holes.own, kind == .null, filled.insert(hole.pointer).inserted {
            bytes.append(contentsOf: self[copied..<offset])
            try readNull()
            copied = offset
            return write(hole.pointer, hole.tensor, &bytes)
        }
        if !holes.children.isEmpty, kind == .object {
            try beginObject()
            while let key = try nextKey() {
                guard let child = holes.children[key] else {
                    try skipValue()
                    continue
                }
                try splice(child, &copied, &filled, into: &bytes, write)
            }
        } else if !holes.children.isEmpty, kind == .array {
            try beginArray()
            var index = 0
            while try nextElement() {
                if let child = holes.children[String(index)] {
                    try splice(child, &copied, &filled, into: &bytes, write)
                } else {
                    try skipValue()
                }
                index += 1
            }
        } else {
            try skipValue()
        }
    }
}

/// Tensors by the steps to their places.
private struct Holes {
    var own: (pointer: String, tensor: Tensor)?
    var children: [String: Holes] = [:]
    private(set) var pointers: Set<String> = []

    private init() {}

    init(_ tensors: [String: Tensor], below root: String) throws(Failure) {
        let beginning = Array(root.utf8)
        let depth = JSONLimits(depth: .max).depth
        for (pointer, tensor) in tensors where pointer.utf8.starts(with: beginning) {
            let rest = Substring(pointer.utf8.dropFirst(beginning.count))
            guard root.isEmpty || rest.isEmpty || rest.utf8.first == UInt8(ascii: "/") else { continue }
            guard let tokens = pointerTokens(rest), tokens.count <= depth else {
                throw Failure(.invalidArgument, "the array \"\(pointer.prefix(200))\" is not named by a JSON pointer")
            }
            pointers.insert(pointer)
            add(tensor, pointer, tokens[...])
        }
    }

    private mutating func add(_ tensor: Tensor, _ pointer: String, _ tokens: ArraySlice<String>) {
        guard let token = tokens.first else {
            own = (pointer, tensor)
            return
        }
        children[token, default: Holes()].add(tensor, pointer, tokens.dropFirst())
    }
}

private func + (pointer: String, step: PointerStep) -> String {
    var text = pointer
    step.append(to: &text)
    return text
}
