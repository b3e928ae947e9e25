import JSON
import Reactor
import Spaces

/// The server's end of one worker: sends commands one at a time and matches each with its reply.
///
/// Any breach of the protocol ends the connection, so that no call can get another call's answer.
@Reactor
public final class WorkerConnection {
    public enum Problem: Error, Sendable, Equatable {
        case timeout
        /// The command is longer than the worker has to take; it was not sent and the connection goes on.
        case commandTooLong(limit: Int)
        /// The worker closed its end.
        case ended
        case malformed(String)
        case lineTooLong(limit: Int)
        /// `close` was called.
        case closed
    }

    public enum Dialect: Sendable { case v1, v2, undecided }

    public var dialect: Dialect
    /// Called once when the connection is of no more use; not after `close`.
    public var onEnd: (@Reactor (Problem) -> Void)?
    /// Called with `output` and `progress` lines of the command in flight.
    public var onEvent: (@Reactor (WorkerMessage) -> Void)?
    public private(set) var log: LogRing
    public private(set) var problem: Problem?

    private let channel: Channel
    private let errors: Channel?
    private let bufferLimit: Int
    private var framer: LineFramer
    private var awaited: (message: WorkerMessage, buffers: BufferList)?
    private var pending: (id: Int, reply: Wait<Result<WorkerMessage, Problem>>)?
    private var lastID = 0
    private var deadline: ContinuousClock.Instant?
    private var watchdog: (timer: Timer, instant: ContinuousClock.Instant)?

    /// - Parameters:
    ///   - channel: Carries commands out and replies in.
    ///   - errors: The worker's standard error, kept in `log`.
    ///   - lineLimit: The most bytes of a line, and of the buffers of one reply.
    public init(channel: Channel, errors: Channel?, dialect: Dialect, lineLimit: Int, logLimit: Int = 64 << 10) {
        self.channel = channel
        self.errors = errors
        self.dialect = dialect
        log = LogRing(limit: logLimit)
        bufferLimit = lineLimit
        framer = LineFramer(lineLimit: lineLimit)
        channel.onReceive = { [weak self] in self?.received($0) }
        channel.onEnd = { [weak self] _ in self?.fail(.ended) }
        errors?.onReceive = { [weak self] in self?.log.append($0) }
    }

    /// The id of the command in flight; nil between commands.
    public var commandInFlight: Int? { pending?.id }

    /// Sends one command and waits for its reply.
    ///
    /// - Parameters:
    ///   - command: Makes the line from the command's id.
    ///   - timeout: After this long the connection ends with `timeout`.
    public func exchange(
        timeout: Duration, _ command: (_ id: Int) -> [UInt8]
    ) async throws(Problem) -> WorkerMessage {
        if let problem { throw problem }
        precondition(pending == nil, "a worker gets one command at a time")
        lastID += 1
        let id = lastID
        let line = command(id)
        guard line.count <= framer.lineLimit + 1 else { throw .commandTooLong(limit: framer.lineLimit) }
        if dialect == .v1 { refuseEarlyReply() }
        if let problem { throw problem }
        arm(ContinuousClock.now + timeout)
        let reply = Wait<Result<WorkerMessage, Problem>>()
        pending = (id, reply)
        channel.send(line)
        return try await reply.value().get()
    }

    /// Sends a line of the command in flight, and descriptors, which stay the caller's.
    ///
    /// - Returns: Whether it went out.
    public func pass(_ line: [UInt8], descriptors: [CInt]) -> Bool {
        pending != nil && channel.pass(line, descriptors: descriptors)
    }

    /// Asks that the command in flight ends soon.
    public func interrupt() {
        if let pending { channel.send(WorkerCommand.interrupt(id: pending.id)) }
    }

    /// The worker's process has ended, although another may hold its end of the channel: what it wrote still counts.
    public func processEnded() {
        channel.drain()
        fail(.ended)
    }

    /// Ends the connection from this side; a waiting `exchange` gets `closed`.
    public func close() {
        onEnd = nil
        fail(.closed)
    }

    /// Replies of version 1 have no id: one that is there before its command belongs to an earlier one.
    private func refuseEarlyReply() {
        channel.receiveNow()
        if framer.hasPending(UInt8(ascii: "{")) { fail(.malformed("a reply that nobody asked for")) }
    }

    private func received(_ bytes: UnsafeRawBufferPointer) {
        framer.append(bytes)
        do {
            while problem == nil, try takeNext() {}
        } catch let error as LineFramer.LineTooLong {
            fail(.lineTooLong(limit: error.limit))
        } catch {
            fail(.malformed("\(error)"))
        }
    }

    /// - Returns: Whether there was something whole to take.
    private func takeNext() throws -> Bool {
        if let (message, buffers) = awaited {
            guard let block = framer.take(buffers.byteCount) else { return false }
            awaited = nil
            var message = message
            message.tensors = try buffers.tensors(from: block)
            try deliver(message)
            return true
        }
        guard let line = try framer.nextLine() else { return false }
        guard let object = try objectText(of: line) else { return true }
        let message: WorkerMessage
        do {
            message = WorkerMessage(members: try JSONMembers(parsing: object))
        } catch {
            throw MalformedReply("\(MalformedReply.noJSON): \(error)")
        }
        if let list = message.members.value("buffers"), dialect == .v2 {
            awaited = (message, try BufferList(list, limit: bufferLimit))
        } else {
            try deliver(message)
        }
        return true
    }

    /// What of a line is the reply; nil where nothing is. Version 1 tolerates prints of libraries around it.
    private func objectText(of line: [UInt8]) throws(MalformedReply) -> [UInt8]? {
        let isBlank = line.allSatisfy {
            $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r")
        }
        if isBlank { return nil }
        if line.first == UInt8(ascii: "{") { return line }
        guard dialect != .v2 else { throw MalformedReply("a reply does not begin with {") }
        let start = line.firstIndex(of: UInt8(ascii: "{")) ?? line.endIndex
        (line[..<start] + [UInt8(ascii: "\n")]).withUnsafeBytes { log.append($0) }
        return start == line.endIndex ? nil : Array(line[start...])
    }

    private func deliver(_ message: WorkerMessage) throws(MalformedReply) {
        guard let (id, reply) = pending else { throw MalformedReply("a reply that nobody asked for") }
        if dialect == .v2 || (dialect == .undecided && message.members["id"] != nil) {
            guard message.members.integer("id") == id else {
                throw MalformedReply("a reply with another id than the command's (\(id))")
            }
            if message.members["event"] != nil {
                onEvent?(message)
                return
            }
        }
        pending = nil
        deadline = nil
        reply.settle(.success(message))
    }

    private func fail(_ reason: Problem) {
        guard problem == nil else { return }
        problem = reason
        channel.close()
        errors?.drain()
        watchdog?.timer.cancel()
        let waiting = pending?.reply
        pending = nil
        waiting?.settle(.failure(reason))
        let onEnd = onEnd
        (self.onEnd, onEvent) = (nil, nil)
        onEnd?(reason)
    }

    /// One timer serves all commands: when it goes off it looks whether the deadline has moved.
    private func arm(_ instant: ContinuousClock.Instant) {
        deadline = instant
        if let watchdog, watchdog.instant <= instant { return }
        watchdog?.timer.cancel()
        let timer = Reactor.schedule(at: instant) { [weak self] in self?.watchdogBarks() }
        watchdog = (timer, instant)
    }

    private func watchdogBarks() {
        watchdog = nil
        guard problem == nil, let deadline else { return }
        if deadline <= .now { fail(.timeout) } else { arm(deadline) }
    }
}
