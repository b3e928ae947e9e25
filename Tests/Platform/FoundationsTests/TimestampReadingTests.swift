import Foundations
import Testing

struct TimestampReadingTests {
    @Test(arguments: [
        Int64(0), 1_000_000, 951_782_400_000_000, 1_795_237_474_012_345, 4_102_444_799_999_999, -1,
        -2_208_988_800_000_000,
    ])
    func `what is written is read again`(microseconds: Int64) {
        let time = Timestamp(microseconds: microseconds)
        #expect(Timestamp(rfc3339: time.rfc3339) == time)
    }

    @Test func `zones, fractions and dates alone are understood`() {
        #expect(Timestamp(rfc3339: "2026-11-21")?.rfc3339 == "2026-11-21T00:00:00.000000Z")
        #expect(Timestamp(rfc3339: "2026-11-21T05:04:34+02:00")?.rfc3339 == "2026-11-21T03:04:34.000000Z")
        #expect(Timestamp(rfc3339: "2026-11-21t05:04:34.5z")?.rfc3339 == "2026-11-21T05:04:34.500000Z")
        #expect(Timestamp(rfc3339: "2026-11-21 05:04:34.1234567-00:30")?.rfc3339 == "2026-11-21T05:34:34.123456Z")
    }

    @Test(arguments: [
        "", "2026", "2026-13-01", "2026-02-29", "2026-11-31", "2026-11-21T", "2026-11-21T05:04", "2026-11-21T05:04:34",
        "2026-11-21T25:00:00Z", "2026-11-21T05:04:34.Z", "2026-11-21T05:04:34.xZ", "2026-11-21T05:04:34+2", "yesterday",
        "２０２６-11-21",
    ])
    func `anything else is refused`(text: String) { #expect(Timestamp(rfc3339: text) == nil) }
}
