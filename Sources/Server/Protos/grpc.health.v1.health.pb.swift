// Made by protoc-gen-corral from grpc/health/v1/health.proto. scripts/generate-protos makes it anew.
// swift-format-ignore-file
import Protobuf

/// Package `grpc.health.v1`.
public enum GrpcHealthV1 {}

extension GrpcHealthV1 {
    public struct HealthCheckRequest: ProtobufMessage {
        public var service: String = ""

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufString.self, tag, into: &service)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufString.self, 1, service)
        }
    }

    public struct HealthCheckResponse: ProtobufMessage {
        public enum ServingStatus: ProtobufEnum {
            case unknown
            case serving
            case notServing
            case serviceUnknown
            /// A value that this build does not know.
            case unrecognized(Int32)

            public init(rawValue: Int32) {
                switch rawValue {
                case 0: self = .unknown
                case 1: self = .serving
                case 2: self = .notServing
                case 3: self = .serviceUnknown
                default: self = .unrecognized(rawValue)
                }
            }

            public var rawValue: Int32 {
                switch self {
                case .unknown: 0
                case .serving: 1
                case .notServing: 2
                case .serviceUnknown: 3
                case .unrecognized(let value): value
                }
            }
        }

        public var status: GrpcHealthV1.HealthCheckResponse.ServingStatus = GrpcHealthV1.HealthCheckResponse.ServingStatus(rawValue: 0)

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufEnumKind<GrpcHealthV1.HealthCheckResponse.ServingStatus>.self, tag, into: &status)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufEnumKind<GrpcHealthV1.HealthCheckResponse.ServingStatus>.self, 1, status)
        }
    }

    /// gRPC's standard health service.
    public enum HealthService {
        public static let name = "grpc.health.v1.Health"
        public static let check = "/grpc.health.v1.Health/Check"
        /// Tells the status, and again whenever it changes.
        public static let watch = "/grpc.health.v1.Health/Watch"
    }

    /// The descriptor of the file, for reflection.
    public static let fileHealth = ProtobufFile(
        name: "grpc/health/v1/health.proto", package: "grpc.health.v1",
        dependencies: [],
        symbols: ["grpc.health.v1.HealthCheckRequest", "grpc.health.v1.HealthCheckResponse", "grpc.health.v1.HealthCheckResponse.ServingStatus", "grpc.health.v1.Health", "grpc.health.v1.Health.Check", "grpc.health.v1.Health.Watch"],
        hexadecimal: """
            0a1b677270632f6865616c74682f76312f6865616c74682e70726f746f120e677270632e6865616c74682e7631222e0a124865616c7468436865636b
            5265717565737412180a077365727669636518012001280952077365727669636522b1010a134865616c7468436865636b526573706f6e736512490a
            0673746174757318012001280e32312e677270632e6865616c74682e76312e4865616c7468436865636b526573706f6e73652e53657276696e675374
            617475735206737461747573224f0a0d53657276696e67537461747573120b0a07554e4b4e4f574e1000120b0a0753455256494e471001120f0a0b4e
            4f545f53455256494e47100212130a0f534552564943455f554e4b4e4f574e100332ae010a064865616c746812500a05436865636b12222e67727063
            2e6865616c74682e76312e4865616c7468436865636b526571756573741a232e677270632e6865616c74682e76312e4865616c7468436865636b5265
            73706f6e736512520a05576174636812222e677270632e6865616c74682e76312e4865616c7468436865636b526571756573741a232e677270632e68
            65616c74682e76312e4865616c7468436865636b526573706f6e73653001620670726f746f33
            """)
}
