import HTTP
import TestSupport
import Testing

@Suite struct `Time is up for` {
    /// Sends `head`, then a byte every 50 ms until the server cuts, which it has to do; returns what it said.
    private func trickle(_ head: String, after first: String? = nil) async throws -> String {
        try await withServer({
            $0.headerTimeout = 1
            $0.idleTimeout = 2
        }) { _, port in
            let begin = ContinuousClock.now
            let bytes = try await blocking {
                let client = try RawClient(port: port)
                if let first {
                    client.send(first)
                    _ = try client.answer()
                }
                client.send(head)
                while client.send("x") {
                    try #require(ContinuousClock.now - begin < .seconds(60))
                    pause(milliseconds: 50)
                }
                return try client.readToEnd()
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    @Test func `a header that trickles in`() async throws {
        let text = try await trickle("GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ")
        #expect(text.hasPrefix("HTTP/1.1 408 "))
        #expect(text.contains(#"{"error":{"status":408,"#))
    }

    @Test func `the second header on a connection, too`() async throws {
        let text = try await trickle(
            "GET / HTTP/1.1\r\nX-Slow: ", after: "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(text.hasPrefix("HTTP/1.1 408 "))
    }

    @Test func `a body that trickles in`() async throws {
        let text = try await trickle("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n")
        #expect(text.hasPrefix("HTTP/1.1 408 "))
    }

    @Test func `a client that says nothing`() async throws {
        try await withServer({ $0.headerTimeout = 1 }) { _, port in
            let bytes = try await blocking { try RawClient(port: port, seconds: 60).readToEnd() }
            #expect(String(decoding: bytes, as: UTF8.self).hasPrefix("HTTP/1.1 408 "))
        }
    }

    @Test func `nobody whose handler takes long`() async throws {
        try await withServer(
            {
                $0.headerTimeout = 1
                $0.idleTimeout = 1
            },
            handler: { _ in
                try? await Task.sleep(for: .seconds(3))
                return HTTPResponse(status: 200)
            }
        ) { _, port in
            let answer = try await call(port, "GET", "/")
            #expect(answer.status == 200)
        }
    }
}
