import CWslay

/// The frames of one connection (RFC 6455, 5), without a socket: bytes in, whole messages and bytes to send out.
///
/// Pings are answered, closing is answered, and what breaks the protocol is answered with a close frame, all in `output`.
final class FrameCodec {
    enum Message: Equatable {
        case text([UInt8])
        case binary([UInt8])
    }

    private var context: OpaquePointer?
    private var input = UnsafeRawBufferPointer(start: nil, count: 0)
    private var position = 0
    private var messages: [Message] = []
    private var output: [UInt8] = []
    private var fragments = 0
    private let fragmentLimit: Int

    /// - Parameters:
    ///   - messageLimit: Bytes of a message; a longer one closes the connection with 1009.
    ///   - fragmentLimit: Frames of a message; each costs some memory of its own.
    init(messageLimit: Int, fragmentLimit: Int = 16_384) {
        self.fragmentLimit = fragmentLimit
        var callbacks = wslay_event_callbacks()
        callbacks.recv_callback = { context, buffer, room, _, user in
            let count = FrameCodec.of(user).read(into: buffer, room)
            if count == 0 { wslay_event_set_error(context, WSLAY_ERR_WOULDBLOCK.rawValue) }
            return count == 0 ? -1 : count
        }
        callbacks.send_callback = { _, bytes, count, _, user in
            FrameCodec.of(user).output.append(contentsOf: UnsafeBufferPointer(start: bytes, count: count))
            return count
        }
        callbacks.on_frame_recv_start_callback = { _, frame, user in
            if let frame { FrameCodec.of(user).frameBegins(frame.pointee) }
        }
        callbacks.on_msg_recv_callback = { _, message, user in
            if let message { FrameCodec.of(user).received(message.pointee) }
        }
        let status = wslay_event_context_server_init(&context, &callbacks, Unmanaged.passUnretained(self).toOpaque())
        // As Swift's own allocations trap: what has no memory for a connection has none for an error either.
        precondition(status == 0, "there is no memory for a WebSocket")
        wslay_event_config_set_max_recv_msg_length(context, UInt64(max(0, messageLimit)))
    }

    deinit { wslay_event_context_free(context) }

    /// Reads what arrived.
    ///
    /// - Returns: The messages that are complete now. Nothing may be read after `isReadingOver`.
    func receive(_ bytes: UnsafeRawBufferPointer) -> [Message] {
        (input, position) = (bytes, 0)
        defer { (input, position) = (UnsafeRawBufferPointer(start: nil, count: 0), 0) }
        if wslay_event_recv(context) != 0 { wslay_event_shutdown_read(context) }
        defer { messages = [] }
        return messages
    }

    /// What has to be sent before anything else.
    func takeOutput() -> [UInt8] {
        if wslay_event_want_write(context) != 0 { _ = wslay_event_send(context) }
        defer { output = [] }
        return output
    }

    /// Begins to close; the frame is in the output.
    func close(_ code: UInt16, _ reason: String) {
        let text = Array(reason.utf8.prefix(120))
        _ = wslay_event_queue_close(context, code, text, text.count)
    }

    func ping() {
        var message = wslay_event_msg(opcode: UInt8(WSLAY_PING.rawValue), msg: nil, msg_length: 0)
        _ = wslay_event_queue_msg(context, &message)
    }

    /// Whether no message can come any more: the peer closes, or broke the protocol.
    var isReadingOver: Bool { wslay_event_get_read_enabled(context) == 0 }
    /// Whether a close frame came.
    var isCloseReceived: Bool { wslay_event_get_close_received(context) != 0 }
    /// Whether a close frame was sent, behind which nothing may be.
    var isCloseSent: Bool { wslay_event_get_close_sent(context) != 0 }

    /// One unfragmented, unmasked frame of a message, header and payload in one piece.
    static func frame(_ payload: [UInt8], isText: Bool) -> [UInt8] {
        var frame: [UInt8] = []
        frame.reserveCapacity(payload.count + 10)
        frame.append(isText ? 0x81 : 0x82)
        switch payload.count {
        case 0..<126: frame.append(UInt8(payload.count))
        case 126..<65_536:
            frame.append(126)
            withUnsafeBytes(of: UInt16(payload.count).bigEndian) { frame.append(contentsOf: $0) }
        default:
            frame.append(127)
            withUnsafeBytes(of: UInt64(payload.count).bigEndian) { frame.append(contentsOf: $0) }
        }
        frame.append(contentsOf: payload)
        return frame
    }

    private func read(into buffer: UnsafeMutablePointer<UInt8>?, _ room: Int) -> Int {
        let count = min(room, input.count - position)
        guard count > 0, let buffer, let start = input.baseAddress else { return 0 }
        buffer.update(from: (start + position).assumingMemoryBound(to: UInt8.self), count: count)
        position += count
        return count
    }

    private func frameBegins(_ frame: wslay_event_on_frame_recv_start_arg) {
        guard frame.opcode < UInt8(WSLAY_CONNECTION_CLOSE.rawValue) else { return }
        fragments += 1
        if fragments > fragmentLimit {
            close(UInt16(WSLAY_CODE_MESSAGE_TOO_BIG.rawValue), "too many fragments")
            wslay_event_shutdown_read(context)
        }
        if frame.fin != 0 { fragments = 0 }
    }

    private func received(_ message: wslay_event_on_msg_recv_arg) {
        let payload = UnsafeBufferPointer(start: message.msg, count: message.msg == nil ? 0 : message.msg_length)
        switch UInt32(message.opcode) {
        case WSLAY_TEXT_FRAME.rawValue: messages.append(.text(Array(payload)))
        case WSLAY_BINARY_FRAME.rawValue: messages.append(.binary(Array(payload)))
        default: break
        }
    }

    private static func of(_ user: UnsafeMutableRawPointer?) -> FrameCodec {
        guard let user else { preconditionFailure("the library lost its user data") }
        return Unmanaged<FrameCodec>.fromOpaque(user).takeUnretainedValue()
    }
}
