// Made by protoc-gen-corral from google/rpc/status.proto. scripts/generate-protos makes it anew.
// swift-format-ignore-file
import Protobuf

/// Package `google.rpc`.
public enum GoogleRpc {}

extension GoogleRpc {
    /// How a call ended, with details.
    public struct Status: ProtobufMessage {
        public var code: Int32 = 0
        public var message: String = ""
        public var details: [GoogleProtobuf.`Any`] = []

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufInt32.self, tag, into: &code)
                case 2: try reader.read(ProtobufString.self, tag, into: &message)
                case 3: try reader.read(ProtobufMessageKind<GoogleProtobuf.`Any`>.self, tag, into: &details)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufInt32.self, 1, code)
            writer.write(ProtobufString.self, 2, message)
            writer.write(ProtobufMessageKind<GoogleProtobuf.`Any`>.self, 3, details)
        }
    }

    /// The descriptor of the file, for reflection.
    public static let fileStatus = ProtobufFile(
        name: "google/rpc/status.proto", package: "google.rpc",
        dependencies: ["google/protobuf/any.proto"],
        symbols: ["google.rpc.Status"],
        hexadecimal: """
            0a17676f6f676c652f7270632f7374617475732e70726f746f120a676f6f676c652e7270631a19676f6f676c652f70726f746f6275662f616e792e70
            726f746f22660a0653746174757312120a04636f64651801200128055204636f646512180a076d65737361676518022001280952076d657373616765
            122e0a0764657461696c7318032003280b32142e676f6f676c652e70726f746f6275662e416e79520764657461696c73620670726f746f33
            """)
}
