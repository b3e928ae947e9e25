import Pictures
import Testing

@testable import corral

@Suite struct TerminalTests {
    @Test func `two pixels make one character`() throws {
        let picture = try Picture(
            width: 2, height: 2, channels: .rgb, pixels: [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255])
        let lines = HalfBlocks(columns: 80, lines: 24, colours: .full).draw(picture)
        #expect(lines == ["\u{1b}[38;2;255;0;0;48;2;0;0;255m▀\u{1b}[38;2;0;255;0;48;2;255;255;255m▀\u{1b}[0m"])
    }

    @Test func `few colours are those of the cube, and equal neighbours share a code`() throws {
        let picture = try Picture(width: 3, height: 1, channels: .gray, pixels: [255, 255, 0])
        let lines = HalfBlocks(columns: 80, lines: 24, colours: .few).draw(picture)
        #expect(lines == ["\u{1b}[38;5;231;49m▀▀\u{1b}[38;5;16;49m▀\u{1b}[0m"])
    }

    @Test(arguments: [
        (600, 400, 80, 24, 72, 24), (160, 210, 80, 24, 36, 24), (10, 10, 80, 24, 10, 5), (1, 5000, 4, 3, 1, 3),
    ])
    func `a picture fits the terminal and keeps its proportions`(
        _ sizes: (width: Int, height: Int, columns: Int, lines: Int, drawnColumns: Int, drawnLines: Int)
    ) throws {
        let pixels = [UInt8](repeating: 9, count: sizes.width * sizes.height)
        let picture = try Picture(width: sizes.width, height: sizes.height, channels: .gray, pixels: pixels)
        let lines = HalfBlocks(columns: sizes.columns, lines: sizes.lines, colours: .few).draw(picture)
        #expect(lines.count == sizes.drawnLines)
        #expect(lines.allSatisfy { $0.count { $0 == "▀" } == sizes.drawnColumns })
    }

    @Test func `a smaller picture has the means of its pixels`() throws {
        let picture = try Picture(width: 2, height: 4, channels: .gray, pixels: [0, 100, 100, 200, 0, 0, 0, 0])
        let lines = HalfBlocks(columns: 1, lines: 4, colours: .full).draw(picture)
        #expect(lines == ["\u{1b}[38;2;100;100;100;48;2;0;0;0m▀\u{1b}[0m"])
    }

    @Test func `columns are as wide as their widest text`() {
        var table = Table(columns: [("name", .left), ("n", .right)])
        table.rows = [["a", "1"], ["longer", "12"]]
        #expect(table.text == "name     n\na        1\nlonger  12\n")
    }

    @Test func `lines of a value stand below each other`() {
        #expect(described([(name: "a", value: "x"), (name: "long", value: "y\nz")]) == "a     x\nlong  y\n      z\n")
    }
}
