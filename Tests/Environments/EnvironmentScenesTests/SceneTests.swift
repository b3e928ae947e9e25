import EnvironmentScenes
import Rasteriser
import Testing

/// The middle of the pixels of a colour; nil where there is none.
func middle(of colour: Colour, in canvas: Canvas) -> Point? {
    var (count, x, y) = (0.0, 0.0, 0.0)
    for row in 0..<canvas.height {
        for column in 0..<canvas.width where canvas[column, row] == colour {
            count += 1
            x += Double(column) + 0.5
            y += Double(row) + 0.5
        }
    }
    return count == 0 ? nil : Point(x / count, y / count)
}

private let pole = Colour(202, 152, 101)

struct SceneTests {
    @Test func `a pole leans to the side of its angle, over its cart`() throws {
        let upright = try #require(middle(of: pole, in: CartPoleScene(position: 1.2, angle: 0).draw()))
        #expect(abs(upright.x - 450) < 1)
        let leaning = try #require(middle(of: pole, in: CartPoleScene(position: 1.2, angle: 0.2).draw()))
        #expect(leaning.x > upright.x + 5)
        #expect(leaning.y > upright.y)
    }

    @Test(arguments: [-3.0, 3])
    func `a cart that left the picture is not in it`(position: Double) {
        let canvas = CartPoleScene(position: position, angle: 0).draw()
        #expect(middle(of: pole, in: canvas) == nil)
    }

    @Test func `a car stands on its hill and a flag on its goal`() throws {
        let wheels = Colour(128, 128, 128)
        let low = try #require(middle(of: wheels, in: MountainCarScene(position: -0.5236).draw()))
        let high = try #require(middle(of: wheels, in: MountainCarScene(position: 0.5).draw()))
        #expect(high.x > low.x + 300)
        #expect(high.y < low.y - 250)
        let flag = try #require(middle(of: Colour(204, 204, 0), in: MountainCarScene(position: 0).draw()))
        #expect(abs(flag.x - 577) < 10)
    }

    @Test func `a pendulum at angle 0 stands up, and at half a turn hangs`() throws {
        let red = Colour(204, 77, 77)
        let up = try #require(middle(of: red, in: PendulumScene(angle: 0).draw()))
        let down = try #require(middle(of: red, in: PendulumScene(angle: .pi).draw()))
        #expect(up.y < 220)
        #expect(down.y > 280)
        #expect(abs(up.x - 250) < 1 && abs(down.x - 250) < 1)
    }

    @Test func `an acrobot at angles 0 hangs straight down`() throws {
        let links = Colour(0, 204, 204)
        let hanging = try #require(middle(of: links, in: AcrobotScene(angle1: 0, angle2: 0).draw()))
        #expect(abs(hanging.x - 250) < 1 && hanging.y > 350)
        let bent = try #require(middle(of: links, in: AcrobotScene(angle1: 0, angle2: .pi / 2).draw()))
        #expect(bent.x > hanging.x + 10)
    }

    @Test func `a walker stands on its tile`() throws {
        let tiles = ["SF", "HG"].map { Array($0.utf8) }
        let walker = Colour(60, 120, 70)
        let canvas = FrozenLakeScene(tiles: tiles, walker: 1).draw()
        #expect((canvas.width, canvas.height) == (128, 128))
        #expect(try #require(middle(of: walker, in: canvas)) == Point(96, 32))
        #expect(middle(of: Colour(30, 60, 100), in: canvas) == Point(32, 96))
    }

    @Test func `a map without tiles still has a picture`() {
        #expect(FrozenLakeScene(tiles: [], walker: 5).draw().width == 64)
    }

    @Test func `a taxi is green with its passenger inside, who then waits nowhere`() throws {
        func scene(passenger: Int) -> Canvas {
            TaxiScene(
                taxi: (2, 3), passenger: passenger, destination: 1, walls: [[1], [1], [], [0, 2], [0, 2]],
                stops: [(0, 0), (0, 4), (4, 0), (4, 3)]
            ).draw()
        }
        let (yellow, green) = (Colour(250, 210, 0), Colour(60, 200, 90))
        #expect(middle(of: green, in: scene(passenger: 0)) == nil)
        #expect(middle(of: yellow, in: scene(passenger: 4)) == nil)
        let place = try #require(middle(of: green, in: scene(passenger: 4)))
        #expect(abs(place.x - 248) < 1)
        #expect(scene(passenger: 0) != scene(passenger: 1))
    }

    @Test func `a card is red for diamonds and hearts`() {
        func scene(suit: Int) -> Canvas {
            BlackjackScene(playerSum: 17, hasUsableAce: false, card: "K", cardValue: 10, suit: suit).draw()
        }
        let red = Colour(200, 30, 30)
        #expect((0..<4).map { middle(of: red, in: scene(suit: $0)) != nil } == [false, true, true, false])
        let pictures = (0..<4).map { scene(suit: $0).pixels }
        #expect(Set(pictures).count == 4)
    }

    @Test func `what comes later in a game of Breakout lies on top`() {
        let canvas = BreakoutScene(things: [(0, 0, .brick), (9, 9, .paddle), (9, 9, .ball)]).draw()
        #expect(canvas[8, 8] == Colour(70, 150, 210))
        #expect(canvas[152, 152] == Colour(250, 250, 250))
    }

    @Test func `numbers of a record that are missing or none count as 0`() {
        let record = RecordNumbers([1.6, .nan])
        #expect(record[0] == 1.6)
        #expect(record[7] == 0)
        #expect((record.integer(0), record.integer(1), record.integer(-1)) == (2, 0, 0))
    }
}
