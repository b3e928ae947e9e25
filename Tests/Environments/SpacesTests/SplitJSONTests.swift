import Foundations
import JSON
import Spaces
import Testing

private func joined(_ text: String, _ tensors: [String: Tensor]) throws -> String {
    String(decoding: try SplitJSON(text: Array(text.utf8), tensors: tensors).joined(), as: UTF8.self)
}

@Test func `tensors fill the places of null and nothing else changes`() throws {
    let text = #" {"a": [1.50, null, {"x/y": null}], "b" : null , "c":null}"#
    let tensors = [
        "/a/1": try Tensor([1, 2, 3, 4] as [UInt8], shape: [2, 2]),
        "/a/2/x~1y": try Tensor([-0.5] as [Double], shape: []),
        "/c": Tensor([Float.nan, 0.1]),
    ]
    #expect(
        try joined(text, tensors)
            == #"{"a": [1.50, [[1,2],[3,4]], {"x/y": -0.5}], "b" : null , "c":["NaN",0.10000000149011612]}"#)
    #expect(try joined("null", ["": Tensor([true ? 1 : 0] as [Int8])]) == "[1]")
}

@Test(arguments: ["/x", "/b", "/a/3", "/a/1/0", "a", "/a~2", "", "/a/01", "/a/-", "//"])
func `a tensor without a null in its place is a failure`(pointer: String) {
    let failure = #expect(throws: Failure.self) {
        try joined(#"{"a":[1,null,2],"b":3}"#, [pointer: Tensor([1] as [Int8])])
    }
    #expect(failure?.code == .invalidArgument)
}

@Test func `tensors of other members are left alone`() throws {
    let text = Array(#"{"frame":null}"#.utf8)
    let frame = Tensor([7] as [UInt8])
    var bytes: [UInt8] = []
    try JSONReader.reading(text) { (reader) throws(Failure) in
        try reader.joinValue(
            with: ["/observation/frame": frame, "/observationist": frame, "/info/x": frame], pointer: "/observation",
            into: &bytes)
    }
    #expect(String(decoding: bytes, as: UTF8.self) == #"{"frame":[7]}"#)
}

@Test func `pointers of any depth are failures, not traps`() {
    let deep = String(repeating: "/a", count: 300_000)
    #expect(throws: Failure.self) { try joined("{}", [deep: Tensor([1] as [Int8])]) }
    #expect(throws: Failure.self) {
        try joined(#"{"a":null,"a":null}"#, ["/a": Tensor([1] as [Int8]), "/a/b": Tensor([1] as [Int8])])
    }
}
