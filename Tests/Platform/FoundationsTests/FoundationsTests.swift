import Foundations
import Testing

@Test(arguments: [
    ("a b  c", ["a", "b", "c"]), ("'a b' c", ["a b", "c"]), (#"a"b c"d"#, ["ab cd"]), (#"a\ b"#, ["a b"]),
    (#"'a\b'"#, [#"a\b"#]), (#""a\"b""#, [#"a"b"#]), ("''", [""]), ("", []), (" \t ", []), ("$HOME *", ["$HOME", "*"]),
]) func `a command line is split into words`(text: String, words: [String]) {
    #expect(ShellWords.split(text) == words)
}

@Test(arguments: ["'a", "a\"", "a\\"]) func `a command line with an open quote has no words`(text: String) {
    #expect(ShellWords.split(text) == nil)
}

@Test func `every failure code has a client or server error status and a non-zero exit status`() {
    for code in Failure.Code.allCases {
        #expect((400..<600).contains(code.httpStatus))
        #expect(code.exitStatus > 0)
        #expect(Failure.Code(wire: code.rawValue) == code)
    }
}

@Test func `a code from a newer peer reads as internal`() {
    #expect(Failure.Code(wire: "not_yet_invented") == .internal)
}

@Test func `the nearest word is suggested and a far one is not`() {
    #expect(nearest(to: "epsiodes", among: ["episodes", "render", "seed"]) == "episodes")
    #expect(nearest(to: "zzz", among: ["episodes", "render"]) == nil)
}

@Test func `timestamps print as RFC 3339 in UTC`() {
    #expect(Timestamp(microseconds: 0).rfc3339 == "1970-01-01T00:00:00.000000Z")
    #expect(Timestamp(microseconds: 1_700_000_000_123_456).rfc3339 == "2023-11-14T22:13:20.123456Z")
    #expect(Timestamp(microseconds: -1).rfc3339 == "1969-12-31T23:59:59.999999Z")
}

@Test func `session ids are version 8 UUIDs that name their server and sort by time`() throws {
    var ids = UniqueIDGenerator(server: 0xdead_beef)
    let first = ids.next(at: Timestamp(microseconds: 1_000_000))
    let second = ids.next(at: Timestamp(microseconds: 2_000_000))
    let text = "\(first)"
    #expect(text.count == 36)
    #expect(Array(text)[14] == "8")
    #expect("89ab".contains(Array(text)[19]))
    #expect(first.server == 0xdead_beef)
    #expect("\(first)" < "\(second)")
    #expect(try #require(UniqueID(text)) == first)
    #expect(UniqueID("not-a-uuid") == nil)
    #expect(UniqueID(String(text.dropLast()) + "g") == nil)
}
