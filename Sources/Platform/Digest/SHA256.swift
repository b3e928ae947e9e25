import CCrypto

/// A SHA-256 in progress (FIPS 180-4). One value serves any number of messages, one after the other.
///
/// Traps where libcrypto cannot allocate or has no SHA-256, which no message can bring about.
public struct SHA256: ~Copyable {
    private let context: OpaquePointer

    public init() {
        // Swift's own allocations trap in the same place; a digest that can fail would make every caller handle it.
        guard let context = EVP_MD_CTX_new() else { fatalError("libcrypto is out of memory") }
        self.context = context
        start()
    }

    deinit { EVP_MD_CTX_free(context) }

    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        let status = EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
        precondition(status == 1, "libcrypto failed to hash")
    }

    public mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

    public mutating func update(_ bytes: ArraySlice<UInt8>) { bytes.withUnsafeBytes { update($0) } }

    public mutating func update(_ text: String) {
        var text = text
        text.withUTF8 { update(UnsafeRawBufferPointer($0)) }
    }

    /// The digest of what was added since the last one; the next message starts empty.
    public mutating func finish() -> Digest32 {
        let digest = withUnsafeTemporaryAllocation(byteCount: 32, alignment: 8) { output in
            let status = EVP_DigestFinal_ex(context, output.baseAddress, nil)
            precondition(status == 1, "libcrypto failed to hash")
            return Digest32(UnsafeRawBufferPointer(output))
        }
        start()
        return digest
    }

    private func start() {
        let status = EVP_DigestInit_ex2(context, Algorithm.sha256.method, nil)
        precondition(status == 1, "libcrypto has no SHA-256")
    }

    /// The digest of one message.
    public static func hash(_ bytes: [UInt8]) -> Digest32 { bytes.withUnsafeBytes { hash($0) } }

    /// The digest of one message.
    public static func hash(_ bytes: UnsafeRawBufferPointer) -> Digest32 {
        var hash = SHA256()
        hash.update(bytes)
        return hash.finish()
    }

    /// The digest of the UTF-8 bytes of a text.
    public static func hash(_ text: String) -> Digest32 { hash(Array(text.utf8)) }
}

/// What libcrypto looks up by name, once for the whole process: a look-up costs more than hashing a short message.
///
/// Unchecked: libcrypto never changes a fetched method, and threads may share it (EVP_MD_fetch(3)).
private struct Algorithm: @unchecked Sendable {
    let method: OpaquePointer

    static let sha256: Algorithm = {
        // A libcrypto without SHA-256 is a broken installation: there is nothing that the process could go on with.
        guard let method = EVP_MD_fetch(nil, "SHA256", nil) else { fatalError("libcrypto has no SHA-256") }
        return Algorithm(method: method)
    }()
}
