// Made by protoc-gen-corral from dm_env_rpc/v1/extensions/properties.proto. scripts/generate-protos makes it anew.
// swift-format-ignore-file
import Protobuf

/// Package `dm_env_rpc.v1.extensions.properties`.
public enum DmEnvRpcV1ExtensionsProperties {}

extension DmEnvRpcV1ExtensionsProperties {
    public struct PropertySpec: ProtobufMessage {
        public var spec: DmEnvRpcV1.TensorSpec?
        public var isReadable: Bool = false
        public var isWritable: Bool = false
        public var isListable: Bool = false
        public var description: String = ""

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufMessageKind<DmEnvRpcV1.TensorSpec>.self, tag, into: &spec)
                case 2: try reader.read(ProtobufBool.self, tag, into: &isReadable)
                case 3: try reader.read(ProtobufBool.self, tag, into: &isWritable)
                case 4: try reader.read(ProtobufBool.self, tag, into: &isListable)
                case 5: try reader.read(ProtobufString.self, tag, into: &description)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufMessageKind<DmEnvRpcV1.TensorSpec>.self, 1, spec)
            writer.write(ProtobufBool.self, 2, isReadable)
            writer.write(ProtobufBool.self, 3, isWritable)
            writer.write(ProtobufBool.self, 4, isListable)
            writer.write(ProtobufString.self, 5, description)
        }
    }

    public struct ListPropertyRequest: ProtobufMessage {
        public var key: String = ""

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufString.self, tag, into: &key)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufString.self, 1, key)
        }
    }

    public struct ListPropertyResponse: ProtobufMessage {
        public var values: [DmEnvRpcV1ExtensionsProperties.PropertySpec] = []

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufMessageKind<DmEnvRpcV1ExtensionsProperties.PropertySpec>.self, tag, into: &values)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufMessageKind<DmEnvRpcV1ExtensionsProperties.PropertySpec>.self, 1, values)
        }
    }

    public struct ReadPropertyRequest: ProtobufMessage {
        public var key: String = ""

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufString.self, tag, into: &key)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufString.self, 1, key)
        }
    }

    public struct ReadPropertyResponse: ProtobufMessage {
        public var value: DmEnvRpcV1.Tensor?

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufMessageKind<DmEnvRpcV1.Tensor>.self, tag, into: &value)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufMessageKind<DmEnvRpcV1.Tensor>.self, 1, value)
        }
    }

    public struct WritePropertyRequest: ProtobufMessage {
        public var key: String = ""
        public var value: DmEnvRpcV1.Tensor?

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufString.self, tag, into: &key)
                case 2: try reader.read(ProtobufMessageKind<DmEnvRpcV1.Tensor>.self, tag, into: &value)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufString.self, 1, key)
            writer.write(ProtobufMessageKind<DmEnvRpcV1.Tensor>.self, 2, value)
        }
    }

    public struct WritePropertyResponse: ProtobufMessage {

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

    public struct PropertyRequest: ProtobufMessage {
        public enum Payload: Sendable, Equatable {
            case readProperty(DmEnvRpcV1ExtensionsProperties.ReadPropertyRequest)
            case writeProperty(DmEnvRpcV1ExtensionsProperties.WritePropertyRequest)
            case listProperty(DmEnvRpcV1ExtensionsProperties.ListPropertyRequest)
        }
        public var payload: Payload?

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1:
                    var value: DmEnvRpcV1ExtensionsProperties.ReadPropertyRequest?
                    if case .readProperty(let old) = payload { value = old }
                    try reader.read(ProtobufMessageKind<DmEnvRpcV1ExtensionsProperties.ReadPropertyRequest>.self, tag, into: &value)
                    if let value { payload = .readProperty(value) }
                case 2:
                    var value: DmEnvRpcV1ExtensionsProperties.WritePropertyRequest?
                    if case .writeProperty(let old) = payload { value = old }
                    try reader.read(ProtobufMessageKind<DmEnvRpcV1ExtensionsProperties.WritePropertyRequest>.self, tag, into: &value)
                    if let value { payload = .writeProperty(value) }
                case 3:
                    var value: DmEnvRpcV1ExtensionsProperties.ListPropertyRequest?
                    if case .listProperty(let old) = payload { value = old }
                    try reader.read(ProtobufMessageKind<DmEnvRpcV1ExtensionsProperties.ListPropertyRequest>.self, tag, into: &value)
                    if let value { payload = .listProperty(value) }
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            switch payload {
            case .readProperty(let value)?: writer.always(ProtobufMessageKind<DmEnvRpcV1ExtensionsProperties.ReadPropertyRequest>.self, 1, value)
            case .writeProperty(let value)?: writer.always(ProtobufMessageKind<DmEnvRpcV1ExtensionsProperties.WritePropertyRequest>.self, 2, value)
            case .listProperty(let value)?: writer.always(ProtobufMessageKind<DmEnvRpcV1ExtensionsProperties.ListPropertyRequest>.self, 3, value)
            case nil: break
            }
        }
    }

    public struct PropertyResponse: ProtobufMessage {
        public enum Payload: Sendable, Equatable {
            case readProperty(DmEnvRpcV1ExtensionsProperties.ReadPropertyResponse)
            case writeProperty(DmEnvRpcV1ExtensionsProperties.WritePropertyResponse)
            case listProperty(DmEnvRpcV1ExtensionsProperties.ListPropertyResponse)
        }
        public var payload: Payload?

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1:
                    var value: DmEnvRpcV1ExtensionsProperties.ReadPropertyResponse?
                    if case .readProperty(let old) = payload { value = old }
                    try reader.read(ProtobufMessageKind<DmEnvRpcV1ExtensionsProperties.ReadPropertyResponse>.self, tag, into: &value)
                    if let value { payload = .readProperty(value) }
                case 2:
                    var value: DmEnvRpcV1ExtensionsProperties.WritePropertyResponse?
                    if case .writeProperty(let old) = payload { value = old }
                    try reader.read(ProtobufMessageKind<DmEnvRpcV1ExtensionsProperties.WritePropertyResponse>.self, tag, into: &value)
                    if let value { payload = .writeProperty(value) }
                case 3:
                    var value: DmEnvRpcV1ExtensionsProperties.ListPropertyResponse?
                    if case .listProperty(let old) = payload { value = old }
                    try reader.read(ProtobufMessageKind<DmEnvRpcV1ExtensionsProperties.ListPropertyResponse>.self, tag, into: &value)
                    if let value { payload = .listProperty(value) }
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            switch payload {
            case .readProperty(let value)?: writer.always(ProtobufMessageKind<DmEnvRpcV1ExtensionsProperties.ReadPropertyResponse>.self, 1, value)
            case .writeProperty(let value)?: writer.always(ProtobufMessageKind<DmEnvRpcV1ExtensionsProperties.WritePropertyResponse>.self, 2, value)
            case .listProperty(let value)?: writer.always(ProtobufMessageKind<DmEnvRpcV1ExtensionsProperties.ListPropertyResponse>.self, 3, value)
            case nil: break
            }
        }
    }

    /// The descriptor of the file, for reflection.
    public static let fileProperties = ProtobufFile(
        name: "dm_env_rpc/v1/extensions/properties.proto", package: "dm_env_rpc.v1.extensions.properties",
        dependencies: ["dm_env_rpc/v1/dm_env_rpc.proto"],
        symbols: ["dm_env_rpc.v1.extensions.properties.PropertySpec", "dm_env_rpc.v1.extensions.properties.ListPropertyRequest", "dm_env_rpc.v1.extensions.properties.ListPropertyResponse", "dm_env_rpc.v1.extensions.properties.ReadPropertyRequest", "dm_env_rpc.v1.extensions.properties.ReadPropertyResponse", "dm_env_rpc.v1.extensions.properties.WritePropertyRequest", "dm_env_rpc.v1.extensions.properties.WritePropertyResponse", "dm_env_rpc.v1.extensions.properties.PropertyRequest", "dm_env_rpc.v1.extensions.properties.PropertyResponse"],
        hexadecimal: """
            0a29646d5f656e765f7270632f76312f657874656e73696f6e732f70726f706572746965732e70726f746f1223646d5f656e765f7270632e76312e65
            7874656e73696f6e732e70726f706572746965731a1e646d5f656e765f7270632f76312f646d5f656e765f7270632e70726f746f22c2010a0c50726f
            706572747953706563122d0a047370656318012001280b32192e646d5f656e765f7270632e76312e54656e736f7253706563520473706563121f0a0b
            69735f7265616461626c65180220012808520a69735265616461626c65121f0a0b69735f7772697461626c65180320012808520a6973577269746162
            6c65121f0a0b69735f6c69737461626c65180420012808520a69734c69737461626c6512200a0b6465736372697074696f6e180520012809520b6465
            736372697074696f6e22270a134c69737450726f70657274795265717565737412100a036b657918012001280952036b657922610a144c6973745072
            6f7065727479526573706f6e736512490a0676616c75657318012003280b32312e646d5f656e765f7270632e76312e657874656e73696f6e732e7072
            6f706572746965732e50726f706572747953706563520676616c75657322270a135265616450726f70657274795265717565737412100a036b657918
            012001280952036b657922430a145265616450726f7065727479526573706f6e7365122b0a0576616c756518012001280b32152e646d5f656e765f72
            70632e76312e54656e736f72520576616c756522550a14577269746550726f70657274795265717565737412100a036b657918012001280952036b65
            79122b0a0576616c756518022001280b32152e646d5f656e765f7270632e76312e54656e736f72520576616c756522170a15577269746550726f7065
            727479526573706f6e736522c2020a0f50726f706572747952657175657374125f0a0d726561645f70726f706572747918012001280b32382e646d5f
            656e765f7270632e76312e657874656e73696f6e732e70726f706572746965732e5265616450726f7065727479526571756573744800520c72656164
            50726f706572747912620a0e77726974655f70726f706572747918022001280b32392e646d5f656e765f7270632e76312e657874656e73696f6e732e
            70726f706572746965732e577269746550726f7065727479526571756573744800520d777269746550726f7065727479125f0a0d6c6973745f70726f
            706572747918032001280b32382e646d5f656e765f7270632e76312e657874656e73696f6e732e70726f706572746965732e4c69737450726f706572
            7479526571756573744800520c6c69737450726f706572747942090a077061796c6f616422c6020a1050726f7065727479526573706f6e736512600a
            0d726561645f70726f706572747918012001280b32392e646d5f656e765f7270632e76312e657874656e73696f6e732e70726f706572746965732e52
            65616450726f7065727479526573706f6e73654800520c7265616450726f706572747912630a0e77726974655f70726f706572747918022001280b32
            3a2e646d5f656e765f7270632e76312e657874656e73696f6e732e70726f706572746965732e577269746550726f7065727479526573706f6e736548
            00520d777269746550726f706572747912600a0d6c6973745f70726f706572747918032001280b32392e646d5f656e765f7270632e76312e65787465
            6e73696f6e732e70726f706572746965732e4c69737450726f7065727479526573706f6e73654800520c6c69737450726f706572747942090a077061
            796c6f6164620670726f746f33
            """)
}
