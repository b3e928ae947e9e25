/// A picture in the making: red, green and blue of each pixel, rows from the top. What lies outside is not drawn.
///
/// Points are in pixels with y downwards; the centre of the first pixel is (0.5, 0.5). The same calls give the same
/// pixels in every build: shapes are decided by plain arithmetic at the centres of pixels.
public struct Canvas: Sendable, Equatable {
    public let width: Int
    public let height: Int
    /// `height * width * 3` bytes.
    public private(set) var pixels: [UInt8]

    /// Sides are at least 1 and at most 4096.
    public init(width: Int, height: Int, _ colour: Colour = .white) {
        self.width = min(max(width, 1), 4096)
        self.height = min(max(height, 1), 4096)
        pixels = []
        pixels.reserveCapacity(self.width * self.height * 3)
        for _ in 0..<self.width * self.height { pixels += [colour.red, colour.green, colour.blue] }
    }

    public subscript(x: Int, y: Int) -> Colour {
        get {
            guard 0..<width ~= x, 0..<height ~= y else { return .black }
            let place = (y * width + x) * 3
            return Colour(pixels[place], pixels[place + 1], pixels[place + 2])
        }
        set {
            guard 0..<width ~= x, 0..<height ~= y else { return }
            let place = (y * width + x) * 3
            (pixels[place], pixels[place + 1], pixels[place + 2]) = (newValue.red, newValue.green, newValue.blue)
        }
    }

    /// Fills the pixels of a row whose centres are in `[from, to)`.
    mutating func fill(row: Int, from: Double, to: Double, _ colour: Colour) {
        guard 0..<height ~= row, from < to else { return }
        let first = Int(min(max((from - 0.5).rounded(.up), 0), Double(width)))
        let end = Int(min(max((to - 0.5).rounded(.up), 0), Double(width)))
        for x in stride(from: first, to: end, by: 1) { self[x, row] = colour }
    }

    /// The rows whose centres are in `[from, to)`.
    func rows(from: Double, to: Double) -> Range<Int> {
        guard from < to else { return 0..<0 }
        let first = Int(min(max((from - 0.5).rounded(.up), 0), Double(height)))
        return first..<max(first, Int(min(max((to - 0.5).rounded(.up), 0), Double(height))))
    }
}

public struct Colour: Sendable, Equatable {
    public let red: UInt8
    public let green: UInt8
    public let blue: UInt8

    public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
        (self.red, self.green, self.blue) = (red, green, blue)
    }

    public static let black = Colour(0, 0, 0)
    public static let white = Colour(255, 255, 255)
}

public struct Point: Sendable, Equatable {
    public var x: Double
    public var y: Double

    public init(_ x: Double, _ y: Double) { (self.x, self.y) = (x, y) }
}
