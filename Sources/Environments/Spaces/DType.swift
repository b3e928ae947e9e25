/// The type of a tensor's elements, by its NumPy name.
public enum DType: String, Sendable, Hashable, CaseIterable {
    case bool, int8, int16, int32, int64, uint8, uint16, uint32, uint64
    case float16, float32, float64, complex64, complex128

    /// Bytes of one element.
    public var size: Int {
        switch self {
        case .bool, .int8, .uint8: 1
        case .int16, .uint16, .float16: 2
        case .int32, .uint32, .float32: 4
        case .int64, .uint64, .float64, .complex64: 8
        case .complex128: 16
        }
    }

    public var isFloat: Bool { self == .float16 || self == .float32 || self == .float64 }

    public var isComplex: Bool { self == .complex64 || self == .complex128 }

    /// Signed or unsigned, without `bool`.
    public var isInteger: Bool { !isFloat && !isComplex && self != .bool }
}

extension DType: CustomStringConvertible {
    public var description: String { rawValue }
}
