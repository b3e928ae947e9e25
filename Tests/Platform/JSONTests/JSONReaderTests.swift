import Foundations
import JSON
import Testing

/// The reason why a text is refused by both ways of reading it whole; nil where both take it.
private func refusal(_ bytes: [UInt8]) -> JSONError.Reason? {
    func reason(skipping: Bool) -> JSONError.Reason? {
        do throws(JSONError) {
            try JSONReader.reading(bytes) { (reader) throws(JSONError) in
                if skipping { try reader.skipValue() } else { _ = try reader.readValue() }
                try reader.finish()
            }
            return nil
        } catch {
            #expect((0...bytes.count).contains(error.offset))
            return error.reason
        }
    }
    let read = reason(skipping: false)
    #expect(reason(skipping: true) == read)
    return read
}

private func refusal(_ text: String) -> JSONError.Reason? { refusal(Array(text.utf8)) }

@Test(arguments: [
    "", " ", "[1,]", "[,1]", "[1 2]", "{\"a\":1,}", "{,}", "{\"a\"}", "{\"a\" 1}", "{a:1}", "[", "{", "{\"a\":",
    "\"abc",
    "\"\\", "\"\\u12", "\"\\x\"", "tru", "truth", "nul", "NaN", "Infinity", "-Infinity", "-", "+1", "01", "-01", "1.",
    ".5",
    "1e", "1e+", "0x10", "1 2", "[1]]", "'a'", "\u{feff}1", "/* c */1", "[1}", "{\"a\":1]",
])
func `what RFC 8259 does not allow is refused`(text: String) {
    #expect(refusal(text) != nil)
}

@Test(arguments: [
    " [ ] ", "{ }", "\t\r\n 1", "-0", "0", "-0.0e-0", "1E2", "\"\\ud83d\\ude00\"",
    "\"\\u0000\"",
    "[[[]],{\"\":{}}]", "\"\u{7f}\u{80}\u{7ff}\u{800}\u{ffff}\u{10000}\u{10ffff}\"", "true", "null",
])
func `what RFC 8259 allows is read`(text: String) {
    #expect(refusal(text) == nil)
}

@Test func `every cut of a good text is refused as truncated`() {
    let text = Array(#"{"a":[1.5e3,true,null,"\u00e9\ud83d\ude00é"],"b":{"c":false}}"#.utf8)
    #expect(refusal(text) == nil)
    for count in 0..<text.count { #expect(refusal(Array(text[..<count])) != nil) }
    #expect(refusal("[1,") == .truncated)
    #expect(refusal("\"abc") == .truncated)
    #expect(refusal("tr") == .truncated)
    #expect(refusal("\"\\ud83d\\u") == .truncated)
}

@Test func `nesting beyond the limit is an error however deep it goes`() {
    #expect(refusal(String(repeating: "[", count: 200_000)) == .tooDeep(limit: 64))
    #expect(refusal(String(repeating: "{\"a\":", count: 200_000)) == .tooDeep(limit: 64))
    #expect(refusal(String(repeating: "[", count: 64) + String(repeating: "]", count: 64)) == nil)
    let deepest = JSONLimits(depth: .max).depth
    let text = String(repeating: "[", count: deepest) + String(repeating: "]", count: deepest)
    #expect(throws: Never.self) { try JSONValue(parsing: text, limits: JSONLimits(depth: .max)) }
}

@Test(
    arguments: [
        [0x80], [0xc0, 0x80], [0xc1, 0xbf], [0xc3], [0xe0, 0x80, 0x80], [0xed, 0xa0, 0x80], [0xef, 0xbf],
        [0xf0, 0x80, 0x80, 0x80],
        [0xf4, 0x90, 0x80, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xff], [0xe2, 0x82, 0x22],
    ] as [[UInt8]])
func `invalid UTF-8 is refused`(sequence: [UInt8]) {
    for padding in 0..<9 {
        let quoted = [0x22] + [UInt8](repeating: 0x61, count: padding) + sequence + [0x22, 0x20, 0x20, 0x20]
        #expect(refusal(quoted) == .invalidUTF8)
    }
}

@Test(arguments: 0..<0x20 as Range<UInt8>)
func `unescaped control characters are refused`(byte: UInt8) {
    #expect(refusal([0x22, 0x61, byte, 0x22]) == .controlCharacter)
}

@Test(arguments: [#""\ud800""#, #""\udc00""#, #""\ud800\ud800""#, #""\ud800x\udc00""#, #""\ud800\n""#])
func `lone surrogates are refused`(text: String) { #expect(refusal(text) == .loneSurrogate) }

@Test(arguments: ["1e999", "-1E400", "1" + String(repeating: "0", count: 400), "[2e308]", "0.1e310"])
func `numbers beyond a double are refused`(text: String) { #expect(refusal(text) == .numberOutOfRange) }

@Test func `a duplicate key is refused and an error says where`() {
    let error = #expect(throws: JSONError.self) { try JSONValue(parsing: #"{"a":1,"b":2,"\u0061":3}"#) }
    #expect(error?.reason == .duplicateKey("a"))
    #expect(error?.failure.code == .malformedJSON)
    #expect(#expect(throws: JSONError.self) { try JSONValue(parsing: "[1, x]") }?.offset == 4)
}

@Test func `known keys are found by place and raw values come as ranges`() throws {
    let table = JSONKeyTable(["status", "reward"])
    let text = #"{ "status" : "ok", "r\u0065ward":0.5 ,"we \"ird":{"x":[1, 2]} }"#
    try JSONReader.reading(Array(text.utf8)) { (reader) throws(JSONError) in
        var seen = JSONKeySet()
        var unknown: [String] = []
        var status = ""
        var reward = 0.0
        try reader.beginObject()
        while let key = try reader.nextKey(in: table, seen: &seen) {
            switch key {
            case .known(0): status = try reader.readString()
            case .known: reward = try reader.readNumber().double
            case .unknown(let range):
                unknown.append(reader.text(ofKey: range))
                let value = try reader.skipValue()
                #expect(String(decoding: reader[value], as: UTF8.self) == #"{"x":[1, 2]}"#)
            }
        }
        try reader.finish()
        #expect(status == "ok")
        #expect(reward == 0.5)
        #expect(unknown == ["we \"ird"])
        #expect(seen.contains(0) && seen.contains(1) && seen.count == 2)
    }
    let error = #expect(throws: JSONError.self) {
        try JSONReader.reading(Array(#"{"reward":1,"reward":2}"#.utf8)) { (reader) throws(JSONError) in
            var seen = JSONKeySet()
            try reader.beginObject()
            while try reader.nextKey(in: table, seen: &seen) != nil { try reader.skipValue() }
        }
    }
    #expect(error?.reason == .duplicateKey("reward"))
}

@Test func `a table of many keys finds each in any order`() throws {
    let names = (0..<200).map { "key\($0 * 7919 % 1000)" }
    let table = JSONKeyTable(names)
    let text = "{" + names.reversed().map { "\"\($0)\":1" }.joined(separator: ",") + ",\"other\":2}"
    try JSONReader.reading(Array(text.utf8)) { (reader) throws(JSONError) in
        var seen = JSONKeySet()
        var found: [Int] = []
        try reader.beginObject()
        while let key = try reader.nextKey(in: table, seen: &seen) {
            if case .known(let place) = key { found.append(place) }
            try reader.skipValue()
        }
        #expect(found == (0..<200).reversed())
    }
}
