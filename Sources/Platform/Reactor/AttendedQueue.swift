/// A source of events that has no descriptor to watch: while the reactor's thread is awake, it looks there itself.
@Reactor
public protocol AttendedQueue: AnyObject {
    /// Takes what is there, without waiting for more.
    ///
    /// - Returns: Whether there was anything.
    func takeWaiting() -> Bool
    /// The reactor looks no more: from now on somebody else has to wait, and to call `Reactor.attend` when there is
    /// something.
    func handOver()
}

extension Reactor {
    /// Looks at a queue until the reactor has nothing more to do, or `dismiss` is called. There is one at a time.
    @Reactor
    public static func attend(_ queue: any AttendedQueue) {
        let before = EventLoop.shared.queue
        EventLoop.shared.queue = queue
        if let before, before !== queue { before.handOver() }
    }

    /// Hands over the queue that is attended.
    @Reactor
    public static func dismiss() {
        let queue = EventLoop.shared.queue
        EventLoop.shared.queue = nil
        queue?.handOver()
    }
}
