import Rasteriser

/// A FrozenLake: ice, holes, start, goal, and the walker; 64 pixels a tile, but no side above 512.
public struct FrozenLakeScene: Scene {
    /// Rows of the letters S, F, H and G.
    public var tiles: [[UInt8]]
    public var walker: Int

    public init(tiles: [[UInt8]], walker: Int) { (self.tiles, self.walker) = (tiles, walker) }

    public func draw() -> Canvas {
        let (rows, columns) = (max(tiles.count, 1), max(tiles.first?.count ?? 0, 1))
        let (width, height) = (min(64 * columns, 512), min(64 * rows, 512))
        let tile = (width: Double(width) / Double(columns), height: Double(height) / Double(rows))
        var canvas = Canvas(width: width, height: height, Colour(180, 200, 230))
        for (row, line) in tiles.enumerated() {
            for (column, letter) in line.enumerated() {
                let corner = Point(Double(column) * tile.width, Double(row) * tile.height)
                canvas.drawTile(letter, corner, tile.width, tile.height)
                if row * columns + column == walker {
                    canvas.fillCircle(
                        Point(corner.x + tile.width / 2, corner.y + tile.height / 2),
                        radius: min(tile.width, tile.height) * 0.3, Colour(60, 120, 70))
                }
            }
        }
        return canvas
    }
}

extension Canvas {
    fileprivate mutating func drawTile(_ letter: UInt8, _ corner: Point, _ width: Double, _ height: Double) {
        fillRectangle(
            x: corner.x + 1, y: corner.y + 1, width: width - 2, height: height - 2, Colour(228, 240, 250))
        let dot = min(width, height) / 16
        switch letter {
        case UInt8(ascii: "H"):
            fillCircle(
                Point(corner.x + width / 2, corner.y + height / 2), radius: min(width, height) * 0.42,
                Colour(30, 60, 100))
        case UInt8(ascii: "S"), UInt8(ascii: "G"):
            let colour = letter == UInt8(ascii: "G") ? Colour(200, 40, 40) : Colour(90, 90, 110)
            write(
                letter == UInt8(ascii: "G") ? "G" : "S", at: Point(corner.x + 2 * dot, corner.y + 2 * dot), dot: dot,
                colour)
        default: break
        }
    }
}

/// The cliff of CliffWalking: 12 x 4 tiles of 64 pixels.
public struct CliffWalkingScene: Scene {
    public var walker: Int

    public init(walker: Int) { self.walker = walker }

    public func draw() -> Canvas {
        var canvas = Canvas(width: 768, height: 256, Colour(120, 160, 90))
        for cell in 0..<48 {
            let (x, y) = (Double(cell % 12) * 64, Double(cell / 12) * 64)
            let ground = 37...46 ~= cell ? Colour(70, 50, 40) : Colour(150, 190, 110)
            canvas.fillRectangle(x: x + 1, y: y + 1, width: 62, height: 62, ground)
            if cell == 36 { canvas.write("S", at: Point(x + 8, y + 8), dot: 4, Colour(90, 90, 110)) }
            if cell == 47 { canvas.write("G", at: Point(x + 8, y + 8), dot: 4, Colour(200, 40, 40)) }
            if cell == walker { canvas.fillCircle(Point(x + 32, y + 32), radius: 19, Colour(40, 60, 160)) }
        }
        return canvas
    }
}

/// The Breakout of MinAtar: a square of 16 pixels for each cell.
public struct BreakoutScene: Scene {
    public enum Thing: Sendable, Equatable {
        case paddle, ball, trail, brick
    }

    /// Row, column and what is there; later ones over earlier ones.
    public var things: [(row: Int, column: Int, thing: Thing)]

    public init(things: [(row: Int, column: Int, thing: Thing)]) { self.things = things }

    public func draw() -> Canvas {
        var canvas = Canvas(width: 160, height: 160, .black)
        for (row, column, thing) in things {
            let colour =
                switch thing {
                case .paddle: Colour(230, 120, 60)
                case .ball: Colour(250, 250, 250)
                case .trail: Colour(90, 90, 110)
                case .brick: Colour(70, 150, 210)
                }
            canvas.fillRectangle(
                x: Double(column) * 16 + 1, y: Double(row) * 16 + 1, width: 14, height: 14, colour)
        }
        return canvas
    }
}
