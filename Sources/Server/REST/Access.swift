import AccessKeys
import Foundations
import HTTP
import Sessions

/// Who a request comes from, and whether a browser may have been tricked into sending it.
public struct Access: Sendable {
    private let keys: KeyRing?
    private let isLoopback: Bool

    /// - Parameters:
    ///   - keys: Nil: no keys are in use and every caller is the local admin.
    ///   - isLoopback: Whether the server listens on loopback only; then `Host` and `Origin` are checked against DNS rebinding.
    public init(keys: KeyRing?, isLoopback: Bool) {
        self.keys = keys
        self.isLoopback = isLoopback
    }

    /// Counts as one request of the caller's key.
    ///
    /// - Parameter token: The key where it came another way than in `Authorization`.
    /// - Throws: `unauthenticated`, `permission_denied`, and what `CallerStanding.admit` throws.
    public func caller(of request: HTTPRequest, token: String? = nil) throws(Failure) -> Caller {
        if isLoopback && !request.isUnixSocket { try checkOrigin(request) }
        return try caller(authorization: request.header("authorization"), token: token)
    }

    /// - Parameters:
    ///   - header: `Bearer KEY`.
    ///   - token: The key where it came another way.
    /// - Throws: What `KeyRing.caller` throws.
    package func caller(authorization header: String?, token: String? = nil) throws(Failure) -> Caller {
        guard let keys else { return .local }
        let header = header ?? ""
        return try keys.caller(of: header.lowercased().hasPrefix("bearer ") ? String(header.dropFirst(7)) : token)
    }

    private func checkOrigin(_ request: HTTPRequest) throws(Failure) {
        if let host = request.header("host"), !Self.isLoopbackName(host) {
            throw Failure(
                .permissionDenied, "the Host header names another machine",
                next: "call the server by its loopback address")
        }
        if let origin = request.header("origin") {
            // `null` and anything without an authority is a stranger.
            let authority = origin.firstRange(of: "://").map { origin[$0.upperBound...] } ?? ""
            guard Self.isLoopbackName(String(authority)) else {
                throw Failure(.permissionDenied, "pages of \(origin.prefix(200)) may not call this server")
            }
        }
    }

    /// - Parameter authority: A host by name or address, with or without a port.
    public static func isLoopbackName(_ authority: String) -> Bool {
        if isPlainLoopback(authority) { return true }
        var name = Substring(authority.lowercased())
        if name.hasPrefix("[") {
            name = name.dropFirst().prefix { $0 != "]" }
        } else if name.count(where: { $0 == ":" }) < 2 {
            name = name.prefix { $0 != ":" }
        }
        return name == "localhost" || name == "::1"
            || name.hasPrefix("127.")
                && name.allSatisfy { $0 == "." || $0.isNumber }
    }

    /// Digits and dots after `127.`, then perhaps a port: how nearly every request writes it.
    private static func isPlainLoopback(_ authority: String) -> Bool {
        guard authority.utf8.starts(with: "127.".utf8) else { return false }
        var isPort = false
        for byte in authority.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): continue
            case UInt8(ascii: ".") where !isPort: continue
            case UInt8(ascii: ":") where !isPort: isPort = true
            default: return false
            }
        }
        return true
    }
}
