import Rasteriser

/// A table with the dealer's open card and the player's sum; 384 x 376 pixels.
public struct BlackjackScene: Scene {
    public var playerSum: Int
    public var hasUsableAce: Bool
    /// The open card as it is printed: A, 2 to 10, J, Q, K.
    public var card: String
    /// Its value; 1 for an ace.
    public var cardValue: Int
    /// 0 clubs, 1 diamonds, 2 hearts, 3 spades.
    public var suit: Int

    public init(playerSum: Int, hasUsableAce: Bool, card: String, cardValue: Int, suit: Int) {
        (self.playerSum, self.hasUsableAce) = (playerSum, hasUsableAce)
        (self.card, self.cardValue, self.suit) = (card, cardValue, suit)
    }

    public func draw() -> Canvas {
        var canvas = Canvas(width: 384, height: 376, Colour(20, 100, 60))
        canvas.write("DEALER \(cardValue)", at: Point(40, 30), dot: 4, .white)
        canvas.fillRectangle(x: 96, y: 64, width: 80, height: 116, .white)
        let ink = suit == 1 || suit == 2 ? Colour(200, 30, 30) : Colour.black
        canvas.write(card, at: Point(104, 72), dot: 6, ink)
        drawSuit(&canvas, Point(136, 142), ink)
        canvas.fillRectangle(x: 208, y: 64, width: 80, height: 116, .white)
        canvas.fillRectangle(x: 214, y: 70, width: 68, height: 104, Colour(40, 60, 150))
        canvas.write("PLAYER", at: Point(40, 206), dot: 4, .white)
        let sum = "\(playerSum)"
        let width = Canvas.size(of: sum, dot: 16).width
        canvas.write(sum, at: Point((384 - width) / 2, 240), dot: 16, .white)
        if hasUsableAce {
            let note = "USABLE ACE"
            canvas.write(note, at: Point((384 - Canvas.size(of: note, dot: 4).width) / 2, 340), dot: 4, .white)
        }
        return canvas
    }

    private func drawSuit(_ canvas: inout Canvas, _ middle: Point, _ ink: Colour) {
        func at(_ x: Double, _ y: Double) -> Point { Point(middle.x + x, middle.y + y) }
        switch suit {
        case 1: canvas.fillPolygon([at(0, -26), at(18, 0), at(0, 26), at(-18, 0)], ink)
        case 2:
            for side in [-9.0, 9] { canvas.fillCircle(at(side, -8), radius: 11, ink) }
            canvas.fillPolygon([at(-19, -3), at(19, -3), at(0, 24)], ink)
        default:
            if suit == 0 { canvas.fillCircle(at(0, -12), radius: 10, ink) }
            if suit == 3 { canvas.fillPolygon([at(-19, 6), at(19, 6), at(0, -24)], ink) }
            for side in [-10.0, 10] { canvas.fillCircle(at(side, 5), radius: 10, ink) }
            canvas.fillPolygon([at(0, 0), at(8, 26), at(-8, 26)], ink)
        }
    }
}
