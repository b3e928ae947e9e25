import Foundations
import Glibc
import HTTP
import TestSupport
import Testing

@testable import HTTPClient

/// A server while `body` runs, on a free port or on a Unix socket.
private func withServer(
    _ listener: HTTPServerConfiguration.Listener = .tcp(host: "127.0.0.1", port: 0),
    handler: @escaping @Sendable (HTTPRequest) async -> HTTPResponse,
    _ body: (_ server: HTTPServer) async throws -> Void
) async throws {
    let server = HTTPServer(
        configuration: HTTPServerConfiguration(listeners: [listener]) { _, reason in ("text/plain", Array(reason.utf8))
        },
        handler: handler)
    try server.start()
    do { try await body(server) } catch {
        await server.stop(grace: .zero)
        throw error
    }
    await server.stop(grace: .seconds(2))
}

@Sendable private func echo(_ request: HTTPRequest) async -> HTTPResponse {
    HTTPResponse(
        status: 201, headers: [("Content-Type", "text/plain"), ("X-Method", request.method), ("X-Path", request.path)],
        body: request.body)
}

private func failure(_ body: () async throws -> Void) async -> Failure? {
    do {
        try await body()
        return nil
    } catch { return error as? Failure }
}

@Suite struct HTTPClientTests {
    @Test func `a call brings status, headers and body`() async throws {
        try await withServer(handler: echo) { server in
            let client = try HTTPClient(HTTPEndpoint("http://127.0.0.1:\(server.boundPort ?? 0)/"))
            let body = [UInt8](repeating: 7, count: 100_000)
            let answer = try await client.send(HTTPCall("POST", "/a%20b?c=d", body: body))
            #expect(answer.status == 201)
            #expect(answer.header("x-path") == "/a%20b")
            #expect(answer.header("X-Method") == "POST")
            #expect(answer.body == body)
            #expect(try await client.send(HTTPCall("POST", "/", body: [])).body == [])
            #expect(try await client.send(HTTPCall("DELETE", "/")).header("X-Method") == "DELETE")
        }
    }

    @Test func `calls share one connection`() async throws {
        try await withServer(handler: echo) { server in
            let client = try HTTPClient(HTTPEndpoint("http://127.0.0.1:\(server.boundPort ?? 0)"))
            for _ in 0..<20 { _ = try await client.send(HTTPCall("GET", "/")) }
            #expect(server.connectionCount == 1)
        }
    }

    @Test func `a Unix socket is an endpoint`() async throws {
        let folder = try TemporaryDirectory()
        let path = folder.path + "/server.sock"
        try await withServer(.unix(path: path, mode: 0o600), handler: echo) { _ in
            let client = try HTTPClient(HTTPEndpoint("unix://\(path)"))
            #expect(try await client.send(HTTPCall("GET", "/x")).header("X-Path") == "/x")
        }
    }

    @Test func `a server that is not there is unavailable`() async throws {
        let client = try HTTPClient(HTTPEndpoint("http://127.0.0.1:\(try freePort())"))
        let failure = await failure { _ = try await client.send(HTTPCall("GET", "/")) }
        #expect(failure?.code == .unavailable)
        #expect(failure?.next.isEmpty == false)
    }

    @Test func `a call has a deadline and can be cancelled`() async throws {
        let slow: @Sendable (HTTPRequest) async -> HTTPResponse = { _ in
            try? await Task.sleep(for: .seconds(4))
            return HTTPResponse(status: 200, headers: [], body: [])
        }
        try await withServer(handler: slow) { server in
            let endpoint = try HTTPEndpoint("http://127.0.0.1:\(server.boundPort ?? 0)")
            let client = try HTTPClient(endpoint)
            let late = await failure { _ = try await client.send(HTTPCall("GET", "/", timeout: .milliseconds(50))) }
            #expect(late?.code == .deadlineExceeded)
            let task = Task { await failure { _ = try await client.send(HTTPCall("GET", "/")) } }
            task.cancel()
            #expect(await task.value?.code == .interrupted)
        }
    }

    @Test func `an answer beyond the limit is refused`() async throws {
        try await withServer(handler: echo) { server in
            let endpoint = try HTTPEndpoint("http://127.0.0.1:\(server.boundPort ?? 0)")
            let client = try HTTPClient(endpoint, answerLimit: 10)
            let body = [UInt8](repeating: 1, count: 11)
            let failure = await failure { _ = try await client.send(HTTPCall("POST", "/", body: body)) }
            #expect(failure?.code == .payloadTooLarge)
            #expect(try await client.send(HTTPCall("POST", "/", body: [1])).body == [1])
        }
    }

    @Test func `a header cannot smuggle another`() async throws {
        let client = try HTTPClient(HTTPEndpoint("http://127.0.0.1:1"))
        let failure = await failure {
            _ = try await client.send(HTTPCall("GET", "/", headers: [("X-A", "b\r\nX-C: d")]))
        }
        #expect(failure?.code == .invalidArgument)
    }

    @Test(arguments: [
        "", "localhost:7878", "ftp://host", "http://", "http://user@host", "unix:", "http://a b", "http://h/?q",
    ])
    func `what is no address is refused`(_ text: String) {
        #expect(throws: Failure.self) { try HTTPEndpoint(text) }
    }

    @Test func `an endpoint keeps its path and knows whether it is local`() throws {
        #expect(try HTTPEndpoint("https://example.org/corral//").base == "https://example.org/corral")
        #expect(try HTTPEndpoint("https://example.org").isLocal == false)
        #expect(try HTTPEndpoint("http://localhost:1").isLocal)
        #expect(try HTTPEndpoint("unix:/run/x").socket == "/run/x")
    }
}
