import Digest
import Foundations

/// A public Ed25519 key.
public struct VerifyingKey: Sendable, Hashable {
    /// 32 bytes.
    public let point: [UInt8]
    /// Names the key: the SHA-256 of its SubjectPublicKeyInfo in DER, in hexadecimal.
    public let id: String

    /// - Throws: `invalidArgument` where there are not 32 bytes.
    public init(point: [UInt8]) throws(Failure) {
        guard EdwardsKey(point: point) != nil else {
            throw Failure(.invalidArgument, "a public Ed25519 key has 32 bytes, not \(point.count)")
        }
        self.point = point
        id = SHA256.hash(PEM.publicPrefix + point).hex
    }

    /// Reads `-----BEGIN PUBLIC KEY-----` (SubjectPublicKeyInfo).
    ///
    /// - Throws: `invalidArgument` for anything else.
    public init(pem: String) throws(Failure) {
        guard let der = PEM.decode(pem, label: PEM.open), let point = EdwardsKey(der: der, isSecret: false)?.point
        else { throw Failure(.invalidArgument, "this is no public Ed25519 key in PEM") }
        try self.init(point: point)
    }

    /// SubjectPublicKeyInfo in PEM.
    public var pem: String { PEM.encode(PEM.publicPrefix + point, label: PEM.open) }

    /// Whether a signature is this key's over a message; false also for what is no signature at all.
    public func verify(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        EdwardsKey(point: point)?.verify(signature, of: message) ?? false
    }
}
