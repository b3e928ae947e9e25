import Rasteriser

/// The streets of the taxi problem: stops in their colours, walls, the destination framed, the passenger as a dot, and
/// the taxi, yellow or, with the passenger inside, green; 368 x 368 pixels.
public struct TaxiScene: Scene {
    public var taxi: (row: Int, column: Int)
    /// The stop where the passenger waits; 4 in the taxi.
    public var passenger: Int
    public var destination: Int
    /// For each row the columns that have a wall to their east.
    public var walls: [[Int]]
    public var stops: [(row: Int, column: Int)]

    public init(
        taxi: (row: Int, column: Int), passenger: Int, destination: Int, walls: [[Int]],
        stops: [(row: Int, column: Int)]
    ) {
        (self.taxi, self.passenger, self.destination) = (taxi, passenger, destination)
        (self.walls, self.stops) = (walls, stops)
    }

    private static let colours = [
        ("R", Colour(220, 50, 50)), ("G", Colour(50, 170, 70)), ("Y", Colour(220, 190, 40)), ("B", Colour(50, 80, 210)),
    ]

    private func corner(_ place: (row: Int, column: Int)) -> Point {
        Point(24 + Double(place.column) * 64, 24 + Double(place.row) * 64)
    }

    public func draw() -> Canvas {
        var canvas = Canvas(width: 368, height: 368, Colour(60, 60, 70))
        canvas.fillRectangle(x: 24, y: 24, width: 320, height: 320, Colour(225, 225, 220))
        for (place, stop) in stops.enumerated() where place < Self.colours.count {
            let corner = corner(stop)
            let (letter, colour) = Self.colours[place]
            canvas.fillRectangle(x: corner.x + 4, y: corner.y + 4, width: 56, height: 56, colour)
            canvas.write(letter, at: Point(corner.x + 8, corner.y + 8), dot: 3, .white)
            if place == destination {
                canvas.drawFrame(x: corner.x, y: corner.y, width: 64, height: 64, line: 5, Colour(170, 40, 170))
            }
            if place == passenger {
                canvas.fillCircle(Point(corner.x + 48, corner.y + 16), radius: 9, Colour(20, 20, 20))
            }
        }
        for (row, columns) in walls.enumerated() {
            for column in columns {
                let corner = corner((row, column + 1))
                canvas.fillRectangle(x: corner.x - 3, y: corner.y, width: 6, height: 64, Colour(60, 60, 70))
            }
        }
        drawTaxi(&canvas)
        return canvas
    }

    private func drawTaxi(_ canvas: inout Canvas) {
        let corner = corner(taxi)
        let body = passenger == 4 ? Colour(60, 200, 90) : Colour(250, 210, 0)
        canvas.fillRectangle(x: corner.x + 12, y: corner.y + 28, width: 40, height: 18, body)
        canvas.fillRectangle(x: corner.x + 20, y: corner.y + 18, width: 24, height: 10, body)
        canvas.fillRectangle(x: corner.x + 23, y: corner.y + 20, width: 18, height: 8, Colour(120, 170, 210))
        for wheel in [21.0, 43] {
            canvas.fillCircle(Point(corner.x + wheel, corner.y + 47), radius: 6, Colour(20, 20, 20))
        }
    }
}
