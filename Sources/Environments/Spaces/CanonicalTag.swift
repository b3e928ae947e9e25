/// The canonical bytes of a value, which do not depend on how it was written. All numbers are little-endian.
///
/// - `01` a tensor: length of the dtype's name (one byte), the name, axes (u32), each axis (u64), the elements.
/// - `02` another leaf: length (u64), JSON by RFC 8785. The integer of a Discrete has all its digits, also beyond
///   2^53, where the RFC has none.
/// - `03` an object: count (u32), then by the order of the keys' bytes: length of the key (u32), the key, the value.
/// - `04` an array: count (u32), the values.
enum CanonicalTag: UInt8 {
    case tensor = 1
    case leaf = 2
    case dict = 3
    case list = 4

    static func appendTensorHead(_ dtype: DType, _ shape: [Int], to bytes: inout [UInt8]) {
        bytes.append(CanonicalTag.tensor.rawValue)
        bytes.append(UInt8(dtype.rawValue.utf8.count))
        bytes.append(contentsOf: dtype.rawValue.utf8)
        append(UInt32(shape.count), to: &bytes)
        for length in shape { append(UInt64(length), to: &bytes) }
    }

    static func appendHead(_ tag: CanonicalTag, count: Int, to bytes: inout [UInt8]) {
        bytes.append(tag.rawValue)
        append(UInt32(truncatingIfNeeded: count), to: &bytes)
    }

    /// Writes the count of a head whose tag is at a place.
    static func setCount(_ count: Int, ofHeadAt place: Int, in bytes: inout [UInt8]) {
        withUnsafeBytes(of: UInt32(truncatingIfNeeded: count)) {
            bytes.replaceSubrange(place + 1..<place + 5, with: $0)
        }
    }

    static func appendKey(_ key: String, to bytes: inout [UInt8]) {
        append(UInt32(truncatingIfNeeded: key.utf8.count), to: &bytes)
        bytes.append(contentsOf: key.utf8)
    }

    /// A leaf of the JSON that `write` appends.
    static func appendLeaf(to bytes: inout [UInt8], _ write: (inout [UInt8]) -> Void) {
        bytes.append(CanonicalTag.leaf.rawValue)
        let place = bytes.count
        append(0 as UInt64, to: &bytes)
        write(&bytes)
        let length = UInt64(bytes.count - place - 8)
        withUnsafeBytes(of: length) { bytes.replaceSubrange(place..<place + 8, with: $0) }
    }
}
