import Foundations
import JSON
import Testing
import YAML

@Test func `a document converts to JSON in its order`() throws {
    let text = "b: [1, 2.5, 'x', ~, yes, true]\na: {low: -.inf, high: .inf, n: .nan}\nc: !!str 1\n"
    let value = try YAMLNode(parsing: text, file: "a.yaml").json()
    #expect(
        value.description
            == #"{"b":[1,2.5,"x",null,"yes",true],"a":{"low":"-Infinity","high":"Infinity","n":"NaN"},"c":"1"}"#)
}

@Test func `an integer of more than 64 bits is refused with its place`() throws {
    let node = try YAMLNode(parsing: "a:\n  - 18446744073709551616\n", file: "a.yaml")
    let failure = #expect(throws: Failure.self) { try node.json() }
    #expect(failure?.message == "a.yaml:2:5: `18446744073709551616` does not fit 64 bits")
}
