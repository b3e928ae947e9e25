import JSON
import Spaces

/// The arrays that follow a line, as its `buffers` member announces them.
struct BufferList {
    struct Entry {
        let pointer: String
        let dtype: DType
        let shape: [Int]
        let byteCount: Int
    }

    let entries: [Entry]
    let byteCount: Int

    /// - Parameter limit: The most bytes of all arrays together.
    init(_ value: JSONValue, limit: Int) throws(MalformedReply) {
        guard let array = value.array else { throw MalformedReply("buffers is no array") }
        var entries: [Entry] = []
        var total = 0
        for element in array {
            guard let pointer = element["name"]?.string,
                let dtype = element["dtype"]?.string.flatMap(DType.init(rawValue:)),
                let dimensions = element["shape"]?.array
            else { throw MalformedReply("a buffer needs name, dtype and shape") }
            var shape: [Int] = []
            var count = dtype.size
            for dimension in dimensions {
                guard let size = dimension.integer.flatMap({ Int(exactly: $0) }), size >= 0 else {
                    throw MalformedReply("a buffer's shape has to be sizes")
                }
                let (product, overflow) = count.multipliedReportingOverflow(by: size)
                guard !overflow else { throw MalformedReply("a buffer is larger than memory") }
                shape.append(size)
                count = product
            }
            let (sum, overflow) = total.addingReportingOverflow(count)
            guard !overflow, sum <= limit else {
                throw MalformedReply("the buffers of one reply are larger than \(limit) bytes")
            }
            total = sum
            entries.append(Entry(pointer: pointer, dtype: dtype, shape: shape, byteCount: count))
        }
        self.entries = entries
        byteCount = total
    }

    /// - Parameter block: Exactly `byteCount` bytes.
    func tensors(from block: [UInt8]) throws(MalformedReply) -> [String: Tensor] {
        var tensors: [String: Tensor] = [:]
        var offset = 0
        for entry in entries {
            let bytes = Array(block[offset..<offset + entry.byteCount])
            offset += entry.byteCount
            guard tensors.updateValue(try Self.tensor(entry, bytes), forKey: entry.pointer) == nil else {
                throw MalformedReply("two buffers fill \(entry.pointer)")
            }
        }
        return tensors
    }

    private static func tensor(_ entry: Entry, _ bytes: [UInt8]) throws(MalformedReply) -> Tensor {
        do {
            return try Tensor(dtype: entry.dtype, shape: entry.shape, bytes: bytes)
        } catch {
            throw MalformedReply("the buffer \(entry.pointer) is no tensor: \(error)")
        }
    }
}
