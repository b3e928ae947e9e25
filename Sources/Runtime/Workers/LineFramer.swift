import Glibc

/// Cuts a byte stream into lines, and into blocks of known length between them; looks at every byte once.
public struct LineFramer: Sendable {
    /// A line grew beyond the limit before its end came.
    public struct LineTooLong: Error, Equatable {
        public let limit: Int
    }

    public let lineLimit: Int
    private var buffer: [UInt8] = []
    private var start = 0
    private var scanned = 0

    /// - Parameter lineLimit: The most bytes of a line, without its end.
    public init(lineLimit: Int) { self.lineLimit = lineLimit }

    /// Bytes that no line or block has claimed yet.
    public var pending: Int { buffer.count - start }

    /// Whether a byte is among those.
    public func hasPending(_ byte: UInt8) -> Bool { buffer[start...].contains(byte) }

    public mutating func append(_ bytes: UnsafeRawBufferPointer) {
        if start > 0 {
            buffer.removeSubrange(..<start)
            (start, scanned) = (0, scanned - start)
        }
        buffer.append(contentsOf: bytes)
    }

    /// The next whole line without its `\n`; nil until it is there.
    public mutating func nextLine() throws(LineTooLong) -> [UInt8]? {
        let from = scanned
        let found: Int? = buffer.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, from < bytes.count,
                let end = memchr(base + from, CInt(UInt8(ascii: "\n")), bytes.count - from)
            else { return nil }
            return UnsafeRawPointer(end) - base
        }
        guard let end = found else {
            scanned = buffer.count
            if pending > lineLimit { throw LineTooLong(limit: lineLimit) }
            return nil
        }
        guard end - start <= lineLimit else { throw LineTooLong(limit: lineLimit) }
        let line = Array(buffer[start..<end])
        consume(through: end + 1)
        return line
    }

    /// The next `count` bytes as they are; nil until they are there.
    public mutating func take(_ count: Int) -> [UInt8]? {
        guard pending >= count else { return nil }
        let block = Array(buffer[start..<start + count])
        consume(through: start + count)
        return block
    }

    private mutating func consume(through end: Int) {
        start = end
        scanned = end
        if start == buffer.count {
            buffer.removeAll(keepingCapacity: buffer.capacity <= 1 << 16)
            (start, scanned) = (0, 0)
        }
    }
}
