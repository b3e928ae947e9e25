extension Canvas {
    /// Writes digits and Latin capitals, 3 x 5 dots each of `dot` pixels, with one dot between them; other characters
    /// are left blank.
    ///
    /// - Parameter topLeft: Of the first character.
    public mutating func write(_ text: String, at topLeft: Point, dot: Double, _ colour: Colour) {
        for (place, character) in text.enumerated() {
            let left = topLeft.x + Double(place) * 4 * dot
            for (row, bits) in Self.glyph(character).enumerated() {
                for column in 0..<3 where bits & (4 >> column) != 0 {
                    fillRectangle(
                        x: left + Double(column) * dot, y: topLeft.y + Double(row) * dot, width: dot, height: dot,
                        colour)
                }
            }
        }
    }

    /// The pixels that a text takes.
    public static func size(of text: String, dot: Double) -> (width: Double, height: Double) {
        (Double(max(0, text.count * 4 - 1)) * dot, 5 * dot)
    }

    /// The rows of a character, from the top; the highest of three bits is the leftmost dot.
    private static func glyph(_ character: Character) -> [UInt8] {
        guard let ascii = character.asciiValue, let rows = glyphs[ascii] else { return [] }
        return rows.utf8.map { $0 - UInt8(ascii: "0") }
    }

    /// One octal digit for each row.
    private static let glyphs: [UInt8: String] = {
        let digits = ["75557", "26227", "71747", "71717", "55711", "74717", "74757", "71111", "75757", "75717"]
        let letters = [
            "25755", "65656", "34443", "65556", "74647", "74644", "34553", "55755", "72227", "11153", "55655", "44447",
            "57755", "65555", "25552", "65644", "25563", "65655", "34216", "72222", "55557", "55552", "55775", "55255",
            "55222", "71247",
        ]
        var table: [UInt8: String] = [:]
        for (place, rows) in digits.enumerated() { table[UInt8(ascii: "0") + UInt8(place)] = rows }
        for (place, rows) in letters.enumerated() { table[UInt8(ascii: "A") + UInt8(place)] = rows }
        return table
    }()
}
