import CMicrohttpd
import Glibc

/// A client's connection that speaks another protocol from now on.
public struct UpgradedSocket: Sendable {
    /// The taker's to read, write and close. Over TLS the other end is a thread that encrypts.
    public let descriptor: Int32
    /// What the client sent right behind its request.
    public let early: [UInt8]
    private let onRelease: @Sendable () -> Void

    init(descriptor: Int32, early: [UInt8], onRelease: @escaping @Sendable () -> Void) {
        self.descriptor = descriptor
        self.early = early
        self.onRelease = onRelease
    }

    /// Called once, after the descriptor was closed.
    public func release() { onRelease() }
}

/// Makes the library's answer 101 and hands the socket over once it is sent. Nil where memory is short.
func makeUpgrade(_ response: HTTPResponse, _ exchange: Exchange) -> OpaquePointer? {
    // The exchange outlives the hand-over: it is completed behind it.
    guard
        let made = MHD_create_response_for_upgrade(
            onUpgrade, Unmanaged.passUnretained(exchange).toOpaque())
    else { return nil }
    for (name, value) in response.headers where name.lowercased() != "connection" {
        _ = MHD_add_response_header(made, name, value)
    }
    return made
}

/// The library's handle of an upgraded connection.
///
/// Unchecked: the library takes its end from any thread, once.
private struct UpgradeHandle: @unchecked Sendable {
    let pointer: OpaquePointer
}

private func onUpgrade(
    context: UnsafeMutableRawPointer?, handle: OpaquePointer?, slot: UnsafeMutableRawPointer?,
    early: UnsafePointer<CChar>?, earlyCount: Int, socket: Int32, upgrade: OpaquePointer?
) {
    guard let context, let upgrade else { return }
    let exchange = Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue()
    let take = exchange.upgrade
    exchange.upgrade = nil
    exchange.endFlight()
    let ended = UpgradeHandle(pointer: upgrade)
    let copy = fcntl(socket, F_DUPFD_CLOEXEC, 0)
    guard let take, copy >= 0 else {
        if copy >= 0 { close(copy) }
        return corral_http_end_upgrade(upgrade)
    }
    corral_http_send_at_once(copy)
    let bytes = UnsafeRawBufferPointer(start: early, count: early == nil ? 0 : earlyCount)
    guard !exchange.connection.isTLS else {
        return take(UpgradedSocket(descriptor: copy, early: Array(bytes)) { corral_http_end_upgrade(ended.pointer) })
    }
    // The copy is all that is needed: the library forgets the connection, with its memory, before anything is sent.
    let socket = UpgradedSocket(descriptor: copy, early: Array(bytes)) {}
    corral_http_end_upgrade(upgrade)
    take(socket)
}
