/// What one WebSocket, and all of a server together, may take. Sizes in bytes.
public struct WebSocketLimits: Sendable {
    /// More connections are answered 503.
    public var connections = 8192
    /// A longer message closes the connection with 1009.
    public var message = 16 << 20
    /// With more than this waiting to be sent, nothing more is read from the peer.
    public var queueMark = 1 << 20
    /// With more than this waiting to be sent, the connection is cut.
    public var queue = 64 << 20
    /// Requests of one connection that may run at once; the rest stays unread.
    public var requests = 1024
    /// A peer that is silent for this long is pinged, and cut after three times that.
    public var pingInterval = Duration.seconds(20)
    /// How long a peer may take to answer a close frame.
    public var closeTime = Duration.seconds(2)

    public init() {}
}
