import CLinux
import Glibc

/// Numbers that processes claim from each other: each is a locked byte of one file, and free again when its process ends.
public final class ByteLocks: Sendable {
    private let file: CInt

    /// - Returns: Nil where the file cannot be opened or made.
    public init?(_ path: String) {
        file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        if file < 0 { return nil }
    }

    deinit { close(file) }

    /// - Returns: Whether nobody else has it. A number that this one has already is claimed again.
    public func claim(_ number: UInt32) -> Bool { corral_lock_byte(file, Int64(number), 1) == 0 }

    public func release(_ number: UInt32) { _ = corral_lock_byte(file, Int64(number), 0) }
}
