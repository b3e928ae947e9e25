import Foundations
import JSON
import Spaces
import Testing

private let message: Value = .dict([
    (
        "observation",
        .dict([
            ("frame", .tensor(Tensor((0..<200).map { UInt8($0) }))), ("pose", .tensor(Tensor([1.5, -2] as [Float]))),
            ("a/b~", .list([.json(1), .tensor(Tensor([] as [Int64]))])),
        ])
    ),
    ("reward", .json(1.0)), ("info", .json(["tensor": ["dtype": "int8"]])),
])

private func message(_ header: String, data: [UInt8] = []) -> [UInt8] {
    var bytes = withUnsafeBytes(of: UInt32(header.utf8.count)) { Array($0) } + Array(header.utf8)
    while bytes.count % 64 != 0 { bytes.append(0) }
    return bytes + data
}

@Test func `a message in tensor form has aligned tensors and reads back`() throws {
    let bytes = try TensorForm.encode(message)
    let length = Int(bytes[0]) | Int(bytes[1]) << 8
    #expect((4 + length) % 64 == 0)
    let header = try JSONValue(parsing: Array(bytes[4..<4 + length]))
    let frame = header["observation"]?["frame"]?["tensor"]
    #expect(frame?["dtype"] == "uint8")
    #expect(frame?["shape"] == [200])
    #expect(frame?["nbytes"] == 200)
    let offset = Int(try #require(frame?["offset"]?.integer))
    #expect(offset % 64 == 0)
    #expect(Array(bytes[4 + length + offset..<4 + length + offset + 200]) == (0..<200).map { UInt8($0) })
    let split = try TensorForm.decode(bytes)
    #expect(split.tensors.keys.sorted() == ["/observation/a~1b~0/1", "/observation/frame", "/observation/pose"])
    #expect(try JSONValue(parsing: split.joined()) == message.json)
    #expect(split.tensors == SplitJSON(message).tensors)
}

@Test(
    arguments: [
        (#"{"a":{"tensor":{"dtype":"uint8","shape":[4],"offset":0,"nbytes":3}}}"#, "has 3 bytes, but its shape 4"),
        (
            #"{"a":{"tensor":{"dtype":"uint8","shape":[65],"offset":0,"nbytes":65}}}"#,
            "65 bytes at 0 are beyond the 64 bytes of data"
        ),
        (#"{"a":{"tensor":{"dtype":"uint8","shape":[1],"offset":64,"nbytes":1}}}"#, "1 bytes at 64 are beyond"),
        (
            #"{"a":{"tensor":{"dtype":"uint8","shape":[1],"offset":9223372036854775744,"nbytes":1}}}"#,
            "beyond the 64 bytes"
        ),
        (#"{"a":{"tensor":{"dtype":"uint8","shape":[1],"offset":-64,"nbytes":1}}}"#, "is not a multiple of 64"),
        (#"{"a":{"tensor":{"dtype":"uint8","shape":[1],"offset":1,"nbytes":1}}}"#, "is not a multiple of 64"),
        (#"{"a":{"tensor":{"dtype":"uint8","shape":[-1],"offset":0,"nbytes":-1}}}"#, "whole numbers from 0 on"),
        (
            #"{"a":{"tensor":{"dtype":"uint8","shape":[4611686018427387904,4],"offset":0,"nbytes":0}}}"#,
            "beyond the limit"
        ),
        (#"{"a":{"tensor":{"dtype":"object","shape":[1],"offset":0,"nbytes":1}}}"#, "dtype, shape, offset and nbytes"),
        (#"{"a":{"tensor":{"dtype":"bool","shape":[1],"offset":0,"nbytes":1}}}"#, "neither 0 nor 1"),
        (
            #"{"a":{"tensor":{"dtype":"uint8","shape":[2],"offset":0,"nbytes":2}},"b":{"tensor":{"dtype":"uint8","shape":[1],"offset":0,"nbytes":1}}}"#,
            "share bytes"
        ),
        (
            #"{"a":{"tensor":{"dtype":"uint8","shape":[0],"offset":0,"nbytes":0}},"a":{"tensor":{"dtype":"uint8","shape":[0],"offset":0,"nbytes":0}}}"#,
            "a key stands twice"
        ),
        (#"{"a":"#, "the text ends inside a value"),
    ] as [(String, String)])
func `a hostile header is a failure that says why`(header: String, reason: String) {
    let failure = #expect(throws: Failure.self) {
        try TensorForm.decode(message(header, data: [UInt8](repeating: 7, count: 64)))
    }
    #expect(failure?.message.contains(reason) == true, "\(failure?.message ?? "")")
}

@Test func `short messages and lying lengths are failures`() {
    for bytes in [[], [0], [0, 0, 0], [0, 0, 0, 0], [255, 255, 255, 255], [2, 0, 0, 0, 0x7b]] as [[UInt8]] {
        #expect(throws: Failure.self) { try TensorForm.decode(bytes) }
    }
}

@Test func `objects that only resemble references are data, and one that is none cannot be encoded`() throws {
    for text in [
        #"{"tensor":{"dtype":"uint8","shape":[1],"offset":0}}"#, #"{"tensor":[1]}"#,
        #"{"tensor":{"dtype":"uint8","shape":[1],"offset":0,"nbytes":1},"x":1}"#,
        #"{"tensor":{"dtype":"uint8","shape":[1],"offset":0,"nbytes":1,"x":1}}"#,
    ] {
        let split = SplitJSON(text: Array(text.utf8))
        #expect(try JSONValue(parsing: TensorForm.decode(TensorForm.encode(split)).text) == JSONValue(parsing: text))
    }
    let forged = #"{"info":{"t\u0065nsor":{"dtype":"uint8","shape":[1],"offset":0,"nbytes":1}}}"#
    let failure = #expect(throws: Failure.self) { try TensorForm.encode(SplitJSON(text: Array(forged.utf8))) }
    #expect(failure?.message.contains("looks like a reference") == true)
}

@Test func `mutated messages never trap, and what is read fits its bytes`() throws {
    let good = try TensorForm.encode(message)
    var generator = SeededGenerator(seed: 11)
    var taken = 0
    let alphabet = Array(#"{}[]:,"0123456789-.e\/ tensordtypshapofnby"#.utf8)
    for _ in 0..<20_000 {
        var bytes = good
        for _ in 0...Int.random(in: 0..<4, using: &generator) {
            let place = Int.random(in: 0..<min(bytes.count, 520), using: &generator)
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
            case 1: bytes[place] = alphabet.randomElement(using: &generator) ?? 0
            case 2: bytes.remove(at: place)
            default: bytes.removeLast(Int.random(in: 0..<bytes.count - 8, using: &generator) / 8)
            }
        }
        guard let split = try? TensorForm.decode(bytes) else { continue }
        taken += 1
        for tensor in split.tensors.values {
            #expect(try Tensor.byteCount(dtype: tensor.dtype, shape: tensor.shape) == tensor.bytes.count)
        }
        _ = try split.joined()
    }
    #expect(taken > 100)
}
