// Made by protoc-gen-corral from corral/v1/server.proto. scripts/generate-protos makes it anew.
// swift-format-ignore-file
import Protobuf

extension CorralV1 {
    public struct DescribeRequest: ProtobufMessage {

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

    public struct DescribeResponse: ProtobufMessage {
        public var version: String = ""
        /// Open sessions, and how many there may be.
        public var sessions: Int64 = 0
        public var maxSessions: Int64 = 0
        /// What isolation is in force and why: the JSON object that `GET /v1/capabilities` answers.
        public var capabilities: [UInt8] = []

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufString.self, tag, into: &version)
                case 2: try reader.read(ProtobufInt64.self, tag, into: &sessions)
                case 3: try reader.read(ProtobufInt64.self, tag, into: &maxSessions)
                case 4: try reader.read(ProtobufBytes.self, tag, into: &capabilities)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufString.self, 1, version)
            writer.write(ProtobufInt64.self, 2, sessions)
            writer.write(ProtobufInt64.self, 3, maxSessions)
            writer.write(ProtobufBytes.self, 4, capabilities)
        }
    }

    /// The server itself.
    public enum ServerService {
        public static let name = "corral.v1.Server"
        public static let describe = "/corral.v1.Server/Describe"
    }

    /// The descriptor of the file, for reflection.
    public static let fileServer = ProtobufFile(
        name: "corral/v1/server.proto", package: "corral.v1",
        dependencies: [],
        symbols: ["corral.v1.DescribeRequest", "corral.v1.DescribeResponse", "corral.v1.Server", "corral.v1.Server.Describe"],
        hexadecimal: """
            0a16636f7272616c2f76312f7365727665722e70726f746f1209636f7272616c2e763122110a0f446573637269626552657175657374228f010a1044
            65736372696265526573706f6e736512180a0776657273696f6e180120012809520776657273696f6e121a0a0873657373696f6e7318022001280352
            0873657373696f6e7312210a0c6d61785f73657373696f6e73180320012803520b6d617853657373696f6e7312220a0c6361706162696c6974696573
            18042001280c520c6361706162696c6974696573324d0a0653657276657212430a084465736372696265121a2e636f7272616c2e76312e4465736372
            696265526571756573741a1b2e636f7272616c2e76312e4465736372696265526573706f6e7365620670726f746f33
            """)
}
