import Rasteriser

/// What a row looks like: values of its state, drawn the same way whoever computed them.
public protocol Scene: Sendable {
    func draw() -> Canvas
}

extension Point {
    /// Turned about the origin by an angle in rad, counter-clockwise where y points up.
    func turned(_ cosine: Double, _ sine: Double) -> Point {
        Point(x * cosine - y * sine, x * sine + y * cosine)
    }
}

/// A view whose y points up, as the classic control problems are drawn.
struct UprightView {
    var canvas: Canvas

    init(width: Int, height: Int) { canvas = Canvas(width: width, height: height) }

    private func flipped(_ point: Point) -> Point { Point(point.x, Double(canvas.height) - point.y) }

    mutating func fillPolygon(_ points: [Point], _ colour: Colour) {
        canvas.fillPolygon(points.map(flipped), colour)
    }

    mutating func fillCircle(_ centre: Point, radius: Double, _ colour: Colour) {
        canvas.fillCircle(flipped(centre), radius: radius, colour)
    }

    mutating func drawPath(_ points: [Point], width: Double = 1, _ colour: Colour) {
        canvas.drawPath(points.map(flipped), width: width, colour)
    }

    /// A rectangle around the origin that is turned and then moved.
    mutating func fillBox(
        x: ClosedRange<Double>, y: ClosedRange<Double>, turned angle: (cosine: Double, sine: Double), to origin: Point,
        _ colour: Colour
    ) {
        let corners = [
            Point(x.lowerBound, y.lowerBound), Point(x.lowerBound, y.upperBound), Point(x.upperBound, y.upperBound),
            Point(x.upperBound, y.lowerBound),
        ]
        fillPolygon(
            corners.map {
                let turned = $0.turned(angle.cosine, angle.sine)
                return Point(turned.x + origin.x, turned.y + origin.y)
            }, colour)
    }
}
