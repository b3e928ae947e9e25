import Foundations
import HTTPClient
import JSON
import Logging

/// Sends usage events to a table of BigQuery, each at least once; their ids let BigQuery leave out what it has. What is
/// not sent yet waits in the store, also over restarts.
public struct BigQueryExporter: Sendable {
    public struct Configuration: Sendable {
        public var endpoint: HTTPEndpoint
        public var table: BigQueryTable
        /// Nil: without credentials, for an emulator.
        public var tokens: AccessTokens?
        /// How often new events are looked for.
        public var interval = Duration.seconds(5)
        /// In one request.
        public var rows = 500

        public init(endpoint: HTTPEndpoint, table: BigQueryTable, tokens: AccessTokens?) {
            self.endpoint = endpoint
            self.table = table
            self.tokens = tokens
        }
    }

    private let configuration: Configuration
    private let store: UsageStore
    private let client: HTTPClient
    private let logger: Logger
    /// Of the place in the store.
    let name: String

    public init(_ configuration: Configuration, store: UsageStore, logger: Logger) throws(Failure) {
        self.configuration = configuration
        self.store = store
        self.logger = logger
        name = "bigquery:\(configuration.table)"
        client = try HTTPClient(configuration.endpoint, answerLimit: 1 << 22)
    }

    /// Goes on until the task is cancelled.
    public func run() async {
        var backoff = Backoff()
        var isTold = false
        while !Task.isCancelled {
            var pause = configuration.interval
            do throws(Failure) {
                switch try await sendAll() {
                case .stored:
                    backoff.reset()
                    isTold = false
                case .tryLater(let asked): pause = max(asked ?? .zero, backoff.next(chance: .random(in: 0...1)))
                case .misconfigured(let text):
                    throw Failure(
                        .failedPrecondition, "\(configuration.table) takes no usage events: \(text)",
                        next: "check the table, its schema (corral usage schema) and the account's rights")
                default: pause = backoff.next(chance: .random(in: 0...1))
                }
            } catch {
                if !isTold { logger.log(.warning, "usage events wait", failure: error) }
                isTold = true
                pause = backoff.next(chance: .random(in: 0...1))
            }
            try? await Task.sleep(for: pause)
        }
    }

    /// Sends what is there.
    ///
    /// - Returns: `stored` when nothing is left, otherwise what stood in the way.
    func sendAll() async throws(Failure) -> InsertReply {
        var limit = configuration.rows
        var renewed = false
        while !Task.isCancelled {
            let sent = try await store.sent(by: name)
            let batch = try await store.events(after: sent, matching: UsageQuery(), limit: limit)
            guard let last = batch.last else { return .stored }
            var refused: [(number: Int64, reason: String)] = []
            let reply = try await send(batch, &refused)
            switch reply {
            case .stored:
                for refusal in refused {
                    logger.warning("BigQuery refused a usage event", ["reason": .string(refusal.reason)])
                }
                try await store.markSent(by: name, upTo: last.number, refused: refused)
                limit = min(configuration.rows, limit * 2)
                renewed = false
            case .tooLarge where limit > 1: limit = max(1, min(limit, batch.count) / 2)
            case .tooLarge:
                try await store.markSent(
                    by: name, upTo: last.number, refused: [(last.number, "larger than a request may be")])
            case .credentialsExpired where !renewed && configuration.tokens != nil:
                await configuration.tokens?.forget()
                renewed = true
            case .credentialsExpired: return .misconfigured("the credentials are refused")
            default: return reply
            }
        }
        return .tryLater(after: nil)
    }

    /// Sends a batch until all of it is stored or refused, or something else stands in the way.
    private func send(
        _ batch: [UsageStore.Numbered], _ refused: inout [(number: Int64, reason: String)]
    ) async throws(Failure) -> InsertReply {
        var rest = batch
        while !rest.isEmpty {
            let reply = try await insert(rest.map(\.event))
            guard case .refused(let rows) = reply else { return reply }
            refused += rows.map { (rest[$0.key].number, $0.value) }
            rest = rest.enumerated().filter { rows[$0.offset] == nil }.map(\.element)
        }
        return .stored
    }

    private func insert(_ events: [UsageEvent]) async throws(Failure) -> InsertReply {
        var headers = [(name: "Content-Type", value: "application/json")]
        if let tokens = configuration.tokens {
            headers.append((name: "Authorization", value: "Bearer \(try await tokens.token())"))
        }
        let body: JSONValue = [
            "kind": "bigquery#tableDataInsertAllRequest", "skipInvalidRows": false, "ignoreUnknownValues": false,
            "rows": .array(events.map { ["insertId": .string($0.id), "json": .object($0.json)] }),
        ]
        let answer = try await client.send(
            HTTPCall(
                "POST", configuration.table.insertion, headers: headers, body: body.encoded(), timeout: .seconds(60)))
        return InsertReply(
            status: answer.status, retryAfter: answer.header("retry-after"), body: answer.body, count: events.count)
    }
}
