import Pictures

/// Draws a picture with characters: each shows two pixels, one above the other.
struct HalfBlocks {
    enum Colours: Sendable {
        /// 24 bits.
        case full
        /// The colour cube of 256-colour terminals.
        case few
    }

    /// At most; the picture keeps its proportions and is never enlarged.
    let columns: Int
    let lines: Int
    let colours: Colours

    static func colours(of environment: [String: String]) -> Colours {
        ["truecolor", "24bit"].contains(environment["COLORTERM"] ?? "") ? .full : .few
    }

    /// One text a line, without line ends.
    func draw(_ picture: Picture) -> [String] {
        let scale = min(
            1, Double(max(1, columns)) / Double(picture.width), Double(max(1, lines) * 2) / Double(picture.height))
        let width = max(1, Int(Double(picture.width) * scale))
        let height = max(1, Int(Double(picture.height) * scale))
        let small = Shrunken(rgb: picture.rgb, width: picture.width, height: picture.height, to: (width, height))
        return stride(from: 0, to: height, by: 2).map { top in line(small, top: top) }
    }

    private func line(_ picture: Shrunken, top: Int) -> String {
        var text = ""
        var last: (Colour, Colour?)?
        for column in 0..<picture.width {
            let upper = picture[column, top]
            let lower = top + 1 < picture.height ? picture[column, top + 1] : nil
            if last?.0 != upper || last?.1 != lower {
                text +=
                    "\u{1b}[\(code(upper, isBackground: false));\(lower.map { code($0, isBackground: true) } ?? "49")m"
                last = (upper, lower)
            }
            text += "▀"
        }
        return text + "\u{1b}[0m"
    }

    private func code(_ colour: Colour, isBackground: Bool) -> String {
        let kind = isBackground ? 48 : 38
        switch colours {
        case .full: return "\(kind);2;\(colour.red);\(colour.green);\(colour.blue)"
        case .few:
            func level(_ value: UInt8) -> Int { (Int(value) * 5 + 127) / 255 }
            return "\(kind);5;\(16 + 36 * level(colour.red) + 6 * level(colour.green) + level(colour.blue))"
        }
    }
}

private struct Colour: Equatable {
    let red: UInt8
    let green: UInt8
    let blue: UInt8
}

/// A picture made smaller; every pixel is the mean of those it covers.
private struct Shrunken {
    let width: Int
    let height: Int
    private var pixels: [Colour] = []

    init(rgb: [UInt8], width: Int, height: Int, to size: (width: Int, height: Int)) {
        (self.width, self.height) = size
        pixels.reserveCapacity(size.width * size.height)
        for row in 0..<size.height {
            let rows = Self.range(row, of: size.height, over: height)
            for column in 0..<size.width {
                let columns = Self.range(column, of: size.width, over: width)
                var sums = (0, 0, 0)
                for y in rows {
                    for x in columns {
                        let place = (y * width + x) * 3
                        sums.0 += Int(rgb[place])
                        sums.1 += Int(rgb[place + 1])
                        sums.2 += Int(rgb[place + 2])
                    }
                }
                let count = rows.count * columns.count
                pixels.append(
                    Colour(red: UInt8(sums.0 / count), green: UInt8(sums.1 / count), blue: UInt8(sums.2 / count)))
            }
        }
    }

    subscript(column: Int, row: Int) -> Colour { pixels[row * width + column] }

    private static func range(_ index: Int, of count: Int, over length: Int) -> Range<Int> {
        let start = index * length / count
        return start..<max(start + 1, (index + 1) * length / count)
    }
}
