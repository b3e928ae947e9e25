// Made by protoc-gen-corral from dm_env_rpc/v1/dm_env_rpc.proto. scripts/generate-protos makes it anew.
// swift-format-ignore-file
import Protobuf

/// Package `dm_env_rpc.v1`.
public enum DmEnvRpcV1 {}

extension DmEnvRpcV1 {
    public enum DataType: ProtobufEnum {
        case invalidDataType
        case float
        case double
        case int8
        case int32
        case int64
        case uint8
        case uint32
        case uint64
        case bool
        case string
        case proto
        /// A value that this build does not know.
        case unrecognized(Int32)

        public init(rawValue: Int32) {
            switch rawValue {
            case 0: self = .invalidDataType
            case 1: self = .float
            case 2: self = .double
            case 3: self = .int8
            case 4: self = .int32
            case 5: self = .int64
            case 6: self = .uint8
            case 7: self = .uint32
            case 8: self = .uint64
            case 9: self = .bool
            case 10: self = .string
            case 11: self = .proto
            default: self = .unrecognized(rawValue)
            }
        }

        public var rawValue: Int32 {
            switch self {
            case .invalidDataType: 0
            case .float: 1
            case .double: 2
            case .int8: 3
            case .int32: 4
            case .int64: 5
            case .uint8: 6
            case .uint32: 7
            case .uint64: 8
            case .bool: 9
            case .string: 10
            case .proto: 11
            case .unrecognized(let value): value
            }
        }
    }

    public enum EnvironmentStateType: ProtobufEnum {
        case invalidEnvironmentState
        case running
        case terminated
        case interrupted
        /// A value that this build does not know.
        case unrecognized(Int32)

        public init(rawValue: Int32) {
            switch rawValue {
            case 0: self = .invalidEnvironmentState
            case 1: self = .running
            case 2: self = .terminated
            case 3: self = .interrupted
            default: self = .unrecognized(rawValue)
            }
        }

        public var rawValue: Int32 {
            switch self {
            case .invalidEnvironmentState: 0
            case .running: 1
            case .terminated: 2
            case .interrupted: 3
            case .unrecognized(let value): value
            }
        }
    }

    public struct Tensor: ProtobufMessage {
        public struct Int8Array: ProtobufMessage {
            public var array: [UInt8] = []

            public init() {}

            public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
                while let tag = try reader.nextTag() {
                    switch tag.field {
                    case 1: try reader.read(ProtobufBytes.self, tag, into: &array)
                    default: try reader.skip(tag)
                    }
                }
            }

            public func write(to writer: inout ProtobufWriter) {
                writer.write(ProtobufBytes.self, 1, array)
            }
        }

        public struct Int32Array: ProtobufMessage {
            public var array: [Int32] = []

            public init() {}

            public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
                while let tag = try reader.nextTag() {
                    switch tag.field {
                    case 1: try reader.read(ProtobufInt32.self, tag, into: &array)
                    default: try reader.skip(tag)
                    }
                }
            }

            public func write(to writer: inout ProtobufWriter) {
                writer.write(ProtobufInt32.self, 1, array)
            }
        }

        public struct Int64Array: ProtobufMessage {
            public var array: [Int64] = []

            public init() {}

            public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
                while let tag = try reader.nextTag() {
                    switch tag.field {
                    case 1: try reader.read(ProtobufInt64.self, tag, into: &array)
                    default: try reader.skip(tag)
                    }
                }
            }

            public func write(to writer: inout ProtobufWriter) {
                writer.write(ProtobufInt64.self, 1, array)
            }
        }

        public struct Uint8Array: ProtobufMessage {
            public var array: [UInt8] = []

            public init() {}

            public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
                while let tag = try reader.nextTag() {
                    switch tag.field {
                    case 1: try reader.read(ProtobufBytes.self, tag, into: &array)
                    default: try reader.skip(tag)
                    }
                }
            }

            public func write(to writer: inout ProtobufWriter) {
                writer.write(ProtobufBytes.self, 1, array)
            }
        }

        public struct Uint32Array: ProtobufMessage {
            public var array: [UInt32] = []

            public init() {}

            public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
                while let tag = try reader.nextTag() {
                    switch tag.field {
                    case 1: try reader.read(ProtobufUInt32.self, tag, into: &array)
                    default: try reader.skip(tag)
                    }
                }
            }

            public func write(to writer: inout ProtobufWriter) {
                writer.write(ProtobufUInt32.self, 1, array)
            }
        }

        public struct Uint64Array: ProtobufMessage {
            public var array: [UInt64] = []

            public init() {}

            public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
                while let tag = try reader.nextTag() {
                    switch tag.field {
                    case 1: try reader.read(ProtobufUInt64.self, tag, into: &array)
                    default: try reader.skip(tag)
                    }
                }
            }

            public func write(to writer: inout ProtobufWriter) {
                writer.write(ProtobufUInt64.self, 1, array)
            }
        }

        public struct FloatArray: ProtobufMessage {
            public var array: [Float] = []

            public init() {}

            public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
                while let tag = try reader.nextTag() {
                    switch tag.field {
                    case 1: try reader.read(ProtobufFloat.self, tag, into: &array)
                    default: try reader.skip(tag)
                    }
                }
            }

            public func write(to writer: inout ProtobufWriter) {
                writer.write(ProtobufFloat.self, 1, array)
            }
        }

        public struct DoubleArray: ProtobufMessage {
            public var array: [Double] = []

            public init() {}

            public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
                while let tag = try reader.nextTag() {
                    switch tag.field {
                    case 1: try reader.read(ProtobufDouble.self, tag, into: &array)
                    default: try reader.skip(tag)
                    }
                }
            }

            public func write(to writer: inout ProtobufWriter) {
                writer.write(ProtobufDouble.self, 1, array)
            }
        }

        public struct BoolArray: ProtobufMessage {
            public var array: [Bool] = []

            public init() {}

            public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
                while let tag = try reader.nextTag() {
                    switch tag.field {
                    case 1: try reader.read(ProtobufBool.self, tag, into: &array)
                    default: try reader.skip(tag)
                    }
                }
            }

            public func write(to writer: inout ProtobufWriter) {
                writer.write(ProtobufBool.self, 1, array)
            }
        }

        public struct StringArray: ProtobufMessage {
            public var array: [String] = []

            public init() {}

            public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
                while let tag = try reader.nextTag() {
                    switch tag.field {
                    case 1: try reader.read(ProtobufString.self, tag, into: &array)
                    default: try reader.skip(tag)
                    }
                }
            }

            public func write(to writer: inout ProtobufWriter) {
                writer.write(ProtobufString.self, 1, array)
            }
        }

        public struct ProtoArray: ProtobufMessage {
            public var array: [GoogleProtobuf.`Any`] = []

            public init() {}

            public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
                while let tag = try reader.nextTag() {
                    switch tag.field {
                    case 1: try reader.read(ProtobufMessageKind<GoogleProtobuf.`Any`>.self, tag, into: &array)
                    default: try reader.skip(tag)
                    }
                }
            }

            public func write(to writer: inout ProtobufWriter) {
                writer.write(ProtobufMessageKind<GoogleProtobuf.`Any`>.self, 1, array)
            }
        }

        public enum Payload: Sendable, Equatable {
            case floats(DmEnvRpcV1.Tensor.FloatArray)
            case doubles(DmEnvRpcV1.Tensor.DoubleArray)
            case int8s(DmEnvRpcV1.Tensor.Int8Array)
            case int32s(DmEnvRpcV1.Tensor.Int32Array)
            case int64s(DmEnvRpcV1.Tensor.Int64Array)
            case uint8s(DmEnvRpcV1.Tensor.Uint8Array)
            case uint32s(DmEnvRpcV1.Tensor.Uint32Array)
            case uint64s(DmEnvRpcV1.Tensor.Uint64Array)
            case bools(DmEnvRpcV1.Tensor.BoolArray)
            case strings(DmEnvRpcV1.Tensor.StringArray)
            case protos(DmEnvRpcV1.Tensor.ProtoArray)
        }
        public var payload: Payload?
        public var shape: [Int32] = []

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1:
                    var value: DmEnvRpcV1.Tensor.FloatArray?
                    if case .floats(let old) = payload { value = old }
                    try reader.read(ProtobufMessageKind<DmEnvRpcV1.Tensor.FloatArray>.self, tag, into: &value)
                    if let value { payload = .floats(value) }
                case 2:
                    var value: DmEnvRpcV1.Tensor.DoubleArray?
                    if case .doubles(let old) = payload { value = old }
                    try reader.read(ProtobufMessageKind<DmEnvRpcV1.Tensor.DoubleArray>.self, tag, into: &value)
                    if let value { payload = .doubles(value) }
                case 3:
                    var value: DmEnvRpcV1.Tensor.Int8Array?
                    if case .int8s(let old) = payload { value = old }
                    try reader.read(ProtobufMessageKind<DmEnvRpcV1.Tensor.Int8Array>.self, tag, into: &value)
                    if let value { payload = .int8s(value) }
                case 4:
                    var value: DmEnvRpcV1.Tensor.Int32Array?
                    if case .int32s(let old) = payload { value = old }
                    try reader.read(ProtobufMessageKind<DmEnvRpcV1.Tensor.Int32Array>.self, tag, into: &value)
                    if let value { payload = .int32s(value) }
                case 5:
                    var value: DmEnvRpcV1.Tensor.Int64Array?
                    if case .int64s(let old) = payload { value = old }
                    try reader.read(ProtobufMessageKind<DmEnvRpcV1.Tensor.Int64Array>.self, tag, into: &value)
                    if let value { payload = .int64s(value) }
                case 6:
                    var value: DmEnvRpcV1.Tensor.Uint8Array?
                    if case .uint8s(let old) = payload { value = old }
                    try reader.read(ProtobufMessageKind<DmEnvRpcV1.Tensor.Uint8Array>.self, tag, into: &value)
                    if let value { payload = .uint8s(value) }
                case 7:
                    var value: DmEnvRpcV1.Tensor.Uint32Array?
                    if case .uint32s(let old) = payload { value = old }
                    try reader.read(ProtobufMessageKind<DmEnvRpcV1.Tensor.Uint32Array>.self, tag, into: &value)
                    if let value { payload = .uint32s(value) }
                case 8:
                    var value: DmEnvRpcV1.Tensor.Uint64Array?
                    if case .uint64s(let old) = payload { value = old }
                    try reader.read(ProtobufMessageKind<DmEnvRpcV1.Tensor.Uint64Array>.self, tag, into: &value)
                    if let value { payload = .uint64s(value) }
                case 9:
                    var value: DmEnvRpcV1.Tensor.BoolArray?
                    if case .bools(let old) = payload { value = old }
                    try reader.read(ProtobufMessageKind<DmEnvRpcV1.Tensor.BoolArray>.self, tag, into: &value)
                    if let value { payload = .bools(value) }
                case 10:
                    var value: DmEnvRpcV1.Tensor.StringArray?
                    if case .strings(let old) = payload { value = old }
                    try reader.read(ProtobufMessageKind<DmEnvRpcV1.Tensor.StringArray>.self, tag, into: &value)
                    if let value { payload = .strings(value) }
                case 11:
                    var value: DmEnvRpcV1.Tensor.ProtoArray?
                    if case .protos(let old) = payload { value = old }
                    try reader.read(ProtobufMessageKind<DmEnvRpcV1.Tensor.ProtoArray>.self, tag, into: &value)
                    if let value { payload = .protos(value) }
                case 15: try reader.read(ProtobufInt32.self, tag, into: &shape)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            switch payload {
            case .floats(let value)?: writer.always(ProtobufMessageKind<DmEnvRpcV1.Tensor.FloatArray>.self, 1, value)
            case .doubles(let value)?: writer.always(ProtobufMessageKind<DmEnvRpcV1.Tensor.DoubleArray>.self, 2, value)
            case .int8s(let value)?: writer.always(ProtobufMessageKind<DmEnvRpcV1.Tensor.Int8Array>.self, 3, value)
            case .int32s(let value)?: writer.always(ProtobufMessageKind<DmEnvRpcV1.Tensor.Int32Array>.self, 4, value)
            case .int64s(let value)?: writer.always(ProtobufMessageKind<DmEnvRpcV1.Tensor.Int64Array>.self, 5, value)
            case .uint8s(let value)?: writer.always(ProtobufMessageKind<DmEnvRpcV1.Tensor.Uint8Array>.self, 6, value)
            case .uint32s(let value)?: writer.always(ProtobufMessageKind<DmEnvRpcV1.Tensor.Uint32Array>.self, 7, value)
            case .uint64s(let value)?: writer.always(ProtobufMessageKind<DmEnvRpcV1.Tensor.Uint64Array>.self, 8, value)
            case .bools(let value)?: writer.always(ProtobufMessageKind<DmEnvRpcV1.Tensor.BoolArray>.self, 9, value)
            case .strings(let value)?: writer.always(ProtobufMessageKind<DmEnvRpcV1.Tensor.StringArray>.self, 10, value)
            case .protos(let value)?: writer.always(ProtobufMessageKind<DmEnvRpcV1.Tensor.ProtoArray>.self, 11, value)
            case nil: break
            }
            writer.write(ProtobufInt32.self, 15, shape)
        }
    }

    public struct TensorSpec: ProtobufMessage {
        public struct Value: ProtobufMessage {
            public enum Payload: Sendable, Equatable {
                case floats(DmEnvRpcV1.Tensor.FloatArray)
                case doubles(DmEnvRpcV1.Tensor.DoubleArray)
                case int8s(DmEnvRpcV1.Tensor.Int8Array)
                case int32s(DmEnvRpcV1.Tensor.Int32Array)
                case int64s(DmEnvRpcV1.Tensor.Int64Array)
                case uint8s(DmEnvRpcV1.Tensor.Uint8Array)
                case uint32s(DmEnvRpcV1.Tensor.Uint32Array)
                case uint64s(DmEnvRpcV1.Tensor.Uint64Array)
            }
            public var payload: Payload?

            public init() {}

            public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
                while let tag = try reader.nextTag() {
                    switch tag.field {
                    case 9:
                        var value: DmEnvRpcV1.Tensor.FloatArray?
                        if case .floats(let old) = payload { value = old }
                        try reader.read(ProtobufMessageKind<DmEnvRpcV1.Tensor.FloatArray>.self, tag, into: &value)
                        if let value { payload = .floats(value) }
                    case 10:
                        var value: DmEnvRpcV1.Tensor.DoubleArray?
                        if case .doubles(let old) = payload { value = old }
                        try reader.read(ProtobufMessageKind<DmEnvRpcV1.Tensor.DoubleArray>.self, tag, into: &value)
                        if let value { payload = .doubles(value) }
                    case 11:
                        var value: DmEnvRpcV1.Tensor.Int8Array?
                        if case .int8s(let old) = payload { value = old }
                        try reader.read(ProtobufMessageKind<DmEnvRpcV1.Tensor.Int8Array>.self, tag, into: &value)
                        if let value { payload = .int8s(value) }
                    case 12:
                        var value: DmEnvRpcV1.Tensor.Int32Array?
                        if case .int32s(let old) = payload { value = old }
                        try reader.read(ProtobufMessageKind<DmEnvRpcV1.Tensor.Int32Array>.self, tag, into: &value)
                        if let value { payload = .int32s(value) }
                    case 13:
                        var value: DmEnvRpcV1.Tensor.Int64Array?
                        if case .int64s(let old) = payload { value = old }
                        try reader.read(ProtobufMessageKind<DmEnvRpcV1.Tensor.Int64Array>.self, tag, into: &value)
                        if let value { payload = .int64s(value) }
                    case 14:
                        var value: DmEnvRpcV1.Tensor.Uint8Array?
                        if case .uint8s(let old) = payload { value = old }
                        try reader.read(ProtobufMessageKind<DmEnvRpcV1.Tensor.Uint8Array>.self, tag, into: &value)
                        if let value { payload = .uint8s(value) }
                    case 15:
                        var value: DmEnvRpcV1.Tensor.Uint32Array?
                        if case .uint32s(let old) = payload { value = old }
                        try reader.read(ProtobufMessageKind<DmEnvRpcV1.Tensor.Uint32Array>.self, tag, into: &value)
                        if let value { payload = .uint32s(value) }
                    case 16:
                        var value: DmEnvRpcV1.Tensor.Uint64Array?
                        if case .uint64s(let old) = payload { value = old }
                        try reader.read(ProtobufMessageKind<DmEnvRpcV1.Tensor.Uint64Array>.self, tag, into: &value)
                        if let value { payload = .uint64s(value) }
                    default: try reader.skip(tag)
                    }
                }
            }

            public func write(to writer: inout ProtobufWriter) {
                switch payload {
                case .floats(let value)?: writer.always(ProtobufMessageKind<DmEnvRpcV1.Tensor.FloatArray>.self, 9, value)
                case .doubles(let value)?: writer.always(ProtobufMessageKind<DmEnvRpcV1.Tensor.DoubleArray>.self, 10, value)
                case .int8s(let value)?: writer.always(ProtobufMessageKind<DmEnvRpcV1.Tensor.Int8Array>.self, 11, value)
                case .int32s(let value)?: writer.always(ProtobufMessageKind<DmEnvRpcV1.Tensor.Int32Array>.self, 12, value)
                case .int64s(let value)?: writer.always(ProtobufMessageKind<DmEnvRpcV1.Tensor.Int64Array>.self, 13, value)
                case .uint8s(let value)?: writer.always(ProtobufMessageKind<DmEnvRpcV1.Tensor.Uint8Array>.self, 14, value)
                case .uint32s(let value)?: writer.always(ProtobufMessageKind<DmEnvRpcV1.Tensor.Uint32Array>.self, 15, value)
                case .uint64s(let value)?: writer.always(ProtobufMessageKind<DmEnvRpcV1.Tensor.Uint64Array>.self, 16, value)
                case nil: break
                }
            }
        }

        public var name: String = ""
        public var shape: [Int32] = []
        public var dtype: DmEnvRpcV1.DataType = DmEnvRpcV1.DataType(rawValue: 0)
        public var min: DmEnvRpcV1.TensorSpec.Value?
        public var max: DmEnvRpcV1.TensorSpec.Value?

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufString.self, tag, into: &name)
                case 2: try reader.read(ProtobufInt32.self, tag, into: &shape)
                case 3: try reader.read(ProtobufEnumKind<DmEnvRpcV1.DataType>.self, tag, into: &dtype)
                case 4: try reader.read(ProtobufMessageKind<DmEnvRpcV1.TensorSpec.Value>.self, tag, into: &min)
                case 5: try reader.read(ProtobufMessageKind<DmEnvRpcV1.TensorSpec.Value>.self, tag, into: &max)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufString.self, 1, name)
            writer.write(ProtobufInt32.self, 2, shape)
            writer.write(ProtobufEnumKind<DmEnvRpcV1.DataType>.self, 3, dtype)
            writer.write(ProtobufMessageKind<DmEnvRpcV1.TensorSpec.Value>.self, 4, min)
            writer.write(ProtobufMessageKind<DmEnvRpcV1.TensorSpec.Value>.self, 5, max)
        }
    }

    public struct CreateWorldRequest: ProtobufMessage {
        public var settings: [String: DmEnvRpcV1.Tensor] = [:]

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufString.self, ProtobufMessageKind<DmEnvRpcV1.Tensor>.self, tag, into: &settings)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufString.self, ProtobufMessageKind<DmEnvRpcV1.Tensor>.self, 1, settings)
        }
    }

    public struct CreateWorldResponse: ProtobufMessage {
        public var worldName: String = ""

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufString.self, tag, into: &worldName)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufString.self, 1, worldName)
        }
    }

    public struct ActionObservationSpecs: ProtobufMessage {
        public var actions: [UInt64: DmEnvRpcV1.TensorSpec] = [:]
        public var observations: [UInt64: DmEnvRpcV1.TensorSpec] = [:]

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufUInt64.self, ProtobufMessageKind<DmEnvRpcV1.TensorSpec>.self, tag, into: &actions)
                case 2: try reader.read(ProtobufUInt64.self, ProtobufMessageKind<DmEnvRpcV1.TensorSpec>.self, tag, into: &observations)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufUInt64.self, ProtobufMessageKind<DmEnvRpcV1.TensorSpec>.self, 1, actions)
            writer.write(ProtobufUInt64.self, ProtobufMessageKind<DmEnvRpcV1.TensorSpec>.self, 2, observations)
        }
    }

    public struct JoinWorldRequest: ProtobufMessage {
        public var worldName: String = ""
        public var settings: [String: DmEnvRpcV1.Tensor] = [:]

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufString.self, tag, into: &worldName)
                case 2: try reader.read(ProtobufString.self, ProtobufMessageKind<DmEnvRpcV1.Tensor>.self, tag, into: &settings)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufString.self, 1, worldName)
            writer.write(ProtobufString.self, ProtobufMessageKind<DmEnvRpcV1.Tensor>.self, 2, settings)
        }
    }

    public struct JoinWorldResponse: ProtobufMessage {
        public var specs: DmEnvRpcV1.ActionObservationSpecs?

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufMessageKind<DmEnvRpcV1.ActionObservationSpecs>.self, tag, into: &specs)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufMessageKind<DmEnvRpcV1.ActionObservationSpecs>.self, 1, specs)
        }
    }

    public struct StepRequest: ProtobufMessage {
        public var actions: [UInt64: DmEnvRpcV1.Tensor] = [:]
        public var requestedObservations: [UInt64] = []

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufUInt64.self, ProtobufMessageKind<DmEnvRpcV1.Tensor>.self, tag, into: &actions)
                case 2: try reader.read(ProtobufUInt64.self, tag, into: &requestedObservations)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufUInt64.self, ProtobufMessageKind<DmEnvRpcV1.Tensor>.self, 1, actions)
            writer.write(ProtobufUInt64.self, 2, requestedObservations)
        }
    }

    public struct StepResponse: ProtobufMessage {
        public var state: DmEnvRpcV1.EnvironmentStateType = DmEnvRpcV1.EnvironmentStateType(rawValue: 0)
        public var observations: [UInt64: DmEnvRpcV1.Tensor] = [:]

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufEnumKind<DmEnvRpcV1.EnvironmentStateType>.self, tag, into: &state)
                case 2: try reader.read(ProtobufUInt64.self, ProtobufMessageKind<DmEnvRpcV1.Tensor>.self, tag, into: &observations)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufEnumKind<DmEnvRpcV1.EnvironmentStateType>.self, 1, state)
            writer.write(ProtobufUInt64.self, ProtobufMessageKind<DmEnvRpcV1.Tensor>.self, 2, observations)
        }
    }

    public struct ResetRequest: ProtobufMessage {
        public var settings: [String: DmEnvRpcV1.Tensor] = [:]

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufString.self, ProtobufMessageKind<DmEnvRpcV1.Tensor>.self, tag, into: &settings)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufString.self, ProtobufMessageKind<DmEnvRpcV1.Tensor>.self, 1, settings)
        }
    }

    public struct ResetResponse: ProtobufMessage {
        public var specs: DmEnvRpcV1.ActionObservationSpecs?

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufMessageKind<DmEnvRpcV1.ActionObservationSpecs>.self, tag, into: &specs)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufMessageKind<DmEnvRpcV1.ActionObservationSpecs>.self, 1, specs)
        }
    }

    public struct ResetWorldRequest: ProtobufMessage {
        public var worldName: String = ""
        public var settings: [String: DmEnvRpcV1.Tensor] = [:]

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufString.self, tag, into: &worldName)
                case 2: try reader.read(ProtobufString.self, ProtobufMessageKind<DmEnvRpcV1.Tensor>.self, tag, into: &settings)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufString.self, 1, worldName)
            writer.write(ProtobufString.self, ProtobufMessageKind<DmEnvRpcV1.Tensor>.self, 2, settings)
        }
    }

    public struct ResetWorldResponse: ProtobufMessage {

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
        }
    }

    public struct LeaveWorldRequest: ProtobufMessage {

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
        }
    }

    public struct LeaveWorldResponse: ProtobufMessage {

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
        }
    }

    public struct DestroyWorldRequest: ProtobufMessage {
        public var worldName: String = ""

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufString.self, tag, into: &worldName)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufString.self, 1, worldName)
        }
    }

    public struct DestroyWorldResponse: ProtobufMessage {

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
        }
    }

    public struct EnvironmentRequest: ProtobufMessage {
        public enum Payload: Sendable, Equatable {
            case createWorld(DmEnvRpcV1.CreateWorldRequest)
            case joinWorld(DmEnvRpcV1.JoinWorldRequest)
            case step(DmEnvRpcV1.StepRequest)
            case reset(DmEnvRpcV1.ResetRequest)
            case resetWorld(DmEnvRpcV1.ResetWorldRequest)
            case leaveWorld(DmEnvRpcV1.LeaveWorldRequest)
            case destroyWorld(DmEnvRpcV1.DestroyWorldRequest)
            case `extension`(GoogleProtobuf.`Any`)
        }
        public var payload: Payload?

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1:
                    var value: DmEnvRpcV1.CreateWorldRequest?
                    if case .createWorld(let old) = payload { value = old }
                    try reader.read(ProtobufMessageKind<DmEnvRpcV1.CreateWorldRequest>.self, tag, into: &value)
                    if let value { payload = .createWorld(value) }
                case 2:
                    var value: DmEnvRpcV1.JoinWorldRequest?
                    if case .joinWorld(let old) = payload { value = old }
                    try reader.read(ProtobufMessageKind<DmEnvRpcV1.JoinWorldRequest>.self, tag, into: &value)
                    if let value { payload = .joinWorld(value) }
                case 3:
                    var value: DmEnvRpcV1.StepRequest?
                    if case .step(let old) = payload { value = old }
                    try reader.read(ProtobufMessageKind<DmEnvRpcV1.StepRequest>.self, tag, into: &value)
                    if let value { payload = .step(value) }
                case 4:
                    var value: DmEnvRpcV1.ResetRequest?
                    if case .reset(let old) = payload { value = old }
                    try reader.read(ProtobufMessageKind<DmEnvRpcV1.ResetRequest>.self, tag, into: &value)
                    if let value { payload = .reset(value) }
                case 5:
                    var value: DmEnvRpcV1.ResetWorldRequest?
                    if case .resetWorld(let old) = payload { value = old }
                    try reader.read(ProtobufMessageKind<DmEnvRpcV1.ResetWorldRequest>.self, tag, into: &value)
                    if let value { payload = .resetWorld(value) }
                case 6:
                    var value: DmEnvRpcV1.LeaveWorldRequest?
                    if case .leaveWorld(let old) = payload { value = old }
                    try reader.read(ProtobufMessageKind<DmEnvRpcV1.LeaveWorldRequest>.self, tag, into: &value)
                    if let value { payload = .leaveWorld(value) }
                case 7:
                    var value: DmEnvRpcV1.DestroyWorldRequest?
                    if case .destroyWorld(let old) = payload { value = old }
                    try reader.read(ProtobufMessageKind<DmEnvRpcV1.DestroyWorldRequest>.self, tag, into: &value)
                    if let value { payload = .destroyWorld(value) }
                case 15:
                    var value: GoogleProtobuf.`Any`?
                    if case .`extension`(let old) = payload { value = old }
                    try reader.read(ProtobufMessageKind<GoogleProtobuf.`Any`>.self, tag, into: &value)
                    if let value { payload = .`extension`(value) }
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            switch payload {
            case .createWorld(let value)?: writer.always(ProtobufMessageKind<DmEnvRpcV1.CreateWorldRequest>.self, 1, value)
            case .joinWorld(let value)?: writer.always(ProtobufMessageKind<DmEnvRpcV1.JoinWorldRequest>.self, 2, value)
            case .step(let value)?: writer.always(ProtobufMessageKind<DmEnvRpcV1.StepRequest>.self, 3, value)
            case .reset(let value)?: writer.always(ProtobufMessageKind<DmEnvRpcV1.ResetRequest>.self, 4, value)
            case .resetWorld(let value)?: writer.always(ProtobufMessageKind<DmEnvRpcV1.ResetWorldRequest>.self, 5, value)
            case .leaveWorld(let value)?: writer.always(ProtobufMessageKind<DmEnvRpcV1.LeaveWorldRequest>.self, 6, value)
            case .destroyWorld(let value)?: writer.always(ProtobufMessageKind<DmEnvRpcV1.DestroyWorldRequest>.self, 7, value)
            case .`extension`(let value)?: writer.always(ProtobufMessageKind<GoogleProtobuf.`Any`>.self, 15, value)
            case nil: break
            }
        }
    }

    public struct EnvironmentResponse: ProtobufMessage {
        public enum Payload: Sendable, Equatable {
            case createWorld(DmEnvRpcV1.CreateWorldResponse)
            case joinWorld(DmEnvRpcV1.JoinWorldResponse)
            case step(DmEnvRpcV1.StepResponse)
            case reset(DmEnvRpcV1.ResetResponse)
            case resetWorld(DmEnvRpcV1.ResetWorldResponse)
            case leaveWorld(DmEnvRpcV1.LeaveWorldResponse)
            case destroyWorld(DmEnvRpcV1.DestroyWorldResponse)
            case `extension`(GoogleProtobuf.`Any`)
            case error(GoogleRpc.Status)
        }
        public var payload: Payload?

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1:
                    var value: DmEnvRpcV1.CreateWorldResponse?
                    if case .createWorld(let old) = payload { value = old }
                    try reader.read(ProtobufMessageKind<DmEnvRpcV1.CreateWorldResponse>.self, tag, into: &value)
                    if let value { payload = .createWorld(value) }
                case 2:
                    var value: DmEnvRpcV1.JoinWorldResponse?
                    if case .joinWorld(let old) = payload { value = old }
                    try reader.read(ProtobufMessageKind<DmEnvRpcV1.JoinWorldResponse>.self, tag, into: &value)
                    if let value { payload = .joinWorld(value) }
                case 3:
                    var value: DmEnvRpcV1.StepResponse?
                    if case .step(let old) = payload { value = old }
                    try reader.read(ProtobufMessageKind<DmEnvRpcV1.StepResponse>.self, tag, into: &value)
                    if let value { payload = .step(value) }
                case 4:
                    var value: DmEnvRpcV1.ResetResponse?
                    if case .reset(let old) = payload { value = old }
                    try reader.read(ProtobufMessageKind<DmEnvRpcV1.ResetResponse>.self, tag, into: &value)
                    if let value { payload = .reset(value) }
                case 5:
                    var value: DmEnvRpcV1.ResetWorldResponse?
                    if case .resetWorld(let old) = payload { value = old }
                    try reader.read(ProtobufMessageKind<DmEnvRpcV1.ResetWorldResponse>.self, tag, into: &value)
                    if let value { payload = .resetWorld(value) }
                case 6:
                    var value: DmEnvRpcV1.LeaveWorldResponse?
                    if case .leaveWorld(let old) = payload { value = old }
                    try reader.read(ProtobufMessageKind<DmEnvRpcV1.LeaveWorldResponse>.self, tag, into: &value)
                    if let value { payload = .leaveWorld(value) }
                case 7:
                    var value: DmEnvRpcV1.DestroyWorldResponse?
                    if case .destroyWorld(let old) = payload { value = old }
                    try reader.read(ProtobufMessageKind<DmEnvRpcV1.DestroyWorldResponse>.self, tag, into: &value)
                    if let value { payload = .destroyWorld(value) }
                case 15:
                    var value: GoogleProtobuf.`Any`?
                    if case .`extension`(let old) = payload { value = old }
                    try reader.read(ProtobufMessageKind<GoogleProtobuf.`Any`>.self, tag, into: &value)
                    if let value { payload = .`extension`(value) }
                case 16:
                    var value: GoogleRpc.Status?
                    if case .error(let old) = payload { value = old }
                    try reader.read(ProtobufMessageKind<GoogleRpc.Status>.self, tag, into: &value)
                    if let value { payload = .error(value) }
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            switch payload {
            case .createWorld(let value)?: writer.always(ProtobufMessageKind<DmEnvRpcV1.CreateWorldResponse>.self, 1, value)
            case .joinWorld(let value)?: writer.always(ProtobufMessageKind<DmEnvRpcV1.JoinWorldResponse>.self, 2, value)
            case .step(let value)?: writer.always(ProtobufMessageKind<DmEnvRpcV1.StepResponse>.self, 3, value)
            case .reset(let value)?: writer.always(ProtobufMessageKind<DmEnvRpcV1.ResetResponse>.self, 4, value)
            case .resetWorld(let value)?: writer.always(ProtobufMessageKind<DmEnvRpcV1.ResetWorldResponse>.self, 5, value)
            case .leaveWorld(let value)?: writer.always(ProtobufMessageKind<DmEnvRpcV1.LeaveWorldResponse>.self, 6, value)
            case .destroyWorld(let value)?: writer.always(ProtobufMessageKind<DmEnvRpcV1.DestroyWorldResponse>.self, 7, value)
            case .`extension`(let value)?: writer.always(ProtobufMessageKind<GoogleProtobuf.`Any`>.self, 15, value)
            case .error(let value)?: writer.always(ProtobufMessageKind<GoogleRpc.Status>.self, 16, value)
            case nil: break
            }
        }
    }

    public enum EnvironmentService {
        public static let name = "dm_env_rpc.v1.Environment"
        public static let process = "/dm_env_rpc.v1.Environment/Process"
    }

    /// The descriptor of the file, for reflection.
    public static let fileDmEnvRpc = ProtobufFile(
        name: "dm_env_rpc/v1/dm_env_rpc.proto", package: "dm_env_rpc.v1",
        dependencies: ["google/protobuf/any.proto", "google/rpc/status.proto"],
        symbols: ["dm_env_rpc.v1.DataType", "dm_env_rpc.v1.EnvironmentStateType", "dm_env_rpc.v1.Tensor", "dm_env_rpc.v1.Tensor.Int8Array", "dm_env_rpc.v1.Tensor.Int32Array", "dm_env_rpc.v1.Tensor.Int64Array", "dm_env_rpc.v1.Tensor.Uint8Array", "dm_env_rpc.v1.Tensor.Uint32Array", "dm_env_rpc.v1.Tensor.Uint64Array", "dm_env_rpc.v1.Tensor.FloatArray", "dm_env_rpc.v1.Tensor.DoubleArray", "dm_env_rpc.v1.Tensor.BoolArray", "dm_env_rpc.v1.Tensor.StringArray", "dm_env_rpc.v1.Tensor.ProtoArray", "dm_env_rpc.v1.TensorSpec", "dm_env_rpc.v1.TensorSpec.Value", "dm_env_rpc.v1.CreateWorldRequest", "dm_env_rpc.v1.CreateWorldRequest.SettingsEntry", "dm_env_rpc.v1.CreateWorldResponse", "dm_env_rpc.v1.ActionObservationSpecs", "dm_env_rpc.v1.ActionObservationSpecs.ActionsEntry", "dm_env_rpc.v1.ActionObservationSpecs.ObservationsEntry", "dm_env_rpc.v1.JoinWorldRequest", "dm_env_rpc.v1.JoinWorldRequest.SettingsEntry", "dm_env_rpc.v1.JoinWorldResponse", "dm_env_rpc.v1.StepRequest", "dm_env_rpc.v1.StepRequest.ActionsEntry", "dm_env_rpc.v1.StepResponse", "dm_env_rpc.v1.StepResponse.ObservationsEntry", "dm_env_rpc.v1.ResetRequest", "dm_env_rpc.v1.ResetRequest.SettingsEntry", "dm_env_rpc.v1.ResetResponse", "dm_env_rpc.v1.ResetWorldRequest", "dm_env_rpc.v1.ResetWorldRequest.SettingsEntry", "dm_env_rpc.v1.ResetWorldResponse", "dm_env_rpc.v1.LeaveWorldRequest", "dm_env_rpc.v1.LeaveWorldResponse", "dm_env_rpc.v1.DestroyWorldRequest", "dm_env_rpc.v1.DestroyWorldResponse", "dm_env_rpc.v1.EnvironmentRequest", "dm_env_rpc.v1.EnvironmentResponse", "dm_env_rpc.v1.Environment", "dm_env_rpc.v1.Environment.Process"],
        hexadecimal: """
            0a1e646d5f656e765f7270632f76312f646d5f656e765f7270632e70726f746f120d646d5f656e765f7270632e76311a19676f6f676c652f70726f74
            6f6275662f616e792e70726f746f1a17676f6f676c652f7270632f7374617475732e70726f746f22e7080a0654656e736f72123a0a06666c6f617473
            18012001280b32202e646d5f656e765f7270632e76312e54656e736f722e466c6f6174417272617948005206666c6f617473123d0a07646f75626c65
            7318022001280b32212e646d5f656e765f7270632e76312e54656e736f722e446f75626c65417272617948005207646f75626c657312370a05696e74
            387318032001280b321f2e646d5f656e765f7270632e76312e54656e736f722e496e7438417272617948005205696e743873123a0a06696e74333273
            18042001280b32202e646d5f656e765f7270632e76312e54656e736f722e496e743332417272617948005206696e74333273123a0a06696e74363473
            18052001280b32202e646d5f656e765f7270632e76312e54656e736f722e496e743634417272617948005206696e74363473123a0a0675696e743873
            18062001280b32202e646d5f656e765f7270632e76312e54656e736f722e55696e743841727261794800520675696e743873123d0a0775696e743332
            7318072001280b32212e646d5f656e765f7270632e76312e54656e736f722e55696e74333241727261794800520775696e74333273123d0a0775696e
            7436347318082001280b32212e646d5f656e765f7270632e76312e54656e736f722e55696e74363441727261794800520775696e7436347312370a05
            626f6f6c7318092001280b321f2e646d5f656e765f7270632e76312e54656e736f722e426f6f6c417272617948005205626f6f6c73123d0a07737472
            696e6773180a2001280b32212e646d5f656e765f7270632e76312e54656e736f722e537472696e67417272617948005207737472696e6773123a0a06
            70726f746f73180b2001280b32202e646d5f656e765f7270632e76312e54656e736f722e50726f746f41727261794800520670726f746f7312140a05
            7368617065180f20032805520573686170651a210a09496e7438417272617912140a05617272617918012001280c520561727261791a220a0a496e74
            3332417272617912140a056172726179180120032805520561727261791a220a0a496e743634417272617912140a0561727261791801200328035205
            61727261791a220a0a55696e7438417272617912140a05617272617918012001280c520561727261791a230a0b55696e743332417272617912140a05
            617272617918012003280d520561727261791a230a0b55696e743634417272617912140a056172726179180120032804520561727261791a220a0a46
            6c6f6174417272617912140a056172726179180120032802520561727261791a230a0b446f75626c65417272617912140a0561727261791801200328
            01520561727261791a210a09426f6f6c417272617912140a056172726179180120032808520561727261791a230a0b537472696e6741727261791214
            0a056172726179180120032809520561727261791a380a0a50726f746f4172726179122a0a05617272617918012003280b32142e676f6f676c652e70
            726f746f6275662e416e795205617272617942090a077061796c6f616422cc050a0a54656e736f725370656312120a046e616d651801200128095204
            6e616d6512140a05736861706518022003280552057368617065122d0a05647479706518032001280e32172e646d5f656e765f7270632e76312e4461
            7461547970655205647479706512310a036d696e18042001280b321f2e646d5f656e765f7270632e76312e54656e736f72537065632e56616c756552
            036d696e12310a036d617818052001280b321f2e646d5f656e765f7270632e76312e54656e736f72537065632e56616c756552036d61781afe030a05
            56616c7565123a0a06666c6f61747318092001280b32202e646d5f656e765f7270632e76312e54656e736f722e466c6f617441727261794800520666
            6c6f617473123d0a07646f75626c6573180a2001280b32212e646d5f656e765f7270632e76312e54656e736f722e446f75626c654172726179480052
            07646f75626c657312370a05696e743873180b2001280b321f2e646d5f656e765f7270632e76312e54656e736f722e496e7438417272617948005205
            696e743873123a0a06696e74333273180c2001280b32202e646d5f656e765f7270632e76312e54656e736f722e496e74333241727261794800520669
            6e74333273123a0a06696e74363473180d2001280b32202e646d5f656e765f7270632e76312e54656e736f722e496e74363441727261794800520669
            6e74363473123a0a0675696e743873180e2001280b32202e646d5f656e765f7270632e76312e54656e736f722e55696e743841727261794800520675
            696e743873123d0a0775696e74333273180f2001280b32212e646d5f656e765f7270632e76312e54656e736f722e55696e7433324172726179480052
            0775696e74333273123d0a0775696e7436347318102001280b32212e646d5f656e765f7270632e76312e54656e736f722e55696e7436344172726179
            4800520775696e7436347342090a077061796c6f61644a040801100922b5010a12437265617465576f726c6452657175657374124b0a087365747469
            6e677318012003280b322f2e646d5f656e765f7270632e76312e437265617465576f726c64526571756573742e53657474696e6773456e7472795208
            73657474696e67731a520a0d53657474696e6773456e74727912100a036b657918012001280952036b6579122b0a0576616c756518022001280b3215
            2e646d5f656e765f7270632e76312e54656e736f72520576616c75653a02380122340a13437265617465576f726c64526573706f6e7365121d0a0a77
            6f726c645f6e616d651801200128095209776f726c644e616d6522f6020a16416374696f6e4f62736572766174696f6e5370656373124c0a07616374
            696f6e7318012003280b32322e646d5f656e765f7270632e76312e416374696f6e4f62736572766174696f6e53706563732e416374696f6e73456e74
            72795207616374696f6e73125b0a0c6f62736572766174696f6e7318022003280b32372e646d5f656e765f7270632e76312e416374696f6e4f627365
            72766174696f6e53706563732e4f62736572766174696f6e73456e747279520c6f62736572766174696f6e731a550a0c416374696f6e73456e747279
            12100a036b657918012001280452036b6579122f0a0576616c756518022001280b32192e646d5f656e765f7270632e76312e54656e736f7253706563
            520576616c75653a0238011a5a0a114f62736572766174696f6e73456e74727912100a036b657918012001280452036b6579122f0a0576616c756518
            022001280b32192e646d5f656e765f7270632e76312e54656e736f7253706563520576616c75653a02380122d0010a104a6f696e576f726c64526571
            75657374121d0a0a776f726c645f6e616d651801200128095209776f726c644e616d6512490a0873657474696e677318022003280b322d2e646d5f65
            6e765f7270632e76312e4a6f696e576f726c64526571756573742e53657474696e6773456e747279520873657474696e67731a520a0d53657474696e
            6773456e74727912100a036b657918012001280952036b6579122b0a0576616c756518022001280b32152e646d5f656e765f7270632e76312e54656e
            736f72520576616c75653a02380122500a114a6f696e576f726c64526573706f6e7365123b0a05737065637318012001280b32252e646d5f656e765f
            7270632e76312e416374696f6e4f62736572766174696f6e53706563735205737065637322da010a0b537465705265717565737412410a0761637469
            6f6e7318012003280b32272e646d5f656e765f7270632e76312e53746570526571756573742e416374696f6e73456e7472795207616374696f6e7312
            350a167265717565737465645f6f62736572766174696f6e7318022003280452157265717565737465644f62736572766174696f6e731a510a0c4163
            74696f6e73456e74727912100a036b657918012001280452036b6579122b0a0576616c756518022001280b32152e646d5f656e765f7270632e76312e
            54656e736f72520576616c75653a02380122f4010a0c53746570526573706f6e736512390a05737461746518012001280e32232e646d5f656e765f72
            70632e76312e456e7669726f6e6d656e745374617465547970655205737461746512510a0c6f62736572766174696f6e7318022003280b322d2e646d
            5f656e765f7270632e76312e53746570526573706f6e73652e4f62736572766174696f6e73456e747279520c6f62736572766174696f6e731a560a11
            4f62736572766174696f6e73456e74727912100a036b657918012001280452036b6579122b0a0576616c756518022001280b32152e646d5f656e765f
            7270632e76312e54656e736f72520576616c75653a02380122a9010a0c52657365745265717565737412450a0873657474696e677318012003280b32
            292e646d5f656e765f7270632e76312e5265736574526571756573742e53657474696e6773456e747279520873657474696e67731a520a0d53657474
            696e6773456e74727912100a036b657918012001280952036b6579122b0a0576616c756518022001280b32152e646d5f656e765f7270632e76312e54
            656e736f72520576616c75653a023801224c0a0d5265736574526573706f6e7365123b0a05737065637318012001280b32252e646d5f656e765f7270
            632e76312e416374696f6e4f62736572766174696f6e53706563735205737065637322d2010a115265736574576f726c6452657175657374121d0a0a
            776f726c645f6e616d651801200128095209776f726c644e616d65124a0a0873657474696e677318022003280b322e2e646d5f656e765f7270632e76
            312e5265736574576f726c64526571756573742e53657474696e6773456e747279520873657474696e67731a520a0d53657474696e6773456e747279
            12100a036b657918012001280952036b6579122b0a0576616c756518022001280b32152e646d5f656e765f7270632e76312e54656e736f7252057661
            6c75653a02380122140a125265736574576f726c64526573706f6e736522130a114c65617665576f726c645265717565737422140a124c6561766557
            6f726c64526573706f6e736522340a1344657374726f79576f726c6452657175657374121d0a0a776f726c645f6e616d651801200128095209776f72
            6c644e616d6522160a1444657374726f79576f726c64526573706f6e736522a7040a12456e7669726f6e6d656e745265717565737412460a0c637265
            6174655f776f726c6418012001280b32212e646d5f656e765f7270632e76312e437265617465576f726c64526571756573744800520b637265617465
            576f726c6412400a0a6a6f696e5f776f726c6418022001280b321f2e646d5f656e765f7270632e76312e4a6f696e576f726c64526571756573744800
            52096a6f696e576f726c6412300a047374657018032001280b321a2e646d5f656e765f7270632e76312e537465705265717565737448005204737465
            7012330a05726573657418042001280b321b2e646d5f656e765f7270632e76312e52657365745265717565737448005205726573657412430a0b7265
            7365745f776f726c6418052001280b32202e646d5f656e765f7270632e76312e5265736574576f726c64526571756573744800520a7265736574576f
            726c6412430a0b6c656176655f776f726c6418062001280b32202e646d5f656e765f7270632e76312e4c65617665576f726c64526571756573744800
            520a6c65617665576f726c6412490a0d64657374726f795f776f726c6418072001280b32222e646d5f656e765f7270632e76312e44657374726f7957
            6f726c64526571756573744800520c64657374726f79576f726c6412340a09657874656e73696f6e180f2001280b32142e676f6f676c652e70726f74
            6f6275662e416e7948005209657874656e73696f6e42090a077061796c6f61644a040808100b4a040810101122d5040a13456e7669726f6e6d656e74
            526573706f6e736512470a0c6372656174655f776f726c6418012001280b32222e646d5f656e765f7270632e76312e437265617465576f726c645265
            73706f6e73654800520b637265617465576f726c6412410a0a6a6f696e5f776f726c6418022001280b32202e646d5f656e765f7270632e76312e4a6f
            696e576f726c64526573706f6e7365480052096a6f696e576f726c6412310a047374657018032001280b321b2e646d5f656e765f7270632e76312e53
            746570526573706f6e7365480052047374657012340a05726573657418042001280b321c2e646d5f656e765f7270632e76312e526573657452657370
            6f6e736548005205726573657412440a0b72657365745f776f726c6418052001280b32212e646d5f656e765f7270632e76312e5265736574576f726c
            64526573706f6e73654800520a7265736574576f726c6412440a0b6c656176655f776f726c6418062001280b32212e646d5f656e765f7270632e7631
            2e4c65617665576f726c64526573706f6e73654800520a6c65617665576f726c64124a0a0d64657374726f795f776f726c6418072001280b32232e64
            6d5f656e765f7270632e76312e44657374726f79576f726c64526573706f6e73654800520c64657374726f79576f726c6412340a09657874656e7369
            6f6e180f2001280b32142e676f6f676c652e70726f746f6275662e416e7948005209657874656e73696f6e122a0a056572726f7218102001280b3212
            2e676f6f676c652e7270632e537461747573480052056572726f7242090a077061796c6f61644a040808100b2a9c010a08446174615479706512150a
            11494e56414c49445f444154415f54595045100012090a05464c4f41541001120a0a06444f55424c45100212080a04494e5438100312090a05494e54
            3332100412090a05494e543634100512090a0555494e54381006120a0a0655494e5433321007120a0a0655494e543634100812080a04424f4f4c1009
            120a0a06535452494e47100a12090a0550524f544f100b2a630a14456e7669726f6e6d656e74537461746554797065121d0a19494e56414c49445f45
            4e5649524f4e4d454e545f53544154451000120b0a0752554e4e494e471001120e0a0a5445524d494e415445441002120f0a0b494e54455252555054
            4544100332630a0b456e7669726f6e6d656e7412540a0750726f6365737312212e646d5f656e765f7270632e76312e456e7669726f6e6d656e745265
            71756573741a222e646d5f656e765f7270632e76312e456e7669726f6e6d656e74526573706f6e736528013001620670726f746f33
            """)
}
