/// A number of bytes as people write it: `512MiB`, `1GB`, `64KiB`, `4096`.
public struct ByteSize: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let bytes: Int64

    public init(bytes: Int64) { self.bytes = bytes }

    public static let form = "a size such as 512MiB, 1GB or 4096"
    private static let units: [(name: String, size: Int64)] = [
        ("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10),
        ("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1000), ("KB", 1000), ("B", 1),
        ("", 1),
    ]

    /// Reads digits and an optional unit; nil for anything else, fractions included, and where 63 bits do not hold it.
    public init?(_ text: some StringProtocol) {
        guard let (count, factor) = quantity(text, units: Self.units) else { return nil }
        bytes = count * factor
    }

    public static func < (left: ByteSize, right: ByteSize) -> Bool { left.bytes < right.bytes }

    /// The shortest exact form.
    public var description: String {
        for unit in Self.units where unit.size > 1 && bytes != 0 && bytes % unit.size == 0 {
            return "\(bytes / unit.size)\(unit.name)"
        }
        return String(bytes)
    }
}

/// A span of time as people write it: `250ms`, `30s`, `5m`, `24h`.
public struct TimeSpan: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let milliseconds: Int64

    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// Whole milliseconds of a duration; what 63 bits do not hold becomes the nearest that they do.
    public init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        let (sum, overflows) = product.addingReportingOverflow(attoseconds / 1_000_000_000_000_000)
        milliseconds = overflow || overflows ? (seconds < 0 ? .min : .max) : sum
    }

    public static let form = "a time such as 250ms, 30s, 5m or 24h"
    private static let units: [(name: String, size: Int64)] = [
        ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
    ]

    /// Reads digits and a unit; nil for anything else, fractions and bare numbers included.
    public init?(_ text: some StringProtocol) {
        if text == "0" {
            milliseconds = 0
            return
        }
        guard let (count, factor) = quantity(text, units: Self.units) else { return nil }
        milliseconds = count * factor
    }

    public var duration: Duration { .milliseconds(milliseconds) }

    public static func < (left: TimeSpan, right: TimeSpan) -> Bool { left.milliseconds < right.milliseconds }

    /// The shortest exact form.
    public var description: String {
        for unit in Self.units where milliseconds != 0 && milliseconds % unit.size == 0 {
            return "\(milliseconds / unit.size)\(unit.name)"
        }
        return "0s"
    }
}

/// Digits and a unit of the table, where their product fits 63 bits.
private func quantity(_ text: some StringProtocol, units: [(name: String, size: Int64)]) -> (Int64, Int64)? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    let name = text.dropFirst(digits.count)
    guard let count = Int64(digits), let unit = units.first(where: { $0.name == name }),
        !count.multipliedReportingOverflow(by: unit.size).overflow
    else { return nil }
    return (count, unit.size)
}
