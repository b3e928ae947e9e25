import Foundations
import HTTP
import Reactor

/// One WebSocket of a server: whole messages in and out, in order.
@Reactor
public final class WebSocketConnection {
    public enum Message: Sendable, Equatable {
        case text([UInt8])
        case binary([UInt8])
    }

    /// Called with every message, while fewer than the allowed number of requests run.
    public var onMessage: (@Reactor (Message) -> Void)?
    /// Called once, when no message can come or be sent any more.
    public var onEnd: (@Reactor () -> Void)?

    private let codec: FrameCodec
    private let channel: Channel
    private let limits: WebSocketLimits
    private var release: (@Sendable () -> Void)?
    /// Read already, and waiting for requests to end.
    private var backlog: [FrameCodec.Message] = []
    private var running = 0
    private var isHandlingBacklog = false
    private var hasEnded = false
    private var isClosing = false
    /// Looks of the hub since the peer was last heard.
    private var silence = 0
    private var queuedAtLook = 0
    var onGone: (@Reactor () -> Void)?
    private var goneWaiters: [CheckedContinuation<Void, Never>] = []

    /// - Throws: `internal` when the socket cannot be watched; it is closed then.
    init(_ socket: UpgradedSocket, limits: WebSocketLimits) throws(Failure) {
        self.limits = limits
        release = { socket.release() }
        codec = FrameCodec(messageLimit: limits.message)
        do throws(Failure) {
            channel = try Channel(Descriptor(owning: socket.descriptor), queueLimit: limits.queue)
        } catch {
            socket.release()
            throw error
        }
        channel.onReceive = { [weak self] in self?.received($0) }
        channel.onEnd = { [weak self] _ in self?.gone() }
        channel.onDrained = { [weak self] in self?.drained() }
    }

    /// Hands on what came with the handshake.
    func begin(with early: [UInt8]) {
        if !early.isEmpty { early.withUnsafeBytes { received($0) } }
    }

    /// Whether messages can still be sent.
    public var isOpen: Bool { !hasEnded && !isClosing }

    /// Bytes that the peer has not taken yet.
    public var queuedBytes: Int { channel.queuedBytes }

    /// Whether the peer reads so slowly that what can be left out should be.
    public var isBehind: Bool { channel.queuedBytes > limits.queueMark }

    /// Sends one message; after the end it goes nowhere.
    public func send(_ payload: [UInt8], isText: Bool = true) {
        guard isOpen else { return }
        channel.send(FrameCodec.frame(payload, isText: isText))
        adjustReading()
    }

    /// A request has begun that `requestEnded` will follow.
    public func requestBegan() {
        running += 1
        adjustReading()
    }

    public func requestEnded() {
        running -= 1
        handleBacklog()
        adjustReading()
    }

    var runningRequests: Int { running }

    /// Closes with a code of RFC 6455 (7.4), once what was sent before has gone out.
    public func close(_ code: UInt16, _ reason: String = "") {
        guard isOpen else { return }
        codec.close(code, reason)
        flush()
        beginClosing()
    }

    /// Ends the connection without a word.
    public func cut() {
        guard !hasEnded else { return }
        channel.close()
        gone()
    }

    func untilGone() async {
        await withCheckedContinuation { if hasEnded { $0.resume() } else { goneWaiters.append($0) } }
    }

    /// Called at every ping interval.
    func look() {
        guard !hasEnded else { return }
        let queued = channel.queuedBytes
        let isWaitedFor = queued == 0 && running >= limits.requests
        let hasMoved = queued < queuedAtLook
        queuedAtLook = queued
        if isWaitedFor || hasMoved { silence = 0 }
        if silence >= 3 { return cut() }
        if silence >= 1, queued == 0, isOpen {
            codec.ping()
            flush()
        }
        silence += 1
    }

    private func received(_ bytes: UnsafeRawBufferPointer) {
        silence = 0
        guard !codec.isReadingOver else { return }
        let messages = codec.receive(bytes)
        flush()
        if !isClosing { backlog.append(contentsOf: messages) }
        handleBacklog()
        if codec.isReadingOver, !hasEnded {
            isClosing = true
            if codec.isCloseReceived, channel.queuedBytes == 0 { return cut() }
            beginClosing()
        }
        adjustReading()
    }

    private func handleBacklog() {
        guard !isHandlingBacklog else { return }
        isHandlingBacklog = true
        defer { isHandlingBacklog = false }
        var place = 0
        while place < backlog.count, !isFull, !hasEnded {
            switch backlog[place] {
            case .text(let bytes): onMessage?(.text(bytes))
            case .binary(let bytes): onMessage?(.binary(bytes))
            }
            place += 1
        }
        backlog.removeFirst(min(place, backlog.count))
    }

    private func flush() {
        let bytes = codec.takeOutput()
        if !bytes.isEmpty, !hasEnded { channel.send(bytes) }
    }

    /// Waits for the peer's own close frame or end, not for long.
    private func beginClosing() {
        isClosing = true
        Reactor.schedule(at: .now + limits.closeTime) { [weak self] in self?.cut() }
    }

    private func drained() {
        if isClosing, codec.isCloseReceived { return cut() }
        handleBacklog()
        adjustReading()
    }

    private func adjustReading() {
        guard !hasEnded else { return }
        channel.pause((isFull || !backlog.isEmpty) && !isClosing)
    }

    private var isFull: Bool { running >= limits.requests || channel.queuedBytes > limits.queueMark }

    private func gone() {
        guard !hasEnded else { return }
        hasEnded = true
        backlog = []
        let (onEnd, onGone, release) = (onEnd, onGone, release)
        (onMessage, self.onEnd, self.onGone, self.release) = (nil, nil, nil, nil)
        release?()
        onEnd?()
        onGone?()
        for waiter in goneWaiters { waiter.resume() }
        goneWaiters = []
    }
}
