import Foundations

/// One frame: 8 bits a channel, rows from the top without padding; `pixels` has the shape `[height, width, channels]`.
public struct Picture: Sendable, Equatable {
    public enum Channels: Int, Sendable {
        case gray = 1
        case rgb = 3
        /// The alpha is not premultiplied.
        case rgba = 4
    }

    /// The longest side allowed, in pixels.
    public static let longestSide = 16384

    public let width: Int
    public let height: Int
    public let channels: Channels
    public let pixels: [UInt8]

    /// - Throws: `invalidArgument` where a side is not from 1 to `longestSide`, or the pixels do not fit the sides.
    public init(width: Int, height: Int, channels: Channels, pixels: [UInt8]) throws(Failure) {
        guard 1...Self.longestSide ~= width, 1...Self.longestSide ~= height else {
            throw Failure(
                .invalidArgument, "a picture of \(width) x \(height) pixels cannot be encoded",
                next: "render frames with sides of 1 to \(Self.longestSide) pixels")
        }
        let expected = width * height * channels.rawValue
        guard pixels.count == expected else {
            throw Failure(
                .invalidArgument,
                "a \(width) x \(height) picture of \(channels.rawValue) channels has \(expected) bytes, not \(pixels.count)",
                next: "give uint8 pixels of the shape [height, width, channels]")
        }
        self.width = width
        self.height = height
        self.channels = channels
        self.pixels = pixels
    }

    /// Reads a frame by the shape of its array: `[height, width]`, `[height, width, 1]`, `[height, width, 3]` or
    /// `[height, width, 4]`.
    ///
    /// - Throws: `invalidArgument` for another shape, and as the other initializer.
    public init(shape: [Int], pixels: [UInt8]) throws(Failure) {
        guard 2...3 ~= shape.count, let channels = Channels(rawValue: shape.count == 3 ? shape[2] : 1) else {
            throw Failure(
                .invalidArgument, "a frame of the shape \(shape) is no picture",
                next: "give uint8 pixels of the shape [height, width] or [height, width, 1, 3 or 4]")
        }
        try self.init(width: shape[1], height: shape[0], channels: channels, pixels: pixels)
    }

    /// The pixels as RGB; transparency is laid over black.
    public var rgb: [UInt8] {
        switch channels {
        case .rgb: return pixels
        case .gray: return pixels.flatMap { [$0, $0, $0] }
        case .rgba:
            var result: [UInt8] = []
            result.reserveCapacity(width * height * 3)
            for start in stride(from: 0, to: pixels.count, by: 4) {
                let alpha = Int(pixels[start + 3])
                for channel in 0..<3 { result.append(UInt8((Int(pixels[start + channel]) * alpha + 127) / 255)) }
            }
            return result
        }
    }
}
