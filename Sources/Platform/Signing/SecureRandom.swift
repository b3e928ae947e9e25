import CCrypto
import Foundations

/// Bytes that nobody can guess.
public enum SecureRandom {
    /// - Throws: `internal` where libcrypto has no randomness.
    public static func bytes(_ count: Int) throws(Failure) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        guard RAND_priv_bytes(&bytes, CInt(count)) == 1 else {
            throw Failure(.internal, "libcrypto gave no random bytes")
        }
        return bytes
    }
}
