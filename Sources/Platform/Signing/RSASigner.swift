import CCrypto
import Foundations

/// Signs with RSASSA-PKCS1-v1_5 and SHA-256: `RS256` of RFC 7518, which services of Google ask for.
public struct RSASigner: Sendable {
    private let der: [UInt8]

    /// Reads `-----BEGIN PRIVATE KEY-----` (PKCS#8, without a password).
    ///
    /// - Throws: `invalidArgument` for anything else, and for keys of less than 2,048 bits.
    public init(pem: String) throws(Failure) {
        guard let der = PEM.decode(pem, label: PEM.secret), let key = Key(der: der), key.bits >= 2048 else {
            throw Failure(
                .invalidArgument, "this is no secret RSA key of 2,048 bits or more in PEM (PKCS#8, without a password)")
        }
        self.der = der
    }

    /// - Throws: `internal` where libcrypto is out of memory.
    public func sign(_ message: [UInt8]) throws(Failure) -> [UInt8] {
        guard let signature = Key(der: der)?.sign(message) else {
            throw Failure(.internal, "libcrypto could not sign")
        }
        return signature
    }

    private struct Key: ~Copyable {
        let raw: OpaquePointer

        init?(der: [UInt8]) {
            let found: OpaquePointer? = der.withUnsafeBufferPointer { buffer in
                var start = buffer.baseAddress
                guard let key = d2i_AutoPrivateKey(nil, &start, buffer.count) else { return nil }
                guard EVP_PKEY_is_a(key, "RSA") == 1 else {
                    EVP_PKEY_free(key)
                    return nil
                }
                return key
            }
            ERR_clear_error()
            guard let found else { return nil }
            raw = found
        }

        deinit { EVP_PKEY_free(raw) }

        var bits: Int { Int(EVP_PKEY_get_bits(raw)) }

        func sign(_ message: [UInt8]) -> [UInt8]? {
            guard let context = EVP_MD_CTX_new() else { return nil }
            defer { EVP_MD_CTX_free(context) }
            var signature = [UInt8](repeating: 0, count: Int(EVP_PKEY_get_size(raw)))
            var count = signature.count
            guard EVP_DigestSignInit_ex(context, nil, "SHA256", nil, nil, raw, nil) == 1,
                EVP_DigestSign(context, &signature, &count, message, message.count) == 1
            else { return nil }
            return Array(signature.prefix(count))
        }
    }
}
