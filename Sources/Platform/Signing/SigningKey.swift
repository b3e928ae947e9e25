import CCrypto
import Foundations

/// A secret Ed25519 key (RFC 8032).
public struct SigningKey: Sendable {
    private let seed: [UInt8]
    /// What others verify with.
    public let verifying: VerifyingKey

    /// - Parameter seed: 32 secret bytes.
    /// - Throws: `invalidArgument` for any other number of bytes.
    public init(seed: [UInt8]) throws(Failure) {
        guard let key = EdwardsKey(seed: seed), let point = key.point else {
            throw Failure(.invalidArgument, "a secret Ed25519 key has 32 bytes, not \(seed.count)")
        }
        self.seed = seed
        verifying = try VerifyingKey(point: point)
    }

    /// A new key of 256 random bits.
    ///
    /// - Throws: `internal` where libcrypto has no randomness.
    public static func generate() throws(Failure) -> SigningKey {
        try SigningKey(seed: try SecureRandom.bytes(32))
    }

    /// Reads `-----BEGIN PRIVATE KEY-----` (PKCS#8, without a password).
    ///
    /// - Throws: `invalidArgument` for anything else.
    public init(pem: String) throws(Failure) {
        guard let der = PEM.decode(pem, label: PEM.secret), let seed = EdwardsKey(der: der, isSecret: true)?.seed else {
            throw Failure(
                .invalidArgument, "this is no secret Ed25519 key in PEM (PKCS#8, without a password)",
                next: "make one with `corral key new`, or `openssl genpkey -algorithm ed25519`")
        }
        try self.init(seed: seed)
    }

    /// PKCS#8 in PEM. Secret.
    public var pem: String { PEM.encode(PEM.secretPrefix + seed, label: PEM.secret) }

    /// The 64 bytes of the signature of a message.
    ///
    /// - Throws: `internal` where libcrypto is out of memory.
    public func sign(_ message: [UInt8]) throws(Failure) -> [UInt8] {
        guard let signature = EdwardsKey(seed: seed)?.sign(message) else {
            throw Failure(.internal, "libcrypto could not sign")
        }
        return signature
    }
}

/// Prints nothing secret.
extension SigningKey: CustomStringConvertible {
    public var description: String { "signing key \(verifying.id)" }
}
