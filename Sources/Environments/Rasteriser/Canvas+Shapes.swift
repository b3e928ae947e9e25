extension Canvas {
    /// A rectangle with sides along the axes.
    public mutating func fillRectangle(x: Double, y: Double, width: Double, height: Double, _ colour: Colour) {
        for row in rows(from: y, to: y + height) { fill(row: row, from: x, to: x + width, colour) }
    }

    /// A polygon, closed from its last point to the first; where it crosses itself, by the even-odd rule.
    public mutating func fillPolygon(_ points: [Point], _ colour: Colour) {
        guard points.count > 2, points.allSatisfy({ $0.x.isFinite && $0.y.isFinite }) else { return }
        let edges = zip(points, points.dropFirst() + points.prefix(1))
        let heights = points.map(\.y)
        for row in rows(from: heights.min() ?? 0, to: heights.max() ?? 0) {
            let y = Double(row) + 0.5
            let crossings = edges.compactMap { from, to in
                (from.y <= y) == (to.y <= y) ? nil : from.x + (y - from.y) / (to.y - from.y) * (to.x - from.x)
            }.sorted()
            for pair in stride(from: 0, to: crossings.count - 1, by: 2) {
                fill(row: row, from: crossings[pair], to: crossings[pair + 1], colour)
            }
        }
    }

    public mutating func fillCircle(_ centre: Point, radius: Double, _ colour: Colour) {
        guard centre.x.isFinite, centre.y.isFinite, radius.isFinite, radius > 0 else { return }
        for row in rows(from: centre.y - radius, to: centre.y + radius) {
            let distance = Double(row) + 0.5 - centre.y
            let half = max(0, radius * radius - distance * distance).squareRoot()
            fill(row: row, from: centre.x - half, to: centre.x + half, colour)
        }
    }

    /// A straight line; at least `width` pixels wide.
    public mutating func drawLine(_ from: Point, _ to: Point, width: Double = 1, _ colour: Colour) {
        let (dx, dy) = (to.x - from.x, to.y - from.y)
        let length = (dx * dx + dy * dy).squareRoot()
        guard length.isFinite, length > 0 else { return }
        // A line one pixel wide that lies between the centres of pixels still covers some of them.
        let half = max(width, 1.01) / 2 * (abs(dx) + abs(dy)) / length
        let (sideX, sideY) = (-dy / length * half, dx / length * half)
        fillPolygon(
            [
                Point(from.x + sideX, from.y + sideY), Point(to.x + sideX, to.y + sideY),
                Point(to.x - sideX, to.y - sideY), Point(from.x - sideX, from.y - sideY),
            ], colour)
    }

    /// The lines between consecutive points.
    public mutating func drawPath(_ points: [Point], width: Double = 1, _ colour: Colour) {
        for (from, to) in zip(points, points.dropFirst()) { drawLine(from, to, width: width, colour) }
    }

    /// A rectangle's outline, inside of it.
    public mutating func drawFrame(
        x: Double, y: Double, width: Double, height: Double, line: Double = 1, _ colour: Colour
    ) {
        fillRectangle(x: x, y: y, width: width, height: line, colour)
        fillRectangle(x: x, y: y + height - line, width: width, height: line, colour)
        fillRectangle(x: x, y: y, width: line, height: height, colour)
        fillRectangle(x: x + width - line, y: y, width: line, height: height, colour)
    }
}
