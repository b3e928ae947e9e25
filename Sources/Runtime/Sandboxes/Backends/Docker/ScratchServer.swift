import Foundations
import Glibc
import Reactor

/// A helper process that mounts scratch folders inside a container from outside, where no process of it may.
@Reactor
final class ScratchServer {
    private let control: ControlSocket
    private let child: ChildProcess
    private let ready = Event<Result<Void, Failure>>()

    /// Starts the helper; returns when it is in the container's namespaces.
    ///
    /// - Parameters:
    ///   - process: Pid 1 of the container.
    ///   - isLone: Whether the container's sessions shall not meet at its loopback, which is then taken down.
    static func start(launcher: String, process: pid_t, isLone: Bool) async throws(Failure) -> ScratchServer {
        let server = try ScratchServer(launcher: launcher, process: process, isLone: isLone)
        do throws(Failure) { try await server.ready.value().get() } catch {
            await server.close()
            throw error
        }
        return server
    }

    private init(launcher: String, process: pid_t, isLone: Bool) throws(Failure) {
        let pair = try Descriptor.socketPair(packets: true)
        let null = Descriptor(owning: Glibc.open("/dev/null", O_RDWR | O_CLOEXEC))
        guard null.raw >= 0 else { throw Failure(.resourceExhausted, "cannot open /dev/null: \(errorText(errno))") }
        child = try ChildProcess.spawn(
            launcher, arguments: ["scratch", String(process)] + (isLone ? ["lone"] : []), environment: [:],
            descriptors: [null.raw, null.raw, null.raw, null.raw, null.raw, pair.second.raw])
        control = try ControlSocket(Descriptor(owning: fcntl(pair.first.raw, F_DUPFD_CLOEXEC, 0)))
        control.onMessage = { [weak self] message in
            switch message {
            case .ready: self?.ready.settle(.success(()))
            case .failed(let text): self?.ready.settle(.failure(Failure(stage: text)))
            default: break
            }
        }
        control.onEnd = { [weak self] in
            self?.ready.settle(.failure(Failure(.sandboxUnavailable, "a container cannot be entered")))
        }
    }

    func open(_ name: String, in family: String?, bytes: Int, inodes: Int) async throws(Failure) {
        try await control.ask("scratch", name, " \(bytes) \(inodes)" + (family.map { " " + $0 } ?? ""))
    }

    func close(_ name: String, in family: String?) async throws(Failure) {
        try await control.ask("unscratch", name, family.map { " " + $0 } ?? "")
    }

    /// Ends the helper, which lets go of the container's namespaces.
    func close() async {
        control.close()
        child.signal(SIGKILL)
        await child.waitUntilEnded()
    }
}
