import Foundations
import JSON
import Manifests
import Testing

private func check(_ parameters: JSONObject) throws -> JSONValue {
    .object(try manifest(fullExample).checkParameters(parameters))
}

@Test func `parameters get the defaults of the schema`() throws {
    #expect(try check(["mode": "easy"]).description == #"{"mode":"easy","size":3,"extra":{"deep":true}}"#)
    #expect(
        try check(["size": 9.0, "mode": "hard", "extra": ["deep": false], "list": [1, 2.5]])["extra"]?["deep"] == false)
    #expect(try manifest(smallExample).checkParameters(["anything": 1]) == ["anything": 1])
}

@Test func `parameters that do not fit are refused with their path`() throws {
    let cases: [(JSONObject, String, String)] = [
        ([:], "params: `mode` is missing", ""), (["mode": "eazy"], "params.mode: expected one of easy, hard", "`easy`"),
        (["mode": "easy", "size": 10], "params.size: 10 is above the maximum 9", ""),
        (["mode": "easy", "size": 0], "params.size: 0 is below the minimum 1", ""),
        (["mode": "easy", "size": 1.5], "params.size: expected a whole number, found `1.5`", ""),
        (["mode": "easy", "size": nil], "params.size: expected a whole number, found `null`", ""),
        (["mode": "easy", "siez": 1], "params: there is no key `siez`", "`size`"),
        (["mode": "easy", "list": [1, "x"]], "params.list[1]: expected a number, found `x`", ""),
        (["mode": "easy", "extra": ["deep": 1]], "params.extra.deep: expected a boolean, found `1`", ""),
        (["mode": ["x"]], "params.mode: expected one of easy, hard, found an array", ""),
    ]
    for (parameters, message, next) in cases {
        let failure = #expect(throws: Failure.self) { try check(parameters) }
        #expect(failure?.code == .invalidArgument)
        #expect(failure?.message.contains(message) == true, "\(String(describing: failure))")
        #expect(next.isEmpty || failure?.next == "did you mean \(next)?")
    }
}
