import Testing

@testable import Workers

struct LineFramerTests {
    private let stream = bytes("one\n\ntwo\r\n{\"a\":1}\nrest")
    private let lines = ["one", "", "two\r", "{\"a\":1}"]

    @Test func `lines come out of a stream that is fed whole`() throws {
        var framer = LineFramer(lineLimit: 100)
        framer.append(stream)
        var found: [String] = []
        while let line = try framer.nextLine() { found.append(text(line)) }
        #expect(found == lines)
        #expect(framer.pending == 4)
    }

    @Test func `lines come out of a stream that is fed byte by byte`() throws {
        var framer = LineFramer(lineLimit: 100)
        var found: [String] = []
        for byte in stream {
            framer.append([byte])
            while let line = try framer.nextLine() { found.append(text(line)) }
        }
        #expect(found == lines)
        #expect(framer.pending == 4)
    }

    @Test(arguments: [1, 2, 3, 5, 64]) func `blocks stand between lines however the stream is cut`(size: Int) throws {
        var framer = LineFramer(lineLimit: 100)
        let stream = bytes("head\n") + [10, 0, 10, 255] + bytes("tail\n")
        var found: [[UInt8]] = []
        for start in Swift.stride(from: 0, to: stream.count, by: size) {
            framer.append(stream[start..<min(start + size, stream.count)])
            while true {
                let next = found.count == 1 ? framer.take(4) : try framer.nextLine()
                guard let next else { break }
                found.append(next)
            }
        }
        #expect(found == [bytes("head"), [10, 0, 10, 255], bytes("tail")])
        #expect(framer.pending == 0)
    }

    @Test func `an empty block is there at once`() {
        var framer = LineFramer(lineLimit: 10)
        #expect(framer.take(0) == [])
        #expect(framer.take(1) == nil)
    }

    @Test func `a line of exactly the limit passes and one byte more does not`() throws {
        var framer = LineFramer(lineLimit: 4)
        framer.append(bytes("1234\n12345\n"))
        #expect(try framer.nextLine() == bytes("1234"))
        #expect(throws: LineFramer.LineTooLong(limit: 4)) { try framer.nextLine() }
    }

    @Test func `a line without end is refused as soon as it passes the limit`() throws {
        var framer = LineFramer(lineLimit: 4)
        framer.append(bytes("1234"))
        #expect(try framer.nextLine() == nil)
        framer.append(bytes("5"))
        #expect(throws: LineFramer.LineTooLong(limit: 4)) { try framer.nextLine() }
    }

    @Test func `what no line has claimed can be searched`() throws {
        var framer = LineFramer(lineLimit: 100)
        framer.append(bytes("{}\nnoise"))
        _ = try framer.nextLine()
        #expect(!framer.hasPending(UInt8(ascii: "{")))
        framer.append(bytes(" {"))
        #expect(framer.hasPending(UInt8(ascii: "{")))
    }
}

struct LogRingTests {
    @Test func `the last lines are kept and empty ones left out`() {
        var log = LogRing()
        log.append(bytes("one\n\ntwo\nthr"))
        log.append(bytes("ee\n"))
        #expect(log.lines(last: 2) == ["two", "three"])
        #expect(log.lines(last: 10) == ["one", "two", "three"])
    }

    @Test func `a flood costs no more than the bound`() {
        var log = LogRing(limit: 64)
        for number in 0..<10_000 { log.append(bytes("line \(number)\n")) }
        log.append([UInt8](repeating: UInt8(ascii: "x"), count: 1_000_000) + bytes("\nlast\n"))
        #expect(log.lines(last: 1) == ["last"])
        #expect(log.lines(last: .max).reduce(0) { $0 + $1.utf8.count } <= 64)
        #expect(log.total > 1_000_000)
    }

    @Test func `bytes that are no text are shown as such`() {
        var log = LogRing()
        log.append([0xff, 0xfe, 0x0a])
        #expect(log.lines(last: 1) == ["\u{fffd}\u{fffd}"])
    }
}
