import TestSupport
import Testing

@testable import WebSocket

struct FrameFuzzTests {
    @Test func `no frames make the codec crash, hang or grow`() async {
        // In a process of its own: others would grow beside it.
        await #expect(processExitsWith: .success) {
            let cases = fuzzCases(sample: 10_000)
            var random = FuzzGenerator(seed: 1)
            var messages = 0
            var broken = 0
            var before = 0
            var codec = FrameCodec(messageLimit: 256, fragmentLimit: 64)
            for number in 0..<cases {
                if number == cases / 10 { before = residentMemory() }
                let bytes = random.spoilt([FrameFuzzTests.frame(&random)])
                var rest = bytes[...]
                while !rest.isEmpty, !codec.isReadingOver {
                    let piece = rest.prefix(Int.random(in: 1...rest.count, using: &random))
                    rest = rest.dropFirst(piece.count)
                    for message in codec.feed(Array(piece)) {
                        messages += 1
                        switch message {
                        case .text(let bytes): #expect(String(validating: bytes, as: UTF8.self) != nil)
                        case .binary(let bytes): #expect(bytes.count <= 256)
                        }
                    }
                    #expect(codec.takeOutput().count <= 200 * piece.count + 200)
                }
                if codec.isReadingOver {
                    broken += 1
                    codec = FrameCodec(messageLimit: 256, fragmentLimit: 64)
                }
            }
            #expect(messages > cases / 20 && broken > cases / 20)
            #expect(residentMemory() - before < 32 << 20)
        }
    }

    private static func frame(_ random: inout FuzzGenerator) -> [UInt8] {
        let first: UInt8 = [0x81, 0x82, 0x01, 0x02, 0x80, 0x00, 0x89, 0x8a, 0x88].randomElement(using: &random) ?? 0x81
        let limit = [4, 8, 16, 130, 300].randomElement(using: &random) ?? 4
        let count = Int.random(in: 0...(first >= 0x88 ? min(limit, 125) : limit), using: &random)
        return clientFrame(first, (0..<count).map { _ in UInt8.random(in: 32...126, using: &random) })
    }
}
