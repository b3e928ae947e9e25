import Foundations
import HTTP
import HTTPClient
import JSON
import Synchronization
import TestSupport
import Testing

@testable import Signing
@testable import Usage

private func reply(
    _ status: Int, _ body: String, retryAfter: String? = nil, count: Int = 3
) -> InsertReply {
    InsertReply(status: status, retryAfter: retryAfter, body: Array(body.utf8), count: count)
}

struct InsertReplyTests {
    @Test func `an answer without errors means that all rows are stored`() {
        #expect(reply(200, #"{"kind":"bigquery#tableDataInsertAllResponse"}"#) == .stored)
        #expect(reply(200, #"{"insertErrors":[]}"#) == .stored)
    }

    @Test func `rows that are no good are refused, those that were stopped are not`() {
        let body = #"""
            {"insertErrors":[{"index":0,"errors":[{"reason":"stopped","location":"","message":""}]},
            {"index":1,"errors":[{"reason":"invalid","location":"steps","message":"no such field"}]}]}
            """#
        #expect(reply(200, body) == .refused([1: "steps: no such field"]))
        let stopped = #"{"insertErrors":[{"index":0,"errors":[{"reason":"stopped"}]}]}"#
        #expect(reply(200, stopped) == .tryLater(after: nil))
        let outside = #"{"insertErrors":[{"index":9,"errors":[{"reason":"invalid"}]}]}"#
        #expect(reply(200, outside) == .tryLater(after: nil))
    }

    @Test func `what can pass by itself is tried later, as the service asks`() {
        #expect(reply(503, "", retryAfter: "7") == .tryLater(after: .seconds(7)))
        #expect(reply(429, "{}") == .tryLater(after: nil))
        #expect(reply(403, #"{"error":{"errors":[{"reason":"rateLimitExceeded"}]}}"#) == .tryLater(after: nil))
        #expect(reply(200, "<html>") == .tryLater(after: nil))
    }

    @Test func `what somebody has to change is said`() {
        #expect(reply(401, "{}") == .credentialsExpired)
        #expect(reply(413, "") == .tooLarge)
        #expect(reply(400, #"{"error":{"message":"Request payload size exceeds the limit"}}"#) == .tooLarge)
        #expect(
            reply(404, #"{"error":{"message":"Not found: Table"}}"#) == .misconfigured("status 404: Not found: Table"))
        #expect(reply(403, #"{"error":{"errors":[{"reason":"accessDenied"}]}}"#) == .misconfigured("status 403"))
    }

    @Test func `waits double up to five minutes, and chance takes away half at most`() {
        var backoff = Backoff()
        #expect(
            (0..<11).map { _ in backoff.next(chance: 0) }.suffix(3) == [.seconds(256), .seconds(300), .seconds(300)])
        backoff.reset()
        #expect(backoff.next(chance: 1) == .seconds(0.5))
    }
}

/// A service that answers as a list says, and remembers what it was sent.
private final class Service: Sendable {
    let requests = Mutex<[HTTPRequest]>([])
    let answers: Mutex<[(Int, String)]>

    init(_ answers: [(Int, String)]) { self.answers = Mutex(answers) }

    func run(_ body: (HTTPEndpoint) async throws -> Void) async throws {
        let server = HTTPServer(
            configuration: HTTPServerConfiguration(listeners: [.tcp(host: "127.0.0.1", port: 0)]) { _, reason in
                ("text/plain", Array(reason.utf8))
            }
        ) { request in
            self.requests.withLock { $0.append(request) }
            let answer = self.answers.withLock { $0.isEmpty ? (200, "{}") : $0.removeFirst() }
            return HTTPResponse(status: answer.0, body: Array(answer.1.utf8))
        }
        try server.start()
        do { try await body(HTTPEndpoint("http://\(server.addresses[0])")) } catch {
            await server.stop(grace: .zero)
            throw error
        }
        await server.stop(grace: .seconds(1))
    }

    var sentIDs: [[String]] {
        requests.withLock { requests in
            requests.map { request in
                ((try? JSONValue(parsing: request.body))?["rows"]?.array ?? []).compactMap { $0["insertId"]?.string }
            }
        }
    }
}

private func send(_ store: UsageStore, to endpoint: HTTPEndpoint, rows: Int = 2) async throws -> InsertReply {
    var configuration = BigQueryExporter.Configuration(
        endpoint: endpoint, table: try BigQueryTable("p.d.t"), tokens: nil)
    configuration.rows = rows
    return try await BigQueryExporter(configuration, store: store, logger: .silent).sendAll()
}

struct BigQueryExporterTests: ~Copyable {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private borrowing func store(_ count: Int) async throws -> UsageStore {
        let store = try UsageStore(path: directory.path + "/usage.db")
        try await store.add((1...count).map { .made("\($0)") })
        return store
    }

    @Test func `events are sent in batches to the table's path, and not again`() async throws {
        let (store, service) = (try await store(3), Service([]))
        try await service.run { (endpoint) async throws in
            #expect(try await send(store, to: endpoint) == .stored)
            #expect(try await send(store, to: endpoint) == .stored)
        }
        #expect(service.sentIDs == [["1", "2"], ["3"]])
        let path = service.requests.withLock { $0.first?.path }
        #expect(path == "/bigquery/v2/projects/p/datasets/d/tables/t/insertAll")
    }

    @Test func `after a failure the same events come again, also after a restart`() async throws {
        let (store, service) = (try await store(2), Service([(503, "")]))
        try await service.run { (endpoint) async throws in
            #expect(try await send(store, to: endpoint) == .tryLater(after: nil))
            let again = try UsageStore(path: directory.path + "/usage.db")
            #expect(try await send(again, to: endpoint) == .stored)
        }
        #expect(service.sentIDs == [["1", "2"], ["1", "2"]])
    }

    @Test func `a row that is refused is put aside, and the others of its batch are sent again`() async throws {
        let refusal =
            #"{"insertErrors":[{"index":0,"errors":[{"reason":"invalid","message":"bad"}]},{"index":1,"errors":[{"reason":"stopped"}]}]}"#
        let (store, service) = (try await store(2), Service([(200, refusal)]))
        try await service.run { (endpoint) async throws in #expect(try await send(store, to: endpoint) == .stored) }
        #expect(service.sentIDs == [["1", "2"], ["2"]])
        let refused = try await store.refusals(of: "bigquery:p.d.t")
        #expect(refused.map(\.event) == ["1"] && refused.map(\.reason) == ["bad"])
    }

    @Test func `a batch that is too large is sent in smaller ones, and one event that is too large is put aside`()
        async throws
    {
        let (store, service) = (try await store(4), Service([(413, ""), (413, ""), (413, "")]))
        try await service.run { (endpoint) async throws in
            #expect(try await send(store, to: endpoint, rows: 4) == .stored)
        }
        #expect(service.sentIDs.prefix(4) == [["1", "2", "3", "4"], ["1", "2"], ["1"], ["2"]])
        #expect(try await store.refusals(of: "bigquery:p.d.t").map(\.event) == ["1"])
    }

    @Test func `a table that is not there is said, and nothing is lost`() async throws {
        let (store, service) = (try await store(1), Service([(404, #"{"error":{"message":"no table"}}"#)]))
        try await service.run { (endpoint) async throws in
            #expect(try await send(store, to: endpoint) == .misconfigured("status 404: no table"))
            #expect(try await send(store, to: endpoint) == .stored)
        }
    }

    @Test func `a service account gets a token by a signed claim, and a new one when it is refused`() async throws {
        _ = try run([
            "openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out",
            directory.path + "/key.pem",
        ])
        let pem = String(decoding: try readFile(directory.path + "/key.pem"), as: UTF8.self)
        let answers = [
            (200, #"{"access_token":"one","expires_in":3600}"#), (401, "{}"),
            (200, #"{"access_token":"two","expires_in":3600}"#), (200, "{}"),
        ]
        let (store, service) = (try await store(1), Service(answers))
        try await service.run { (endpoint) async throws in
            let credentials: JSONValue = [
                "type": "service_account", "client_email": "robot@p.test", "private_key": .string(pem),
                "private_key_id": "k1", "token_uri": .string("\(endpoint)/token"),
            ]
            let file = try directory.write("account.json", String(decoding: credentials.encoded(), as: UTF8.self))
            var configuration = BigQueryExporter.Configuration(
                endpoint: endpoint, table: try BigQueryTable("p.d.t"), tokens: try AccessTokens(file: file))
            configuration.rows = 5
            let exporter = try BigQueryExporter(configuration, store: store, logger: .silent)
            #expect(try await exporter.sendAll() == .stored)
        }
        let requests = service.requests.withLock { $0 }
        #expect(requests.map { $0.header("authorization") } == [nil, "Bearer one", nil, "Bearer two"])
        let form = String(decoding: requests[0].body, as: UTF8.self)
        let assertion = try #require(form.split(separator: "=").last)
        let parts = assertion.split(separator: ".").map { Base64.decode($0) ?? [] }
        #expect(try JSONValue(parsing: parts[0])["kid"]?.string == "k1")
        #expect(try JSONValue(parsing: parts[1])["iss"]?.string == "robot@p.test")
        let signed = try directory.write(
            "signed", String(assertion[..<(assertion.lastIndex(of: ".") ?? assertion.endIndex)]))
        try writeFile(directory.path + "/signature", parts[2])
        let check = try run([
            "openssl", "dgst", "-sha256", "-prverify", directory.path + "/key.pem", "-signature",
            directory.path + "/signature", signed,
        ])
        #expect(check.status == 0, "\(check)")
    }
}
