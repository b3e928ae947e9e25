/// Builds one JSON text in memory; commas are put where they belong.
///
/// What is written in which order is the caller's: a key before each member, an end for each begin.
public struct JSONWriter: Sendable {
    public private(set) var bytes: [UInt8]
    private var needsComma = false

    public init(reserving capacity: Int = 0) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    /// Goes on at the end of `bytes`, where a value has to come next.
    public init(appendingTo bytes: consuming [UInt8]) { self.bytes = bytes }

    public mutating func beginObject() { open(UInt8(ascii: "{")) }
    public mutating func endObject() { close(UInt8(ascii: "}")) }
    public mutating func beginArray() { open(UInt8(ascii: "[")) }
    public mutating func endArray() { close(UInt8(ascii: "]")) }

    public mutating func key(_ key: String) {
        separate()
        appendJSONString(key, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    public mutating func null() { word("null") }
    public mutating func bool(_ value: Bool) { word(value ? "true" : "false") }

    @inlinable
    public mutating func integer(_ value: some FixedWidthInteger) {
        integer(isNegative: value < 0, magnitude: UInt64(value.magnitude))
    }

    @usableFromInline
    mutating func integer(isNegative: Bool, magnitude: UInt64) {
        separate()
        if isNegative { bytes.append(UInt8(ascii: "-")) }
        appendDigits(magnitude, to: &bytes)
    }

    /// The shortest text that reads back as the same double; the strings `"NaN"`, `"Infinity"`, `"-Infinity"` for
    /// what is not finite.
    public mutating func number(_ value: Double) {
        separate()
        appendDouble(value, to: &bytes)
    }

    public mutating func string(_ value: String) {
        separate()
        appendJSONString(value, to: &bytes)
    }

    /// One whole JSON value as it stands.
    public mutating func raw(_ value: some Sequence<UInt8>) {
        separate()
        bytes.append(contentsOf: value)
    }

    /// One whole JSON value that `write` appends to the text.
    public mutating func raw<Thrown: Error>(_ write: (inout [UInt8]) throws(Thrown) -> Void) throws(Thrown) {
        separate()
        try write(&bytes)
    }

    /// One whole JSON value without the white space between its tokens.
    public mutating func minified(_ value: UnsafeBufferPointer<UInt8>) {
        separate()
        appendMinifiedJSON(value, to: &bytes)
    }

    public mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let value): bool(value)
        case .integer(let value): integer(value)
        case .number(let value): number(value)
        case .string(let value): string(value)
        case .array(let elements):
            beginArray()
            for element in elements { self.value(element) }
            endArray()
        case .object(let members): object(members)
        }
    }

    public mutating func object(_ members: JSONObject) {
        beginObject()
        for member in members {
            key(member.key)
            value(member.value)
        }
        endObject()
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    private mutating func open(_ byte: UInt8) {
        separate()
        bytes.append(byte)
        needsComma = false
    }

    private mutating func close(_ byte: UInt8) {
        bytes.append(byte)
        needsComma = true
    }

    private mutating func word(_ text: StaticString) {
        separate()
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}
