import Foundations
import JSON
import Spaces
import Testing

@Test(arguments: spaceForms)
func `a space reads back from its JSON form as the same space`(form: JSONValue) throws {
    let space = try Space(json: form)
    #expect(try Space(json: JSONValue(parsing: space.json.encoded())) == space)
    #expect(space.json["type"] == form["type"])
}

@Test func `the JSON form has every member, in the dtype's precision`() throws {
    let cart = try Space(json: spaceForms[0])
    let high: JSONValue = [4.800000190734863, "Infinity", 0.5, "Infinity"]
    #expect(cart.json["high"]?.encoded() == high.encoded())
    #expect(try Space(json: ["type": "Discrete", "n": 2]).json == ["type": "Discrete", "n": 2, "start": 0])
    let equal = try Space(json: ["type": "Box", "shape": [2], "low": [0, 0], "high": [1, 1]])
    #expect(equal == (try Space(json: ["type": "Box", "dtype": "float32", "shape": [2], "low": 0, "high": 1])))
    #expect(equal.json == ["type": "Box", "dtype": "float32", "shape": [2], "low": 0.0, "high": 1.0])
}

@Test(arguments: spaceForms)
func `samples are in their space and repeat with the seed`(form: JSONValue) throws {
    let space = try Space(json: form)
    var one = SeededGenerator(seed: 7)
    var other = SeededGenerator(seed: 7)
    var values: [JSONValue] = []
    for _ in 0..<100 {
        let value = space.sample(using: &one)
        try space.check(value)
        #expect(value == space.sample(using: &other))
        values.append(value)
        #expect(try space.value(of: value.encoded()).json.canonical == value.canonical)
    }
    if space.json["shape"] != [0, 2], space.json["spaces"] != [] { #expect(Set(values).count > 1) }
}

@Test func `the generator is SplitMix64`() {
    var generator = SeededGenerator(seed: 1_234_567)
    #expect(
        (0..<3).map { _ in generator.next() } == [
            6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
        ])
}

@Test(
    arguments: [
        (#"[]"#, "a space is an object, not an array"),
        (#"{}"#, #"/type: a space has a "type""#),
        (#"{"type":"Boxx"}"#, #"/type: there is no space "Boxx"; did you mean Box?"#),
        (
            #"{"type":"Box","dtype":"flaot32","shape":[1],"low":0,"high":1}"#,
            #"/dtype: there is no dtype "flaot32"; did you mean float32?"#
        ),
        (#"{"type":"Box","shape":[1],"low":0}"#, "/high: is missing"),
        (#"{"type":"Box","shape":[-1],"low":0,"high":1}"#, "/shape/0: a length is a whole number from 0 on"),
        (#"{"type":"Box","shape":"x","low":0,"high":1}"#, "/shape: a shape is an array of lengths, not a string"),
        (#"{"type":"Box","dtype":"uint8","shape":[1],"low":-1,"high":1}"#, "/low: -1 does not fit uint8"),
        (#"{"type":"Box","shape":[2],"low":[0],"high":1}"#, "/low: an array of 2 is needed, not of 1"),
        (#"{"type":"Box","shape":[2],"low":[0,"x"],"high":1}"#, #"/low: /1: a number is needed, not the string "x""#),
        (#"{"type":"Box","shape":[2],"low":1,"high":0}"#, "the lower bound 1.0 is not below the upper bound 0.0"),
        (#"{"type":"Box","shape":[2],"low":"NaN","high":0}"#, "the lower bound NaN is not below the upper bound 0.0"),
        (
            #"{"type":"Box","dtype":"complex64","shape":[],"low":[0,0],"high":[1,1]}"#,
            "a Box has real numbers, not complex64"
        ),
        (
            #"{"type":"Box","shape":[9223372036854775807,2],"low":0,"high":1}"#,
            "a float32 tensor of shape [9223372036854775807, 2] is beyond the limit of 1073741824 bytes"
        ),
        (#"{"type":"Discrete","n":0}"#, "a Discrete has at least one value, not n 0"),
        (
            #"{"type":"Discrete","n":2,"start":9223372036854775807}"#,
            "a Discrete of 2 values from 9223372036854775807 passes 64 bits"
        ),
        (#"{"type":"Discrete","n":"2"}"#, "/n: a whole number is needed, not a string"),
        (#"{"type":"MultiDiscrete","nvec":[2,0]}"#, "a Discrete has at least one value, not n 0"),
        (#"{"type":"MultiDiscrete","nvec":[200],"dtype":"int8"}"#, "199 does not fit the space's dtype"),
        (#"{"type":"MultiDiscrete","nvec":[2,2],"start":[1]}"#, "/start: has the shape [1], nvec [2]"),
        (#"{"type":"Text","min_length":3,"max_length":2}"#, "a Text cannot have at least 3 and at most 2 characters"),
        (
            #"{"type":"Dict","spaces":{"a":{"type":"Tuple","spaces":[{"type":"Discrete"}]}}}"#,
            "/spaces/a/spaces/0/n: is missing"
        ),
        (#"{"type":"OneOf","spaces":[]}"#, "/spaces: a OneOf has at least one space"),
    ] as [(String, String)])
func `a wrong form names the place and the reason`(text: String, message: String) {
    let failure = #expect(throws: Failure.self) { try space(text) }
    #expect(failure?.code == .invalidArgument)
    #expect(failure?.message.hasSuffix(message) == true, "\(failure?.message ?? "")")
}

@Test func `a Graph is not supported and says so`() {
    let failure = #expect(throws: Failure.self) { try space(#"{"type":"Graph","node_space":{},"edge_space":null}"#) }
    #expect(failure?.code == .unimplemented)
    #expect(failure?.message == "/type: Graph spaces are not supported")
}

@Test func `schemas say what the values look like`() throws {
    let schema = try Space(json: spaceForms[0]).jsonSchema
    #expect(schema["$schema"] == "https://json-schema.org/draft/2020-12/schema")
    #expect(schema["minItems"] == 4)
    #expect(schema["items"] == ["anyOf": [["type": "number"], ["enum": ["-Infinity", "Infinity", "NaN"]]]])
    #expect(try Space(json: ["type": "Discrete", "n": 2]).jsonSchema["maximum"] == 1)
    let tuple = try Space(json: spaceForms[16]).jsonSchema
    #expect(tuple["prefixItems"]?[1]?["items"] == ["type": "integer", "minimum": 0, "maximum": 1])
    #expect(tuple["items"] == false)
    let text = try Space(json: ["type": "Text", "max_length": 3, "charset": "a-]"]).jsonSchema
    #expect(text["pattern"] == #"^[a\-\]]*$"#)
    #expect(try Space(json: spaceForms[15]).jsonSchema["required"] == ["velocity", "a/b~c", "position"])
}
