/// What a reader accepts of a peer.
public struct JSONLimits: Sendable, Hashable {
    /// Levels of arrays and objects; never more than 512, which every thread's stack can hold.
    public let depth: Int

    public init(depth: Int = 64) { self.depth = min(max(depth, 0), 512) }
}

public enum JSONKind: Sendable, Hashable {
    case object, array, string, number, bool, null
}

/// A pull reader of one JSON text (RFC 8259), for one pass over bytes that stay where they are.
///
/// A value is read by the method of its kind; an object by `beginObject()`, then `nextKey()` and a value until there
/// is no next key; an array by `beginArray()`, then `nextElement()` and a value until it is false. The reader is a
/// value: a copy is a place to come back to. It must not outlive the bytes; `reading(_:limits:_:)` sees to that.
public struct JSONReader {
    let bytes: UnsafeBufferPointer<UInt8>
    public let limits: JSONLimits
    /// Where the next byte is read.
    public internal(set) var offset = 0
    var depth = 0
    /// Whether a container has just begun, so that no comma stands before its next item.
    private var isFresh = false

    public init(_ bytes: UnsafeBufferPointer<UInt8>, limits: JSONLimits = JSONLimits()) {
        self.bytes = bytes
        self.limits = limits
    }

    /// Lends `body` a reader of `bytes`.
    @inlinable
    public static func reading<Result, Thrown: Error>(
        _ bytes: [UInt8], limits: JSONLimits = JSONLimits(), _ body: (inout JSONReader) throws(Thrown) -> Result
    ) throws(Thrown) -> Result {
        try bytes.withUnsafeBufferPointer { (buffer) throws(Thrown) -> Result in
            var reader = JSONReader(buffer, limits: limits)
            return try body(&reader)
        }
    }

    /// The bytes of a range that this reader returned, valid as long as the reader's own.
    public subscript(range: Range<Int>) -> UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(rebasing: bytes[range]) }

    /// The kind of the next value, which is not consumed.
    public mutating func peekKind() throws(JSONError) -> JSONKind {
        switch nextByte() {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
        case UInt8(ascii: "n"): return .null
        default: throw error(.expected("a value"))
        }
    }

    public mutating func beginObject() throws(JSONError) { try begin(UInt8(ascii: "{"), "an object") }

    public mutating func beginArray() throws(JSONError) { try begin(UInt8(ascii: "["), "an array") }

    /// Whether the array has another element, which the caller then has to read.
    public mutating func nextElement() throws(JSONError) -> Bool {
        guard try nextItem(closing: UInt8(ascii: "]"), "a comma or the end of the array") else { return false }
        if nextByte() == UInt8(ascii: "]") { throw error(.expected("a value")) }
        return true
    }

    /// The next key of the object with its colon, nil at the object's end. Duplicates are the caller's to notice.
    public mutating func nextKey() throws(JSONError) -> String? {
        guard let (range, isEscaped) = try nextKeyToken() else { return nil }
        return text(range, isEscaped: isEscaped)
    }

    /// What stands between the quotes of the next key, and whether it has escapes.
    mutating func nextKeyToken() throws(JSONError) -> (range: Range<Int>, isEscaped: Bool)? {
        guard try nextItem(closing: UInt8(ascii: "}"), "a comma or the end of the object") else { return nil }
        guard nextByte() == UInt8(ascii: "\"") else { throw error(.expected("a key")) }
        let token = try scanString()
        guard nextByte() == UInt8(ascii: ":") else { throw error(.expected("a colon")) }
        offset += 1
        return token
    }

    public mutating func readBool() throws(JSONError) -> Bool {
        if nextByte() == UInt8(ascii: "t") {
            try readWord("true", "a boolean")
            return true
        }
        try readWord("false", "a boolean")
        return false
    }

    public mutating func readNull() throws(JSONError) { try readWord("null", "null") }

    public mutating func readString() throws(JSONError) -> String {
        guard nextByte() == UInt8(ascii: "\"") else { throw error(.expected("a string")) }
        let (range, isEscaped) = try scanString()
        return text(range, isEscaped: isEscaped)
    }

    /// Ends the reading: nothing but white space may follow.
    public mutating func finish() throws(JSONError) {
        _ = nextByte()
        guard offset == bytes.count else { throw JSONError(offset: offset, reason: .trailingBytes) }
    }
}

extension JSONReader {
    /// The byte at the offset after white space, which is consumed; 0 at the end of the text.
    @inline(__always)
    mutating func nextByte() -> UInt8 {
        while offset < bytes.count {
            let byte = bytes[offset]
            guard byte <= 0x20, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 else { return byte }
            offset += 1
        }
        return 0
    }

    /// The byte at a place; 0 behind the end.
    @inline(__always)
    func byte(at place: Int) -> UInt8 { place < bytes.count ? bytes[place] : 0 }

    /// The error at the offset; where the text has ended, that is the reason.
    func error(_ reason: JSONError.Reason) -> JSONError {
        JSONError(offset: min(offset, bytes.count), reason: offset >= bytes.count ? .truncated : reason)
    }

    private mutating func begin(_ opening: UInt8, _ what: String) throws(JSONError) {
        guard nextByte() == opening else { throw error(.expected(what)) }
        guard depth < limits.depth else { throw error(.tooDeep(limit: limits.depth)) }
        offset += 1
        depth += 1
        isFresh = true
    }

    private mutating func nextItem(closing: UInt8, _ what: String) throws(JSONError) -> Bool {
        let byte = nextByte()
        if byte == closing {
            offset += 1
            depth -= 1
            isFresh = false
            return false
        }
        if isFresh {
            isFresh = false
            guard offset < bytes.count else { throw error(.truncated) }
            return true
        }
        guard byte == UInt8(ascii: ",") else { throw error(.expected(what)) }
        offset += 1
        return true
    }

    mutating func readWord(_ word: StaticString, _ what: String) throws(JSONError) {
        _ = nextByte()
        for index in 0..<word.utf8CodeUnitCount {
            guard byte(at: offset + index) == word.utf8Start[index] else {
                if offset + index >= bytes.count { offset = bytes.count }
                throw error(.expected(what))
            }
        }
        offset += word.utf8CodeUnitCount
    }
}
