import CPictures
import Foundations
import Glibc

extension Picture {
    public enum Compression: Sendable {
        /// For frames that are looked at once.
        case fast
        /// For frames that are kept.
        case small
    }

    /// The picture as a PNG file.
    ///
    /// - Throws: `resourceExhausted` where memory is short.
    public func png(_ compression: Compression = .fast) throws(Failure) -> [UInt8] {
        var bytes: UnsafeMutablePointer<UInt8>?
        var count = 0
        var message = [CChar](repeating: 0, count: 64)
        let status = corral_png_encode(
            pixels, UInt32(width), UInt32(height), Int32(channels.rawValue), compression == .fast ? 1 : 0, &bytes,
            &count, &message)
        defer { free(bytes) }
        guard status == 0, let bytes else {
            let text = message.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
            throw Failure(.resourceExhausted, "the PNG encoder failed: \(String(decoding: text, as: UTF8.self))")
        }
        return Array(UnsafeBufferPointer(start: bytes, count: count))
    }
}
