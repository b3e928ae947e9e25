import CCrypto

/// SHA-1 (FIPS 180-4), for protocols that ask for it; it protects nothing.
public enum SHA1 {
    /// The 20 bytes of the digest of a text's UTF-8 bytes.
    ///
    /// Traps where libcrypto has no SHA-1, which no message can bring about.
    public static func hash(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        var digest = [UInt8](repeating: 0, count: 20)
        var count: UInt32 = 0
        let status = EVP_Digest(bytes, bytes.count, &digest, &count, EVP_sha1(), nil)
        precondition(status == 1 && count == 20, "libcrypto has no SHA-1")
        return digest
    }
}
