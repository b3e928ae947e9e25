// Made by protoc-gen-corral from corral/v1/environments.proto. scripts/generate-protos makes it anew.
// swift-format-ignore-file
import Protobuf

/// Package `corral.v1`.
public enum CorralV1 {}

extension CorralV1 {
    public struct ListEnvironmentsRequest: ProtobufMessage {
        /// 1 to 1000; 0 stands for 100.
        public var limit: Int32 = 0
        /// The `next` of the page before.
        public var cursor: String = ""

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufInt32.self, tag, into: &limit)
                case 2: try reader.read(ProtobufString.self, tag, into: &cursor)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufInt32.self, 1, limit)
            writer.write(ProtobufString.self, 2, cursor)
        }
    }

    public struct ListEnvironmentsResponse: ProtobufMessage {
        public var environments: [CorralV1.Environment] = []
        /// Empty on the last page.
        public var next: String = ""

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufMessageKind<CorralV1.Environment>.self, tag, into: &environments)
                case 2: try reader.read(ProtobufString.self, tag, into: &next)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufMessageKind<CorralV1.Environment>.self, 1, environments)
            writer.write(ProtobufString.self, 2, next)
        }
    }

    public struct SearchEnvironmentsRequest: ProtobufMessage {
        /// Words that name, title, description or tags have to contain, upper and lower case alike.
        public var text: String = ""
        /// Tags that an environment has to have, all of them.
        public var tags: [String] = []
        public var limit: Int32 = 0
        public var cursor: String = ""

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufString.self, tag, into: &text)
                case 2: try reader.read(ProtobufString.self, tag, into: &tags)
                case 3: try reader.read(ProtobufInt32.self, tag, into: &limit)
                case 4: try reader.read(ProtobufString.self, tag, into: &cursor)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufString.self, 1, text)
            writer.write(ProtobufString.self, 2, tags)
            writer.write(ProtobufInt32.self, 3, limit)
            writer.write(ProtobufString.self, 4, cursor)
        }
    }

    public struct GetEnvironmentRequest: ProtobufMessage {
        /// `classic/CartPole`, `CartPole-v1`, `namespace/name@^1.2`.
        public var reference: String = ""

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufString.self, tag, into: &reference)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufString.self, 1, reference)
        }
    }

    public struct ResolveEnvironmentRequest: ProtobufMessage {
        public var reference: String = ""

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufString.self, tag, into: &reference)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufString.self, 1, reference)
        }
    }

    public struct ResolveEnvironmentResponse: ProtobufMessage {
        /// `namespace/name@1.2.0`.
        public var reference: String = ""
        public var digest: String = ""

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufString.self, tag, into: &reference)
                case 2: try reader.read(ProtobufString.self, tag, into: &digest)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufString.self, 1, reference)
            writer.write(ProtobufString.self, 2, digest)
        }
    }

    /// One version of an environment.
    public struct Environment: ProtobufMessage {
        /// `namespace/name@1.2.0`.
        public var reference: String = ""
        public var name: String = ""
        public var version: String = ""
        /// `sha256:` and hexadecimal digits.
        public var digest: String = ""
        public var title: String = ""
        public var description: String = ""
        public var license: String = ""
        public var tags: [String] = []
        /// Gymnasium ids that mean it.
        public var gymnasium: [String] = []
        public var backends: [String] = []
        /// `single`, `parallel` or `turns`.
        public var agents: String = ""
        public var nondeterministic: Bool = false
        /// The same as the JSON object that `GET /v1/environments/{reference}` answers; only from `Get`.
        public var json: [UInt8] = []

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufString.self, tag, into: &reference)
                case 2: try reader.read(ProtobufString.self, tag, into: &name)
                case 3: try reader.read(ProtobufString.self, tag, into: &version)
                case 4: try reader.read(ProtobufString.self, tag, into: &digest)
                case 5: try reader.read(ProtobufString.self, tag, into: &title)
                case 6: try reader.read(ProtobufString.self, tag, into: &description)
                case 7: try reader.read(ProtobufString.self, tag, into: &license)
                case 8: try reader.read(ProtobufString.self, tag, into: &tags)
                case 9: try reader.read(ProtobufString.self, tag, into: &gymnasium)
                case 10: try reader.read(ProtobufString.self, tag, into: &backends)
                case 11: try reader.read(ProtobufString.self, tag, into: &agents)
                case 12: try reader.read(ProtobufBool.self, tag, into: &nondeterministic)
                case 13: try reader.read(ProtobufBytes.self, tag, into: &json)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufString.self, 1, reference)
            writer.write(ProtobufString.self, 2, name)
            writer.write(ProtobufString.self, 3, version)
            writer.write(ProtobufString.self, 4, digest)
            writer.write(ProtobufString.self, 5, title)
            writer.write(ProtobufString.self, 6, description)
            writer.write(ProtobufString.self, 7, license)
            writer.write(ProtobufString.self, 8, tags)
            writer.write(ProtobufString.self, 9, gymnasium)
            writer.write(ProtobufString.self, 10, backends)
            writer.write(ProtobufString.self, 11, agents)
            writer.write(ProtobufBool.self, 12, nondeterministic)
            writer.write(ProtobufBytes.self, 13, json)
        }
    }

    /// What a server offers.
    public enum EnvironmentsService {
        public static let name = "corral.v1.Environments"
        /// All environments that the caller may see.
        public static let list = "/corral.v1.Environments/List"
        /// Those that a text and tags find.
        public static let search = "/corral.v1.Environments/Search"
        /// Everything about one version.
        public static let get = "/corral.v1.Environments/Get"
        /// Which exact version a reference means.
        public static let resolve = "/corral.v1.Environments/Resolve"
    }

    /// The descriptor of the file, for reflection.
    public static let fileEnvironments = ProtobufFile(
        name: "corral/v1/environments.proto", package: "corral.v1",
        dependencies: [],
        symbols: ["corral.v1.ListEnvironmentsRequest", "corral.v1.ListEnvironmentsResponse", "corral.v1.SearchEnvironmentsRequest", "corral.v1.GetEnvironmentRequest", "corral.v1.ResolveEnvironmentRequest", "corral.v1.ResolveEnvironmentResponse", "corral.v1.Environment", "corral.v1.Environments", "corral.v1.Environments.List", "corral.v1.Environments.Search", "corral.v1.Environments.Get", "corral.v1.Environments.Resolve"],
        hexadecimal: """
            0a1c636f7272616c2f76312f656e7669726f6e6d656e74732e70726f746f1209636f7272616c2e763122470a174c697374456e7669726f6e6d656e74
            735265717565737412140a056c696d697418012001280552056c696d697412160a06637572736f721802200128095206637572736f72226a0a184c69
            7374456e7669726f6e6d656e7473526573706f6e7365123a0a0c656e7669726f6e6d656e747318012003280b32162e636f7272616c2e76312e456e76
            69726f6e6d656e74520c656e7669726f6e6d656e747312120a046e65787418022001280952046e65787422710a19536561726368456e7669726f6e6d
            656e74735265717565737412120a047465787418012001280952047465787412120a047461677318022003280952047461677312140a056c696d6974
            18032001280552056c696d697412160a06637572736f721804200128095206637572736f7222350a15476574456e7669726f6e6d656e745265717565
            7374121c0a097265666572656e636518012001280952097265666572656e636522390a195265736f6c7665456e7669726f6e6d656e74526571756573
            74121c0a097265666572656e636518012001280952097265666572656e636522520a1a5265736f6c7665456e7669726f6e6d656e74526573706f6e73
            65121c0a097265666572656e636518012001280952097265666572656e636512160a06646967657374180220012809520664696765737422e9020a0b
            456e7669726f6e6d656e74121c0a097265666572656e636518012001280952097265666572656e636512120a046e616d6518022001280952046e616d
            6512180a0776657273696f6e180320012809520776657273696f6e12160a06646967657374180420012809520664696765737412140a057469746c65
            18052001280952057469746c6512200a0b6465736372697074696f6e180620012809520b6465736372697074696f6e12180a076c6963656e73651807
            2001280952076c6963656e736512120a0474616773180820032809520474616773121c0a0967796d6e617369756d180920032809520967796d6e6173
            69756d121a0a086261636b656e6473180a2003280952086261636b656e647312160a066167656e7473180b2001280952066167656e7473122a0a106e
            6f6e64657465726d696e6973746963180c2001280852106e6f6e64657465726d696e697374696312120a046a736f6e180d2001280c52046a736f6e32
            cd020a0c456e7669726f6e6d656e7473124f0a044c69737412222e636f7272616c2e76312e4c697374456e7669726f6e6d656e747352657175657374
            1a232e636f7272616c2e76312e4c697374456e7669726f6e6d656e7473526573706f6e736512530a0653656172636812242e636f7272616c2e76312e
            536561726368456e7669726f6e6d656e7473526571756573741a232e636f7272616c2e76312e4c697374456e7669726f6e6d656e7473526573706f6e
            7365123f0a0347657412202e636f7272616c2e76312e476574456e7669726f6e6d656e74526571756573741a162e636f7272616c2e76312e456e7669
            726f6e6d656e7412560a075265736f6c766512242e636f7272616c2e76312e5265736f6c7665456e7669726f6e6d656e74526571756573741a252e63
            6f7272616c2e76312e5265736f6c7665456e7669726f6e6d656e74526573706f6e7365620670726f746f33
            """)
}
