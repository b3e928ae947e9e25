import Foundations

/// Where an HTTP server is reached: `http://HOST:PORT`, `https://HOST:PORT` or `unix:///PATH/OF/SOCKET`.
public struct HTTPEndpoint: Sendable, Hashable, CustomStringConvertible {
    /// As it was given.
    public let description: String
    /// What stands before the path of every request, without a slash at the end.
    let base: String
    let socket: String?
    /// Whether it can only be on this machine; then proxies do not count.
    let isLocal: Bool

    /// - Throws: `invalidArgument` for anything else.
    public init(_ text: String) throws(Failure) {
        description = text
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f }) else { throw Self.refusal(text) }
        if text.hasPrefix("unix:") {
            let path = text.dropFirst(text.hasPrefix("unix://") ? 7 : 5)
            guard !path.isEmpty else { throw Self.refusal(text) }
            (base, socket, isLocal) = ("http://localhost", String(path), true)
            return
        }
        guard let scheme = ["http://", "https://"].first(where: { text.lowercased().hasPrefix($0) }) else {
            throw Self.refusal(text)
        }
        let rest = text.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" }
        guard !authority.isEmpty, !rest.contains("?"), !rest.contains("#"), !authority.contains("@") else {
            throw Self.refusal(text)
        }
        let path = rest[authority.endIndex...]
        base = scheme + authority + path.prefix(path.count - path.reversed().prefix { $0 == "/" }.count)
        socket = nil
        isLocal =
            authority.hasPrefix("127.") || authority.hasPrefix("[::1]") || authority.prefix { $0 != ":" } == "localhost"
    }

    private static func refusal(_ text: String) -> Failure {
        Failure(
            .invalidArgument, "`\(text)` is no address of a server",
            next: "use http://HOST:PORT, https://HOST:PORT or unix:///PATH/OF/SOCKET")
    }
}
