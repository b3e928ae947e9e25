import HTTP
import TestSupport
import Testing

@Suite(.serialized) struct `A crowd` {
    @Test func `of a hundred clients that leave leaks no request`() async throws {
        let started = Counter()
        let finished = Counter()
        let gate = Counter()
        // The library may notice that a client left in the middle of its request only when its time is up.
        try await withServer(
            { $0.headerTimeout = 1 },
            handler: { request in
                if request.path == "/gone" {
                    await started.add()
                    await gate.reach(1)
                    await finished.add()
                }
                return await echo(request)
            }
        ) { server, port in
            try await blocking {
                for index in 0..<100 {
                    let client = try RawClient(port: port)
                    if index % 2 == 0 {
                        client.send("GET /gone HTTP/1.1\r\nHost: a\r\n\r\n")
                    } else {
                        client.send("POST /half HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf")
                    }
                }
            }
            await started.reach(50)
            #expect(try await call(port, "GET", "/alive").status == 200)
            await gate.add()
            await finished.reach(50)
            #expect(try await eventually { server.connectionCount == 0 })
        }
    }

    @Test func `of 1,200 clients is served at once`() async throws {
        allowDescriptors(4096)
        try await withServer { server, port in
            try await blocking {
                let clients = try (0..<1200).map { _ in try RawClient(port: port) }
                for client in clients { client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n") }
                for client in clients { #expect(try client.answer().status == 200) }
                #expect(server.connectionCount == 1200)
            }
        }
    }

    @Test func `above the limit is told so`() async throws {
        try await withServer({ $0.connectionLimit = 2 }) { _, port in
            try await blocking {
                let clients = try (0..<2).map { _ in try RawClient(port: port) }
                for client in clients { #expect(try client.call("GET", "/").status == 200) }
                #expect(try RawClient(port: port).answer().status == 503)
            }
        }
    }

    @Test func `does not wait for one slow reader`() async throws {
        let large = [UInt8](repeating: 7, count: 10_000_000)
        try await withServer(handler: { request in
            HTTPResponse(status: 200, body: request.path == "/large" ? large : [1])
        }) { _, port in
            try await blocking {
                let slow = try RawClient(port: port, receiveBuffer: 8192)
                slow.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
                let quick = try RawClient(port: port)
                for _ in 0..<100 { #expect(try quick.call("GET", "/").body == [1]) }
                #expect(try slow.answer().body == large)
            }
        }
    }

    @Test func `of threads gets every answer right`() async throws {
        try await withServer { _, port in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for client in 0..<8 {
                    group.addTask {
                        try await blocking {
                            let connection = try RawClient(port: port)
                            for index in 0..<500 {
                                let answer = try connection.call("POST", "/\(client)", body: Array("\(index)".utf8))
                                #expect(answer.text == "POST /\(client) \(index)")
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}
