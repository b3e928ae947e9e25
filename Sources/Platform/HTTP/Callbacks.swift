import CMicrohttpd
import Glibc

// libmicrohttpd calls these free functions on its socket threads. A closure inside `@main` would belong to the main
// actor and trap there.

private func core(_ context: UnsafeMutableRawPointer?) -> ServerCore? {
    context.map { Unmanaged<ServerCore>.fromOpaque($0).takeUnretainedValue() }
}

private func connection(of handle: OpaquePointer?) -> Connection? {
    corral_http_socket_context(handle).map { Unmanaged<Connection>.fromOpaque($0).takeUnretainedValue() }
}

func onPlainConnection(
    context: UnsafeMutableRawPointer?, handle: OpaquePointer?, slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
    event: MHD_ConnectionNotificationCode
) {
    onConnection(context, handle, slot, event, isTLS: false)
}

func onTLSConnection(
    context: UnsafeMutableRawPointer?, handle: OpaquePointer?, slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
    event: MHD_ConnectionNotificationCode
) {
    onConnection(context, handle, slot, event, isTLS: true)
}

private func onConnection(
    _ context: UnsafeMutableRawPointer?, _ handle: OpaquePointer?,
    _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ event: MHD_ConnectionNotificationCode, isTLS: Bool
) {
    guard let server = core(context), let slot else { return }
    switch event {
    case .CONNECTION_NOTIFY_STARTED:
        let connection = Connection(
            server: server, socket: corral_http_socket(handle), address: corral_http_client_address(handle),
            isTLS: isTLS)
        slot.pointee = Unmanaged.passRetained(connection).toOpaque()
        server.add(connection)
    case .CONNECTION_NOTIFY_CLOSED:
        guard let pointer = slot.pointee else { return }
        slot.pointee = nil
        Unmanaged<Connection>.fromOpaque(pointer).takeRetainedValue().close()
    default: break
    }
}

/// Begins an exchange; the pointer returned goes to every later call of the same request.
func onRequestLine(
    context: UnsafeMutableRawPointer?, target: UnsafePointer<CChar>?, handle: OpaquePointer?
) -> UnsafeMutableRawPointer? {
    guard let handle, let connection = connection(of: handle) else { return nil }
    let parsed = target.flatMap { target in
        target.withMemoryRebound(to: UInt8.self, capacity: strlen(target)) {
            RequestTarget(UnsafeBufferPointer(start: $0, count: strlen(target)))
        }
    }
    return Unmanaged.passRetained(Exchange(connection: connection, handle: handle, target: parsed)).toOpaque()
}

/// Is called with the header, with every part of the body, and at the end of the request; again after a resume.
func onRequest(
    context: UnsafeMutableRawPointer?, handle: OpaquePointer?, url: UnsafePointer<CChar>?,
    method: UnsafePointer<CChar>?, version: UnsafePointer<CChar>?, bytes: UnsafePointer<CChar>?,
    size: UnsafeMutablePointer<Int>?, slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
    guard let handle, let pointer = slot?.pointee, let size else { return .NO }
    let exchange = Unmanaged<Exchange>.fromOpaque(pointer).takeUnretainedValue()
    switch exchange.stage {
    case .head:
        return exchange.begin(handle, method: method, version: version)
    case .body where size.pointee > 0:
        let part = UnsafeRawBufferPointer(start: bytes, count: size.pointee)
        size.pointee = 0
        return part.withMemoryRebound(to: UInt8.self) { exchange.continueBody($0) }
    case .body:
        return exchange.finishBody(handle)
    case .handling:
        guard let response = exchange.takeAnswer() else { return .YES }
        return exchange.send(response, handle)
    case .answered:
        size.pointee = 0
        return .YES
    }
}

func onCompleted(
    context: UnsafeMutableRawPointer?, handle: OpaquePointer?,
    slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, code: MHD_RequestTerminationCode
) {
    guard let slot, let pointer = slot.pointee else { return }
    slot.pointee = nil
    let exchange = Unmanaged<Exchange>.fromOpaque(pointer).takeRetainedValue()
    exchange.connection.expectHeader()
    exchange.endFlight()
}

func onMessage(context: UnsafeMutableRawPointer?, text: UnsafePointer<CChar>?) {
    guard let server = core(context), let text else { return }
    server.report(String(cString: text))
}

/// Answers an error that libmicrohttpd found by itself. It would send the page for a bad Content-Length with two
/// headers, so the answer goes past it; over TLS, where that cannot be, this one error gets no answer.
func makeErrorPage(handle: OpaquePointer?, status: UInt32) -> OpaquePointer? {
    guard let connection = connection(of: handle) else { return nil }
    let reason =
        switch status {
        case 400: "the request is malformed"
        case 413: "the request body is too large"
        case 414, 431: "the request line or header is too large"
        case 505: "only HTTP/1.0 and HTTP/1.1 are served"
        default: "the server could not read the request"
        }
    let refusal = Refusal(Int(status), reason)
    connection.refuse()
    guard connection.isTLS else {
        connection.sendRaw(refusal)
        return nil
    }
    let isHeaderComplete = corral_http_header_size(handle) > 0
    if isHeaderComplete, connection.owes == .header { return nil }
    return makeResponse(connection.server.response(to: refusal), for: connection)
}
