import Digest
import Foundations
import JSON

/// An in-toto statement of version 1: what a predicate says of subjects that are named by digest.
public struct Statement: Sendable, Hashable {
    public static let type = "https://in-toto.io/Statement/v1"
    /// The type of an envelope's payload that holds a statement.
    public static let payloadType = "application/vnd.in-toto+json"

    public struct Subject: Sendable, Hashable {
        public let name: String
        /// Hexadecimal digits by the algorithm's name, such as `sha256`.
        public let digests: [String: String]

        public init(name: String, sha256: Digest32) {
            self.init(name: name, digests: ["sha256": sha256.hex])
        }

        public init(name: String, digests: [String: String]) {
            self.name = name
            self.digests = digests
        }
    }

    public let subjects: [Subject]
    /// A URI that says what the predicate means.
    public let predicateType: String
    public let predicate: JSONValue

    public init(about subjects: [Subject], predicateType: String, predicate: JSONValue) {
        self.subjects = subjects
        self.predicateType = predicateType
        self.predicate = predicate
    }

    public var json: JSONValue {
        [
            "_type": .string(Self.type),
            "subject": .array(
                subjects.map { subject in
                    let digests = subject.digests.sorted { $0.key < $1.key }
                    return [
                        "name": .string(subject.name),
                        "digest": .object(JSONObject(digests.map { ($0.key, .string($0.value)) })),
                    ]
                }),
            "predicateType": .string(predicateType), "predicate": predicate,
        ]
    }

    /// The statement in an envelope, in canonical JSON (RFC 8785): the same statement has the same bytes.
    public func signed(by keys: [SigningKey]) throws(Failure) -> Envelope {
        try Envelope(json.canonical, type: Self.payloadType, signedBy: keys)
    }

    /// Whether a subject has this digest.
    public func isAbout(sha256 digest: Digest32) -> Bool { subjects.contains { $0.digests["sha256"] == digest.hex } }

    /// Reads the statement of an envelope that enough of the given keys have signed.
    ///
    /// - Throws: `permissionDenied` where they have not, `invalidArgument` where it holds no statement of version 1.
    public init(
        verifying envelope: Envelope, by keys: [VerifyingKey], threshold: Int = 1
    ) throws(Failure) {
        try self.init(parsing: envelope.verified(by: keys, threshold: threshold, type: Self.payloadType))
    }

    /// - Throws: `invalidArgument` where the bytes are no statement of version 1.
    public init(parsing bytes: [UInt8]) throws(Failure) {
        guard let value = try? JSONValue(parsing: bytes, limits: JSONLimits(depth: 512)),
            value["_type"]?.string == Self.type, let list = value["subject"]?.array, !list.isEmpty,
            let predicateType = value["predicateType"]?.string
        else { throw Failure(.invalidArgument, "this is no in-toto statement of version 1") }
        var subjects: [Subject] = []
        for item in list {
            guard let digests = item["digest"]?.object, !digests.isEmpty else {
                throw Failure(.invalidArgument, "a subject of the statement has no digest")
            }
            let texts = digests.compactMap { member in member.value.string.map { (member.key, $0) } }
            subjects.append(
                Subject(name: item["name"]?.string ?? "", digests: Dictionary(texts) { first, _ in first }))
        }
        self.init(about: subjects, predicateType: predicateType, predicate: value["predicate"] ?? [:])
    }
}
