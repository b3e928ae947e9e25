/// The colours of a frame that has at most 256, each exactly, and the index of every pixel.
struct ExactPalette {
    /// RGB triples.
    private(set) var colours: [UInt8] = []
    private(set) var indices: [UInt8] = []

    /// Nil where the frame has more than 256 colours.
    init?(rgb: [UInt8]) {
        var known: [UInt32: UInt8] = [:]
        indices.reserveCapacity(rgb.count / 3)
        var last: (colour: UInt32, index: UInt8)?
        for start in stride(from: 0, to: rgb.count - 2, by: 3) {
            let colour = UInt32(rgb[start]) << 16 | UInt32(rgb[start + 1]) << 8 | UInt32(rgb[start + 2])
            if let last, last.colour == colour {
                indices.append(last.index)
                continue
            }
            let index: UInt8
            if let found = known[colour] {
                index = found
            } else {
                guard let new = UInt8(exactly: known.count) else { return nil }
                known[colour] = new
                colours += rgb[start..<start + 3]
                index = new
            }
            indices.append(index)
            last = (colour, index)
        }
    }
}
