import Digest
import Foundations
import Signing

/// A key as its holder keeps it: `corral_`, its public id, `_`, and 256 random bits in hexadecimal digits.
public struct AccessToken: Sendable {
    public let id: String
    /// All of it: secret.
    public let text: String

    private static let prefix = "corral_"

    /// - Parameter random: Bytes that nobody can guess, as many as are asked for.
    /// - Throws: What `random` throws.
    public init(random: (Int) throws(Failure) -> [UInt8] = SecureRandom.bytes) throws(Failure) {
        id = Self.hexadecimal(try random(8))
        text = Self.prefix + id + "_" + Self.hexadecimal(try random(32))
    }

    public var digest: Digest32 { SHA256.hash(text) }

    /// The public id in a text that has the form of a key; nil for any other.
    public static func id(in text: String) -> String? {
        let bytes = Array(text.utf8)
        guard bytes.count == 88, bytes.starts(with: prefix.utf8), bytes[23] == UInt8(ascii: "_"),
            (bytes[7..<23] + bytes[24...]).allSatisfy(isDigit)
        else { return nil }
        return String(decoding: bytes[7..<23], as: UTF8.self)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }
}
