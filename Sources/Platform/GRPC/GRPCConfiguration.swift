/// What a gRPC server listens on, and its limits.
public struct GRPCConfiguration: Sendable {
    /// PEM texts.
    public struct TLS: Sendable {
        public var certificate: String
        public var key: String
        /// With it, clients have to have a certificate that one of these signed.
        public var clientRoots: String?

        public init(certificate: String, key: String, clientRoots: String? = nil) {
            self.certificate = certificate
            self.key = key
            self.clientRoots = clientRoots
        }
    }

    /// `HOST:PORT`, IPv6 hosts in brackets; port 0 picks a free one.
    public var address: String
    public var tls: TLS?
    /// Bytes of one message from a client.
    public var messageLimit = 16 << 20
    /// Bytes of the metadata of one call.
    public var metadataLimit = 16 << 10
    /// Calls of one connection at a time.
    public var streamLimit = 1024
    /// Silence after which a client is asked whether it is there, and how long it may take to say so.
    public var keepAlive = (time: Duration.seconds(60), timeout: Duration.seconds(20))
    /// A client that pings more often than this without calls loses its connection.
    public var shortestPing = Duration.seconds(10)
    /// Messages of one stream that are being worked on; beyond it the stream is read no further.
    public var window = 64
    /// Bytes of answers that a stream's client has not read yet; beyond it the stream is read no further.
    public var backlog = 4 << 20

    public init(address: String, tls: TLS? = nil) {
        self.address = address
        self.tls = tls
    }
}
