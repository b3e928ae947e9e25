/// Work on elements of a type that is known only when it runs.
protocol ElementOperation {
    associatedtype Fault: Error
    mutating func run<Element: TensorElement>(_ type: Element.Type) throws(Fault)
}

extension DType {
    /// Runs an operation with the type of the elements; each is compiled for each type.
    @inline(__always)
    func run<Operation: ElementOperation>(_ operation: inout Operation) throws(Operation.Fault) {
        switch self {
        case .bool: try operation.run(Flag.self)
        case .int8: try operation.run(Int8.self)
        case .int16: try operation.run(Int16.self)
        case .int32: try operation.run(Int32.self)
        case .int64: try operation.run(Int64.self)
        case .uint8: try operation.run(UInt8.self)
        case .uint16: try operation.run(UInt16.self)
        case .uint32: try operation.run(UInt32.self)
        case .uint64: try operation.run(UInt64.self)
        case .float16: try operation.run(Float16.self)
        case .float32: try operation.run(Float.self)
        case .float64: try operation.run(Double.self)
        case .complex64: try operation.run(Complex<Float>.self)
        case .complex128: try operation.run(Complex<Double>.self)
        }
    }
}

@inline(__always)
func append<Element: BitwiseCopyable>(_ element: Element, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: element) { bytes.append(contentsOf: $0) }
}
