import CMicrohttpd
import Foundations
import Glibc

/// One libmicrohttpd daemon: socket threads that serve the connections given to it, all plain or all TLS.
///
/// Unchecked: the pointers are set once; the library locks what `add` and `stop` touch.
final class Daemon: @unchecked Sendable {
    private let handle: OpaquePointer
    private let options: UnsafeMutablePointer<corral_http_options>
    private let texts: [UnsafeMutablePointer<CChar>]

    /// The PEM texts of a certificate (chain) and its key.
    struct Certificate {
        let chain: [UInt8]
        let key: [UInt8]
    }

    init(server: ServerCore, certificate: Certificate?) throws(Failure) {
        let configuration = server.configuration
        texts = (certificate.map { [$0.chain, $0.key] } ?? []).map(duplicatedText)
        options = .allocate(capacity: 1)
        options.initialize(
            to: corral_http_options(
                threads: UInt32(clamping: max(1, configuration.threads)),
                // The acceptor keeps the limit; this one only must not be reached before.
                connection_limit: UInt32(clamping: max(1, min(configuration.connectionLimit, 1 << 24)) * 2 + 1024),
                idle_seconds: UInt32(clamping: max(1, configuration.idleTimeout)),
                // Above 32 KiB the library maps the memory, so that a connection that ends gives it back.
                connection_memory: max(36 << 10, min(configuration.headerLimit, 1 << 24) * 2),
                certificate: texts.first.map { UnsafePointer($0) }, key: texts.last.map { UnsafePointer($0) },
                context: Unmanaged.passUnretained(server).toOpaque(),
                on_request_line: onRequestLine, on_request: onRequest, on_completed: onCompleted,
                on_connection: onPlainConnection, on_message: onMessage))
        if certificate != nil { options.pointee.on_connection = onTLSConnection }
        corral_http_set_error_page(makeErrorPage)
        guard let started = corral_http_start(options) else {
            Self.free(options, texts)
            let reason = server.latestMessage
            if certificate != nil {
                throw Failure(
                    .invalidArgument, "the TLS certificate or key cannot be used: \(reason)",
                    next: "give a PEM certificate (chain) and the private key that belongs to it")
            }
            throw Failure(
                .unavailable, "the HTTP server could not start: \(reason)",
                next: "check the limits on threads and open files")
        }
        handle = started
    }

    /// Takes over the socket, also where it then cannot be served.
    func add(_ socket: Int32, _ address: sockaddr_storage, _ size: socklen_t) {
        withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = MHD_add_connection(handle, socket, $0, size)
            }
        }
    }

    /// Closes every connection and ends the threads; no request may be with its handler, and `add` not be called again.
    func stop() {
        MHD_stop_daemon(handle)
        Self.free(options, texts)
    }

    private static func free(
        _ options: UnsafeMutablePointer<corral_http_options>, _ texts: [UnsafeMutablePointer<CChar>]
    ) {
        for text in texts {
            explicit_bzero(text, strlen(text))
            text.deallocate()
        }
        options.deallocate()
    }
}

private func duplicatedText(_ bytes: [UInt8]) -> UnsafeMutablePointer<CChar> {
    let text = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count + 1)
    for (index, byte) in bytes.enumerated() { text[index] = CChar(bitPattern: byte) }
    text[bytes.count] = 0
    return text
}
