import Foundations

/// A blocking WebSocket client for tests.
public final class WebSocketPeer {
    public struct Frame: Sendable, Equatable {
        public let opcode: UInt8
        public let payload: [UInt8]

        public init(opcode: UInt8, payload: [UInt8]) {
            self.opcode = opcode
            self.payload = payload
        }

        public var text: String { String(decoding: payload, as: UTF8.self) }
        /// Of a close frame.
        public var closeCode: Int? { payload.count >= 2 ? Int(payload[0]) << 8 | Int(payload[1]) : nil }
    }

    private let client: RawClient
    public let answer: RawClient.Answer

    public init(
        port: Int, path: String, headers: [String] = [], seconds: Int = 20, receiveBuffer: Int32? = nil
    ) throws {
        client = try RawClient(port: port, seconds: seconds, receiveBuffer: receiveBuffer)
        let lines = [
            "GET \(path) HTTP/1.1", "Host: localhost", "Upgrade: websocket", "Connection: Upgrade",
            "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        ]
        client.send((lines + headers).joined(separator: "\r\n") + "\r\n\r\n")
        answer = try client.answer()
    }

    public func send(_ text: String) { send(0x81, Array(text.utf8)) }

    public func send(_ first: UInt8, _ payload: [UInt8]) { client.send(Self.frame(first, payload)) }

    public func sendRaw(_ bytes: [UInt8]) { client.send(bytes) }

    /// The next frame, whole.
    public func next() throws -> Frame {
        let head = try client.read(2)
        var count = Int(head[1] & 0x7f)
        if count == 126 { count = try client.read(2).reduce(0) { $0 << 8 | Int($1) } }
        if count == 127 { count = try client.read(8).reduce(0) { $0 << 8 | Int($1) } }
        return Frame(opcode: head[0] & 0x0f, payload: try client.read(count))
    }

    public func ask(_ text: String) throws -> String {
        send(text)
        return try next().text
    }

    /// A masked frame as clients send it.
    public static func frame(_ first: UInt8, _ payload: [UInt8], mask: [UInt8] = [1, 2, 3, 4]) -> [UInt8] {
        var frame: [UInt8] = [first]
        switch payload.count {
        case 0..<126: frame.append(0x80 | UInt8(payload.count))
        case 126..<65_536: frame += [0xfe, UInt8(payload.count >> 8), UInt8(payload.count & 255)]
        default:
            frame.append(0xff)
            for shift in stride(from: 56, through: 0, by: -8) {
                frame.append(UInt8(truncatingIfNeeded: payload.count >> shift))
            }
        }
        return frame + mask + payload.enumerated().map { $1 ^ mask[$0 % 4] }
    }
}
