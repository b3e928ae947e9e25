import Foundations
import JSON

extension Tensor {
    /// Appends the tensor as nested arrays. Floats have the digits of the nearest double, as NumPy's `tolist()` gives
    /// them; complex numbers are `[real, imaginary]`.
    public func appendJSON(to bytes: inout [UInt8]) {
        var writing = TensorWriting(tensor: self, output: take(&bytes))
        dtype.run(&writing)
        bytes = take(&writing.output)
    }

    /// The tensor as nested arrays. Integers above `Int64.max` are rounded to doubles.
    public var json: JSONValue {
        guard dtype.isComplex else { return json(axis: 0, from: 0) }
        var bytes: [UInt8] = []
        appendJSON(to: &bytes)
        do throws(JSONError) { return try JSONValue(parsing: bytes, limits: JSONLimits(depth: .max)) } catch {
            return .null
        }
    }

    private func json(axis: Int, from place: Int) -> JSONValue {
        guard axis < shape.count else {
            switch (dtype, number(at: place)) {
            case (.bool, let number): return .bool(number == .integer(1))
            case (_, .integer(let value)): return .integer(value)
            case (_, let number): return .number(number.double)
            }
        }
        let stride = shape[(axis + 1)...].reduce(1, *)
        return .array((0..<shape[axis]).map { json(axis: axis + 1, from: place + $0 * stride) })
    }

    /// Reads nested arrays of a shape; numbers as a Box without bounds takes them.
    public init(
        _ value: JSONValue, dtype: DType, shape: [Int], limits: TensorLimits = TensorLimits()
    ) throws(Failure) {
        _ = try Tensor.byteCount(dtype: dtype, shape: shape, limits: limits)
        let box = Space.Box(unchecked: dtype, shape, .zero(dtype), .zero(dtype))
        let text = value.encoded()
        let elements: [UInt8]
        do throws(ArrayFault) {
            elements = try JSONReader.reading(text, limits: JSONLimits(depth: .max)) { (reader) throws(ArrayFault) in
                var scan = ArrayScan(box: box, checks: false, emits: true, reader: reader, output: [])
                try dtype.run(&scan)
                return scan.output
            }
        } catch {
            var pointer = ""
            for index in error.indices { PointerStep.index(index).append(to: &pointer) }
            let problem =
                switch error.fault {
                case .json(let error): error.description
                case .wrong(let problem): problem
                }
            throw Failure(.invalidArgument, Mismatch(pointer: pointer, problem: problem).description)
        }
        self.init(unchecked: dtype, shape, elements)
    }

    private static func zero(_ dtype: DType) -> Tensor {
        Tensor(unchecked: dtype, [], [UInt8](repeating: 0, count: dtype.size))
    }
}

private struct TensorWriting: ElementOperation {
    let tensor: Tensor
    var output: [UInt8]

    mutating func run<Element: TensorElement>(_ type: Element.Type) {
        output.reserveCapacity(output.count + tensor.count * 4 + 16)
        var place = 0
        tensor.bytes.withUnsafeBytes { write(type, of: $0, shape: tensor.shape[...], place: &place) }
    }

    private mutating func write<Element: TensorElement>(
        _ type: Element.Type, of elements: UnsafeRawBufferPointer, shape: ArraySlice<Int>, place: inout Int
    ) {
        guard let length = shape.first else { return write(type, of: elements, count: 1, place: &place) }
        output.append(UInt8(ascii: "["))
        if shape.count == 1 {
            write(type, of: elements, count: length, place: &place)
        } else {
            for index in 0..<length {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                write(type, of: elements, shape: shape.dropFirst(), place: &place)
            }
        }
        output.append(UInt8(ascii: "]"))
    }

    @inline(__always)
    private mutating func write<Element: TensorElement>(
        _ type: Element.Type, of elements: UnsafeRawBufferPointer, count: Int, place: inout Int
    ) {
        let size = MemoryLayout<Element>.size
        for index in 0..<count {
            if index > 0 { output.append(UInt8(ascii: ",")) }
            elements.loadUnaligned(fromByteOffset: place * size, as: Element.self).appendJSON(to: &output)
            place += 1
        }
    }
}
