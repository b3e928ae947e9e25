import Foundations
import HTTP
import TestSupport
import Testing

@Suite struct `A stopping server` {
    @Test func `answers the request in flight and accepts no other`() async throws {
        let started = Counter()
        let gate = Counter()
        let server = HTTPServer(
            configuration: HTTPServerConfiguration(listeners: [.tcp(host: "127.0.0.1", port: 0)]),
            handler: { request in
                await started.add()
                await gate.reach(1)
                return await echo(request)
            })
        try server.start()
        let port = server.boundPort ?? 0
        async let answer = call(port, "GET", "/last")
        await started.reach(1)
        async let stopped: Void = server.stop(grace: .seconds(10))
        #expect(try await eventually { (try? RawClient(port: port)) == nil })
        await gate.add()
        let last = try await answer
        #expect(last.text == "GET /last ")
        #expect(last.headers["connection"]?.lowercased() == "close")
        await stopped
        await server.stop()
    }

    @Test func `answers 503 for a handler that takes longer than the grace, and cancels it`() async throws {
        let started = Counter()
        let cancelled = Counter()
        let server = HTTPServer(
            configuration: HTTPServerConfiguration(listeners: [.tcp(host: "127.0.0.1", port: 0)]),
            handler: { _ in
                await started.add()
                try? await Task.sleep(for: .seconds(60))
                await cancelled.add()
                return HTTPResponse(status: 200)
            })
        try server.start()
        let port = server.boundPort ?? 0
        async let answer = call(port, "GET", "/")
        await started.reach(1)
        await server.stop(grace: .zero)
        #expect(try await answer.status == 503)
        await cancelled.reach(1)
    }

    @Test func `refuses a new request on an open connection`() async throws {
        let started = Counter()
        let gate = Counter()
        let server = HTTPServer(
            configuration: HTTPServerConfiguration(listeners: [.tcp(host: "127.0.0.1", port: 0)]),
            handler: { request in
                if request.path == "/wait" {
                    await started.add()
                    await gate.reach(1)
                }
                return await echo(request)
            })
        try server.start()
        let port = server.boundPort ?? 0
        async let waiting = call(port, "GET", "/wait").status
        await started.reach(1)
        let open = try await blocking {
            let client = try RawClient(port: port)
            _ = try client.call("GET", "/")
            return Unchecked(client)
        }
        async let stopped: Void = server.stop(grace: .seconds(10))
        #expect(try await eventually { (try? RawClient(port: port)) == nil })
        #expect(try await eventually { try await blocking { try open.value.call("GET", "/").status } == 503 })
        await gate.add()
        #expect(try await waiting == 200)
        await stopped
    }

    @Test func `under load ends without a fuss`() async throws {
        for _ in 0..<20 {
            let server = HTTPServer(
                configuration: HTTPServerConfiguration(listeners: [.tcp(host: "127.0.0.1", port: 0)]), handler: echo)
            try server.start()
            let port = server.boundPort ?? 0
            let answered = Counter()
            let clients = (0..<4).map { _ in
                Task {
                    while let client = try? await blocking({ Unchecked(try RawClient(port: port)) }) {
                        while (try? await blocking { try client.value.call("GET", "/").status }) == 200 {
                            await answered.add()
                        }
                    }
                }
            }
            await answered.reach(40)
            await server.stop(grace: .milliseconds(200))
            for client in clients { await client.value }
        }
    }
}

@Suite struct `A server does not start` {
    private func failure(_ listeners: [HTTPServerConfiguration.Listener], tls: HTTPServerConfiguration.TLS? = nil)
        -> Failure?
    {
        var configuration = HTTPServerConfiguration(listeners: listeners)
        configuration.tls = tls
        let server = HTTPServer(configuration: configuration, handler: echo)
        return #expect(throws: Failure.self) { try server.start() }
    }

    @Test func `where the port is in use`() async throws {
        try await withServer { _, port in
            let failure = failure([.tcp(host: "127.0.0.1", port: port)])
            #expect(failure?.code == .unavailable)
            #expect(failure?.message == "cannot listen on 127.0.0.1:\(port): Address already in use")
            #expect(failure?.next.isEmpty == false)
        }
    }

    @Test func `where there is no such address`() {
        #expect(failure([.tcp(host: "192.0.2.1", port: 0)])?.code == .unavailable)
        #expect(failure([.tcp(host: "not an address", port: 0)])?.code == .invalidArgument)
        #expect(failure([.tcp(host: "127.0.0.1", port: 70000)])?.code == .invalidArgument)
        #expect(failure([])?.code == .invalidArgument)
    }

    @Test func `on a path that is no socket, or another server's`() async throws {
        let folder = try TemporaryDirectory()
        let file = try folder.write("file", "kept")
        #expect(failure([.unix(path: file, mode: 0o600)])?.message == "\(file) is not a socket")
        #expect(try readFile(file) == Array("kept".utf8))
        #expect(failure([.unix(path: String(repeating: "x", count: 200), mode: 0o600)])?.code == .invalidArgument)
        let path = folder.path + "/s"
        try await withServer({ $0.listeners = [.unix(path: path, mode: 0o600)] }) { _, _ in
            #expect(failure([.unix(path: path, mode: 0o600)])?.message == "another server listens on \(path)")
        }
    }

    @Test func `with a certificate that is missing or none`() throws {
        let folder = try TemporaryDirectory()
        let junk = try folder.write("junk.pem", "junk")
        let missing = failure(
            [.tcp(host: "127.0.0.1", port: 0)], tls: .init(certificate: folder.path + "/no.pem", key: junk))
        #expect(missing?.message.contains("No such file") == true)
        let unusable = failure([.tcp(host: "127.0.0.1", port: 0)], tls: .init(certificate: junk, key: junk))
        #expect(unusable?.code == .invalidArgument)
        #expect(unusable?.message.hasPrefix("the TLS certificate or key cannot be used: ") == true)
    }

    @Test func `twice`() async throws {
        try await withServer { server, _ in
            let failure = #expect(throws: Failure.self) { try server.start() }
            #expect(failure?.code == .failedPrecondition)
        }
    }
}
