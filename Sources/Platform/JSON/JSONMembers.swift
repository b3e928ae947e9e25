/// One JSON object whose members stay bytes: checked as a whole, read or spliced one by one.
public struct JSONMembers: Sendable {
    public let bytes: [UInt8]
    private let members: [(key: String, range: Range<Int>)]

    /// - Throws: `JSONError` where the text is no object, has a key twice, or has something after it.
    public init(parsing bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONError) {
        self.bytes = bytes
        members = try JSONReader.reading(bytes, limits: limits) { (reader) throws(JSONError) in
            let members = try Self.read(&reader)
            try reader.finish()
            return members
        }
    }

    private static func read(_ reader: inout JSONReader) throws(JSONError) -> [(key: String, range: Range<Int>)] {
        var members: [(key: String, range: Range<Int>)] = []
        members.reserveCapacity(8)
        var seen = Set<String>()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            let isDuplicate =
                members.count < 16 ? members.contains { $0.key == key } : !seen.insert(key).inserted
            if isDuplicate { throw JSONError(offset: reader.offset, reason: .duplicateKey(key)) }
            if members.count == 15 { seen = Set(members.map(\.key) + [key]) }
            members.append((key, try reader.skipValue()))
        }
        return members
    }

    public var keys: [String] { members.map(\.key) }

    /// The bytes of a member's value; nil where the object has no such key.
    public subscript(key: String) -> ArraySlice<UInt8>? {
        members.first { $0.key == key }.map { bytes[$0.range] }
    }

    /// Whether a member is absent or null.
    public func isNull(_ key: String) -> Bool { self[key].map { $0.elementsEqual("null".utf8) } ?? true }

    /// A member's value as a tree; nil where the object has no such key.
    public func value(_ key: String) -> JSONValue? {
        guard let raw = self[key] else { return nil }
        return raw.withUnsafeBufferPointer { buffer in
            var reader = JSONReader(buffer, limits: JSONLimits(depth: 512))
            return try? reader.readValue()
        }
    }

    public func integer(_ key: String) -> Int? { value(key)?.integer.flatMap { Int(exactly: $0) } }
    public func string(_ key: String) -> String? { value(key)?.string }

    public func bool(_ key: String) -> Bool? {
        guard let raw = self[key] else { return nil }
        if raw.elementsEqual("true".utf8) { return true }
        return raw.elementsEqual("false".utf8) ? false : nil
    }
}
