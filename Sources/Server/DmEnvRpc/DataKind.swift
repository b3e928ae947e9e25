import Foundations
import JSON
import Protobuf
import Protos
import Spaces

/// The type of a tensor's elements in dm_env_rpc.
enum DataKind: Sendable {
    case float, double, int8, int32, int64, uint8, uint32, uint64, bool, string

    /// The one that holds all values of a dtype; nil for complex numbers.
    init?(_ dtype: DType) {
        switch dtype {
        case .bool: self = .bool
        case .int8: self = .int8
        case .int16, .int32: self = .int32
        case .int64: self = .int64
        case .uint8: self = .uint8
        case .uint16, .uint32: self = .uint32
        case .uint64: self = .uint64
        case .float16, .float32: self = .float
        case .float64: self = .double
        case .complex64, .complex128: return nil
        }
    }

    /// Nil for a payload of messages.
    init?(_ payload: V1.Tensor.Payload) {
        switch payload {
        case .floats: self = .float
        case .doubles: self = .double
        case .int8s: self = .int8
        case .int32s: self = .int32
        case .int64s: self = .int64
        case .uint8s: self = .uint8
        case .uint32s: self = .uint32
        case .uint64s: self = .uint64
        case .bools: self = .bool
        case .strings: self = .string
        case .protos: return nil
        }
    }

    var dtype: V1.DataType {
        switch self {
        case .float: .float
        case .double: .double
        case .int8: .int8
        case .int32: .int32
        case .int64: .int64
        case .uint8: .uint8
        case .uint32: .uint32
        case .uint64: .uint64
        case .bool: .bool
        case .string: .string
        }
    }

    /// The elements of a tensor, converted where its dtype is none of dm_env_rpc's; nil for a tensor of another kind.
    func payload(of tensor: Tensor) -> V1.Tensor.Payload? {
        switch tensor.dtype {
        case .float32: .floats(made { $0.array = tensor.numbers() ?? [] })
        case .float16: .floats(made { $0.array = tensor.json.numbers.map { Float($0) } })
        case .float64: .doubles(made { $0.array = tensor.numbers() ?? [] })
        case .int8: .int8s(made { $0.array = tensor.bytes })
        case .int16: .int32s(made { $0.array = (tensor.numbers(as: Int16.self) ?? []).map(Int32.init) })
        case .int32: .int32s(made { $0.array = tensor.numbers() ?? [] })
        case .int64: .int64s(made { $0.array = tensor.numbers() ?? [] })
        case .uint8: .uint8s(made { $0.array = tensor.bytes })
        case .uint16: .uint32s(made { $0.array = (tensor.numbers(as: UInt16.self) ?? []).map(UInt32.init) })
        case .uint32: .uint32s(made { $0.array = tensor.numbers() ?? [] })
        case .uint64: .uint64s(made { $0.array = tensor.numbers() ?? [] })
        case .bool: .bools(made { $0.array = tensor.bytes.map { $0 != 0 } })
        case .complex64, .complex128: nil
        }
    }

    private func made<Message: ProtobufMessage>(_ fill: (inout Message) -> Void) -> Message {
        var message = Message()
        fill(&message)
        return message
    }
}

extension JSONValue {
    /// All numbers of nested arrays, in order.
    fileprivate var numbers: [Double] {
        switch self {
        case .array(let values): values.flatMap(\.numbers)
        case .string(let text): [text == "NaN" ? .nan : text == "Infinity" ? .infinity : -.infinity]
        default: [double ?? 0]
        }
    }
}
