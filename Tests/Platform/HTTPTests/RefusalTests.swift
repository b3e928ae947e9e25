import HTTP
import TestSupport
import Testing

@Suite struct `The server refuses` {
    /// Sends bytes and returns the answer, which must be in the configured form and end the connection.
    private func refusal(
        of bytes: String, _ configure: (inout HTTPServerConfiguration) -> Void = { _ in }
    ) async throws -> Int {
        try await withServer(configure) { _, port in
            let answer = try await blocking {
                let client = try RawClient(port: port)
                client.send(bytes)
                let answer = try client.answer()
                #expect(try client.readToEnd() == [])
                return answer
            }
            #expect(answer.headers["content-type"] == "application/json")
            #expect(answer.headers["connection"]?.lowercased() == "close")
            #expect(answer.text.hasPrefix(#"{"error":{"status":\#(answer.status),"#))
            return answer.status
        }
    }

    @Test(arguments: [
        ("both lengths", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", 400),
        ("two lengths", "Content-Length: 5\r\nContent-Length: 6\r\n", 400),
        ("a length that is no number", "Content-Length: five\r\n", 400),
        ("a negative length", "Content-Length: -1\r\n", 400),
        ("an endless length", "Content-Length: 99999999999999999999999\r\n", 413),
        ("another coding", "Transfer-Encoding: gzip\r\n", 501),
        ("two codings", "Transfer-Encoding: gzip, chunked\r\n", 501),
        ("two hosts", "Host: b\r\n", 400),
    ])
    func `a header with`(_ what: String, _ fields: String, _ status: Int) async throws {
        #expect(
            try await refusal(of: "POST / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n0\r\n\r\n") == status, "\(what)")
    }

    @Test(arguments: [
        ("GET /\u{1} HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET nowhere HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("G@T / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nno colon here\r\n\r\n", 400),
        ("GET / SPDY/9\r\nHost: a\r\n\r\n", 400),
        ("GET / HTTP/3.0\r\nHost: a\r\n\r\n", 505),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
    ])
    func `a malformed request`(_ bytes: String, _ status: Int) async throws {
        #expect(try await refusal(of: bytes) == status)
    }

    @Test func `a body that is too large, by its length, before it is sent`() async throws {
        let status = try await refusal(of: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n") {
            $0.bodyLimit = 1000
        }
        #expect(status == 413)
    }

    @Test func `a body that is too large, also to a client that sends all of it before it reads`() async throws {
        try await withServer { _, port in
            for _ in 0..<10 {
                let (isSent, answer) = try await blocking {
                    let client = try RawClient(port: port)
                    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 30000000\r\n\r\n")
                    let isSent = client.send([UInt8](repeating: 0, count: 30_000_000))
                    return (isSent, try client.answer())
                }
                #expect(isSent)
                #expect(answer.status == 413)
            }
        }
    }

    @Test func `a body that is too large, by its chunks`() async throws {
        let chunk = "64\r\n" + String(repeating: "x", count: 100) + "\r\n"
        let body = String(repeating: chunk, count: 11) + "0\r\n\r\n"
        let status = try await refusal(of: "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + body) {
            $0.bodyLimit = 1000
        }
        #expect(status == 413)
    }

    @Test func `an endless chunked body`() async throws {
        try await withServer({ $0.bodyLimit = 1000 }) { _, port in
            let text = try await blocking {
                let client = try RawClient(port: port)
                client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
                let chunk = Array("10000\r\n".utf8) + [UInt8](repeating: 0, count: 65536) + Array("\r\n".utf8)
                while client.send(chunk) {}
                return try client.readToEnd()
            }
            #expect(String(decoding: text, as: UTF8.self).hasPrefix("HTTP/1.1 413 "))
        }
    }

    @Test func `a body by the limit of its path`() async throws {
        try await withServer({ $0.bodyLimitFor = { $1 == "/small" ? 10 : nil } }) { _, port in
            let body = [UInt8](repeating: 65, count: 11)
            let small = try await call(port, "PUT", "/small", body: body)
            let other = try await call(port, "PUT", "/other", body: body)
            #expect(small.status == 413)
            #expect(other.status == 200)
        }
    }

    @Test(arguments: [20_000, 200_000])
    func `a header that is too large`(_ size: Int) async throws {
        let field = "X-Long: " + String(repeating: "x", count: size) + "\r\n"
        try await withServer { _, port in
            let text = try await blocking {
                let client = try RawClient(port: port)
                client.send("GET / HTTP/1.1\r\nHost: a\r\n\(field)\r\n")
                return try client.readToEnd()
            }
            #expect(String(decoding: text, as: UTF8.self).hasPrefix("HTTP/1.1 431 "))
            #expect(String(decoding: text, as: UTF8.self).contains(#"{"error":{"status":431,"#))
        }
    }

    @Test func `nothing that a path may say in escapes`() async throws {
        try await withServer { _, port in
            let answer = try await call(port, "GET", "/%00%01%ff%zz%")
            #expect(answer.status == 200)
            #expect(answer.headers["x-path"] == "/%00%01%ff%zz%")
            let absolute = try await call(port, "GET", "http://other/x?y")
            #expect(absolute.headers["x-path"] == "/x")
        }
    }

    @Test func `garbage, and serves on`() async throws {
        var generator = SystemRandomNumberGenerator()
        let garbage = (0..<200).map { _ in
            (0..<Int.random(in: 1...3000)).map { _ in UInt8.random(in: 0...255, using: &generator) }
        }
        try await withServer({ $0.headerTimeout = 1 }) { _, port in
            try await blocking {
                for bytes in garbage { try RawClient(port: port).send(bytes + Array("\r\n\r\n".utf8)) }
                #expect(try RawClient(port: port).call("GET", "/").status == 200)
            }
        }
    }
}
