import Foundations
import Pictures
import Testing

@Suite struct `An animated GIF` {
    @Test func `keeps every frame of few colours, its delay and the loops`() async throws {
        let frames = try (0..<5).map { frame in
            try Picture(
                width: 40, height: 30, channels: .rgb,
                pixels: (0..<1200).flatMap { [UInt8($0 % 40 * 6), UInt8(frame * 50), UInt8($0 / 240)] })
        }
        var animation = try GIFAnimation(width: 40, height: 30, loops: 3)
        for (index, frame) in frames.enumerated() {
            try animation.append(frame, delay: .milliseconds(40 * (index + 1)))
        }
        let decoded = try await Decoded(gifDecoder, animation.finish())
        #expect(decoded.facts == ["40", "30", "3", "4", "8", "12", "16", "20"])
        #expect(decoded.pixels == frames.flatMap(\.pixels))
    }

    @Test func `plays once when told so`() async throws {
        var animation = try GIFAnimation(width: 1, height: 1, loops: nil)
        try animation.append(
            Picture(width: 1, height: 1, channels: .gray, pixels: [77]), delay: .seconds(100_000))
        let decoded = try await Decoded(gifDecoder, animation.finish())
        #expect(decoded.facts == ["1", "1", "-", "65535"])
        #expect(decoded.pixels == [77, 77, 77])
    }

    @Test func `keeps exactly 256 colours`() async throws {
        let pixels = (0..<256).map { UInt8($0) }
        var animation = try GIFAnimation(width: 16, height: 16)
        try animation.append(Picture(width: 16, height: 16, channels: .gray, pixels: pixels), delay: .milliseconds(20))
        let decoded = try await Decoded(gifDecoder, animation.finish())
        #expect(decoded.pixels == pixels.flatMap { [$0, $0, $0] })
    }

    @Test func `comes close to a frame of many colours`() async throws {
        let pixels = (0..<64 * 64).flatMap { (index: Int) -> [UInt8] in
            let (row, column) = index.quotientAndRemainder(dividingBy: 64)
            return [UInt8(column * 4), UInt8(row * 4), UInt8(row + column)]
        }
        var animation = try GIFAnimation(width: 64, height: 64)
        try animation.append(Picture(width: 64, height: 64, channels: .rgb, pixels: pixels), delay: .milliseconds(20))
        let decoded = try await Decoded(gifDecoder, animation.finish())
        try #require(decoded.pixels.count == pixels.count)
        let error = zip(decoded.pixels, pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
        #expect(Double(error) / Double(pixels.count) < 8)
    }

    @Test func `lays transparent pixels over black`() async throws {
        var animation = try GIFAnimation(width: 2, height: 1)
        try animation.append(
            Picture(width: 2, height: 1, channels: .rgba, pixels: [200, 100, 50, 0, 200, 100, 50, 255]), delay: .zero)
        #expect(try await Decoded(gifDecoder, animation.finish()).pixels == [0, 0, 0, 200, 100, 50])
    }

    @Test func `refuses another size, wrong numbers, and to be empty`() throws {
        var animation = try GIFAnimation(width: 2, height: 1)
        do {
            try animation.append(Picture(width: 1, height: 1, channels: .gray, pixels: [0]), delay: .zero)
            Issue.record("a frame of another size was taken")
        } catch {
            #expect(error.message == "frame 0 has 1 x 1 pixels, the first 2 x 1")
        }
        do {
            _ = try animation.finish()
            Issue.record("an animation without frames was written")
        } catch {
            #expect(error.code == .failedPrecondition)
        }
        for (width, height, loops) in [(0, 1, 0), (1, 20000, 0), (1, 1, -1), (1, 1, 65536)] {
            let failure = #expect(throws: Failure.self) {
                _ = try GIFAnimation(width: width, height: height, loops: loops)
            }
            #expect(failure?.code == .invalidArgument)
        }
    }
}
