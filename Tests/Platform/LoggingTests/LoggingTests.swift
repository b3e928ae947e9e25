import Foundations
import JSON
import Logging
import Synchronization
import Testing

private final class Lines: Sendable {
    private let lines = Mutex<[String]>([])

    func sink(_ format: LogFormat) -> LogSink {
        LogSink(format: format, now: { Timestamp(microseconds: 0) }) { line in
            self.lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
        }
    }

    var all: [String] { lines.withLock { $0 } }
}

@Test func `a JSON line holds time, level, message, context and fields`() {
    let lines = Lines()
    let logger = Logger(to: lines.sink(.json)).with(requestID: "r1", session: "s1", traceID: "t1")
    logger.info("step", ["took_ms": 1.5, "ok": true, "message": "kept"])
    #expect(
        lines.all == [
            #"{"time":"1970-01-01T00:00:00.000000Z","level":"info","message":"step","request_id":"r1","#
                + #""session":"s1","trace_id":"t1","took_ms":1.5,"ok":true,"message_":"kept"}"# + "\n"
        ])
}

@Test func `a text line quotes what would break it`() {
    let lines = Lines()
    let logger = Logger(level: .debug, to: lines.sink(.text))
    logger.warning("slow step", ["session": "s1", "why": "no time", "n": 3, "list": [1, 2], "empty": ""])
    logger.debug("two\nlines \u{1b}[31m", ["a": "x\u{9b}\"y\"", "b=c": "\u{202e}"])
    #expect(
        lines.all == [
            "1970-01-01T00:00:00.000000Z WARNING slow step session=s1 why=\"no time\" n=3 list=[1,2] empty=\"\"\n",
            "1970-01-01T00:00:00.000000Z DEBUG   \"two\\nlines \\u{1b}[31m\" a=\"x\\u{9b}\\\"y\\\"\" \"b=c\"=\"\\u{202e}\"\n",
        ])
}

@Test func `below its level a logger makes neither message nor fields`() {
    let lines = Lines()
    let logger = Logger(level: .warning, to: lines.sink(.json))
    func made() -> String {
        Issue.record("the message was made")
        return ""
    }
    logger.info(made(), ["a": .string(made())])
    logger.debug(made())
    logger.log(.off, made())
    Logger(level: .off, to: lines.sink(.json)).error(made())
    Logger.silent.error(made())
    #expect(lines.all.isEmpty)
}

@Test func `a failure is logged with code, details and cause`() {
    let lines = Lines()
    struct Cause: Error {}
    let failure = Failure(.notFound, "no such thing", details: ["b": "2", "a": "1"], cause: Cause())
    Logger(to: lines.sink(.text)).log(.error, "call failed", failure: failure)
    #expect(
        lines.all == [
            "1970-01-01T00:00:00.000000Z ERROR   call failed code=not_found error=\"no such thing\" "
                + "details={\"a\":\"1\",\"b\":\"2\"} cause=Cause()\n"
        ])
}

@Test func `a later context replaces an earlier one`() {
    let lines = Lines()
    let outer = Logger(to: lines.sink(.text)).with(session: "a", ["door": "rest"])
    outer.with(session: "b").info("x")
    outer.info("y")
    #expect(lines.all.map { $0.dropFirst(36) } == ["x session=b door=rest\n", "y session=a door=rest\n"])
}

@Test func `lines on standard error are whole`() async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
        let logger = Logger(to: .standardError(format: .json))
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<4 {
                group.addTask {
                    for _ in 0..<50 { logger.info("m", ["x": .string(String(repeating: "\(task)", count: 6000))]) }
                }
            }
        }
    }
    let lines = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self).split(separator: "\n")
    #expect(lines.count { $0.hasPrefix("{\"time\"") && $0.hasSuffix("\"}") && $0.utf8.count > 6000 } == 200)
}

private let header = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

@Test func `a trace parent is read, passed on and written`() throws {
    let parent = try #require(TraceParent(header))
    #expect(parent.traceID == "0af7651916cd43dd8448eb211c80319c")
    #expect(parent.parentID == "b7ad6b7169203331")
    #expect(parent.isSampled)
    #expect(parent.description == header)
    #expect(parent.child(0xab).description == "00-0af7651916cd43dd8448eb211c80319c-00000000000000ab-01")
    #expect(try #require(TraceParent("cc" + header.dropFirst(2) + "-more")).description == header)
    #expect(try #require(TraceParent("cc" + header.dropFirst(2))).isSampled)
    #expect(try !#require(TraceParent(header.dropLast(2) + "fe")).child().isSampled)
}

@Test(arguments: [
    "", "00", header.uppercased(), String(header.dropLast()), header + "-x", header + "0", "ff" + header.dropFirst(2),
    "cc" + header.dropFirst(2) + ".more", "0x" + header.dropFirst(2), " " + header,
    "00-00000000000000000000000000000000-b7ad6b7169203331-01",
    "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
    "00-0af7651916cd43dd8448eb211c80319g-b7ad6b7169203331-01",
    "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-+1",
])
func `a malformed trace parent is ignored`(header: String) {
    #expect(TraceParent(header) == nil)
}
