/// The last lines that a worker wrote to standard error, within a bound of bytes.
public struct LogRing: Sendable {
    private var bytes: [UInt8] = []
    private let limit: Int
    /// All that was ever written, kept or not.
    public private(set) var total = 0

    public init(limit: Int = 64 << 10) { self.limit = limit }

    public mutating func append(_ new: UnsafeRawBufferPointer) {
        total += new.count
        bytes.append(contentsOf: new.suffix(limit))
        if bytes.count > 2 * limit { bytes.removeFirst(bytes.count - limit) }
    }

    /// The last `count` lines; bytes that are no UTF-8 appear as U+FFFD.
    public func lines(last count: Int) -> [String] {
        let text = String(decoding: bytes.suffix(limit), as: UTF8.self)
        return text.split(separator: "\n", omittingEmptySubsequences: true).suffix(count).map(String.init)
    }
}
