import Glibc
import Rasteriser

/// A cart on a track with a pole on it; 600 x 400 pixels.
public struct CartPoleScene: Scene {
    /// Metres from the middle.
    public var position: Double
    /// rad from upright, clockwise.
    public var angle: Double
    /// Metres that the picture reaches to either side.
    public var reach: Double

    public init(position: Double, angle: Double, reach: Double = 2.4) {
        (self.position, self.angle, self.reach) = (position, angle, reach)
    }

    public func draw() -> Canvas {
        var view = UprightView(width: 600, height: 400)
        let x = position * 300 / reach + 300
        let axle = Point(x, 107.5)
        view.drawPath([Point(0, 100), Point(600, 100)], .black)
        view.fillBox(x: -25...25, y: -15...15, turned: (1, 0), to: Point(x, 100), .black)
        view.fillBox(
            x: -5...5, y: -5...120, turned: (cos(-angle), sin(-angle)), to: axle, Colour(202, 152, 101))
        view.fillCircle(axle, radius: 5, Colour(129, 132, 203))
        return view.canvas
    }
}

/// A car in a valley with a flag at its goal; 600 x 400 pixels.
public struct MountainCarScene: Scene {
    public var position: Double
    public var goal: Double

    public init(position: Double, goal: Double = 0.5) { (self.position, self.goal) = (position, goal) }

    private static let scale = 600 / 1.8

    private func point(_ position: Double, above: Double = 0) -> Point {
        Point((position + 1.2) * Self.scale, (sin(3 * position) * 0.45 + 0.55) * Self.scale + above)
    }

    public func draw() -> Canvas {
        var view = UprightView(width: 600, height: 400)
        view.drawPath((0..<100).map { point(-1.2 + 1.8 * Double($0) / 99) }, .black)
        let slope = cos(3 * position)
        let (cosine, sine) = (cos(slope), sin(slope))
        let car = point(position, above: 10)
        view.fillBox(x: -20...20, y: 0...20, turned: (cosine, sine), to: car, .black)
        for side in [10.0, -10] {
            view.fillCircle(
                Point(car.x + side * cosine, car.y + side * sine), radius: 8, Colour(128, 128, 128))
        }
        let foot = point(goal)
        let top = Point(foot.x, foot.y + 50)
        view.drawPath([foot, top], .black)
        view.fillPolygon([top, Point(top.x, top.y - 10), Point(top.x + 25, top.y - 5)], Colour(204, 204, 0))
        return view.canvas
    }
}

/// A rod that turns about the middle; 500 x 500 pixels.
public struct PendulumScene: Scene {
    /// rad from upright, counter-clockwise.
    public var angle: Double

    public init(angle: Double) { self.angle = angle }

    public func draw() -> Canvas {
        var view = UprightView(width: 500, height: 500)
        let scale = 500 / 4.4
        let red = Colour(204, 77, 77)
        let middle = Point(250, 250)
        let direction = (cosine: cos(angle + .pi / 2), sine: sin(angle + .pi / 2))
        view.fillBox(x: 0...scale, y: -0.1 * scale...0.1 * scale, turned: direction, to: middle, red)
        view.fillCircle(middle, radius: 0.1 * scale, red)
        view.fillCircle(
            Point(250 + scale * direction.cosine, 250 + scale * direction.sine), radius: 0.1 * scale, red)
        view.fillCircle(middle, radius: 0.05 * scale, .black)
        return view.canvas
    }
}

/// Two links that hang from the middle, and the height to reach; 500 x 500 pixels.
public struct AcrobotScene: Scene {
    /// rad of the upper link from hanging, and of the lower one from the upper.
    public var angle1: Double
    public var angle2: Double

    public init(angle1: Double, angle2: Double) { (self.angle1, self.angle2) = (angle1, angle2) }

    public func draw() -> Canvas {
        var view = UprightView(width: 500, height: 500)
        let scale = 500 / 4.4
        view.drawPath([Point(0, 250 + scale), Point(500, 250 + scale)], .black)
        let upper = (cosine: cos(angle1 - .pi / 2), sine: sin(angle1 - .pi / 2))
        let lower = (cosine: cos(angle1 + angle2 - .pi / 2), sine: sin(angle1 + angle2 - .pi / 2))
        let elbow = Point(250 + scale * upper.cosine, 250 + scale * upper.sine)
        for (joint, direction) in [(Point(250, 250), upper), (elbow, lower)] {
            view.fillBox(
                x: 0...scale, y: -0.1 * scale...0.1 * scale, turned: direction, to: joint, Colour(0, 204, 204))
            view.fillCircle(joint, radius: 0.1 * scale, Colour(204, 204, 0))
        }
        return view.canvas
    }
}
