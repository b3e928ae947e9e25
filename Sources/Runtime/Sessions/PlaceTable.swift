import Foundations
import Reactor

/// The places of a server: each is taken once and given back once.
public struct PlaceTable: Sendable {
    public let capacity: Int
    public private(set) var taken = 0

    public init(capacity: Int) { self.capacity = capacity }

    /// Takes `count` places, all or none.
    ///
    /// - Throws: `resource_exhausted`.
    public mutating func take(_ count: Int) throws(Failure) {
        try refuseIfFull(count)
        taken += count
    }

    /// - Throws: `resource_exhausted` where `take` would.
    public func refuseIfFull(_ count: Int) throws(Failure) {
        guard count <= capacity - taken else {
            throw Failure(
                .resourceExhausted, "\(taken) of \(capacity) sessions are in use and \(count) more were asked for",
                next: "close sessions or raise --max-sessions", details: ["max_sessions": "\(capacity)"])
        }
    }

    mutating func giveBack() { taken -= 1 }
}

/// One taken place; gives itself back exactly once, however its owner ends.
@Reactor
final class Place {
    private var release: (@Reactor () -> Void)?

    init(release: @escaping @Reactor () -> Void) { self.release = release }

    func giveBack() {
        let release = release
        self.release = nil
        release?()
    }
}
