import Foundations
import Glibc
import Reactor

/// The way of a container to the server: it connects back once and is told what to run.
@Reactor
final class ContainerLaunch {
    private(set) var control: ControlSocket?
    /// Pid 1 of the container, as the host numbers it.
    private(set) var process: pid_t = 0
    private let folder: String
    private let listener: PacketListener
    private let outcome = Event<Result<Void, Failure>>()
    private let end = Event<SandboxEnd>()

    /// The longest that the engine's start may take before the container is heard of.
    private static let patience = Duration.seconds(30)

    /// - Parameter folder: Is made; the container finds the socket in it.
    /// - Throws: `failed_precondition` where it cannot be made.
    init(folder: String) throws(Failure) {
        self.folder = folder
        guard mkdir(folder, 0o755) == 0, chmod(folder, 0o755) == 0 else {
            throw Failure(.failedPrecondition, "cannot make \(folder): \(errorText(errno))")
        }
        do throws(Failure) { listener = try PacketListener(folder: folder, name: "socket") } catch {
            rmdir(folder)
            throw error
        }
    }

    /// Waits until pid 1 of the container has connected.
    ///
    /// - Throws: `deadline_exceeded` where it does not come.
    func untilConnected() async throws(Failure) {
        guard let peer = await listener.connection(within: Self.patience) else {
            throw Failure(
                .deadlineExceeded, "a container did not reach the server within \(Self.patience)",
                next: "look at the engine's log; the engine and the server need the same file system")
        }
        process = peer.peerProcess
        let control = try ControlSocket(peer)
        self.control = control
        control.onMessage = { [weak self] in self?.hear($0) }
        control.onEnd = { [weak self] in self?.hang() }
    }

    /// Hands over the command; returns when it runs.
    ///
    /// - Throws: What pid 1 of the container could not do.
    func run(_ specification: [UInt8], descriptors: SandboxDescriptors) async throws(Failure) {
        let records = try Descriptor.memory("sandbox", holding: specification)
        var list = [records.raw, descriptors.input, descriptors.output, descriptors.errors]
        if let third = descriptors.control { list.append(third) }
        try control?.send("run", descriptors: list)
        let timer = Reactor.schedule(at: .now + Self.patience) { [weak self] in
            self?.outcome.settle(.failure(Failure(.deadlineExceeded, "a container did not start its command")))
        }
        defer { timer.cancel() }
        try await outcome.value().get()
    }

    /// Waits for the end of the command, or of everything.
    func untilEnded() async -> SandboxEnd { await end.value() }

    /// How the command has ended; nil where it runs on after `patience`.
    func hasEnded(within patience: Duration) async -> SandboxEnd? { await end.value(within: patience) }

    /// Lets go: pid 1 of the container ends, and everything in it. Nothing is waited for any more.
    func close() {
        listener.close()
        control?.close()
        rmdir(folder)
        hang()
    }

    private func hear(_ message: ControlMessage) {
        switch message {
        case .ready: outcome.settle(.success(()))
        case .failed(let text): outcome.settle(.failure(Failure(stage: text)))
        case .ended(let end): self.end.settle(end)
        case .created, .answer: break
        }
    }

    private func hang() {
        outcome.settle(
            .failure(
                Failure(
                    .sandboxUnavailable, "a container ended while it started", next: "look at the engine's log")))
        end.settle(.killed)
    }
}

/// Something that happens once, and those who wait for it.
@Reactor
final class Event<Value: Sendable> {
    private var outcome: Value?
    private var waiters: [Wait<Void>] = []

    /// Later calls are ignored.
    func settle(_ value: Value) {
        guard outcome == nil else { return }
        outcome = value
        wake()
    }

    /// - Returns: Nil where it has not happened after `patience`.
    func value(within patience: Duration) async -> Value? {
        let timer = Reactor.schedule(at: .now + patience) { [weak self] in self?.wake() }
        defer { timer.cancel() }
        await next()
        return outcome
    }

    private func wake() {
        for waiter in waiters { waiter.settle() }
        waiters = []
    }

    private func next() async {
        if outcome != nil { return }
        let wait = Wait<Void>()
        waiters.append(wait)
        await wait.value()
    }

    func value() async -> Value {
        while true {
            if let outcome { return outcome }
            await next()
        }
    }
}
