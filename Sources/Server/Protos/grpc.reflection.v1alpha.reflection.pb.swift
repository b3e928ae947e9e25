// Made by protoc-gen-corral from grpc/reflection/v1alpha/reflection.proto. scripts/generate-protos makes it anew.
// swift-format-ignore-file
import Protobuf

/// Package `grpc.reflection.v1alpha`.
public enum GrpcReflectionV1alpha {}

extension GrpcReflectionV1alpha {
    public struct ServerReflectionRequest: ProtobufMessage {
        public var host: String = ""
        public enum MessageRequest: Sendable, Equatable {
            case fileByFilename(String)
            case fileContainingSymbol(String)
            case fileContainingExtension(GrpcReflectionV1alpha.ExtensionRequest)
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
                    var value: GrpcReflectionV1alpha.ExtensionRequest?
                    if case .fileContainingExtension(let old) = messageRequest { value = old }
                    try reader.read(ProtobufMessageKind<GrpcReflectionV1alpha.ExtensionRequest>.self, tag, into: &value)
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
            case .fileContainingExtension(let value)?: writer.always(ProtobufMessageKind<GrpcReflectionV1alpha.ExtensionRequest>.self, 5, value)
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
        public var originalRequest: GrpcReflectionV1alpha.ServerReflectionRequest?
        public enum MessageResponse: Sendable, Equatable {
            case fileDescriptorResponse(GrpcReflectionV1alpha.FileDescriptorResponse)
            case allExtensionNumbersResponse(GrpcReflectionV1alpha.ExtensionNumberResponse)
            case listServicesResponse(GrpcReflectionV1alpha.ListServiceResponse)
            case errorResponse(GrpcReflectionV1alpha.ErrorResponse)
        }
        public var messageResponse: MessageResponse?

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufString.self, tag, into: &validHost)
                case 2: try reader.read(ProtobufMessageKind<GrpcReflectionV1alpha.ServerReflectionRequest>.self, tag, into: &originalRequest)
                case 4:
                    var value: GrpcReflectionV1alpha.FileDescriptorResponse?
                    if case .fileDescriptorResponse(let old) = messageResponse { value = old }
                    try reader.read(ProtobufMessageKind<GrpcReflectionV1alpha.FileDescriptorResponse>.self, tag, into: &value)
                    if let value { messageResponse = .fileDescriptorResponse(value) }
                case 5:
                    var value: GrpcReflectionV1alpha.ExtensionNumberResponse?
                    if case .allExtensionNumbersResponse(let old) = messageResponse { value = old }
                    try reader.read(ProtobufMessageKind<GrpcReflectionV1alpha.ExtensionNumberResponse>.self, tag, into: &value)
                    if let value { messageResponse = .allExtensionNumbersResponse(value) }
                case 6:
                    var value: GrpcReflectionV1alpha.ListServiceResponse?
                    if case .listServicesResponse(let old) = messageResponse { value = old }
                    try reader.read(ProtobufMessageKind<GrpcReflectionV1alpha.ListServiceResponse>.self, tag, into: &value)
                    if let value { messageResponse = .listServicesResponse(value) }
                case 7:
                    var value: GrpcReflectionV1alpha.ErrorResponse?
                    if case .errorResponse(let old) = messageResponse { value = old }
                    try reader.read(ProtobufMessageKind<GrpcReflectionV1alpha.ErrorResponse>.self, tag, into: &value)
                    if let value { messageResponse = .errorResponse(value) }
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufString.self, 1, validHost)
            writer.write(ProtobufMessageKind<GrpcReflectionV1alpha.ServerReflectionRequest>.self, 2, originalRequest)
            switch messageResponse {
            case .fileDescriptorResponse(let value)?: writer.always(ProtobufMessageKind<GrpcReflectionV1alpha.FileDescriptorResponse>.self, 4, value)
            case .allExtensionNumbersResponse(let value)?: writer.always(ProtobufMessageKind<GrpcReflectionV1alpha.ExtensionNumberResponse>.self, 5, value)
            case .listServicesResponse(let value)?: writer.always(ProtobufMessageKind<GrpcReflectionV1alpha.ListServiceResponse>.self, 6, value)
            case .errorResponse(let value)?: writer.always(ProtobufMessageKind<GrpcReflectionV1alpha.ErrorResponse>.self, 7, value)
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
        public var service: [GrpcReflectionV1alpha.ServiceResponse] = []

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufMessageKind<GrpcReflectionV1alpha.ServiceResponse>.self, tag, into: &service)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufMessageKind<GrpcReflectionV1alpha.ServiceResponse>.self, 1, service)
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
        public static let name = "grpc.reflection.v1alpha.ServerReflection"
        public static let serverReflectionInfo = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"
    }

    /// The descriptor of the file, for reflection.
    public static let fileReflection = ProtobufFile(
        name: "grpc/reflection/v1alpha/reflection.proto", package: "grpc.reflection.v1alpha",
        dependencies: [],
        symbols: ["grpc.reflection.v1alpha.ServerReflectionRequest", "grpc.reflection.v1alpha.ExtensionRequest", "grpc.reflection.v1alpha.ServerReflectionResponse", "grpc.reflection.v1alpha.FileDescriptorResponse", "grpc.reflection.v1alpha.ExtensionNumberResponse", "grpc.reflection.v1alpha.ListServiceResponse", "grpc.reflection.v1alpha.ServiceResponse", "grpc.reflection.v1alpha.ErrorResponse", "grpc.reflection.v1alpha.ServerReflection", "grpc.reflection.v1alpha.ServerReflection.ServerReflectionInfo"],
        hexadecimal: """
            0a28677270632f7265666c656374696f6e2f7631616c7068612f7265666c656374696f6e2e70726f746f1217677270632e7265666c656374696f6e2e
            7631616c70686122f8020a175365727665725265666c656374696f6e5265717565737412120a04686f73741801200128095204686f7374122a0a1066
            696c655f62795f66696c656e616d651803200128094800520e66696c65427946696c656e616d6512360a1666696c655f636f6e7461696e696e675f73
            796d626f6c1804200128094800521466696c65436f6e7461696e696e6753796d626f6c12670a1966696c655f636f6e7461696e696e675f657874656e
            73696f6e18052001280b32292e677270632e7265666c656374696f6e2e7631616c7068612e457874656e73696f6e526571756573744800521766696c
            65436f6e7461696e696e67457874656e73696f6e12420a1d616c6c5f657874656e73696f6e5f6e756d626572735f6f665f7479706518062001280948
            005219616c6c457874656e73696f6e4e756d626572734f665479706512250a0d6c6973745f73657276696365731807200128094800520c6c69737453
            6572766963657342110a0f6d6573736167655f7265717565737422660a10457874656e73696f6e5265717565737412270a0f636f6e7461696e696e67
            5f74797065180120012809520e636f6e7461696e696e675479706512290a10657874656e73696f6e5f6e756d626572180220012805520f657874656e
            73696f6e4e756d62657222c7040a185365727665725265666c656374696f6e526573706f6e7365121d0a0a76616c69645f686f737418012001280952
            0976616c6964486f7374125b0a106f726967696e616c5f7265717565737418022001280b32302e677270632e7265666c656374696f6e2e7631616c70
            68612e5365727665725265666c656374696f6e52657175657374520f6f726967696e616c52657175657374126b0a1866696c655f6465736372697074
            6f725f726573706f6e736518042001280b322f2e677270632e7265666c656374696f6e2e7631616c7068612e46696c6544657363726970746f725265
            73706f6e73654800521666696c6544657363726970746f72526573706f6e736512770a1e616c6c5f657874656e73696f6e5f6e756d626572735f7265
            73706f6e736518052001280b32302e677270632e7265666c656374696f6e2e7631616c7068612e457874656e73696f6e4e756d626572526573706f6e
            73654800521b616c6c457874656e73696f6e4e756d62657273526573706f6e736512640a166c6973745f73657276696365735f726573706f6e736518
            062001280b322c2e677270632e7265666c656374696f6e2e7631616c7068612e4c69737453657276696365526573706f6e7365480052146c69737453
            65727669636573526573706f6e7365124f0a0e6572726f725f726573706f6e736518072001280b32262e677270632e7265666c656374696f6e2e7631
            616c7068612e4572726f72526573706f6e73654800520d6572726f72526573706f6e736542120a106d6573736167655f726573706f6e7365224c0a16
            46696c6544657363726970746f72526573706f6e736512320a1566696c655f64657363726970746f725f70726f746f18012003280c521366696c6544
            657363726970746f7250726f746f226a0a17457874656e73696f6e4e756d626572526573706f6e736512240a0e626173655f747970655f6e616d6518
            0120012809520c62617365547970654e616d6512290a10657874656e73696f6e5f6e756d626572180220032805520f657874656e73696f6e4e756d62
            657222590a134c69737453657276696365526573706f6e736512420a077365727669636518012003280b32282e677270632e7265666c656374696f6e
            2e7631616c7068612e53657276696365526573706f6e736552077365727669636522250a0f53657276696365526573706f6e736512120a046e616d65
            18012001280952046e616d6522530a0d4572726f72526573706f6e7365121d0a0a6572726f725f636f646518012001280552096572726f72436f6465
            12230a0d6572726f725f6d657373616765180220012809520c6572726f724d6573736167653293010a105365727665725265666c656374696f6e127f
            0a145365727665725265666c656374696f6e496e666f12302e677270632e7265666c656374696f6e2e7631616c7068612e5365727665725265666c65
            6374696f6e526571756573741a312e677270632e7265666c656374696f6e2e7631616c7068612e5365727665725265666c656374696f6e526573706f
            6e736528013001620670726f746f33
            """)
}
