import Foundations
import Glibc

/// A blocking client that sends bytes as they are and reads HTTP/1.1 answers.
public final class RawClient {
    public struct Answer: Sendable {
        public let status: Int
        /// Names in lower case; of several fields of one name, the last.
        public let headers: [String: String]
        public let body: [UInt8]

        public var text: String { String(decoding: body, as: UTF8.self) }
    }

    private let socket: Int32
    private var buffer: [UInt8] = []

    /// Connects to the loopback port; waits at most `seconds` for every later read.
    public init(port: Int, seconds: Int = 20, receiveBuffer: Int32? = nil) throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        if var size = receiveBuffer { setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &size, 4) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        try connect(&address, seconds)
    }

    public init(unix path: String, seconds: Int = 20) throws {
        socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        try connect(&address, seconds)
    }

    deinit { close(socket) }

    private func connect<Address>(_ address: inout Address, _ seconds: Int) throws {
        var limit = timeval(tv_sec: seconds, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(socket, $0, socklen_t(MemoryLayout<Address>.size))
            }
        }
        guard status == 0 else { throw Failure(.unavailable, "connect: \(String(cString: strerror(errno)))") }
    }

    /// Sends everything; false where the peer has closed.
    @discardableResult
    public func send(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    @discardableResult
    public func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    /// Sends one request with a length and reads its answer.
    public func call(_ method: String, _ target: String, headers: [String] = [], body: [UInt8] = []) throws -> Answer {
        let lines = ["\(method) \(target) HTTP/1.1", "Host: test", "Content-Length: \(body.count)"] + headers
        send(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body)
        return try answer(hasBody: method != "HEAD")
    }

    /// Reads the next answer; `hasBody: false` after HEAD.
    public func answer(hasBody: Bool = true) throws -> Answer {
        while findEnd() == nil { try fill() }
        let end = findEnd() ?? 0
        let lines = String(decoding: buffer[..<end], as: UTF8.self).components(separatedBy: "\r\n")
        buffer.removeFirst(end + 4)
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count >= 2, let status = Int(words[1]) else {
            throw Failure(.internal, "no status line: \(lines.first ?? "")")
        }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            headers[line[..<colon].lowercased()] = String(value)
        }
        let count = hasBody && status >= 200 ? headers["content-length"].flatMap { Int($0) } ?? 0 : 0
        while buffer.count < count { try fill() }
        defer { buffer.removeFirst(count) }
        return Answer(status: status, headers: headers, body: Array(buffer[..<count]))
    }

    /// Reads exactly so many bytes.
    public func read(_ count: Int) throws -> [UInt8] {
        while buffer.count < count { try fill() }
        defer { buffer.removeFirst(count) }
        return Array(buffer[..<count])
    }

    /// Reads until the peer closes, or resets, the connection.
    public func readToEnd() throws -> [UInt8] {
        while try receive() > 0 {}
        defer { buffer = [] }
        return buffer
    }

    private func findEnd() -> Int? {
        guard buffer.count >= 4 else { return nil }
        return (0...buffer.count - 4).first { buffer[$0] == 13 && buffer[$0 + 1] == 10 && buffer[$0 + 2] == 13 }
    }

    private func fill() throws {
        guard try receive() > 0 else { throw Failure(.unavailable, "the peer closed the connection") }
    }

    private func receive() throws -> Int {
        var part = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(socket, &part, part.count, 0)
        if count < 0, errno == EAGAIN { throw Failure(.deadlineExceeded, "nothing came in time") }
        if count > 0 { buffer += part[..<count] }
        return max(0, count)
    }
}

extension String {
    fileprivate func components(separatedBy separator: String) -> [String] {
        split(separator: separator, omittingEmptySubsequences: false).map(String.init)
    }
}

/// A loopback port that was free a moment ago.
public func freePort() throws -> Int {
    let probe = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    defer { close(probe) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(probe, $0, size) == 0 ? getsockname(probe, $0, &size) : -1
        }
    }
    guard status == 0 else { throw Failure(.unavailable, "no free port") }
    return Int(UInt16(bigEndian: address.sin_port))
}
