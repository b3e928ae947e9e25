import Testing

@testable import WebSocket

struct FrameCodecTests {
    @Test func `a masked text frame becomes a message, also byte by byte`() {
        let frame = clientFrame(0x81, Array("hello".utf8))
        #expect(FrameCodec(messageLimit: 100).feed(frame) == [.text(Array("hello".utf8))])
        let codec = FrameCodec(messageLimit: 100)
        #expect(frame.flatMap { codec.feed([$0]) } == [.text(Array("hello".utf8))])
    }

    @Test func `fragments of a message are joined, with a ping between them answered`() {
        let codec = FrameCodec(messageLimit: 100)
        #expect(codec.feed(clientFrame(0x02, [1, 2])).isEmpty)
        #expect(codec.feed(clientFrame(0x89, [9])).isEmpty)
        #expect(codec.takeOutput() == [0x8a, 1, 9])
        #expect(codec.feed(clientFrame(0x80, [3])) == [.binary([1, 2, 3])])
    }

    @Test(arguments: [
        ("an unmasked frame", [0x81, 1, 65] as [UInt8], 1002 as Int?),
        ("a reserved bit", clientFrame(0xc1, [65]), 1002),
        ("an unknown opcode", clientFrame(0x83, [65]), 1002),
        ("a continuation of nothing", clientFrame(0x80, [65]), 1002),
        ("a fragmented ping", clientFrame(0x09, [65]), nil),
        ("a text that is no UTF-8", clientFrame(0x81, [0xff]), 1007),
        ("a close frame of one byte", clientFrame(0x88, [3]), nil),
        ("a message that is too long", clientFrame(0x82, [UInt8](repeating: 0, count: 101)), 1009),
    ]) func `what breaks the protocol is answered with a close frame`(_ name: String, _ bytes: [UInt8], _ code: Int?) {
        let codec = FrameCodec(messageLimit: 100)
        #expect(codec.feed(bytes).isEmpty)
        let output = codec.takeOutput()
        #expect(codec.isReadingOver && codec.isCloseSent)
        // What the library finds in the header of a frame it answers without a code.
        guard let code else { return #expect(output == [0x88, 0]) }
        #expect(output.count >= 4 && output[0] == 0x88 && Int(output[2]) << 8 | Int(output[3]) == code)
    }

    @Test func `a message in too many fragments is refused`() {
        let codec = FrameCodec(messageLimit: 1 << 20, fragmentLimit: 8)
        _ = codec.feed(clientFrame(0x01, [65]))
        for _ in 0..<20 where !codec.isReadingOver { _ = codec.feed(clientFrame(0x00, [65])) }
        #expect(codec.isReadingOver)
        #expect(codec.takeOutput().prefix(1) == [0x88])
    }

    @Test func `a close frame is answered with its code`() {
        let codec = FrameCodec(messageLimit: 100)
        _ = codec.feed(clientFrame(0x88, [0x03, 0xe8]))
        #expect(codec.isCloseReceived)
        #expect(codec.takeOutput() == [0x88, 2, 0x03, 0xe8])
        #expect(codec.isCloseSent)
    }

    @Test(arguments: [0, 125, 126, 65_535, 65_536])
    func `frames have the shortest length that fits`(_ count: Int) {
        let frame = FrameCodec.frame([UInt8](repeating: 7, count: count), isText: false)
        let header = count < 126 ? 2 : count < 65_536 ? 4 : 10
        #expect(frame.count == header + count)
        #expect(frame[0] == 0x82 && frame[1] == (count < 126 ? UInt8(count) : count < 65_536 ? 126 : 127))
    }
}

extension FrameCodec {
    func feed(_ bytes: [UInt8]) -> [Message] { bytes.withUnsafeBytes { receive($0) } }
}

/// A frame as clients send it.
func clientFrame(_ first: UInt8, _ payload: [UInt8], mask: [UInt8] = [1, 2, 3, 4]) -> [UInt8] {
    var frame: [UInt8] = [first]
    switch payload.count {
    case 0..<126: frame.append(0x80 | UInt8(payload.count))
    case 126..<65_536: frame += [0xfe, UInt8(payload.count >> 8), UInt8(payload.count & 255)]
    default:
        frame.append(0xff)
        for shift in stride(from: 56, through: 0, by: -8) {
            frame.append(UInt8(truncatingIfNeeded: payload.count >> shift))
        }
    }
    return frame + mask + payload.enumerated().map { $1 ^ mask[$0 % 4] }
}
