import CCrypto
import Digest
import Foundations

/// A key of libcrypto for as long as one call needs it.
struct EdwardsKey: ~Copyable {
    let raw: OpaquePointer

    /// - Parameter seed: 32 secret bytes.
    init?(seed: [UInt8]) {
        guard seed.count == 32, let raw = EVP_PKEY_new_raw_private_key_ex(nil, "ED25519", nil, seed, 32) else {
            return nil
        }
        self.raw = raw
    }

    /// - Parameter point: 32 public bytes.
    init?(point: [UInt8]) {
        guard point.count == 32, let raw = EVP_PKEY_new_raw_public_key_ex(nil, "ED25519", nil, point, 32) else {
            return nil
        }
        self.raw = raw
    }

    /// Reads PKCS#8 (secret) or SubjectPublicKeyInfo (public) in DER; nil where it is no Ed25519 key.
    init?(der: [UInt8], isSecret: Bool) {
        let found: OpaquePointer? = der.withUnsafeBufferPointer { buffer in
            var start = buffer.baseAddress
            let key =
                isSecret ? d2i_AutoPrivateKey(nil, &start, buffer.count) : d2i_PUBKEY(nil, &start, buffer.count)
            guard let key else { return nil }
            guard start == buffer.baseAddress.map({ $0 + buffer.count }), EVP_PKEY_is_a(key, "ED25519") == 1 else {
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

    var seed: [UInt8]? { bytes { EVP_PKEY_get_raw_private_key(raw, $0, $1) } }
    var point: [UInt8]? { bytes { EVP_PKEY_get_raw_public_key(raw, $0, $1) } }

    private func bytes(_ read: (UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<Int>) -> CInt) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 32)
        var count = 32
        let status = bytes.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.map { read($0, &count) } ?? 0
        }
        return status == 1 && count == 32 ? bytes : nil
    }

    func sign(_ message: [UInt8]) -> [UInt8]? {
        guard let context = EVP_MD_CTX_new() else { return nil }
        defer { EVP_MD_CTX_free(context) }
        var signature = [UInt8](repeating: 0, count: 64)
        var count = 64
        guard EVP_DigestSignInit_ex(context, nil, nil, nil, nil, raw, nil) == 1,
            EVP_DigestSign(context, &signature, &count, message, message.count) == 1, count == 64
        else { return nil }
        return signature
    }

    func verify(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        guard signature.count == 64, let context = EVP_MD_CTX_new() else { return false }
        defer {
            EVP_MD_CTX_free(context)
            ERR_clear_error()
        }
        return EVP_DigestVerifyInit_ex(context, nil, nil, nil, nil, raw, nil) == 1
            && EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }
}
