import Testing
import YAML

@Test func `sizes are read with binary and decimal units and written in the shortest exact form`() {
    #expect(ByteSize("512MiB")?.bytes == 536_870_912)
    #expect(ByteSize("1GB")?.bytes == 1_000_000_000)
    #expect(ByteSize("4096")?.description == "4KiB")
    #expect(ByteSize("0")?.description == "0")
    #expect(ByteSize("1536B")?.description == "1536")
    for text in ["", "MiB", "1.5MiB", "-1", "1 MiB", "9999999999TiB", "1mib", "٣MiB"] { #expect(ByteSize(text) == nil) }
}

@Test func `times need a unit and are written in the shortest exact form`() {
    #expect(TimeSpan("250ms")?.duration == .milliseconds(250))
    #expect(TimeSpan("90s")?.description == "90s")
    #expect(TimeSpan("24h")?.description == "24h")
    #expect(TimeSpan(.milliseconds(1500)).description == "1500ms")
    #expect(TimeSpan(.seconds(Int64.max)).milliseconds == .max)
    #expect(TimeSpan("0")?.description == "0s")
    for text in ["", "5", "s", "1.5s", "-1s", "5 m", "99999999999999999h", "5M", "1d"] {
        #expect(TimeSpan(text) == nil)
    }
}
