import JSON
import Testing

@Test func `a value prints and reads back as the same value`() throws {
    let value: JSONValue = [
        "null": nil, "flags": [true, false], "whole": -42, "real": 0.1, "tiny": .number(.leastNonzeroMagnitude),
        "text": "a\"\\\n\u{1}é😀",
        "empty": [[], [:], ""],
    ]
    #expect(try JSONValue(parsing: value.encoded()) == value)
    #expect(try JSONValue(parsing: value.prettyEncoded()) == value)
    #expect(value["flags"]?[0]?.bool == true)
    #expect(value["whole"]?.double == -42)
    #expect(value["text"]?["nothing"] == nil)
    #expect(value["flags"]?[2] == nil)
}

@Test func `the pretty form has one member a line`() {
    let value: JSONValue = ["a": [1, [:]], "b": "x"]
    #expect(
        String(decoding: value.prettyEncoded(), as: UTF8.self) == """
            {
              "a": [
                1,
                {}
              ],
              "b": "x"
            }

            """)
}

@Test func `objects keep their order, find keys by bytes and compare without order`() throws {
    var object: JSONObject = ["b": 1, "a": 2]
    #expect(object.keys == ["b", "a"])
    #expect(object == ["a": 2, "b": 1])
    #expect(object.hashValue == (["a": 2, "b": 1] as JSONObject).hashValue)
    object["b"] = 3
    object["c"] = 4
    object["a"] = nil
    #expect(object.keys == ["b", "c"])
    #expect(object["b"] == 3)
    let isNew = object.append("c", 5)
    #expect(!isNew)
    let twoSpellings = try JSONValue(parsing: #"{"\u00e9":1,"e\u0301":2}"#)
    #expect(twoSpellings["\u{e9}"] == 1)
    #expect(twoSpellings["e\u{301}"] == 2)
    var large = JSONObject()
    for index in 0..<100 { large.append("k\(index)", .integer(Int64(index))) }
    large["k50"] = nil
    #expect(large.count == 99)
    #expect(large["k99"] == 99)
    #expect(large["k50"] == nil)
}

@Test func `integers of 64 bits are exact and larger ones become doubles`() throws {
    #expect(try JSONValue(parsing: "9223372036854775807") == .integer(.max))
    #expect(try JSONValue(parsing: "-9223372036854775808") == .integer(.min))
    #expect(try JSONValue(parsing: "9223372036854775808") == .number(9_223_372_036_854_775_808))
    #expect(try JSONValue(parsing: "1e2") == .number(100))
    #expect(JSONValue.number(3).integer == 3)
    #expect(JSONValue.number(3.5).integer == nil)
    let minusZero = try JSONValue(parsing: "-0").double
    #expect(minusZero?.sign == .minus)
}

@Test func `what is not finite is written as a string`() {
    #expect(
        JSONValue.array([.number(.nan), .number(.infinity), .number(-.infinity)]).description
            == #"["NaN","Infinity","-Infinity"]"#)
}

@Test func `a writer puts commas and splices raw values`() {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("a")
    writer.beginArray()
    writer.integer(Int8.min)
    writer.integer(UInt64.max)
    writer.bool(true)
    writer.endArray()
    writer.key("b")
    Array(" { \"x y\" : [ 1 ,\n\t2 ] , \"q\\\" \" : \" \" } ".utf8).withUnsafeBufferPointer { writer.minified($0) }
    writer.key("c")
    writer.raw("1.50".utf8)
    writer.endObject()
    #expect(
        String(decoding: writer.bytes, as: UTF8.self)
            == #"{"a":[-128,18446744073709551615,true],"b":{"x y":[1,2],"q\" ":" "},"c":1.50}"#)
}
