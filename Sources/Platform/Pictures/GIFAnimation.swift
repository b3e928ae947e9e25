import CPictures
import Foundations
import Glibc

/// Writes an animated GIF frame by frame. A frame of at most 256 colours keeps each of them exactly; of others the best
/// 256 are taken, frame by frame.
public struct GIFAnimation: ~Copyable {
    public let width: Int
    public let height: Int
    public private(set) var frames: Int
    private let handle: OpaquePointer

    /// - Parameters:
    ///   - width: Pixels; every frame has the same size.
    ///   - loops: How often a viewer repeats it (up to 65535); 0: forever; nil: it plays once.
    /// - Throws: `invalidArgument` where a number is out of range, `resourceExhausted` where memory is short.
    public init(width: Int, height: Int, loops: Int? = 0) throws(Failure) {
        guard 1...Picture.longestSide ~= width, 1...Picture.longestSide ~= height, 0...65535 ~= loops ?? 0 else {
            throw Failure(
                .invalidArgument,
                "an animation of \(width) x \(height) pixels and \(loops ?? 0) loops cannot be written",
                next: "take sides of 1 to \(Picture.longestSide) pixels and 0 to 65535 loops")
        }
        guard let opened = corral_gif_open(Int32(width), Int32(height), Int32(loops ?? -1)) else {
            throw Failure(.resourceExhausted, "the GIF encoder could not start")
        }
        self.width = width
        self.height = height
        frames = 0
        handle = opened
    }

    deinit { _ = Self.close(handle) }

    /// Adds a frame that is shown for `delay`, which GIF counts in hundredths of a second (up to 655.35 s); many viewers
    /// take less than 0.02 s for 0.1 s.
    ///
    /// - Throws: `invalidArgument` where the size differs, `resourceExhausted` where memory is short.
    public mutating func append(_ picture: Picture, delay: Duration) throws(Failure) {
        guard picture.width == width, picture.height == height else {
            throw Failure(
                .invalidArgument,
                "frame \(frames) has \(picture.width) x \(picture.height) pixels, the first \(width) x \(height)",
                next: "give frames of one size")
        }
        let parts = delay.components
        let hundredths = Double(parts.seconds) * 100 + Double(parts.attoseconds) / 1e16
        let shown = Int32(min(max(0, hundredths.rounded()), 65535))
        let rgb = picture.rgb
        let status: Int32
        if let exact = ExactPalette(rgb: rgb) {
            status = corral_gif_add(handle, exact.indices, exact.colours, Int32(exact.colours.count / 3), shown)
        } else {
            var indices = [UInt8](repeating: 0, count: width * height)
            var palette = [UInt8](repeating: 0, count: 768)
            let found = corral_gif_quantize(rgb, Int32(width), Int32(height), &indices, &palette)
            status = found == 0 ? corral_gif_add(handle, indices, palette, 256, shown) : found
        }
        guard status == 0 else { throw Self.failure(status) }
        frames += 1
    }

    /// Ends the animation; returns the bytes of the file.
    ///
    /// - Throws: `failedPrecondition` without a frame, `resourceExhausted` where memory is short.
    public consuming func finish() throws(Failure) -> [UInt8] {
        let (handle, frames) = (handle, frames)
        discard self
        let result = Self.close(handle)
        guard frames > 0 else {
            throw Failure(.failedPrecondition, "an animation has at least one frame", next: "add a frame first")
        }
        return try result.get()
    }

    private static func close(_ handle: OpaquePointer) -> Result<[UInt8], Failure> {
        var bytes: UnsafeMutablePointer<UInt8>?
        var count = 0
        let status = corral_gif_close(handle, &bytes, &count)
        defer { free(bytes) }
        return status == 0
            ? .success(Array(UnsafeBufferPointer(start: bytes, count: count))) : .failure(failure(status))
    }

    private static func failure(_ status: Int32) -> Failure {
        Failure(.resourceExhausted, "the GIF encoder failed: \(String(cString: corral_gif_message(status)))")
    }
}
