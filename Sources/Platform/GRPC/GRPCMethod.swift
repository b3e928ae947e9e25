import Reactor

/// One method of a service, and who answers it.
public struct GRPCMethod: Sendable {
    /// Answers one message by one message.
    public typealias Unary = @Reactor @Sendable (GRPCCall, [UInt8]) async throws(GRPCStatus) -> [UInt8]
    /// Accepts a stream; what it returns is told of what arrives.
    public typealias Stream = @Reactor @Sendable (GRPCCall) throws(GRPCStatus) -> any GRPCStreamHandler

    enum Kind: Sendable {
        case unary(Unary)
        case stream(Stream)
    }

    /// `/package.Service/Method`.
    public let path: String
    let kind: Kind
    /// How many calls the core takes ahead.
    let waiting: Int32
    /// Whether the handler wants to know that its caller left.
    let isWatched: Bool

    /// - Parameters:
    ///   - isFrequent: Called all the time and by many, like a step.
    ///   - isWatched: The call knows whether its caller left (`GRPCCall.isCancelled`), which costs an event.
    public static func unary(
        _ path: String, isFrequent: Bool = false, isWatched: Bool = false, _ handler: @escaping Unary
    ) -> GRPCMethod {
        GRPCMethod(path: path, kind: .unary(handler), waiting: isFrequent ? 64 : 2, isWatched: isWatched)
    }

    public static func stream(_ path: String, _ handler: @escaping Stream) -> GRPCMethod {
        GRPCMethod(path: path, kind: .stream(handler), waiting: 0, isWatched: true)
    }
}

/// Who deals with the messages of one stream.
@Reactor
public protocol GRPCStreamHandler: AnyObject {
    /// A message arrived. `GRPCCall.handled` has to be called once for it, then or later.
    func received(_ message: [UInt8])
    /// The client sends no more.
    func halfClosed()
    /// The stream is over; told once, last.
    func closed()
}
