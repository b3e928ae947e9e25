import Glibc
import Protobuf

// For the test that compares with Python's protobuf: reads messages until the end, each behind its length in four bytes
// (little-endian), and answers each with its length and its bytes as this codec writes them, or with 0xffffffff where it
// refuses it.

func readAll() -> [UInt8] {
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = read(0, &part, part.count)
        if count <= 0 { return bytes }
        bytes += part[..<count]
    }
}

func little(_ number: UInt32) -> [UInt8] { withUnsafeBytes(of: number.littleEndian) { Array($0) } }

let input = readAll()
var output: [UInt8] = []
var place = 0
while place + 4 <= input.count {
    let count = input[place..<place + 4].reversed().reduce(0) { $0 << 8 | Int($1) }
    let message = input[place + 4..<min(place + 4 + count, input.count)]
    place += 4 + count
    do {
        let bytes = try CorralTest.Everything(protobuf: message).protobuf()
        output += little(UInt32(bytes.count)) + bytes
    } catch {
        output += little(.max)
    }
}
var rest = output[...]
while !rest.isEmpty {
    let count = rest.withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
    if count <= 0 { exit(1) }
    rest = rest.dropFirst(count)
}
