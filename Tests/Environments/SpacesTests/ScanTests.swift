import Foundations
import JSON
import Spaces
import Testing

@Test func `an error names the place and the bound`() throws {
    let dict = try Space(json: spaceForms[15])
    let good = #"{"position":[4.8,-4.8],"a/b~c":2,"velocity":[1.5]}"#
    #expect(complaint(dict, good) == nil)
    #expect(
        complaint(dict, #"{"position":[0,7.5],"a/b~c":2,"velocity":[0]}"#)
            == "/position/1: 7.5 is above the upper bound 4.8")
    #expect(
        complaint(dict, #"{"a/b~c":3,"position":[0,0],"velocity":[0]}"#, at: "/action")
            == "/action/a~1b~0c: 3 is above the upper bound 2")
    #expect(complaint(dict, #"{"a/b~c":2,"velocity":[0]}"#) == #"the key "position" is missing"#)
    #expect(complaint(dict, #"{"a/b~c":2,"velo":[0]}"#) == #"the key "velo" is not one of the space"#)
    #expect(complaint(dict, "[]", at: "/action") == "/action: an object is needed, not an array")
    #expect(complaint(dict, #"{"a/b~c":2,"a/b~c":2}"#)?.contains("a second time") == true)
    #expect(complaint(dict, #"{"a/b~c":2,"#) == "malformed JSON: the text ends inside a value at byte 11")
    #expect(complaint(dict, good + " x") == "malformed JSON: something after the value at byte 51")
}

@Test(
    arguments: [
        (0, "[5,0,0,0]", "/0: 5.0 is above the upper bound 4.8"),
        (0, "[0,0,-1,0]", "/2: -1.0 is below the lower bound -0.5"),
        (0, "[0,0,0]", "an array of 4 is needed, not of 3"), (0, "[0,0,0,0,0]", "an array of 4 is needed, not of more"),
        (0, "[0,0,0,\"Infinite\"]", "/3: a number is needed, not the string \"Infinite\""),
        (0, "[\"NaN\",0,0,0]", "/0: NaN is not within the bounds -4.8 and 4.8"),
        (0, "[\"Infinity\",0,0,0]", "/0: Infinity is above the upper bound 4.8"),
        (0, "[0,1e39,0,0]", "/1: 1e+39 does not fit float32"), (0, "[0,null,0,0]", "/1: a number is needed, not null"),
        (0, "0", "an array of 4 is needed, not a number"), (0, "[[0],0,0,0]", "/0: a number is needed, not an array"),
        (1, "[[[0,0,0],[0,0,0],[0,0,0]],[[0,0,0],[0,256,0],[0,0,0]]]", "/1/1/1: 256 does not fit uint8"),
        (1, "[[[0,0,0],[0,0,0],[0,0,0]],[[0,0,0],[0,0,0],[0,0]]]", "/1/2: an array of 3 is needed, not of 2"),
        (1, "[[[0,0,0],[0,0,0],[0,0,0]],[[0,0,0],[0,0,0],[0,0,1.5]]]", "/1/2/2: 1.5 is no whole number"),
        (1, "[[[0,0,0],[0,0,0],[0,0,0]]]", "an array of 2 is needed, not of 1"),
        (2, "1.5", "1.5 is above the upper bound 1.0"), (5, "[true,2,false]", "/1: true or false is needed, not 2"),
        (6, "[[]]", "an array of 0 is needed, not of more"),
        (7, "3", "3 is above the upper bound 2"), (7, "-3", "-3 is below the lower bound -2"),
        (7, "0.5", "0.5 is no whole number"), (7, "true", "a whole number is needed, not a boolean"),
        (7, "9223372036854775808", "9223372036854775808 does not fit int64"),
        (9, "[0,0]", "/0: 0 is below the lower bound 1"), (9, "[3,1]", "/1: 1 is above the upper bound 0"),
        (11, "[0,1,0,1,2]", "/4: 2 is above the upper bound 1"),
        (11, "[0,1,0,1,true]", "/4: a whole number is needed, not a boolean"),
        (13, "\"\"", "0 characters are fewer than 1"), (13, "\"aaaaaaaaaaa\"", "11 characters are more than 10"),
        (13, "\"abc\"", "the character \"c\" is not in the charset"), (13, "1", "a string is needed, not a number"),
        (16, "[0]", "an array of 2 is needed, not of 1"), (16, "[0,[0,1],0]", "an array of 2 is needed, not of more"),
        (16, "[0,[0,3]]", "/1/1: 3 is above the upper bound 1"),
        (18, "[[0,0],[0,4]]", "/1/1: 4 is above the upper bound 3"), (18, "{}", "an array is needed, not an object"),
        (19, "[2,0]", "/0: 2 is above the upper bound 1"), (19, "[1,[10]]", "/1/0: 10 is above the upper bound 9"),
        (19, "[0]", "an array of a space's index and a value is needed, not of 1"),
    ] as [(Int, String, String)])
func `what is not in a space is refused with its place`(form: Int, text: String, message: String) throws {
    #expect(complaint(try Space(json: spaceForms[form]), text) == message)
}

@Test func `values are compared after rounding to the dtype`() throws {
    let half = try space(#"{"type":"Box","dtype":"float32","shape":[],"low":-0.1,"high":0.1}"#)
    for value in ["0.1", "0.10000000149011612", "-0.1", "0.100000001"] { #expect(complaint(half, value) == nil) }
    #expect(complaint(half, "0.10000002") == "0.10000002 is above the upper bound 0.1")
}

@Test func `NaN and infinities are taken where bounds are infinite`() throws {
    let free = try Space(json: spaceForms[3])
    #expect(complaint(free, #"["NaN","Infinity","-Infinity"]"#) == nil)
    let half = try space(#"{"type":"Box","shape":[],"low":0,"high":"Infinity"}"#)
    #expect(complaint(half, #""Infinity""#) == nil)
    #expect(complaint(half, #""NaN""#) == "NaN is not within the bounds 0.0 and Infinity")
}

@Test func `whole numbers may have a point, and 64-bit ones are exact`() throws {
    #expect(complaint(try Space(json: spaceForms[7]), "2.0") == nil)
    let wide = try space(#"{"type":"Box","dtype":"uint64","shape":[1],"low":0,"high":"Infinity"}"#)
    let value = try wide.value(of: Array("[18446744073709551615]".utf8))
    #expect(value == .tensor(Tensor([UInt64.max])))
    #expect(complaint(wide, "[18446744073709551616]")?.hasSuffix("does not fit uint64") == true)
}

@Test func `without checks bounds are free but the form is not`() throws {
    func scan(_ text: String, canonical: Bool) throws -> [UInt8]? {
        var bytes: [UInt8]? = canonical ? [] : nil
        let space = try Space(json: spaceForms[0])
        try JSONReader.reading(Array(text.utf8)) { (reader) throws(ScanError) in
            try space.scan(&reader, canonical: &bytes, check: false)
        }
        return bytes
    }
    #expect(try scan("[100,0,0,0]", canonical: true)?.count == 1 + 1 + 7 + 4 + 8 + 16)
    #expect(try scan("{\"any\":1}", canonical: false) == nil)
    #expect(throws: ScanError.self) { try scan("[100,0,0]", canonical: true) }
    #expect(throws: ScanError.self) { try scan("[1,}", canonical: false) }
}

@Test func `a mismatch becomes a failure of the code asked for`() throws {
    let error = #expect(throws: ScanError.self) { try Space(json: spaceForms[7]).check(9, pointer: "/action") }
    let failure = error?.failure(.invalidAction)
    #expect(failure?.code == .invalidAction)
    #expect(failure?.message == "/action: 9 is above the upper bound 2")
    #expect(failure?.details == ["pointer": "/action"])
    #expect(try !Space(json: spaceForms[7]).contains("x"))
}
