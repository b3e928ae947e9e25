import Foundations
import Testing

@testable import YAML

private func parse(_ text: String, limits: YAMLLimits = .standard) throws -> YAMLNode {
    try YAMLNode(parsing: text, file: "a.yaml", limits: limits)
}

private func value(_ text: String) throws -> YAMLScalar.Value? {
    guard case .scalar(let scalar) = try parse(text).content else { return nil }
    return scalar.value
}

private func message(_ text: String, limits: YAMLLimits = .standard) -> String {
    do {
        _ = try parse(text, limits: limits)
        return "no error"
    } catch {
        return (error as? Failure)?.message ?? "\(error)"
    }
}

@Test func `a document becomes a tree whose nodes know their places`() throws {
    let root = try parse("name: corral\nlist:\n  - 1\n  - {a: b}\n")
    #expect(root.kind == "a mapping")
    #expect(root.pair("list")?.keyMark.description == "a.yaml:2:1")
    #expect(root["list"]?[1]?["a"]?.mark.description == "a.yaml:4:9")
    #expect(root["list"]?[2] == nil)
    #expect(root["nothing"] == nil)
}

@Test(arguments: [
    ("a: null", YAMLScalar.Value.null), ("a: ~", .null), ("a:", .null), ("a: true", .bool(true)),
    ("a: FALSE", .bool(false)), ("a: yes", .string("yes")), ("a: on", .string("on")), ("a: 12", .integer(12)),
    ("a: -7", .integer(-7)), ("a: +7", .integer(7)), ("a: 0777", .integer(777)), ("a: 0o17", .integer(15)),
    ("a: 0xfF", .integer(255)), ("a: 0b1", .string("0b1")), ("a: 1_000", .string("1_000")), ("a: 1.5", .number(1.5)),
    ("a: .5", .number(0.5)), ("a: 5.", .number(5)), ("a: 1e3", .number(1000)), ("a: -1.5E-2", .number(-0.015)),
    ("a: .inf", .number(.infinity)), ("a: -.INF", .number(-.infinity)), ("a: 1.0.0", .string("1.0.0")),
    ("a: .", .string(".")), ("a: 1e", .string("1e")), ("a: nan", .string("nan")), ("a: 'true'", .string("true")),
    ("a: \"12\"", .string("12")), ("a: !!str 12", .string("12")), ("a: !!int \"12\"", .integer(12)),
    ("a: !!float 1", .number(1)), ("a: ! 12", .string("12")), ("a: 12:30:00", .string("12:30:00")),
    ("a: 2001-12-14", .string("2001-12-14")), ("a: |\n  x\n", .string("x\n")),
])
func `plain scalars follow the core schema of YAML 1.2 and quoted ones are strings`(
    text: String, expected: YAMLScalar.Value
) throws {
    guard case .scalar(let scalar)? = try parse(text)["a"]?.content else { throw Failure(.internal, "no scalar") }
    #expect(scalar.value == expected)
}

@Test func `a number that does not fit 64 bits has no value and not a number stays one`() throws {
    #expect(try value("9223372036854775808") == nil)
    #expect(try value("9223372036854775807") == .integer(.max))
    #expect(try value("1e999") == nil)
    #expect(try value("1e-999") == .number(0))
    guard case .number(let number)? = try value(".nan") else { throw Failure(.internal, "no number") }
    #expect(number.isNaN)
}

@Test(arguments: [
    ("a: 1\nb: [1, 2\n", "a.yaml:3:1: "), ("a: 1\na: 2\n", "a.yaml:2:1: the key `a` stands twice, first in line 1"),
    ("a: {'b': 1, b: 2}", "a.yaml:1:13: the key `b` stands twice"), ("", "a.yaml:1:1: the document is empty"),
    ("# nothing\n", "the document is empty"), ("a: 1\n---\nb: 2\n", "a second document"),
    ("a: *b", "a.yaml:1:4: no anchor `b`"), ("a: &b [*b]", "no anchor `b`"), ("a: !thing 1", "the tag `!thing`"),
    ("a: !!set {x}", "the tag `tag:yaml.org,2002:set`"), ("a: !!int x", "`x` does not fit its tag `!!int`"),
    ("? [a]\n: 1\n", "a key must be a scalar"), ("a: \"x\\0y\"", "a.yaml:1:4: a NUL character"),
    ("a:\n\t- b", "a.yaml:2:1: "), ("a: b: c", "a.yaml:1:5: "),
])
func `a broken document is refused with its place`(text: String, expected: String) {
    #expect(message(text).contains(expected))
}

@Test func `bytes that are no UTF-8 are refused`() {
    let failure = #expect(throws: Failure.self) {
        try YAMLNode(parsing: [0x61, 0x3a, 0x20, 0xff, 0xfe], file: "a.yaml")
    }
    #expect(failure?.code == .invalidArgument)
}

@Test func `aliases are replaced by what they name`() throws {
    let root = try parse("a: &x {k: [1]}\nb: *x\n")
    #expect(root["b"]?["k"]?[0]?.content == root["a"]?["k"]?[0]?.content)
    #expect(root["b"]?.mark.line == 2)
}

@Test func `a billion laughs are refused before they are laughed`() {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    for level in 1...12 {
        let items = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
        text += "a\(level): &a\(level) [\(items)]\n"
    }
    #expect(message(text).contains("aliases expand the document to more than 100000 nodes"))
}

@Test func `limits of size, depth and nodes hold, through aliases too`() {
    #expect(message("aaaa", limits: YAMLLimits(size: 3)).contains("passes the limit of 3"))
    #expect(message("[[[1]]]", limits: YAMLLimits(depth: 3)) == "no error")
    #expect(message("[[[[1]]]]", limits: YAMLLimits(depth: 3)).contains("nested more than 3 deep"))
    #expect(message("[&a [[1]], [*a]]", limits: YAMLLimits(depth: 4)) == "no error")
    #expect(message("[&a [[1]], [[*a]]]", limits: YAMLLimits(depth: 4)).contains("nested more than 4 deep"))
    #expect(message("[1, 2, 3]", limits: YAMLLimits(nodes: 3)).contains("more than 3 nodes"))
    #expect(message(String(repeating: "[", count: 500_000)).contains("nested more than 64 deep"))
    #expect(message(String(repeating: "{a: ", count: 200_000)).contains("nested more than 64 deep"))
}

@Test func `no cut of a document traps`() {
    let text = Array("a: &x [1, 'two', \"thr\\u00e9e\"]\nb: {c: *x, d: |\n  text\n}\n".utf8)
    for end in text.indices { _ = try? YAMLNode(parsing: Array(text[..<end]), file: "a.yaml") }
    for index in text.indices {
        var bytes = text
        bytes[index] ^= 0x55
        _ = try? YAMLNode(parsing: bytes, file: "a.yaml")
    }
}
