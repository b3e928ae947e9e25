import HTTP
import Testing

@testable import WebSocket

struct HandshakeTests {
    static let good = [
        ("Host", "localhost"), ("Upgrade", "websocket"), ("Connection", "keep-alive, Upgrade"),
        ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ]

    @Test func `the proof is that of RFC 6455, and subprotocols are read`() throws {
        let request = HTTPRequest(
            method: "GET", path: "/", headers: HTTPHeaders(Self.good + [("Sec-WebSocket-Protocol", "a, b")]))
        let handshake = try Handshake(request)
        #expect(handshake.subprotocols == ["a", "b"])
        let answer = handshake.answer(subprotocol: "b")
        #expect(answer.status == 101)
        #expect(answer.headers.first { $0.0 == "Sec-WebSocket-Accept" }?.1 == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        #expect(answer.headers.first { $0.0 == "Sec-WebSocket-Protocol" }?.1 == "b")
    }

    @Test(arguments: [
        ("Upgrade", "h2c", 426), ("Connection", "keep-alive", 426), ("Sec-WebSocket-Version", "12", 426),
        ("Sec-WebSocket-Key", "short", 400), ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ!!", 400),
    ]) func `a request that is no handshake is refused`(_ name: String, _ value: String, _ status: Int) {
        let headers = Self.good.map { $0.0 == name ? (name, value) : $0 }
        let request = HTTPRequest(method: "GET", path: "/", headers: HTTPHeaders(headers))
        let refusal = #expect(throws: Handshake.Refusal.self) { try Handshake(request) }
        #expect(refusal?.status == status)
    }
}
