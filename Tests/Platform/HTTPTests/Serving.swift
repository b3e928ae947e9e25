import Foundations
import HTTP
import TestSupport

/// A server on a free loopback port while `body` runs; stopped afterwards.
func withServer<Result>(
    _ configure: (inout HTTPServerConfiguration) -> Void = { _ in },
    handler: @escaping @Sendable (HTTPRequest) async -> HTTPResponse = echo,
    _ body: (_ server: HTTPServer, _ port: Int) async throws -> Result
) async throws -> Result {
    var configuration = HTTPServerConfiguration(listeners: [.tcp(host: "127.0.0.1", port: 0)]) {
        ("application/json", Array(#"{"error":{"status":\#($0),"message":"\#($1)"}}"#.utf8))
    }
    configure(&configuration)
    let server = HTTPServer(configuration: configuration, handler: handler)
    try server.start()
    do {
        let result = try await body(server, server.boundPort ?? 0)
        await server.stop(grace: .seconds(2))
        return result
    } catch {
        await server.stop(grace: .zero)
        throw error
    }
}

/// Answers with the method, path and body it got.
@Sendable func echo(_ request: HTTPRequest) async -> HTTPResponse {
    HTTPResponse(
        status: 200, headers: [("Content-Type", "text/plain"), ("X-Path", request.path)],
        body: Array("\(request.method) \(request.path) ".utf8) + request.body)
}

/// A counter that tests wait on without sleeping.
actor Counter {
    private(set) var value = 0
    private var waiters: [(Int, CheckedContinuation<Void, Never>)] = []

    func add() {
        value += 1
        for (_, waiter) in waiters.filter({ $0.0 <= value }) { waiter.resume() }
        waiters.removeAll { $0.0 <= value }
    }

    func reach(_ count: Int) async {
        if value >= count { return }
        await withCheckedContinuation { waiters.append((count, $0)) }
    }
}

/// Repeats until `condition` holds or ten seconds are over; returns whether it held.
func eventually(_ condition: @Sendable () async throws -> Bool) async throws -> Bool {
    let end = ContinuousClock.now + .seconds(10)
    while ContinuousClock.now < end {
        if try await condition() { return true }
        try await Task.sleep(for: .milliseconds(5))
    }
    return false
}

/// One request on a connection of its own.
func call(_ port: Int, _ method: String, _ target: String, body: [UInt8] = []) async throws -> RawClient.Answer {
    try await blocking { try RawClient(port: port).call(method, target, body: body) }
}
