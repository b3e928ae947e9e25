import Foundations

/// Textual encodings of RFC 7468.
enum PEM {
    static let secret = "PRIVATE KEY"
    static let open = "PUBLIC KEY"
    /// What stands before the 32 bytes of a secret Ed25519 key in PKCS#8 (RFC 8410, section 7).
    static let secretPrefix: [UInt8] = [
        0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
    ]
    /// What stands before the 32 bytes of a public one in SubjectPublicKeyInfo (RFC 8410, section 4).
    static let publicPrefix: [UInt8] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00]
    /// Characters of a file that is read.
    static let limit = 64 * 1024

    static func encode(_ der: [UInt8], label: String) -> String {
        var rest = Base64.encode(der)[...]
        var text = "-----BEGIN \(label)-----\n"
        while !rest.isEmpty {
            text += rest.prefix(64) + "\n"
            rest = rest.dropFirst(64)
        }
        return text + "-----END \(label)-----\n"
    }

    /// The bytes of the one block with a label; what stands around it is skipped.
    static func decode(_ text: String, label: String) -> [UInt8]? {
        guard text.utf8.count <= limit else { return nil }
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map { line in
            line.drop(while: \.isWhitespace)
        }
        guard let start = lines.firstIndex(where: { $0.hasPrefix("-----BEGIN \(label)-----") }),
            let end = lines[start...].firstIndex(where: { $0.hasPrefix("-----END \(label)-----") })
        else { return nil }
        return Base64.decode(lines[(start + 1)..<end].joined().filter { !$0.isWhitespace })
    }
}
