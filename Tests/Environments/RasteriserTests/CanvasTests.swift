import Rasteriser
import Testing

/// The pixels of a colour as text, a line for each row.
func picture(of canvas: Canvas, _ colour: Colour = .black) -> [String] {
    (0..<canvas.height).map { y in
        String((0..<canvas.width).map { canvas[$0, y] == colour ? "#" : "." })
    }
}

struct CanvasTests {
    @Test func `a new canvas has one colour`() {
        let canvas = Canvas(width: 3, height: 2, Colour(1, 2, 3))
        #expect(canvas.pixels == [1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3])
    }

    @Test func `a side is at least one pixel and at most 4096`() {
        let canvas = Canvas(width: -3, height: 1_000_000)
        #expect((canvas.width, canvas.height) == (1, 4096))
        #expect(canvas.pixels.count == 4096 * 3)
    }

    @Test func `a rectangle covers the pixels whose centres it holds`() {
        var canvas = Canvas(width: 5, height: 4)
        canvas.fillRectangle(x: 0.6, y: 1, width: 3, height: 2, .black)
        #expect(picture(of: canvas) == [".....", ".###.", ".###.", "....."])
    }

    @Test func `a triangle is filled between its edges`() {
        var canvas = Canvas(width: 5, height: 5)
        canvas.fillPolygon([Point(0, 0), Point(5, 0), Point(0, 5)], .black)
        #expect(picture(of: canvas) == ["####.", "###..", "##...", "#....", "....."])
    }

    @Test func `where a polygon covers itself twice it has a hole`() {
        var canvas = Canvas(width: 6, height: 6)
        canvas.fillPolygon(
            [
                Point(0, 0), Point(6, 0), Point(6, 6), Point(0, 6), Point(0, 0), Point(2, 2), Point(4, 2), Point(4, 4),
                Point(2, 4), Point(2, 2),
            ], .black)
        #expect(picture(of: canvas) == ["######", "######", "##..##", "##..##", "######", "######"])
    }

    @Test func `a circle is round`() {
        var canvas = Canvas(width: 6, height: 6)
        canvas.fillCircle(Point(3, 3), radius: 2.6, .black)
        #expect(picture(of: canvas) == ["..##..", ".####.", "######", "######", ".####.", "..##.."])
    }

    @Test(arguments: [Point(6, 2.5), Point(6, 3), Point(0, 6), Point(6, 6), Point(3, 0)])
    func `a thin line reaches its end without gaps`(end: Point) {
        var canvas = Canvas(width: 7, height: 7)
        canvas.drawLine(Point(0.5, 0.5), end, .black)
        let marked = picture(of: canvas)
        let columns = (0..<7).filter { x in marked.contains { Array($0)[x] == "#" } }
        let rows = (0..<7).filter { marked[$0].contains("#") }
        #expect(columns == Array((columns.first ?? 0)..<(columns.last ?? 0) + 1))
        #expect(rows == Array((rows.first ?? 0)..<(rows.last ?? 0) + 1))
        #expect(max(columns.count, rows.count) >= Int(max(end.x, end.y)) - 1)
    }

    @Test func `a text is written dot by dot`() {
        var canvas = Canvas(width: 11, height: 5)
        canvas.write("1Z7", at: Point(0, 0), dot: 1, .black)
        #expect(picture(of: canvas) == [".#..###.###", "##....#...#", ".#...#....#", ".#..#.....#", "###.###...#"])
        #expect(Canvas.size(of: "1Z7", dot: 2) == (width: 22, height: 10))
    }

    @Test func `characters without dots are blank`() {
        var canvas = Canvas(width: 8, height: 5)
        canvas.write("é ", at: Point(0, 0), dot: 1, .black)
        #expect(canvas == Canvas(width: 8, height: 5))
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity, 1e300, -1e300])
    func `numbers out of any picture draw nothing or what is inside`(wild: Double) {
        var canvas = Canvas(width: 4, height: 4)
        canvas.fillCircle(Point(wild, 1), radius: 1, .black)
        canvas.fillCircle(Point(1, wild), radius: 1, .black)
        canvas.fillPolygon([Point(wild, 0), Point(1, wild), Point(0, 0)], Colour(9, 9, 9))
        canvas.drawLine(Point(0, 0), Point(wild, wild), Colour(8, 8, 8))
        canvas.fillRectangle(x: wild, y: 0, width: 1, height: 1, .black)
        canvas.write("A", at: Point(wild, wild), dot: 1, .black)
        #expect(!picture(of: canvas).joined().contains("#"))
        #expect(canvas.pixels.count == 48)
    }
}
