import Foundations
import JSON
import Pictures

/// Shows frames in a terminal, or prints them one after the other where there is none.
final class Display {
    enum Redraw {
        /// Over the frame before.
        case inPlace
        /// On an empty screen: something else is printed between two frames.
        case clearing
    }

    private let output: Output
    private let redraw: Redraw
    private let colours: HalfBlocks.Colours
    private var drawnLines = 0

    init(_ output: Output, redraw: Redraw, colours: HalfBlocks.Colours) {
        self.output = output
        self.redraw = redraw
        self.colours = colours
    }

    func show(_ frame: PlaySession.Frame, after action: JSONValue?, caption: String) {
        switch frame {
        case .picture(let picture): draw(picture, caption)
        case .text(let text):
            let line = action.map { "> \($0.string ?? "\($0)")\n" } ?? "\(caption)\n"
            output.write(
                (redraw == .clearing && action != nil ? "" : line) + text + (text.hasSuffix("\n") ? "\n" : "\n\n"))
        }
    }

    private func draw(_ picture: Picture, _ caption: String) {
        let size = output.size
        let blocks = HalfBlocks(columns: size?.columns ?? 80, lines: (size?.lines ?? 26) - 3, colours: colours)
        let lines = blocks.draw(picture) + [caption]
        var text = ""
        if output.isTerminal {
            switch redraw {
            case .inPlace: if drawnLines > 0 { text = "\u{1b}[\(drawnLines)A\r" }
            case .clearing: text = "\u{1b}[H\u{1b}[2J"
            }
        }
        let end = output.isTerminal ? "\u{1b}[K\n" : "\n"
        output.write(text + lines.map { $0 + end }.joined())
        drawnLines = lines.count
    }
}
