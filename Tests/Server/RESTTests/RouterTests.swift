import AccessKeys
import Foundations
import HTTP
import ScriptedSessions
import Sessions
import Testing

@testable import REST

struct RouterTests {
    private let router = Router(routes: RESTAPI.routes)

    private func match(_ method: String, _ path: String) -> String {
        switch router.match(method, path) {
        case .route(let route, let parameters):
            ([route.operation] + parameters.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }).joined(
                separator: " ")
        case .otherMethods(let methods): "other \(methods.joined(separator: ","))"
        case .none: "none"
        }
    }

    @Test(arguments: [
        ("POST", "/v1/sessions", "createSession"), ("GET", "/v1/sessions", "listSessions"),
        ("GET", "/v1/sessions/", "listSessions"), ("HEAD", "/v1/health", "health"),
        ("POST", "/v1/sessions/batch", "createSessions"), ("GET", "/v1/sessions/batch", "getSession session=batch"),
        ("POST", "/v1/sessions/a%2Fb/step", "step session=a/b"), ("DELETE", "/v1/sessions/x", "closeSession session=x"),
        ("PUT", "/v1/sessions/x", "other GET,DELETE"), ("get", "/v1/sessions", "other POST,GET"),
        ("DELETE", "/v1/sessions", "other POST,GET"), ("GET", "/v1/sessions/x/step", "other POST"),
        ("GET", "/v1/environments", "listEnvironments"),
        ("GET", "/v1/environments/classic%2FCartPole%40%5E1.2", "getEnvironment reference=classic/CartPole@^1.2"),
        ("GET", "/v1/environments/classic/CartPole", "getEnvironment reference=classic/CartPole"),
        ("GET", "/v1/environments/classic/CartPole/rl-config", "rlConfig reference=classic/CartPole"),
        ("GET", "/v1/environments/CartPole-v1/rl-config", "rlConfig reference=CartPole-v1"),
        ("GET", "/v1/environments/rl-config", "getEnvironment reference=rl-config"),
        ("GET", "/v1/environments/caf%C3%A9", "getEnvironment reference=café"), ("GET", "/v1/environments/%zz", "none"),
        ("GET", "/v1/environments/%ff", "none"), ("GET", "/", "none"), ("GET", "/v1", "none"),
        ("GET", "/v2/sessions", "none"),
        ("GET", "/v1/sessions/x/y", "none"), ("POST", "/v1/sessions/x/step/y", "none"), ("OPTIONS", "*", "none"),
        ("GET", "/metrics", "metrics"), ("GET", "/V1/health", "none"),
    ]) func `a path and a method find one operation`(method: String, path: String, expected: String) {
        #expect(match(method, path) == expected)
    }

    @Test func `operations have names of their own and their bodies a method that has one`() {
        let routes = RESTAPI.routes
        #expect(Set(routes.map(\.operation)).count == routes.count)
        #expect(Set(routes.map { "\($0.method) \($0.path)" }).count == routes.count)
        for route in routes {
            if case .object = route.body { #expect(["POST", "PATCH"].contains(route.method), "\(route.operation)") }
            #expect(!route.answers.isEmpty && !route.summary.isEmpty)
        }
    }
}

struct AcceptHeaderTests {
    private let png = "image/png", text = "text/plain", tensors = "application/vnd.corral.tensors"

    @Test(
        arguments: [
            (nil, "image/png"), ("", "image/png"), ("*/*", "image/png"), ("text/plain", "text/plain"),
            ("TEXT/PLAIN", "text/plain"),
            ("text/*", "text/plain"), ("image/*;q=0.5, text/plain;q=0.4", "image/png"),
            ("image/*;q=0.4, text/plain;q=0.5", "text/plain"), ("image/png;q=0, */*", "text/plain"),
            ("application/json", nil), ("text/html, image/avif", nil), ("*/*;q=0", nil), ("image/png; q=0", nil),
            (" image/png ;level=1;q=0.1, text/plain ; q=0.2", "text/plain"), (";q=1,,", "image/png"),
        ] as [(String?, String?)]) func `the most wanted type is found`(header: String?, expected: String?)
    {
        #expect(AcceptHeader(header).best(of: [png, text]) == expected)
    }

    @Test(arguments: [
        ("application/vnd.corral.tensors", true), ("application/vnd.corral.tensors, application/json", true),
        ("application/json;q=0.9, application/vnd.corral.tensors", true),
        ("application/json, application/vnd.corral.tensors;q=0.9", false), ("*/*", false), ("application/*", false),
        ("application/vnd.corral.tensors;q=0", false), ("application/vnd.corral.tensors, */*", true),
    ]) func `tensors are sent to who names them`(header: String, expected: Bool) {
        #expect(AcceptHeader(header).prefersTensors == expected)
    }
}

struct AccessTests {
    private let me = Caller(id: "me", tenant: "t", roles: [.runner])

    private func code(
        _ headers: [(String, String)], keys: Bool = false, isLoopback: Bool = true, isUnixSocket: Bool = false
    ) -> String {
        let access = Access(keys: keys ? try? KeyRing(["secret": me]) : nil, isLoopback: isLoopback)
        let request = HTTPRequest(
            method: "GET", path: "/", headers: HTTPHeaders(headers), isUnixSocket: isUnixSocket)
        do { return try access.caller(of: request).id } catch { return error.code.rawValue }
    }

    @Test(arguments: [
        ("localhost", true), ("LocalHost:80", true), ("127.0.0.1", true), ("127.1.2.3:9", true), ("[::1]:80", true),
        ("::1", true), ("[::1]", true), ("example.com", false), ("127.0.0.1.example.com", false),
        ("localhost.example.com", false), ("127.example.com:1", false), ("10.0.0.1", false), ("0.0.0.0", false),
        ("", false),
        ("[::2]", false), ("::", false), ("::ffff:10.0.0.1", false), ("evil.com:127.0.0.1", false),
    ]) func `names of this machine are known`(name: String, expected: Bool) {
        #expect(Access.isLoopbackName(name) == expected)
    }

    @Test func `on loopback a page of another site is refused`() {
        #expect(code([]) == "local")
        #expect(code([("Host", "localhost:8000")]) == "local")
        #expect(code([("Host", "evil.com")]) == "permission_denied")
        #expect(code([("Host", "localhost"), ("Origin", "http://localhost:3000")]) == "local")
        for origin in ["http://evil.com", "null", "", "localhost", "https://127.0.0.1.evil.com"] {
            #expect(code([("Host", "localhost"), ("Origin", origin)]) == "permission_denied", "\(origin)")
        }
        #expect(code([("Host", "evil.com")], isUnixSocket: true) == "local")
        #expect(code([("Host", "corral.example")], isLoopback: false) == "local")
    }

    @Test func `with keys only a known bearer is let in`() {
        #expect(code([("Authorization", "Bearer secret")], keys: true) == "me")
        #expect(code([("authorization", "bearer secret")], keys: true, isLoopback: false) == "me")
        for value in ["Bearer other", "Bearer ", "Bearer", "Basic secret", "secret", ""] {
            #expect(code([("Authorization", value)], keys: true) == "unauthenticated", "\(value)")
        }
        #expect(code([], keys: true) == "unauthenticated")
        #expect(code([("Authorization", "Bearer secret"), ("Host", "evil.com")], keys: true) == "permission_denied")
    }
}
