import Spaces
import VectorEnvironments

/// The numbers of a row's record by name, whatever type its fields have.
public struct RecordView: Sendable {
    private let places: [String: (offset: Int, field: ArrayField)]
    private let bytes: [UInt8]

    /// - Parameters:
    ///   - fields: As `VectorLayout.state` has them.
    ///   - bytes: A record; what it may have behind the fields is ignored.
    public init(_ fields: [ArrayField], _ bytes: [UInt8]) {
        var places: [String: (offset: Int, field: ArrayField)] = [:]
        var offset = 0
        for field in fields {
            places[field.name] = (offset, field)
            offset += field.bytes
        }
        self.places = places
        self.bytes = bytes
    }

    /// An element of a field; 0 where there is none.
    public func number(_ name: String, _ index: Int = 0) -> Double {
        guard let (offset, field) = places[name], 0..<field.elements ~= index else { return 0 }
        let place = offset + index * field.dtype.size
        guard place + field.dtype.size <= bytes.count else { return 0 }
        return bytes.withUnsafeBytes { raw in
            switch field.dtype {
            case .float32: Double(raw.loadUnaligned(fromByteOffset: place, as: Float.self))
            case .float64: raw.loadUnaligned(fromByteOffset: place, as: Double.self)
            case .int8: Double(raw.loadUnaligned(fromByteOffset: place, as: Int8.self))
            case .int32: Double(raw.loadUnaligned(fromByteOffset: place, as: Int32.self))
            case .int64: Double(raw.loadUnaligned(fromByteOffset: place, as: Int64.self))
            case .bool, .uint8: Double(raw[place])
            case .uint32: Double(raw.loadUnaligned(fromByteOffset: place, as: UInt32.self))
            case .uint64: Double(raw.loadUnaligned(fromByteOffset: place, as: UInt64.self))
            case .int16, .uint16, .float16, .complex64, .complex128: 0
            }
        }
    }

    /// An element of a field as an integer; 0 where there is none, or it is no integer of 64 bits.
    public func integer(_ name: String, _ index: Int = 0) -> Int { Int(exactly: number(name, index).rounded()) ?? 0 }
}

/// Settings of an environment whose rows can be drawn from their records, whichever simulator steps them.
public protocol SceneSource {
    func scene(of row: RecordView) -> any Scene
}
