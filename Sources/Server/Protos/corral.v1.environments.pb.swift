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
        /// By facet: how many of all that were found have each value, where it was asked for.
        public var facets: [String: CorralV1.FacetCounts] = [:]

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufMessageKind<CorralV1.Environment>.self, tag, into: &environments)
                case 2: try reader.read(ProtobufString.self, tag, into: &next)
                case 3: try reader.read(ProtobufString.self, ProtobufMessageKind<CorralV1.FacetCounts>.self, tag, into: &facets)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufMessageKind<CorralV1.Environment>.self, 1, environments)
            writer.write(ProtobufString.self, 2, next)
            writer.write(ProtobufString.self, ProtobufMessageKind<CorralV1.FacetCounts>.self, 3, facets)
        }
    }

    public struct SearchEnvironmentsRequest: ProtobufMessage {
        /// Words that all have to be found, each as the beginning of a word.
        public var text: String = ""
        /// 1 to 1000; 0 stands for 100.
        public var limit: Int32 = 0
        /// The `next` of the page before.
        public var cursor: String = ""
        /// By facet (`namespace`, `tag`, `backend`, …; docs/catalog.md has them all): values of which one has to fit.
        public var filters: [String: CorralV1.FacetValues] = [:]
        /// The declared reward lies within.
        public var rewardMin: Double?
        public var rewardMax: Double?
        /// `relevance` (with words, and then where it is empty), `name`, `updated` or `created`.
        public var sort: String = ""
        /// Asks for `facets` in the answer.
        public var facets: Bool = false

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufString.self, tag, into: &text)
                case 3: try reader.read(ProtobufInt32.self, tag, into: &limit)
                case 4: try reader.read(ProtobufString.self, tag, into: &cursor)
                case 5: try reader.read(ProtobufString.self, ProtobufMessageKind<CorralV1.FacetValues>.self, tag, into: &filters)
                case 6: try reader.read(ProtobufDouble.self, tag, into: &rewardMin)
                case 7: try reader.read(ProtobufDouble.self, tag, into: &rewardMax)
                case 8: try reader.read(ProtobufString.self, tag, into: &sort)
                case 9: try reader.read(ProtobufBool.self, tag, into: &facets)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufString.self, 1, text)
            writer.write(ProtobufInt32.self, 3, limit)
            writer.write(ProtobufString.self, 4, cursor)
            writer.write(ProtobufString.self, ProtobufMessageKind<CorralV1.FacetValues>.self, 5, filters)
            writer.write(ProtobufDouble.self, 6, rewardMin)
            writer.write(ProtobufDouble.self, 7, rewardMax)
            writer.write(ProtobufString.self, 8, sort)
            writer.write(ProtobufBool.self, 9, facets)
        }
    }

    public struct FacetValues: ProtobufMessage {
        public var values: [String] = []

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufString.self, tag, into: &values)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufString.self, 1, values)
        }
    }

    /// Values of a facet, the most frequent first.
    public struct FacetCounts: ProtobufMessage {
        public var counts: [CorralV1.FacetCount] = []

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufMessageKind<CorralV1.FacetCount>.self, tag, into: &counts)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufMessageKind<CorralV1.FacetCount>.self, 1, counts)
        }
    }

    public struct FacetCount: ProtobufMessage {
        public var value: String = ""
        public var count: Int64 = 0

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufString.self, tag, into: &value)
                case 2: try reader.read(ProtobufInt64.self, tag, into: &count)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufString.self, 1, value)
            writer.write(ProtobufInt64.self, 2, count)
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
        /// The JSON object of REST, which has more members: from `Get` that of `GET /v1/environments/{reference}`, from `List` and
        /// `Search` that of `GET /v1/environments`.
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
        /// Those that words and filters find, as `GET /v1/environments` does.
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
        symbols: ["corral.v1.ListEnvironmentsRequest", "corral.v1.ListEnvironmentsResponse", "corral.v1.ListEnvironmentsResponse.FacetsEntry", "corral.v1.SearchEnvironmentsRequest", "corral.v1.SearchEnvironmentsRequest.FiltersEntry", "corral.v1.FacetValues", "corral.v1.FacetCounts", "corral.v1.FacetCount", "corral.v1.GetEnvironmentRequest", "corral.v1.ResolveEnvironmentRequest", "corral.v1.ResolveEnvironmentResponse", "corral.v1.Environment", "corral.v1.Environments", "corral.v1.Environments.List", "corral.v1.Environments.Search", "corral.v1.Environments.Get", "corral.v1.Environments.Resolve"],
        hexadecimal: """
            0a1c636f7272616c2f76312f656e7669726f6e6d656e74732e70726f746f1209636f7272616c2e763122470a174c697374456e7669726f6e6d656e74
            735265717565737412140a056c696d697418012001280552056c696d697412160a06637572736f721802200128095206637572736f722286020a184c
            697374456e7669726f6e6d656e7473526573706f6e7365123a0a0c656e7669726f6e6d656e747318012003280b32162e636f7272616c2e76312e456e
            7669726f6e6d656e74520c656e7669726f6e6d656e747312120a046e65787418022001280952046e65787412470a0666616365747318032003280b32
            2f2e636f7272616c2e76312e4c697374456e7669726f6e6d656e7473526573706f6e73652e466163657473456e74727952066661636574731a510a0b
            466163657473456e74727912100a036b657918012001280952036b6579122c0a0576616c756518022001280b32162e636f7272616c2e76312e466163
            6574436f756e7473520576616c75653a0238012296030a19536561726368456e7669726f6e6d656e74735265717565737412120a0474657874180120
            01280952047465787412140a056c696d697418032001280552056c696d697412160a06637572736f721804200128095206637572736f72124b0a0766
            696c7465727318052003280b32312e636f7272616c2e76312e536561726368456e7669726f6e6d656e7473526571756573742e46696c74657273456e
            747279520766696c7465727312220a0a7265776172645f6d696e180620012801480052097265776172644d696e88010112220a0a7265776172645f6d
            6178180720012801480152097265776172644d617888010112120a04736f72741808200128095204736f727412160a06666163657473180920012808
            52066661636574731a520a0c46696c74657273456e74727912100a036b657918012001280952036b6579122c0a0576616c756518022001280b32162e
            636f7272616c2e76312e466163657456616c756573520576616c75653a023801420d0a0b5f7265776172645f6d696e420d0a0b5f7265776172645f6d
            61784a040802100322250a0b466163657456616c75657312160a0676616c756573180120032809520676616c756573223c0a0b4661636574436f756e
            7473122d0a06636f756e747318012003280b32152e636f7272616c2e76312e4661636574436f756e745206636f756e747322380a0a4661636574436f
            756e7412140a0576616c7565180120012809520576616c756512140a05636f756e741802200128035205636f756e7422350a15476574456e7669726f
            6e6d656e7452657175657374121c0a097265666572656e636518012001280952097265666572656e636522390a195265736f6c7665456e7669726f6e
            6d656e7452657175657374121c0a097265666572656e636518012001280952097265666572656e636522520a1a5265736f6c7665456e7669726f6e6d
            656e74526573706f6e7365121c0a097265666572656e636518012001280952097265666572656e636512160a06646967657374180220012809520664
            696765737422e9020a0b456e7669726f6e6d656e74121c0a097265666572656e636518012001280952097265666572656e636512120a046e616d6518
            022001280952046e616d6512180a0776657273696f6e180320012809520776657273696f6e12160a0664696765737418042001280952066469676573
            7412140a057469746c6518052001280952057469746c6512200a0b6465736372697074696f6e180620012809520b6465736372697074696f6e12180a
            076c6963656e736518072001280952076c6963656e736512120a0474616773180820032809520474616773121c0a0967796d6e617369756d18092003
            2809520967796d6e617369756d121a0a086261636b656e6473180a2003280952086261636b656e647312160a066167656e7473180b20012809520661
            67656e7473122a0a106e6f6e64657465726d696e6973746963180c2001280852106e6f6e64657465726d696e697374696312120a046a736f6e180d20
            01280c52046a736f6e32cd020a0c456e7669726f6e6d656e7473124f0a044c69737412222e636f7272616c2e76312e4c697374456e7669726f6e6d65
            6e7473526571756573741a232e636f7272616c2e76312e4c697374456e7669726f6e6d656e7473526573706f6e736512530a0653656172636812242e
            636f7272616c2e76312e536561726368456e7669726f6e6d656e7473526571756573741a232e636f7272616c2e76312e4c697374456e7669726f6e6d
            656e7473526573706f6e7365123f0a0347657412202e636f7272616c2e76312e476574456e7669726f6e6d656e74526571756573741a162e636f7272
            616c2e76312e456e7669726f6e6d656e7412560a075265736f6c766512242e636f7272616c2e76312e5265736f6c7665456e7669726f6e6d656e7452
            6571756573741a252e636f7272616c2e76312e5265736f6c7665456e7669726f6e6d656e74526573706f6e7365620670726f746f33
            """)
}
