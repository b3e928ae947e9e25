import Foundations
import Glibc
import Reactor

/// One run of the launcher: from `posix_spawn` until pid 1 of the sandbox is gone.
@Reactor
final class Launch {
    let control: ControlSocket
    private(set) var keeper: ChildProcess?
    private let launcher: ChildProcess
    private let outcome = Wait<Result<Void, Failure>>()
    private var end = SandboxEnd.killed

    /// The longest that building a sandbox may take.
    private static let patience = Duration.seconds(20)

    init(launcher path: String, specification: [UInt8], descriptors: SandboxDescriptors) throws(Failure) {
        let records = try Descriptor.memory("sandbox", holding: specification)
        let pair = try Descriptor.socketPair(packets: true)
        let null = Descriptor(owning: open("/dev/null", O_RDWR | O_CLOEXEC))
        guard null.raw >= 0 else { throw Failure(.resourceExhausted, "cannot open /dev/null: \(errorText(errno))") }
        launcher = try ChildProcess.spawn(
            path, arguments: [], environment: [:],
            descriptors: [
                descriptors.input, descriptors.output, descriptors.errors, descriptors.control ?? null.raw,
                records.raw, pair.second.raw,
            ])
        control = try ControlSocket(Descriptor(owning: fcntl(pair.first.raw, F_DUPFD_CLOEXEC, 0)))
        control.onMessage = { [weak self] in self?.hear($0) }
        control.onEnd = { [weak self] in
            self?.settle(.failure(Failure(.sandboxUnavailable, "the launcher of a sandbox ended without a word")))
        }
    }

    private func hear(_ message: ControlMessage) {
        switch message {
        case .created(let process):
            do { keeper = try ChildProcess(watching: process) } catch { settle(.failure(error)) }
        case .ready: settle(.success(()))
        case .failed(let text): settle(.failure(Failure(stage: text)))
        case .ended(let end): self.end = end
        case .answer: break
        }
    }

    private func settle(_ result: Result<Void, Failure>) {
        outcome.settle(result)
    }

    func untilReady() async throws(Failure) {
        let timer = Reactor.schedule(at: .now + Self.patience) { [weak self] in
            self?.settle(.failure(Failure(.deadlineExceeded, "a sandbox was not ready after \(Self.patience)")))
        }
        defer { timer.cancel() }
        try await outcome.value().get()
    }

    func untilEnded() async -> SandboxEnd {
        await launcher.waitUntilEnded()
        await keeper?.waitUntilEnded()
        control.close()
        return end
    }

    /// Ends whatever there is of it.
    func stop() async {
        keeper?.signal(SIGKILL)
        if keeper == nil { launcher.signal(SIGKILL) }
        _ = await untilEnded()
    }
}

extension Failure {
    /// The launcher says `STAGE: TEXT`; the text may name paths of the host and is for the log.
    init(stage text: String) {
        let stage = text.prefix { $0 != ":" }
        let code: Failure.Code =
            ["bind", "command", "specification"].contains(stage) ? .failedPrecondition : .sandboxUnavailable
        self.init(
            code, "the sandbox could not be built (stage \(stage))",
            next: code == .sandboxUnavailable
                ? "run corral doctor" : "check the command and the folders of the environment",
            details: ["stage": String(stage), "reason": text])
    }
}
