// Made by protoc-gen-corral from grpc/reflection/v1/reflection.proto. scripts/generate-protos makes it anew.
// swift-format-ignore-file
import Protobuf

/// Package `grpc.reflection.v1`.
public enum GrpcReflectionV1 {}

extension GrpcReflectionV1 {
    public struct ServerReflectionRequest: ProtobufMessage {
        public var host: String = ""
        public enum MessageRequest: Sendable, Equatable {
            case fileByFilename(String)
            case fileContainingSymbol(String)
            case fileContainingExtension(GrpcReflectionV1.ExtensionRequest)
            case allExtensionNumbersOfType(String)
            case listServices(String)
        }
        public var messageRequest: MessageRequest?

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufString.self, tag, into: &host)
                case 3:
                    var value: String?
                    try reader.read(ProtobufString.self, tag, into: &value)
                    if let value { messageRequest = .fileByFilename(value) }
                case 4:
                    var value: String?
                    try reader.read(ProtobufString.self, tag, into: &value)
                    if let value { messageRequest = .fileContainingSymbol(value) }
                case 5:
                    var value: GrpcReflectionV1.ExtensionRequest?
                    if case .fileContainingExtension(let old) = messageRequest { value = old }
                    try reader.read(ProtobufMessageKind<GrpcReflectionV1.ExtensionRequest>.self, tag, into: &value)
                    if let value { messageRequest = .fileContainingExtension(value) }
                case 6:
                    var value: String?
                    try reader.read(ProtobufString.self, tag, into: &value)
                    if let value { messageRequest = .allExtensionNumbersOfType(value) }
                case 7:
                    var value: String?
                    try reader.read(ProtobufString.self, tag, into: &value)
                    if let value { messageRequest = .listServices(value) }
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufString.self, 1, host)
            switch messageRequest {
            case .fileByFilename(let value)?: writer.always(ProtobufString.self, 3, value)
            case .fileContainingSymbol(let value)?: writer.always(ProtobufString.self, 4, value)
            case .fileContainingExtension(let value)?: writer.always(ProtobufMessageKind<GrpcReflectionV1.ExtensionRequest>.self, 5, value)
            case .allExtensionNumbersOfType(let value)?: writer.always(ProtobufString.self, 6, value)
            case .listServices(let value)?: writer.always(ProtobufString.self, 7, value)
            case nil: break
            }
        }
    }

    public struct ExtensionRequest: ProtobufMessage {
        public var containingType: String = ""
        public var extensionNumber: Int32 = 0

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufString.self, tag, into: &containingType)
                case 2: try reader.read(ProtobufInt32.self, tag, into: &extensionNumber)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufString.self, 1, containingType)
            writer.write(ProtobufInt32.self, 2, extensionNumber)
        }
    }

    public struct ServerReflectionResponse: ProtobufMessage {
        public var validHost: String = ""
        public var originalRequest: GrpcReflectionV1.ServerReflectionRequest?
        public enum MessageResponse: Sendable, Equatable {
            case fileDescriptorResponse(GrpcReflectionV1.FileDescriptorResponse)
            case allExtensionNumbersResponse(GrpcReflectionV1.ExtensionNumberResponse)
            case listServicesResponse(GrpcReflectionV1.ListServiceResponse)
            case errorResponse(GrpcReflectionV1.ErrorResponse)
        }
        public var messageResponse: MessageResponse?

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufString.self, tag, into: &validHost)
                case 2: try reader.read(ProtobufMessageKind<GrpcReflectionV1.ServerReflectionRequest>.self, tag, into: &originalRequest)
                case 4:
                    var value: GrpcReflectionV1.FileDescriptorResponse?
                    if case .fileDescriptorResponse(let old) = messageResponse { value = old }
                    try reader.read(ProtobufMessageKind<GrpcReflectionV1.FileDescriptorResponse>.self, tag, into: &value)
                    if let value { messageResponse = .fileDescriptorResponse(value) }
                case 5:
                    var value: GrpcReflectionV1.ExtensionNumberResponse?
                    if case .allExtensionNumbersResponse(let old) = messageResponse { value = old }
                    try reader.read(ProtobufMessageKind<GrpcReflectionV1.ExtensionNumberResponse>.self, tag, into: &value)
                    if let value { messageResponse = .allExtensionNumbersResponse(value) }
                case 6:
                    var value: GrpcReflectionV1.ListServiceResponse?
                    if case .listServicesResponse(let old) = messageResponse { value = old }
                    try reader.read(ProtobufMessageKind<GrpcReflectionV1.ListServiceResponse>.self, tag, into: &value)
                    if let value { messageResponse = .listServicesResponse(value) }
                case 7:
                    var value: GrpcReflectionV1.ErrorResponse?
                    if case .errorResponse(let old) = messageResponse { value = old }
                    try reader.read(ProtobufMessageKind<GrpcReflectionV1.ErrorResponse>.self, tag, into: &value)
                    if let value { messageResponse = .errorResponse(value) }
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufString.self, 1, validHost)
            writer.write(ProtobufMessageKind<GrpcReflectionV1.ServerReflectionRequest>.self, 2, originalRequest)
            switch messageResponse {
            case .fileDescriptorResponse(let value)?: writer.always(ProtobufMessageKind<GrpcReflectionV1.FileDescriptorResponse>.self, 4, value)
            case .allExtensionNumbersResponse(let value)?: writer.always(ProtobufMessageKind<GrpcReflectionV1.ExtensionNumberResponse>.self, 5, value)
            case .listServicesResponse(let value)?: writer.always(ProtobufMessageKind<GrpcReflectionV1.ListServiceResponse>.self, 6, value)
            case .errorResponse(let value)?: writer.always(ProtobufMessageKind<GrpcReflectionV1.ErrorResponse>.self, 7, value)
            case nil: break
            }
        }
    }

    public struct FileDescriptorResponse: ProtobufMessage {
        public var fileDescriptorProto: [[UInt8]] = []

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufBytes.self, tag, into: &fileDescriptorProto)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufBytes.self, 1, fileDescriptorProto)
        }
    }

    public struct ExtensionNumberResponse: ProtobufMessage {
        public var baseTypeName: String = ""
        public var extensionNumber: [Int32] = []

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufString.self, tag, into: &baseTypeName)
                case 2: try reader.read(ProtobufInt32.self, tag, into: &extensionNumber)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufString.self, 1, baseTypeName)
            writer.write(ProtobufInt32.self, 2, extensionNumber)
        }
    }

    public struct ListServiceResponse: ProtobufMessage {
        public var service: [GrpcReflectionV1.ServiceResponse] = []

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufMessageKind<GrpcReflectionV1.ServiceResponse>.self, tag, into: &service)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufMessageKind<GrpcReflectionV1.ServiceResponse>.self, 1, service)
        }
    }

    public struct ServiceResponse: ProtobufMessage {
        public var name: String = ""

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufString.self, tag, into: &name)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufString.self, 1, name)
        }
    }

    public struct ErrorResponse: ProtobufMessage {
        public var errorCode: Int32 = 0
        public var errorMessage: String = ""

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufInt32.self, tag, into: &errorCode)
                case 2: try reader.read(ProtobufString.self, tag, into: &errorMessage)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufInt32.self, 1, errorCode)
            writer.write(ProtobufString.self, 2, errorMessage)
        }
    }

    /// gRPC's standard reflection: tools learn the services from the server.
    public enum ServerReflectionService {
        public static let name = "grpc.reflection.v1.ServerReflection"
        public static let serverReflectionInfo = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo"
    }

    /// The descriptor of the file, for reflection.
    public static let fileReflection = ProtobufFile(
        name: "grpc/reflection/v1/reflection.proto", package: "grpc.reflection.v1",
        dependencies: [],
        symbols: ["grpc.reflection.v1.ServerReflectionRequest", "grpc.reflection.v1.ExtensionRequest", "grpc.reflection.v1.ServerReflectionResponse", "grpc.reflection.v1.FileDescriptorResponse", "grpc.reflection.v1.ExtensionNumberResponse", "grpc.reflection.v1.ListServiceResponse", "grpc.reflection.v1.ServiceResponse", "grpc.reflection.v1.ErrorResponse", "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1.ServerReflection.ServerReflectionInfo"],
        hexadecimal: """
            0a23677270632f7265666c656374696f6e2f76312f7265666c656374696f6e2e70726f746f1212677270632e7265666c656374696f6e2e763122f302
            0a175365727665725265666c656374696f6e5265717565737412120a04686f73741801200128095204686f7374122a0a1066696c655f62795f66696c
            656e616d651803200128094800520e66696c65427946696c656e616d6512360a1666696c655f636f6e7461696e696e675f73796d626f6c1804200128
            094800521466696c65436f6e7461696e696e6753796d626f6c12620a1966696c655f636f6e7461696e696e675f657874656e73696f6e18052001280b
            32242e677270632e7265666c656374696f6e2e76312e457874656e73696f6e526571756573744800521766696c65436f6e7461696e696e6745787465
            6e73696f6e12420a1d616c6c5f657874656e73696f6e5f6e756d626572735f6f665f7479706518062001280948005219616c6c457874656e73696f6e
            4e756d626572734f665479706512250a0d6c6973745f73657276696365731807200128094800520c6c697374536572766963657342110a0f6d657373
            6167655f7265717565737422660a10457874656e73696f6e5265717565737412270a0f636f6e7461696e696e675f74797065180120012809520e636f
            6e7461696e696e675479706512290a10657874656e73696f6e5f6e756d626572180220012805520f657874656e73696f6e4e756d62657222ae040a18
            5365727665725265666c656374696f6e526573706f6e7365121d0a0a76616c69645f686f7374180120012809520976616c6964486f737412560a106f
            726967696e616c5f7265717565737418022001280b322b2e677270632e7265666c656374696f6e2e76312e5365727665725265666c656374696f6e52
            657175657374520f6f726967696e616c5265717565737412660a1866696c655f64657363726970746f725f726573706f6e736518042001280b322a2e
            677270632e7265666c656374696f6e2e76312e46696c6544657363726970746f72526573706f6e73654800521666696c6544657363726970746f7252
            6573706f6e736512720a1e616c6c5f657874656e73696f6e5f6e756d626572735f726573706f6e736518052001280b322b2e677270632e7265666c65
            6374696f6e2e76312e457874656e73696f6e4e756d626572526573706f6e73654800521b616c6c457874656e73696f6e4e756d62657273526573706f
            6e7365125f0a166c6973745f73657276696365735f726573706f6e736518062001280b32272e677270632e7265666c656374696f6e2e76312e4c6973
            7453657276696365526573706f6e7365480052146c6973745365727669636573526573706f6e7365124a0a0e6572726f725f726573706f6e73651807
            2001280b32212e677270632e7265666c656374696f6e2e76312e4572726f72526573706f6e73654800520d6572726f72526573706f6e736542120a10
            6d6573736167655f726573706f6e7365224c0a1646696c6544657363726970746f72526573706f6e736512320a1566696c655f64657363726970746f
            725f70726f746f18012003280c521366696c6544657363726970746f7250726f746f226a0a17457874656e73696f6e4e756d626572526573706f6e73
            6512240a0e626173655f747970655f6e616d65180120012809520c62617365547970654e616d6512290a10657874656e73696f6e5f6e756d62657218
            0220032805520f657874656e73696f6e4e756d62657222540a134c69737453657276696365526573706f6e7365123d0a077365727669636518012003
            280b32232e677270632e7265666c656374696f6e2e76312e53657276696365526573706f6e736552077365727669636522250a0f5365727669636552
            6573706f6e736512120a046e616d6518012001280952046e616d6522530a0d4572726f72526573706f6e7365121d0a0a6572726f725f636f64651801
            2001280552096572726f72436f646512230a0d6572726f725f6d657373616765180220012809520c6572726f724d6573736167653289010a10536572
            7665725265666c656374696f6e12750a145365727665725265666c656374696f6e496e666f122b2e677270632e7265666c656374696f6e2e76312e53
            65727665725265666c656374696f6e526571756573741a2c2e677270632e7265666c656374696f6e2e76312e5365727665725265666c656374696f6e
            526573706f6e736528013001620670726f746f33
            """)
}
