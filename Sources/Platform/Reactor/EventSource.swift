/// Something with a descriptor that the reactor watches.
@Reactor
public class EventSource {
    init() {}

    struct Readiness: OptionSet {
        let rawValue: UInt8
        static let readable = Readiness(rawValue: 1)
        static let writable = Readiness(rawValue: 2)
        static let ended = Readiness(rawValue: 4)
    }

    /// Told on the reactor's thread; level-triggered.
    func ready(_ readiness: Readiness) {}
}
