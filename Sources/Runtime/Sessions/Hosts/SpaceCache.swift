import Foundations
import Reactor
import Workers

/// The spaces of workers by the text that described them: a thousand equal sessions share one.
@Reactor
final class SpaceCache {
    private var known: [[UInt8]: SessionSpaces] = [:]
    private let capacity: Int

    nonisolated init(capacity: Int = 256) { self.capacity = capacity }

    /// The spaces that `make` reads from a text, or has read before.
    func spaces(of text: [UInt8], _ make: () throws -> SessionSpaces) rethrows -> SessionSpaces {
        if let spaces = known[text] { return spaces }
        let spaces = try make()
        if known.count >= capacity { known = [:] }
        known[text] = spaces
        return spaces
    }
}
