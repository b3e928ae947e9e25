import Testing
import Zstd

@Suite struct ZstdTests {
    private let text = Array(String(repeating: "a frame of a game; ", count: 20_000).utf8)

    @Test func `a frame gives back what went in`() throws {
        var compressor = try ZstdCompressor()
        var decompressor = try ZstdDecompressor()
        for content in [[], [7], text] {
            let frame = try compressor.frame(content)
            #expect(try decompressor.content(of: frame[...], limit: content.count) == content)
        }
        #expect(try compressor.frame(text).count < text.count / 100)
    }

    @Test func `a stream in small pieces gives back what went in`() throws {
        var compressor = try ZstdCompressor(level: 1)
        var frame: [UInt8] = []
        for start in stride(from: 0, to: text.count, by: 777) {
            try compressor.write(Array(text[start..<min(start + 777, text.count)])) { frame += $0 }
        }
        try compressor.finish { frame += $0 }
        var decompressor = try ZstdDecompressor()
        var content: [UInt8] = []
        for start in stride(from: 0, to: frame.count, by: 5) {
            try decompressor.read(frame[start..<min(start + 5, frame.count)]) { content += $0 }
        }
        #expect(content == text)
        let isWhole = decompressor.isBetweenFrames
        #expect(isWhole)
    }

    @Test func `more output than allowed is refused`() throws {
        var compressor = try ZstdCompressor()
        let frame = try compressor.frame([UInt8](repeating: 0, count: 100_000_000))
        #expect(frame.count < 20_000)
        var decompressor = try ZstdDecompressor()
        let error = #expect(throws: ZstdError.self) { try decompressor.content(of: frame[...], limit: 1000) }
        #expect(error == .tooLarge(limit: 1000))
        #expect(try decompressor.content(of: try compressor.frame([1, 2])[...], limit: 2) == [1, 2])
    }

    @Test func `cut and damaged frames are errors, and the next frame is read`() throws {
        var compressor = try ZstdCompressor()
        var decompressor = try ZstdDecompressor()
        let frame = try compressor.frame(text)
        for count in 1..<frame.count {
            #expect(throws: ZstdError.self) { try decompressor.content(of: frame[..<count], limit: text.count) }
        }
        var refused = 0
        for place in frame.indices {
            var damaged = frame
            damaged[place] ^= 0x10
            let content = try? decompressor.content(of: damaged[...], limit: text.count)
            if content != text { refused += 1 }
        }
        #expect(refused >= frame.count - 1)
        #expect(try decompressor.content(of: frame[...], limit: text.count) == text)
    }

    @Test func `a window that is too large is refused`() throws {
        var compressor = try ZstdCompressor(level: 19)
        var frame: [UInt8] = []
        var noise = SystemRandomNumberGenerator()
        for _ in 0..<5 {
            try compressor.write((0..<1 << 20).map { _ in UInt8.random(in: 0...255, using: &noise) }) { frame += $0 }
        }
        try compressor.finish { frame += $0 }
        var decompressor = try ZstdDecompressor(windowLog: 20)
        #expect(throws: ZstdError.self) { try decompressor.content(of: frame[...], limit: 1 << 30) }
    }
}
