import JSON
import Spaces
import Testing

private func hex(_ bytes: [UInt8]) -> String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
}

private func canonical(_ space: Space, _ text: String, tensors: [String: Tensor] = [:]) throws -> [UInt8] {
    try space.canonicalBytes(of: Array(text.utf8), tensors: tensors)
}

@Test func `canonical bytes are laid out as documented`() throws {
    let dict = try space(
        #"{"type":"Dict","spaces":{"b":{"type":"Discrete","n":99},"a":{"type":"Box","dtype":"int16","shape":[1,2],"low":-9,"high":9}}}"#
    )
    let bytes = try canonical(dict, #"{"b": 12, "a": [[1, -2]]}"#)
    let tensor =
        "01" + "05" + hex(Array("int16".utf8)) + "02000000" + "0100000000000000" + "0200000000000000" + "0100feff"
    let leaf = "02" + "0200000000000000" + hex(Array("12".utf8))
    #expect(hex(bytes) == "03" + "02000000" + "01000000" + "61" + tensor + "01000000" + "62" + leaf)
    #expect(try canonical(dict, #"{"a":[[1.0,-2e0]],"b":1.2e1}"#) == bytes)
    let texts = try space(
        #"{"type":"Tuple","spaces":[{"type":"Text"},{"type":"Sequence","space":{"type":"Discrete","n":9}}]}"#)
    #expect(
        hex(try canonical(texts, #"["\u0061\/", [ 1 ]]"#))
            == "04" + "02000000" + "02" + "0400000000000000" + hex(Array(#""a/""#.utf8)) + "04" + "01000000" + "02"
            + "0100000000000000" + "31")
}

/// A value's JSON with every array that can be lifted out as a tensor of the space's dtype.
private func lifted(_ space: Space, _ value: JSONValue) throws -> SplitJSON {
    SplitJSON(try space.value(of: value.encoded()))
}

@Test(arguments: spaceForms)
func `tensors and JSON numbers give the same canonical bytes`(form: JSONValue) throws {
    let space = try Space(json: form)
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<30 {
        let value = space.sample(using: &generator)
        let split = try lifted(space, value)
        let bytes = try space.canonicalBytes(of: value.encoded())
        #expect(try space.canonicalBytes(of: split.text, tensors: split.tensors) == bytes)
        #expect(try space.canonicalBytes(of: split.joined()) == bytes)
        let decoded = try TensorForm.decode(TensorForm.encode(split))
        #expect(decoded == split)
    }
}

@Test func `a tensor of another dtype gives the bytes that its JSON would`() throws {
    let box = try space(#"{"type":"Box","dtype":"float32","shape":[2],"low":-10,"high":10}"#)
    let expected = try canonical(box, "[0.1,-3]")
    #expect(try canonical(box, "null", tensors: ["": Tensor([0.1, -3] as [Double])]) == expected)
    let whole = try canonical(box, "[1,-3]")
    #expect(try canonical(box, "null", tensors: ["": Tensor([1, -3] as [Int8])]) == whole)
    let counts = try space(#"{"type":"Box","dtype":"uint8","shape":[1],"low":0,"high":9}"#)
    #expect(complaint(counts, "null", tensors: ["": Tensor([1.5] as [Float])]) == "/0: 1.5 is no whole number")
    #expect(complaint(counts, "null", tensors: ["": Tensor([-1] as [Int64])]) == "/0: -1 does not fit uint8")
    #expect(complaint(counts, "null", tensors: ["": Tensor([10] as [Int64])]) == "/0: 10 is above the upper bound 9")
    #expect(complaint(counts, "null", tensors: ["": Tensor([10] as [UInt8])]) == "/0: 10 is above the upper bound 9")
    #expect(
        complaint(counts, "null", tensors: ["": Tensor([1, 2] as [UInt8])])
            == "an array of shape [1] is needed, not of [2]")
    #expect(complaint(counts, "null", tensors: ["/x": Tensor([1] as [UInt8])]) == "an array of 1 is needed, not null")
    let complex = try Tensor(dtype: .complex64, shape: [1], bytes: [UInt8](repeating: 0, count: 8))
    #expect(complaint(counts, "null", tensors: ["": complex]) == "an array of uint8 is needed, not of complex64")
}

@Test func `every NaN and no zero is canonical as JSON has it`() throws {
    let box = try space(#"{"type":"Box","dtype":"float32","shape":[3],"low":"-Infinity","high":"Infinity"}"#)
    let odd = Tensor([Float(bitPattern: 0xffc0_0001), -0.0, .infinity])
    #expect(try canonical(box, "null", tensors: ["": odd]) == canonical(box, #"["NaN",-0.0,"Infinity"]"#))
    #expect(try canonical(box, "[0,0,0]") != canonical(box, "[0,-0.0,0]"))
}

@Test func `a stacked sequence may come as one tensor`() throws {
    let sequence = try Space(json: spaceForms[18])
    let stack = try Tensor([1, 2, 3, -3, 0, 0] as [Int16], shape: [3, 2])
    #expect(try canonical(sequence, "null", tensors: ["": stack]) == canonical(sequence, "[[1,2],[3,-3],[0,0]]"))
    let wrong = try Tensor([1, 2, 3, 4] as [Int16], shape: [2, 2])
    #expect(complaint(sequence, "null", tensors: ["": wrong]) == "/1/1: 4 is above the upper bound 3")
    #expect(
        complaint(sequence, "null", tensors: ["": try Tensor([1], shape: [])])?.contains("of Box is needed") == true)
}

@Test func `single integers may come as tensors without axes`() throws {
    let discrete = try space(#"{"type":"Discrete","n":4}"#)
    let three = try Tensor([3] as [Int32], shape: [])
    #expect(try canonical(discrete, "null", tensors: ["": three]) == canonical(discrete, "3"))
    #expect(
        complaint(discrete, "null", tensors: ["": Tensor([3] as [Int32])])
            == "a whole number is needed, not an array of shape [1]")
}
