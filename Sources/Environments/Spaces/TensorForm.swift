import Foundations
import JSON

/// The tensor form of a message, `application/vnd.corral.tensors`.
///
/// Four bytes say the length of the header (little-endian); the header is JSON in which each array is replaced by
/// `{"tensor":{"dtype":"uint8","shape":[210,160,3],"offset":0,"nbytes":100800}}`; then come the bytes of the arrays,
/// little-endian and row-major. The data begin at the first multiple of 64 behind the header, counted from the start
/// of the message, which is padded with spaces up to it. Offsets count from the beginning of the data and are
/// multiples of 64 themselves; no two arrays share a byte.
///
/// An object whose only member is `tensor`, an object of just these four members, is always such a reference: a message
/// whose JSON has one by itself cannot be written in this form.
public enum TensorForm {
    public static let mediaType = "application/vnd.corral.tensors"
    static let alignment = 64

    /// - Throws: `malformed_json`; `invalidArgument` for a tensor without a place, a message beyond 4 GiB of header,
    ///   or JSON that looks like a reference.
    public static func encode(_ message: SplitJSON, limits: JSONLimits = JSONLimits()) throws(Failure) -> [UInt8] {
        let order = message.tensors.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        var offsets: [String: Int] = [:]
        var end = 0
        for pointer in order {
            offsets[pointer] = end
            end = aligned(end + (message.tensors[pointer]?.bytes.count ?? 0))
        }
        var bytes: [UInt8] = [0, 0, 0, 0]
        try JSONReader.reading(message.text, limits: limits) { (reader) throws(Failure) in
            try reader.splice(message.tensors, pointer: "", into: &bytes) { pointer, tensor, bytes in
                appendReference(to: tensor, at: offsets[pointer] ?? 0, into: &bytes)
            }
            do throws(JSONError) { try reader.finish() } catch { throw error.failure }
        }
        let references = try TensorReferences.find(in: Array(bytes[4...]), limits: limits)
        guard references.count == order.count else {
            throw Failure(
                .invalidArgument, "the message has JSON that looks like a reference to a tensor",
                next: "ask for JSON instead of tensors")
        }
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: aligned(bytes.count) - bytes.count))
        guard let length = UInt32(exactly: bytes.count - 4) else {
            throw Failure(.invalidArgument, "the header of a message in tensor form is beyond 4 GiB")
        }
        withUnsafeBytes(of: length) { bytes.replaceSubrange(..<4, with: $0) }
        let start = bytes.count
        bytes.reserveCapacity(start + end)
        for pointer in order {
            bytes.append(contentsOf: repeatElement(0, count: start + (offsets[pointer] ?? 0) - bytes.count))
            bytes.append(contentsOf: message.tensors[pointer]?.bytes ?? [])
        }
        return bytes
    }

    /// Encodes a value with all its tensors.
    public static func encode(_ value: Value) throws(Failure) -> [UInt8] {
        try encode(SplitJSON(value), limits: JSONLimits(depth: .max))
    }

    /// - Throws: `malformed_json` for the header; `invalidArgument` where a reference does not fit the data or the
    ///   limits, or two share bytes.
    public static func decode(
        _ bytes: [UInt8], limits: JSONLimits = JSONLimits(), tensorLimits: TensorLimits = TensorLimits()
    ) throws(Failure) -> SplitJSON {
        guard bytes.count >= 4 else { throw Failure(.invalidArgument, "a message in tensor form has at least 4 bytes") }
        let length = bytes.withUnsafeBytes { Int($0.loadUnaligned(as: UInt32.self)) }
        guard length <= bytes.count - 4 else {
            throw Failure(.invalidArgument, "the header of \(length) bytes is longer than the message")
        }
        let header = Array(bytes[4..<4 + length])
        let references = try TensorReferences.find(in: header, limits: limits)
        let data = bytes[min(aligned(4 + length), bytes.count)...]
        return try references.resolve(in: data, header: header, limits: tensorLimits)
    }

    private static func aligned(_ count: Int) -> Int { (count + alignment - 1) / alignment * alignment }

    private static func appendReference(to tensor: Tensor, at offset: Int, into bytes: inout [UInt8]) {
        var writer = JSONWriter(appendingTo: take(&bytes))
        writer.beginObject()
        writer.key("tensor")
        writer.beginObject()
        writer.key("dtype")
        writer.string(tensor.dtype.rawValue)
        writer.key("shape")
        writer.beginArray()
        for length in tensor.shape { writer.integer(length) }
        writer.endArray()
        writer.key("offset")
        writer.integer(offset)
        writer.key("nbytes")
        writer.integer(tensor.bytes.count)
        writer.endObject()
        writer.endObject()
        bytes = writer.bytes
    }
}
