import Foundations
import Glibc

/// A bound and listening socket; closed, and its file removed, by `close()`.
struct ListeningSocket: Sendable {
    let descriptor: Int32
    /// For people: `127.0.0.1:8080`, `unix:/run/corral.sock`.
    let name: String
    /// The port of a TCP socket.
    let port: Int?
    private let path: String?

    func close() {
        Glibc.close(descriptor)
        if let path { unlink(path) }
    }
}

extension ListeningSocket {
    init(_ listener: HTTPServerConfiguration.Listener) throws(Failure) {
        switch listener {
        case .tcp(let host, let port): try self.init(host: host, port: port)
        case .unix(let path, let mode): try self.init(path: path, mode: mode)
        }
    }
}

// MARK: TCP

extension ListeningSocket {
    private init(host: String, port: Int) throws(Failure) {
        guard 0...65535 ~= port else {
            throw Failure(.invalidArgument, "\(port) is no port", next: "take a port from 0 to 65535")
        }
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var found: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, String(port), &hints, &found)
        guard status == 0, let found else {
            throw Failure(
                .invalidArgument, "cannot listen on \(host): \(String(cString: gai_strerror(status)))",
                next: "give an address of this machine, such as 127.0.0.1")
        }
        defer { freeaddrinfo(found) }
        let addresses = Array(sequence(first: found) { $0.pointee.ai_next })
        var code: Int32 = EADDRNOTAVAIL
        for address in addresses.filter({ $0.pointee.ai_family == AF_INET }) + addresses {
            switch bound(address.pointee) {
            case .success(let descriptor):
                let port = boundPort(descriptor)
                let text = host.contains(":") ? "[\(host)]" : host
                self.init(descriptor: descriptor, name: "\(text):\(port)", port: port, path: nil)
                return
            case .failure(let failure): code = failure.code
            }
        }
        let next =
            switch code {
            case EADDRINUSE: "stop what listens there, or take another port"
            case EACCES: "ports below 1024 need privileges: take a higher one"
            default: "give an address of this machine, such as 127.0.0.1"
            }
        throw Failure(.unavailable, "cannot listen on \(host):\(port): \(describe(code))", next: next)
    }
}

private struct SystemError: Error { let code: Int32 }

private func bound(_ address: addrinfo) -> Result<Int32, SystemError> {
    let descriptor = newSocket(address.ai_family)
    guard descriptor >= 0 else { return .failure(SystemError(code: errno)) }
    var on: Int32 = 1
    var off: Int32 = 0
    let size = socklen_t(MemoryLayout<Int32>.size)
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, size)
    if address.ai_family == AF_INET6 { setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &off, size) }
    guard bind(descriptor, address.ai_addr, address.ai_addrlen) == 0, listen(descriptor, 4096) == 0 else {
        let code = errno
        close(descriptor)
        return .failure(SystemError(code: code))
    }
    return .success(descriptor)
}

private func boundPort(_ descriptor: Int32) -> Int {
    var address = sockaddr_storage()
    var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
    return withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = getsockname(descriptor, $0, &size) }
        // The port stands at the same place for IPv4 and IPv6.
        return $0.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { Int(UInt16(bigEndian: $0.pointee.sin_port)) }
    }
}

private func newSocket(_ family: Int32) -> Int32 {
    socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
}

private func describe(_ code: Int32) -> String { String(cString: strerror(code)) }

// MARK: Unix

extension ListeningSocket {
    private init(path: String, mode: UInt32) throws(Failure) {
        guard var address = unixAddress(path) else {
            throw Failure(
                .invalidArgument, "the socket path has \(path.utf8.count) bytes", next: "take one of 1 to 107 bytes")
        }
        try removeStale(path, &address)
        let descriptor = newSocket(AF_UNIX)
        // Nobody can connect before `listen`, so the permissions are in force in time.
        guard descriptor >= 0, withSocketAddress(&address, { bind(descriptor, $0, $1) }) == 0,
            chmod(path, mode & 0o777) == 0, listen(descriptor, 4096) == 0
        else {
            let code = errno
            if descriptor >= 0 { Glibc.close(descriptor) }
            throw Failure(
                .unavailable, "cannot listen on \(path): \(describe(code))",
                next: "take a path in a folder that exists and can be written")
        }
        self.init(descriptor: descriptor, name: "unix:\(path)", port: nil, path: path)
    }
}

/// Removes a socket file that nobody serves; refuses to touch anything else.
private func removeStale(_ path: String, _ address: inout sockaddr_un) throws(Failure) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFSOCK else {
        throw Failure(.unavailable, "\(path) is not a socket", next: "remove it, or take another path")
    }
    let probe = newSocket(AF_UNIX)
    defer { close(probe) }
    let refused = withSocketAddress(&address, { connect(probe, $0, $1) }) != 0 && errno == ECONNREFUSED
    guard refused else {
        throw Failure(.unavailable, "another server listens on \(path)", next: "stop it, or take another path")
    }
    unlink(path)
}

private func unixAddress(_ path: String) -> sockaddr_un? {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let fits = withUnsafeMutableBytes(of: &address.sun_path) { buffer in
        guard !path.isEmpty, path.utf8.count < buffer.count, !path.utf8.contains(0) else { return false }
        buffer.copyBytes(from: path.utf8)
        return true
    }
    return fits ? address : nil
}

private func withSocketAddress<Result>(
    _ address: inout sockaddr_un, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
) -> Result {
    withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
    }
}
