// Made by protoc-gen-corral from google/protobuf/any.proto. scripts/generate-protos makes it anew.
// swift-format-ignore-file
import Protobuf

/// Package `google.protobuf`.
public enum GoogleProtobuf {}

extension GoogleProtobuf {
    /// An encoded message and the URL of its type.
    public struct `Any`: ProtobufMessage {
        public var typeUrl: String = ""
        public var value: [UInt8] = []

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufString.self, tag, into: &typeUrl)
                case 2: try reader.read(ProtobufBytes.self, tag, into: &value)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufString.self, 1, typeUrl)
            writer.write(ProtobufBytes.self, 2, value)
        }
    }

    /// The descriptor of the file, for reflection.
    public static let fileAny = ProtobufFile(
        name: "google/protobuf/any.proto", package: "google.protobuf",
        dependencies: [],
        symbols: ["google.protobuf.Any"],
        hexadecimal: """
            0a19676f6f676c652f70726f746f6275662f616e792e70726f746f120f676f6f676c652e70726f746f62756622360a03416e7912190a08747970655f
            75726c18012001280952077479706555726c12140a0576616c756518022001280c520576616c7565620670726f746f33
            """)
}
