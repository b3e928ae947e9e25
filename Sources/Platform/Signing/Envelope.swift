import Foundations
import JSON

/// A DSSE envelope: bytes with a type, and signatures over both (Dead Simple Signing Envelope 1.0).
public struct Envelope: Sendable, Hashable {
    public struct Signature: Sendable, Hashable {
        /// A hint which key made it; not authenticated.
        public let keyID: String
        public let bytes: [UInt8]
    }

    /// What a reader accepts.
    public struct Limits: Sendable, Hashable {
        /// Bytes of an envelope's JSON.
        public var envelope = 24 << 20
        /// Bytes of the payload.
        public var payload = 16 << 20
        public var signatures = 16
        /// Bytes of the payload's type, and of a key's id.
        public var name = 1024

        public init() {}
    }

    public let payload: [UInt8]
    public let payloadType: String
    public private(set) var signatures: [Signature]

    /// Signs a payload with each key.
    ///
    /// - Throws: `internal` where libcrypto cannot sign.
    public init(_ payload: [UInt8], type: String, signedBy keys: [SigningKey]) throws(Failure) {
        self.payload = payload
        payloadType = type
        signatures = []
        for key in keys { try sign(with: key) }
    }

    /// Adds a signature, in place of an earlier one of the same key.
    public mutating func sign(with key: SigningKey) throws(Failure) {
        let bytes = try key.sign(Self.preAuthentication(payload, type: payloadType))
        signatures.removeAll { $0.keyID == key.verifying.id }
        signatures.append(Signature(keyID: key.verifying.id, bytes: bytes))
    }

    /// The bytes that are signed (PAE).
    public static func preAuthentication(_ payload: [UInt8], type: String) -> [UInt8] {
        Array("DSSEv1 \(type.utf8.count) \(type) \(payload.count) ".utf8) + payload
    }

    /// Those of the given keys that have signed this, each once and in their order.
    public func signers(among keys: [VerifyingKey]) -> [VerifyingKey] {
        let message = Self.preAuthentication(payload, type: payloadType)
        var seen = Set<VerifyingKey>()
        return keys.filter { key in
            guard seen.insert(key).inserted else { return false }
            let hinted = signatures.filter { $0.keyID == key.id }
            let others = signatures.filter { $0.keyID != key.id }
            return (hinted + others).contains { key.verify($0.bytes, of: message) }
        }
    }

    /// The payload, where enough of the given keys have signed it.
    ///
    /// - Throws: `permissionDenied` where fewer have, or the payload is of another type.
    public func verified(
        by keys: [VerifyingKey], threshold: Int = 1, type: String
    ) throws(Failure) -> [UInt8] {
        guard payloadType == type else {
            throw Failure(.permissionDenied, "the envelope holds `\(payloadType)`, not `\(type)`")
        }
        let count = signers(among: keys).count
        guard count >= max(1, threshold) else {
            throw Failure(
                .permissionDenied,
                "\(count) of the known keys have signed the envelope, of \(max(1, threshold)) needed",
                next: "check which keys are trusted with `corral key list`")
        }
        return payload
    }
}

extension Envelope {
    public var json: JSONValue {
        [
            "payload": .string(Base64.encode(payload)), "payloadType": .string(payloadType),
            "signatures": .array(
                signatures.map { ["keyid": .string($0.keyID), "sig": .string(Base64.encode($0.bytes))] }),
        ]
    }

    /// Reads an envelope; nothing is verified. Unknown members are ignored.
    ///
    /// - Throws: `invalidArgument` where it is none or is beyond a limit, `malformedJSON` where it is no JSON.
    public init(parsing bytes: [UInt8], limits: Limits = Limits()) throws(Failure) {
        guard bytes.count <= limits.envelope else { throw Self.tooLarge("the envelope", limits.envelope) }
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(parsing: bytes)
        } catch { throw Failure(.malformedJSON, "the envelope is no JSON: \(error)") }
        try self.init(value, limits: limits)
    }

    /// - Throws: `invalidArgument` where it is no envelope or is beyond a limit.
    public init(_ value: JSONValue, limits: Limits = Limits()) throws(Failure) {
        guard let type = value["payloadType"]?.string, !type.isEmpty, type.utf8.count <= limits.name,
            let text = value["payload"]?.string, let list = value["signatures"]?.array, !list.isEmpty
        else {
            throw Failure(
                .invalidArgument, "a DSSE envelope has payload, payloadType and signatures, at least one of them")
        }
        guard list.count <= limits.signatures else {
            throw Failure(
                .invalidArgument, "the envelope has \(list.count) signatures, more than \(limits.signatures)")
        }
        guard text.utf8.count / 4 * 3 <= limits.payload else { throw Self.tooLarge("the payload", limits.payload) }
        guard let payload = Base64.decode(text) else {
            throw Failure(.invalidArgument, "the payload of the envelope is no Base64")
        }
        self.payload = payload
        payloadType = type
        signatures = []
        for item in list {
            let keyID = item["keyid"]?.string ?? ""
            guard let signature = item["sig"]?.string.flatMap({ Base64.decode($0) }), signature.count <= limits.name,
                keyID.utf8.count <= limits.name
            else { throw Failure(.invalidArgument, "a signature of the envelope is none") }
            signatures.append(Signature(keyID: keyID, bytes: signature))
        }
    }

    private static func tooLarge(_ what: String, _ limit: Int) -> Failure {
        Failure(.invalidArgument, "\(what) has more than \(limit) bytes")
    }
}
