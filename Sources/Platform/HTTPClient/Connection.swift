import CCurl
import Foundations

/// A handle of libcurl, which keeps its connection open from call to call.
struct Connection: ~Copyable {
    private let handle: OpaqueHandle
    private let endpoint: HTTPEndpoint
    private let answerLimit: Int
    private let connectTimeout: Duration

    private typealias OpaqueHandle = UnsafeMutableRawPointer

    private static let started = corral_curl_start()

    init(_ endpoint: HTTPEndpoint, answerLimit: Int, connectTimeout: Duration) throws(Failure) {
        guard Self.started == CURLE_OK, let handle = curl_easy_init() else {
            throw Failure(.resourceExhausted, "the HTTP client cannot start")
        }
        self.handle = handle
        self.endpoint = endpoint
        self.answerLimit = answerLimit
        self.connectTimeout = connectTimeout
    }

    deinit { curl_easy_cleanup(handle) }

    func perform(_ call: HTTPCall, _ cancellation: Cancellation) throws(Failure) -> HTTPAnswer {
        guard call.target.hasPrefix("/") else {
            throw Failure(.invalidArgument, "`\(call.target)` is no path of a server")
        }
        curl_easy_reset(handle)
        var headers: UnsafeMutablePointer<curl_slist>?
        defer { curl_slist_free_all(headers) }
        // Without the empty Expect a larger body waits a second for servers that do not know it.
        for line in ["Expect:"] + call.headers.map({ "\($0.name): \($0.value)" }) {
            guard !line.utf8.contains(where: { $0 < 0x20 }), let longer = curl_slist_append(headers, line) else {
                throw Failure(.invalidArgument, "a header cannot be sent")
            }
            headers = longer
        }
        corral_curl_set_headers(handle, headers)
        corral_curl_set_text(handle, CURLOPT_URL, endpoint.base + call.target)
        corral_curl_set_text(handle, CURLOPT_CUSTOMREQUEST, call.method)
        corral_curl_set_text(handle, CURLOPT_PROTOCOLS_STR, "http,https")
        corral_curl_set_long(handle, CURLOPT_NOSIGNAL, 1)
        corral_curl_set_long(handle, CURLOPT_CONNECTTIMEOUT_MS, connectTimeout.milliseconds)
        if call.method == "HEAD" { corral_curl_set_long(handle, CURLOPT_NOBODY, 1) }
        if let timeout = call.timeout { corral_curl_set_long(handle, CURLOPT_TIMEOUT_MS, max(1, timeout.milliseconds)) }
        if let socket = endpoint.socket { corral_curl_set_text(handle, CURLOPT_UNIX_SOCKET_PATH, socket) }
        if endpoint.isLocal { corral_curl_set_text(handle, CURLOPT_PROXY, "") }
        return try exchange(call.body, cancellation)
    }

    private func exchange(_ body: [UInt8]?, _ cancellation: Cancellation) throws(Failure) -> HTTPAnswer {
        let receiver = Receiver(limit: answerLimit, cancellation: cancellation)
        corral_curl_set_callbacks(
            handle, receiveHeader, receiveBody, reportProgress, Unmanaged.passUnretained(receiver).toOpaque())
        var message = [CChar](repeating: 0, count: Int(CURL_ERROR_SIZE))
        let code = message.withUnsafeMutableBufferPointer { message in
            corral_curl_set_error_buffer(handle, message.baseAddress)
            defer { corral_curl_set_error_buffer(handle, nil) }
            guard let body else { return curl_easy_perform(handle) }
            corral_curl_set_size(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
            return body.withUnsafeBytes { bytes in
                // Not null even where it is empty: libcurl would read the body from standard input.
                corral_curl_set_pointer(handle, CURLOPT_POSTFIELDS, bytes.baseAddress ?? UnsafeRawPointer(handle))
                return curl_easy_perform(handle)
            }
        }
        withExtendedLifetime(receiver) {}
        guard code == CURLE_OK else {
            let text = String(decoding: message.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            throw failure(code, text.isEmpty ? String(cString: curl_easy_strerror(code)) : text)
        }
        receiver.answer.status = Int(corral_curl_status(handle))
        return receiver.answer
    }

    private func failure(_ code: CURLcode, _ text: String) -> Failure {
        switch code {
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL:
            Failure(.invalidArgument, "\(endpoint) cannot be called: \(text)")
        case CURLE_OPERATION_TIMEDOUT:
            Failure(.deadlineExceeded, "\(endpoint) did not answer in time", next: "try again, or allow more time")
        case CURLE_ABORTED_BY_CALLBACK: Failure(.interrupted, "the call to \(endpoint) was given up")
        case CURLE_WRITE_ERROR:
            Failure(.payloadTooLarge, "the answer of \(endpoint) is longer than \(answerLimit) bytes")
        case CURLE_PEER_FAILED_VERIFICATION:
            Failure(
                .failedPrecondition, "\(endpoint) is not who it says: \(text)",
                next: "use the name that its certificate has, and install the certificate of its authority")
        default:
            Failure(.unavailable, "\(endpoint) cannot be reached: \(text)", next: "check that a server runs there")
        }
    }
}

/// Collects an answer while libcurl reads it.
private final class Receiver {
    var answer = HTTPAnswer()
    let limit: Int
    let cancellation: Cancellation

    init(limit: Int, cancellation: Cancellation) {
        self.limit = limit
        self.cancellation = cancellation
    }

    func header(_ line: UnsafeRawBufferPointer) {
        let text = String(decoding: line, as: UTF8.self)
        // Each answer of several, such as 100 before 200, begins anew.
        guard !text.hasPrefix("HTTP/") else {
            answer.headers = []
            return
        }
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { return }
        let value = text[text.utf8.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
        answer.headers.append((String(text[..<colon]), String(value.prefix { !$0.isNewline })))
    }

    /// False where the body is beyond the limit.
    func body(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard answer.body.count + bytes.count <= limit else { return false }
        answer.body.append(contentsOf: bytes)
        return true
    }
}

private func receiver(_ context: UnsafeMutableRawPointer?) -> Receiver? {
    context.map { Unmanaged<Receiver>.fromOpaque($0).takeUnretainedValue() }
}

private func receiveHeader(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    receiver(context)?.header(UnsafeRawBufferPointer(start: bytes, count: size * count))
    return size * count
}

private func receiveBody(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    let isTaken = receiver(context)?.body(UnsafeRawBufferPointer(start: bytes, count: size * count)) ?? false
    return isTaken ? size * count : 0
}

private func reportProgress(
    _ context: UnsafeMutableRawPointer?, _: curl_off_t, _: curl_off_t, _: curl_off_t, _: curl_off_t
) -> Int32 {
    receiver(context)?.cancellation.isSet.load(ordering: .relaxed) == true ? 1 : 0
}

extension Duration {
    fileprivate var milliseconds: Int { Int(clamping: Int64(min(self / .milliseconds(1), 1e15))) }
}
