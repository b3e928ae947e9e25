import Foundations
import Glibc
import JSON
import Reactor
import Spaces

@testable import Workers

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
func text(_ bytes: some Sequence<UInt8>) -> String { String(decoding: Array(bytes), as: UTF8.self) }

/// A worker's line as the connection delivers it.
func message(_ line: String, tensors: [String: Tensor] = [:]) throws -> WorkerMessage {
    WorkerMessage(members: try JSONMembers(parsing: bytes(line)), tensors: tensors)
}

/// What a parser says against a line; nil where it accepts it.
func complaint(_ body: () throws -> some Any) -> (any Error)? {
    do { _ = try body() } catch { return error }
    return nil
}

/// The test's end of a worker's channel: it reads commands and says whatever it likes.
@Reactor
final class Peer {
    let connection: WorkerConnection
    private let channel: Channel
    private let errors: Descriptor
    private var text = ""
    private var hasEnded = false
    private var waiters: [CheckedContinuation<Void, Never>] = []
    private(set) var problems: [WorkerConnection.Problem] = []
    private(set) var events: [String] = []

    init(_ dialect: WorkerConnection.Dialect, lineLimit: Int = 1 << 20) throws {
        let pair = try Descriptor.socketPair()
        let pipe = try Descriptor.pipe()
        channel = try Channel(pair.second)
        errors = pipe.second
        connection = WorkerConnection(
            channel: try Channel(pair.first), errors: try Channel(pipe.first), dialect: dialect, lineLimit: lineLimit)
        channel.onReceive = { [weak self] in
            self?.text += String(decoding: $0, as: UTF8.self)
            self?.wake()
        }
        channel.onEnd = { [weak self] _ in
            self?.hasEnded = true
            self?.wake()
        }
        connection.onEnd = { [weak self] in self?.problems.append($0) }
        connection.onEvent = { [weak self] in self?.events.append($0.members.string("event") ?? "") }
    }

    typealias Answer = Result<WorkerMessage, WorkerConnection.Problem>

    /// Sends a step and waits for what comes of it; meanwhile the worker gets the line and answers with `reply`.
    func step(timeout: Duration = .seconds(30), _ reply: String) async -> Answer {
        await exchange(timeout: timeout) { self.say(reply) }
    }

    func exchange(timeout: Duration = .seconds(30), _ play: @escaping @Reactor () -> Void) async -> Answer {
        let worker = Task {
            _ = await line()
            play()
        }
        let answer = await ask(timeout: timeout)
        if case .failure = answer { channel.close() }
        hasEnded = hasEnded || connection.problem != nil
        wake()
        await worker.value
        return answer
    }

    func ask(timeout: Duration = .seconds(30)) async -> Answer {
        do throws(WorkerConnection.Problem) {
            return .success(
                try await connection.exchange(timeout: timeout) { [connection] id in
                    connection.dialect == .v1
                        ? WorkerCommand.stepV1(action: bytes("1")) : WorkerCommand.step(id: id, action: bytes("1"))
                })
        } catch { return .failure(error) }
    }

    func say(_ text: String) { channel.send(bytes(text)) }
    func say(_ bytes: [UInt8]) { channel.send(bytes) }
    func complain(_ text: String) { _ = bytes(text).withUnsafeBytes { write(errors.raw, $0.baseAddress, $0.count) } }

    /// Ends the worker.
    func exit() { channel.close() }

    /// The next command; what the server closed comes as nil.
    func line() async -> String? {
        while !text.contains("\n") && !hasEnded {
            await withCheckedContinuation { continuation in
                if text.contains("\n") || hasEnded { continuation.resume() } else { waiters.append(continuation) }
            }
        }
        guard text.contains("\n") else { return nil }
        let line = text.prefix { $0 != "\n" }
        text = String(text.dropFirst(line.count + 1))
        return String(line)
    }

    private func wake() {
        for waiter in waiters { waiter.resume() }
        waiters = []
    }
}

extension Result {
    var problem: Failure? { if case .failure(let problem) = self { problem } else { nil } }
    var value: Success? { if case .success(let value) = self { value } else { nil } }
}

extension LineFramer {
    mutating func append(_ bytes: some Sequence<UInt8>) { Array(bytes).withUnsafeBytes { append($0) } }
}

extension LogRing {
    mutating func append(_ bytes: [UInt8]) { bytes.withUnsafeBytes { append($0) } }
}
