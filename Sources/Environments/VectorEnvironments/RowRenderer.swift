import Foundations
import Spaces

/// Draws one row from its record.
public struct RowRenderer: Sendable {
    /// Pixels.
    public let height: Int
    public let width: Int
    /// From the numbers of the record, in the order of its fields, to `height * width * 3` bytes of red, green, blue.
    public let draw: @Sendable (_ record: [Double]) -> [UInt8]

    public init(height: Int, width: Int, draw: @escaping @Sendable (_ record: [Double]) -> [UInt8]) {
        self.height = height
        self.width = width
        self.draw = draw
    }
}

extension VectorEnvironment {
    /// A picture of a row: `height * width * 3` bytes of red, green, blue.
    ///
    /// - Throws: `unimplemented` for an environment without pictures, `invalidArgument` for a row that does not exist.
    public func render(row: Int) throws(Failure) -> [UInt8] {
        guard let renderer else { throw Failure(.unimplemented, "this environment draws no pictures") }
        return renderer.draw(try numbers(ofRow: row))
    }

    /// The record of a row as numbers, one for each element of each field.
    func numbers(ofRow row: Int) throws(Failure) -> [Double] {
        var record = [UInt8](repeating: 0, count: recordBytes)
        try record.withUnsafeMutableBufferPointer { (raw) throws(Failure) in
            if let start = raw.baseAddress { try readRecords(of: [row], into: start) }
        }
        var offset = 0
        var numbers: [Double] = []
        for field in layout.state {
            let bytes = Array(record[offset..<offset + field.bytes])
            let tensor = try Tensor(dtype: field.dtype, shape: field.shape, bytes: bytes)
            numbers += tensor.doubles
            offset += field.bytes
        }
        return numbers
    }
}

extension Tensor {
    /// The elements rounded to doubles.
    var doubles: [Double] {
        if let numbers = numbers(as: Double.self) { return numbers }
        if let numbers = numbers(as: Float.self) { return numbers.map { Double($0) } }
        if let numbers = numbers(as: Int64.self) { return numbers.map { Double($0) } }
        if let numbers = numbers(as: Int32.self) { return numbers.map { Double($0) } }
        if let numbers = numbers(as: UInt64.self) { return numbers.map { Double($0) } }
        if let numbers = numbers(as: Int8.self) { return numbers.map { Double($0) } }
        return bytes.map { Double($0) }
    }
}
