import Foundations
import Pictures
import Testing

@Suite struct `A PNG` {
    @Test(arguments: [(Picture.Channels.gray, "0"), (.rgb, "2"), (.rgba, "6")], [Picture.Compression.fast, .small])
    func `keeps every pixel`(_ kind: (Picture.Channels, String), _ compression: Picture.Compression) async throws {
        for (width, height) in [(1, 1), (7, 5), (160, 210)] {
            let count = width * height * kind.0.rawValue
            let pixels = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 5) }
            let picture = try Picture(width: width, height: height, channels: kind.0, pixels: pixels)
            let decoded = try await Decoded(pngDecoder, picture.png(compression))
            #expect(decoded.facts == ["\(width)", "\(height)", kind.1])
            #expect(decoded.pixels == pixels)
        }
    }

    @Test func `of a smooth frame is smaller when asked`() throws {
        let pixels = (0..<200 * 200 * 3).map { UInt8(truncatingIfNeeded: $0 / 600 &+ $0 % 600 / 3) }
        let picture = try Picture(width: 200, height: 200, channels: .rgb, pixels: pixels)
        #expect(try picture.png(.small).count <= picture.png(.fast).count)
    }
}

@Suite struct `A picture is refused` {
    @Test(arguments: [(0, 4), (4, 0), (-1, 4), (16385, 1), (Int.max, Int.max)])
    func `for its size`(_ width: Int, _ height: Int) {
        let failure = #expect(throws: Failure.self) {
            try Picture(width: width, height: height, channels: .rgb, pixels: [])
        }
        #expect(failure?.code == .invalidArgument)
        #expect(failure?.next.isEmpty == false)
    }

    @Test func `for the number of its pixels`() {
        let failure = #expect(throws: Failure.self) {
            try Picture(width: 2, height: 3, channels: .rgb, pixels: [UInt8](repeating: 0, count: 17))
        }
        #expect(failure?.message == "a 2 x 3 picture of 3 channels has 18 bytes, not 17")
    }

    @Test(arguments: [[], [4], [2, 2, 2], [2, 2, 5], [2, 2, 3, 1], [-2, -2], [2, 2, 0]])
    func `for its shape`(_ shape: [Int]) {
        let failure = #expect(throws: Failure.self) {
            try Picture(shape: shape, pixels: [UInt8](repeating: 0, count: 4))
        }
        #expect(failure?.code == .invalidArgument)
    }

    @Test func `never for a fitting one`() throws {
        let gray = try Picture(shape: [2, 3], pixels: [1, 2, 3, 4, 5, 6])
        #expect((gray.width, gray.height, gray.channels) == (3, 2, .gray))
        #expect(try Picture(shape: [1, 2, 4], pixels: [UInt8](repeating: 9, count: 8)).channels == .rgba)
    }
}
