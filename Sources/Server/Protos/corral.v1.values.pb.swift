// Made by protoc-gen-corral from corral/v1/values.proto. scripts/generate-protos makes it anew.
// swift-format-ignore-file
import Protobuf

extension CorralV1 {
    /// A value of a space: an action or an observation.
    public struct Value: ProtobufMessage {
        public enum Form: Sendable, Equatable {
            /// JSON, as docs/rest.md describes it for each space.
            case json([UInt8])
            /// The tensor form of the same value: a JSON header in which arrays are references, then their bytes.
            case tensors([UInt8])
            /// A value that is one array. Observations that are one come so where tensors are asked for.
            case tensor(CorralV1.Tensor)
        }
        public var form: Form?

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1:
                    var value: [UInt8]?
                    try reader.read(ProtobufBytes.self, tag, into: &value)
                    if let value { form = .json(value) }
                case 2:
                    var value: [UInt8]?
                    try reader.read(ProtobufBytes.self, tag, into: &value)
                    if let value { form = .tensors(value) }
                case 3:
                    var value: CorralV1.Tensor?
                    if case .tensor(let old) = form { value = old }
                    try reader.read(ProtobufMessageKind<CorralV1.Tensor>.self, tag, into: &value)
                    if let value { form = .tensor(value) }
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            switch form {
            case .json(let value)?: writer.always(ProtobufBytes.self, 1, value)
            case .tensors(let value)?: writer.always(ProtobufBytes.self, 2, value)
            case .tensor(let value)?: writer.always(ProtobufMessageKind<CorralV1.Tensor>.self, 3, value)
            case nil: break
            }
        }
    }

    /// An array of numbers.
    public struct Tensor: ProtobufMessage {
        /// NumPy's name, such as `float32`.
        public var dtype: String = ""
        /// The length of each axis; empty for one number.
        public var shape: [Int64] = []
        /// Little-endian, row by row, without gaps.
        public var data: [UInt8] = []

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufString.self, tag, into: &dtype)
                case 2: try reader.read(ProtobufInt64.self, tag, into: &shape)
                case 3: try reader.read(ProtobufBytes.self, tag, into: &data)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufString.self, 1, dtype)
            writer.write(ProtobufInt64.self, 2, shape)
            writer.write(ProtobufBytes.self, 3, data)
        }
    }

    /// Why a call failed. It travels in `google.rpc.Status.details` of a call, and in the place of a result in streams.
    public struct Error: ProtobufMessage {
        /// Stable, such as `invalid_action`; docs/errors.md lists all.
        public var code: String = ""
        public var message: String = ""
        /// What to do about it.
        public var next: String = ""
        public var requestId: String = ""
        public var details: [String: String] = [:]

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufString.self, tag, into: &code)
                case 2: try reader.read(ProtobufString.self, tag, into: &message)
                case 3: try reader.read(ProtobufString.self, tag, into: &next)
                case 4: try reader.read(ProtobufString.self, tag, into: &requestId)
                case 5: try reader.read(ProtobufString.self, ProtobufString.self, tag, into: &details)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufString.self, 1, code)
            writer.write(ProtobufString.self, 2, message)
            writer.write(ProtobufString.self, 3, next)
            writer.write(ProtobufString.self, 4, requestId)
            writer.write(ProtobufString.self, ProtobufString.self, 5, details)
        }
    }

    /// The descriptor of the file, for reflection.
    public static let fileValues = ProtobufFile(
        name: "corral/v1/values.proto", package: "corral.v1",
        dependencies: [],
        symbols: ["corral.v1.Value", "corral.v1.Tensor", "corral.v1.Error", "corral.v1.Error.DetailsEntry"],
        hexadecimal: """
            0a16636f7272616c2f76312f76616c7565732e70726f746f1209636f7272616c2e7631226e0a0556616c756512140a046a736f6e18012001280c4800
            52046a736f6e121a0a0774656e736f727318022001280c4800520774656e736f7273122b0a0674656e736f7218032001280b32112e636f7272616c2e
            76312e54656e736f724800520674656e736f7242060a04666f726d22480a0654656e736f7212140a0564747970651801200128095205647479706512
            140a0573686170651802200328035205736861706512120a046461746118032001280c52046461746122dd010a054572726f7212120a04636f646518
            01200128095204636f646512180a076d65737361676518022001280952076d65737361676512120a046e65787418032001280952046e657874121d0a
            0a726571756573745f6964180420012809520972657175657374496412370a0764657461696c7318052003280b321d2e636f7272616c2e76312e4572
            726f722e44657461696c73456e747279520764657461696c731a3a0a0c44657461696c73456e74727912100a036b657918012001280952036b657912
            140a0576616c7565180220012809520576616c75653a023801620670726f746f33
            """)
}
