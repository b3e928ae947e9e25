import Foundations
import JSON
import Spaces
import Testing

@Test(arguments: DType.allCases)
func `tensors of every dtype go to JSON and back`(dtype: DType) throws {
    var generator = SeededGenerator(seed: UInt64(dtype.size))
    for shape in [[], [3], [2, 3], [0], [2, 0, 3]] {
        let count = try Tensor.byteCount(dtype: dtype, shape: shape)
        var bytes = (0..<count).map { _ in UInt8.random(in: 0...(dtype == .bool ? 1 : 255), using: &generator) }
        if dtype == .uint64 { for place in stride(from: 7, to: count, by: 8) { bytes[place] &= 0x7f } }
        let tensor = try Tensor(dtype: dtype, shape: shape, bytes: bytes)
        var text: [UInt8] = []
        tensor.appendJSON(to: &text)
        let read = try Tensor(try JSONValue(parsing: text), dtype: dtype, shape: shape)
        var again: [UInt8] = []
        read.appendJSON(to: &again)
        #expect(again == text)
        if dtype.isInteger || dtype == .bool { #expect(read == tensor) }
        #expect(try Tensor(tensor.json, dtype: dtype, shape: shape).json.encoded() == text)
    }
}

@Test func `numbers of every Swift type are found again and in no other type`() throws {
    func roundTrip<Number: TensorNumber & Equatable>(_ numbers: [Number]) throws {
        let tensor = Tensor(numbers)
        #expect(tensor.numbers(as: Number.self) == numbers)
        #expect(tensor.dtype == Number.dtype)
        #expect(tensor.bytes.count == numbers.count * tensor.dtype.size)
        #expect(try Tensor(tensor.json, dtype: tensor.dtype, shape: [numbers.count]) == tensor)
    }
    try roundTrip([Int8.min, 0, .max])
    try roundTrip([Int16.min, 0, .max])
    try roundTrip([Int32.min, 0, .max])
    try roundTrip([Int64.min, 0, .max])
    try roundTrip([UInt8.min, 1, .max])
    try roundTrip([UInt16.min, 1, .max])
    try roundTrip([UInt32.min, 1, .max])
    try roundTrip([UInt64.min, 1, UInt64(Int64.max)])
    try roundTrip([Float16.leastNonzeroMagnitude, -0.1, .greatestFiniteMagnitude, .infinity])
    try roundTrip([Float.leastNonzeroMagnitude, -0.1, .greatestFiniteMagnitude, -.infinity])
    try roundTrip([Double.leastNonzeroMagnitude, -0.1, .greatestFiniteMagnitude])
    #expect(Tensor([1] as [Int32]).numbers(as: UInt32.self) == nil)
}

@Test func `bytes are little-endian and row-major`() throws {
    #expect(try Tensor([1, 2, 3, 4] as [Int16], shape: [2, 2]).bytes == [1, 0, 2, 0, 3, 0, 4, 0])
    #expect(try Tensor([1, 2, 3, 4] as [Int16], shape: [2, 2]).json == [[1, 2], [3, 4]])
    let complex = try Tensor(dtype: .complex64, shape: [1], bytes: [0, 0, 128, 63, 0, 0, 0, 64])
    #expect(complex.json == [[1.0, 2.0]])
}

@Test func `sizes that overflow or pass the limits are failures`() throws {
    for shape in [[-1], [.max], [.max, .max], [1 << 40, 1 << 40], [1 << 31], Array(repeating: 1, count: 33)] {
        #expect(throws: Failure.self) { try Tensor.byteCount(dtype: .float64, shape: shape) }
    }
    #expect(try Tensor.byteCount(dtype: .float64, shape: [0, .max]) == 0)
    #expect(throws: Failure.self) { try Tensor(dtype: .int16, shape: [2], bytes: [0, 0, 0]) }
    #expect(throws: Failure.self) { try Tensor(dtype: .bool, shape: [1], bytes: [2]) }
    #expect(throws: Failure.self) { try Tensor([1, 2] as [Int8], shape: [3]) }
    let failure = #expect(throws: Failure.self) { try Tensor([[1, 2], [3]], dtype: .int8, shape: [2, 2]) }
    #expect(failure?.message == "/1: an array of 2 is needed, not of 1")
}
