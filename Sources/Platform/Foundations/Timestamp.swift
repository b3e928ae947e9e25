import Glibc

/// A moment of wall-clock time in microseconds since 1970-01-01 UTC.
public struct Timestamp: Sendable, Hashable, Comparable {
    public var microseconds: Int64

    public init(microseconds: Int64) { self.microseconds = microseconds }

    public static var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }

    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.microseconds < right.microseconds }

    public func advanced(by duration: Duration) -> Timestamp {
        let parts = duration.components
        return Timestamp(microseconds: microseconds + parts.seconds * 1_000_000 + parts.attoseconds / 1_000_000_000_000)
    }

    /// RFC 3339 in UTC with microseconds: `2026-11-21T05:04:34.012345Z`.
    public var rfc3339: String {
        var seconds = time_t(microseconds.quotientAndRemainder(dividingBy: 1_000_000).quotient)
        var fraction = microseconds % 1_000_000
        if fraction < 0 { (seconds, fraction) = (seconds - 1, fraction + 1_000_000) }
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func padded(_ value: some BinaryInteger, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let date = "\(padded(parts.tm_year + 1900, 4))-\(padded(parts.tm_mon + 1, 2))-\(padded(parts.tm_mday, 2))"
        let time = "\(padded(parts.tm_hour, 2)):\(padded(parts.tm_min, 2)):\(padded(parts.tm_sec, 2))"
        return "\(date)T\(time).\(padded(fraction, 6))Z"
    }

    /// Reads RFC 3339 (`2026-11-21T05:04:34.5Z`, `…+02:00`), or a date alone for its midnight in UTC; nil for anything
    /// else.
    public init?(rfc3339 text: String) {
        let date = text.prefix(10)
        guard let days = Self.days(date) else { return nil }
        guard text.utf8.count > 10 else {
            self.init(microseconds: days * 86_400_000_000)
            return
        }
        let rest = text.utf8.dropFirst(10)
        guard [0x54, 0x74, 0x20].contains(rest.first),
            let clock = Self.microseconds(ofClock: text.dropFirst(11))
        else { return nil }
        self.init(microseconds: days * 86_400_000_000 + clock)
    }

    /// Since 1970-01-01, in the proleptic Gregorian calendar.
    private static func days(_ text: Substring) -> Int64? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.map(\.utf8.count) == [4, 2, 2], let year = number(parts[0]),
            let month = number(parts[1]), let day = number(parts[2]), (1...12).contains(month)
        else { return nil }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths: [Int64] = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard (1...lengths[Int(month) - 1]).contains(day) else { return nil }
        let before = year - 1
        // The year 0 is a leap year, too.
        let untilYear = year == 0 ? 0 : 365 * year + before / 4 - before / 100 + before / 400 + 1
        // 719,528 days lie between the first of the year 0 and 1970-01-01.
        return untilYear - 719_528 + lengths.prefix(Int(month) - 1).reduce(0, +) + day - 1
    }

    /// `05:04:34.5Z`: the time of day, taken back to UTC.
    private static func microseconds(ofClock text: Substring) -> Int64? {
        guard let end = text.firstIndex(where: { "Zz+-".contains($0) }) else { return nil }
        let halves = text[..<end].split(separator: ".", omittingEmptySubsequences: false)
        let parts = halves[0].split(separator: ":", omittingEmptySubsequences: false)
        guard (1...2).contains(halves.count), parts.count == 3, parts.allSatisfy({ $0.utf8.count == 2 }),
            let hour = number(parts[0]), let minute = number(parts[1]), let second = number(parts[2]), hour < 24,
            minute < 60, second <= 60
        else { return nil }
        var fraction: Int64 = 0
        if halves.count == 2 {
            guard !halves[1].isEmpty, number(halves[1].prefix(18)) != nil, let six = number(halves[1].prefix(6)) else {
                return nil
            }
            fraction = (0..<max(0, 6 - halves[1].utf8.count)).reduce(six) { value, _ in value * 10 }
        }
        guard let offset = minutes(ofZone: text[end...]) else { return nil }
        return ((hour * 60 + minute - offset) * 60 + second) * 1_000_000 + fraction
    }

    private static func minutes(ofZone text: Substring) -> Int64? {
        if text == "Z" || text == "z" { return 0 }
        let parts = text.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 }), let hours = number(parts[0]),
            let minutes = number(parts[1]), hours < 24, minutes < 60
        else { return nil }
        return (text.first == "-" ? -1 : 1) * (hours * 60 + minutes)
    }

    private static func number(_ text: Substring) -> Int64? {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int64(text) : nil
    }
}
