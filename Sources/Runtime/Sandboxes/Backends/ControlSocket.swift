import Foundations
import Glibc
import Reactor

/// What the launcher and pid 1 of a sandbox say on the control socket.
enum ControlMessage: Equatable {
    case created(pid_t)
    case ready
    case failed(String)
    case ended(SandboxEnd)
    case answer(String)

    init(_ text: String) {
        let words = text.split(separator: " ", maxSplits: 1)
        let number = words.count == 2 ? CInt(words[1]) : nil
        switch (words.first, number) {
        case ("created", let process?): self = .created(process)
        case ("exited", let code?): self = .ended(.exited(code))
        case ("signaled", let signal?): self = .ended(.signaled(signal))
        case ("ready", _) where words.count == 1: self = .ready
        case ("failed", _) where !text.hasPrefix("failed scratch") && !text.hasPrefix("failed unscratch"):
            self = .failed(String(text.dropFirst(7)))
        default: self = .answer(text)
        }
    }
}

/// The server's end of a sandbox's control socket: requests are answered in the order they were made.
@Reactor
final class ControlSocket {
    var onMessage: (@Reactor (ControlMessage) -> Void)?
    /// Called once when the other end is gone; not after `close`.
    var onEnd: (@Reactor () -> Void)?
    private let socket: PacketSocket
    private var waiters: [Wait<String?>] = []
    private var isOpen = true

    init(_ descriptor: consuming Descriptor) throws(Failure) {
        socket = try PacketSocket(descriptor, messageLimit: 1024)
        socket.onMessage = { [weak self] bytes, _ in
            guard let self else { return }
            let message = ControlMessage(String(decoding: bytes, as: UTF8.self))
            if case .answer(let text) = message, !waiters.isEmpty {
                waiters.removeFirst().settle(text)
            } else {
                onMessage?(message)
            }
        }
        socket.onEnd = { [weak self] in
            guard let self else { return }
            let onEnd = onEnd
            end()
            onEnd?()
        }
    }

    /// - Throws: `unavailable` when the sandbox is gone; else what the answer says.
    func ask(_ verb: String, _ name: String, _ rest: String = "") async throws(Failure) {
        guard isOpen else { throw Self.gone }
        let request = Array("\(verb) \(name)\(rest)".utf8)
        try socket.send(request)
        // Queued as sent: the order of waiters is that of requests.
        let wait = Wait<String?>()
        waiters.append(wait)
        guard let answer = await wait.value() else { throw Self.gone }
        if answer == "ok \(verb) \(name)" { return }
        throw Failure(
            answer.contains("File exists") ? .alreadyExists : .failedPrecondition,
            "the sandbox cannot \(verb) \(name)", details: ["reason": answer])
    }

    /// Sends what has no answer; the descriptors stay the caller's.
    ///
    /// - Throws: `unavailable` when the sandbox is gone.
    func send(_ text: String, descriptors: [CInt]) throws(Failure) {
        guard isOpen else { throw Self.gone }
        try socket.send(Array(text.utf8), descriptors: descriptors)
    }

    /// Closing ends the sandbox.
    func close() {
        socket.close()
        end()
    }

    private func end() {
        isOpen = false
        for waiter in waiters { waiter.settle(nil) }
        waiters = []
        onMessage = nil
        onEnd = nil
    }

    private static let gone = Failure(.unavailable, "the sandbox is gone")
}
