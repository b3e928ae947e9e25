import HTTP
import TestSupport
import Testing

@Suite struct `A served request` {
    @Test func `arrives with method, path, query, headers and body`() async throws {
        let handler: @Sendable (HTTPRequest) async -> HTTPResponse = { request in
            let query = request.query.map { "\($0.name)=\($0.value)" }.joined(separator: ";")
            let text = [
                request.method, request.path, query, request.header("x-thing") ?? "none", request.remoteAddress,
                String(decoding: request.body, as: UTF8.self),
            ]
            return HTTPResponse(status: 201, body: Array(text.joined(separator: "|").utf8))
        }
        try await withServer(handler: handler) { _, port in
            let answer = try await blocking {
                try RawClient(port: port).call(
                    "POST", "/a%2Fb/c?x=1+2&y=%C3%A4&flag&bad=%zz", headers: ["X-Thing: one", "x-thing: two"],
                    body: Array("hello".utf8))
            }
            #expect(answer.status == 201)
            #expect(answer.text == "POST|/a%2Fb/c|x=1 2;y=ä;flag=;bad=%zz|one, two|127.0.0.1|hello")
        }
    }

    @Test func `keeps its connection for the next`() async throws {
        try await withServer { server, port in
            try await blocking {
                let client = try RawClient(port: port)
                for index in 0..<50 {
                    let answer = try client.call("POST", "/\(index)", body: Array("b\(index)".utf8))
                    #expect(answer.status == 200)
                    #expect(answer.text == "POST /\(index) b\(index)")
                }
                #expect(server.connectionCount == 1)
            }
        }
    }

    @Test func `is answered in order when five are pipelined`() async throws {
        let handler: @Sendable (HTTPRequest) async -> HTTPResponse = { request in
            if request.path == "/0" { try? await Task.sleep(for: .milliseconds(100)) }
            return await echo(request)
        }
        try await withServer(handler: handler) { _, port in
            let texts = try await blocking {
                let client = try RawClient(port: port)
                client.send(
                    (0..<5).map { "POST /\($0) HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n\($0)" }.joined())
                return try (0..<5).map { _ in try client.answer().text }
            }
            #expect(texts == (0..<5).map { "POST /\($0) \($0)" })
        }
    }

    @Test func `may have a chunked body, also one byte at a time`() async throws {
        let head = "POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        let chunks = "5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n"
        try await withServer { _, port in
            try await blocking {
                let client = try RawClient(port: port)
                client.send(head + chunks)
                #expect(try client.answer().text == "POST /c hello world")
                for byte in (head + chunks).utf8 { client.send([byte]) }
                #expect(try client.answer().text == "POST /c hello world")
            }
        }
    }

    @Test func `is told to continue when it asks`() async throws {
        try await withServer { _, port in
            try await blocking {
                let client = try RawClient(port: port)
                client.send("POST /e HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
                #expect(try client.answer().status == 100)
                client.send("ok")
                #expect(try client.answer().text == "POST /e ok")
            }
        }
    }

    @Test func `with HEAD gets the length and no body`() async throws {
        try await withServer { _, port in
            try await blocking {
                let client = try RawClient(port: port)
                let answer = try client.call("HEAD", "/h")
                #expect(answer.status == 200)
                #expect(answer.headers["content-length"] == "8")
                #expect(try client.call("GET", "/next").text == "GET /next ")
            }
        }
    }

    @Test func `and its answer may have ten megabytes`() async throws {
        let body = (0..<10_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        try await withServer(handler: { HTTPResponse(status: 200, body: $0.body) }) { _, port in
            let answer = try await call(port, "POST", "/big", body: body)
            #expect(answer.status == 200)
            #expect(answer.body == body)
        }
    }

    @Test func `may come over a unix socket beside TCP`() async throws {
        let folder = try TemporaryDirectory()
        let path = folder.path + "/s.sock"
        let handler: @Sendable (HTTPRequest) async -> HTTPResponse = { request in
            HTTPResponse(status: 200, body: Array("\(request.isUnixSocket) \(request.remoteAddress)".utf8))
        }
        for _ in 0..<2 {
            try await withServer({ $0.listeners.append(.unix(path: path, mode: 0o600)) }, handler: handler) {
                server, port in
                #expect(server.addresses == ["127.0.0.1:\(port)", "unix:\(path)"])
                let unix = try await blocking { try RawClient(unix: path).call("GET", "/").text }
                let tcp = try await call(port, "GET", "/").text
                #expect(unix == "true ")
                #expect(tcp == "false 127.0.0.1")
            }
        }
        #expect(throws: (any Error).self) { try RawClient(unix: path) }
    }

    @Test func `runs its handler on the executor given`() async throws {
        let executor = OneThread()
        let server = HTTPServer(
            configuration: HTTPServerConfiguration(listeners: [.tcp(host: "127.0.0.1", port: 0)]),
            start: { work in Task(executorPreference: executor) { await work() } },
            handler: { _ in HTTPResponse(status: OneThread.isCurrent ? 200 : 500) })
        try server.start()
        let port = server.boundPort ?? 0
        #expect(try await call(port, "GET", "/").status == 200)
        await server.stop()
    }
}
