/// The header fields of a message in the order received; names compare without regard to case.
public struct HTTPHeaders: Sendable {
    private struct Field {
        let start: Int
        let nameCount: Int
        let valueCount: Int
    }

    /// Name and value of every field, one after the other: one allocation instead of two strings a field.
    private var bytes: [UInt8] = []
    private var fields: [Field] = []

    public init() {}

    public init(_ pairs: [(String, String)]) {
        for (name, value) in pairs { append(name: Array(name.utf8), value: Array(value.utf8)) }
    }

    public var count: Int { fields.count }

    /// The value of a field; several fields of one name are joined by `, ` (RFC 9110, 5.3). Invalid UTF-8 is repaired.
    public subscript(name: String) -> String? {
        var found: String?
        for field in fields where matches(field, name) {
            let value = String(decoding: valueBytes(field), as: UTF8.self)
            found = found.map { $0 + ", " + value } ?? value
        }
        return found
    }

    /// Every field, for whoever needs them all.
    public var pairs: [(name: String, value: String)] {
        fields.map { field in
            (
                String(decoding: bytes[field.start..<field.start + field.nameCount], as: UTF8.self),
                String(decoding: valueBytes(field), as: UTF8.self)
            )
        }
    }

    mutating func reserve(fields count: Int) {
        fields.reserveCapacity(count)
        bytes.reserveCapacity(count * 32)
    }

    mutating func append(name: some Collection<UInt8>, value: some Collection<UInt8>) {
        fields.append(Field(start: bytes.count, nameCount: name.count, valueCount: value.count))
        bytes.append(contentsOf: name)
        bytes.append(contentsOf: value)
    }

    /// How many fields have this name.
    public func count(of name: String) -> Int {
        var count = 0
        for field in fields where matches(field, name) { count += 1 }
        return count
    }

    private func valueBytes(_ field: Field) -> ArraySlice<UInt8> {
        let start = field.start + field.nameCount
        return bytes[start..<start + field.valueCount]
    }

    private func matches(_ field: Field, _ name: String) -> Bool {
        guard field.nameCount == name.utf8.count else { return false }
        var index = field.start
        for byte in name.utf8 {
            guard lowercase(bytes[index]) == lowercase(byte) else { return false }
            index += 1
        }
        return true
    }
}

private func lowercase(_ byte: UInt8) -> UInt8 { byte &- 65 < 26 ? byte | 0x20 : byte }
