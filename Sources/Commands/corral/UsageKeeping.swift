import Configuration
import Foundations
import HTTPClient
import Logging
import Metrics
import Reactor
import Usage

/// Usage events of a running server: kept in the data folder, and sent on where the operator says so.
struct UsageKeeping: Sendable {
    let store: UsageStore
    let recorder: UsageRecorder
    private let exporting: Task<Void, Never>?

    /// - Parameter isExporting: Whether events are sent on, where a table is configured.
    /// - Returns: Nil where the operator wants no events.
    static func start(
        _ configuration: Configuration, server: String, isExporting: Bool, metrics: MetricsRegistry, logger: Logger
    ) async throws(Failure) -> UsageKeeping? {
        guard configuration[ServerKeys.usage] else { return nil }
        let path = configuration[ServerKeys.data] + "/usage.db"
        let store = try await offload { () throws(Failure) in try UsageStore(path: path) }
        let recorder = UsageRecorder(
            store, server: server, retention: configuration[ServerKeys.usageRetention], metrics: metrics,
            logger: logger)
        let exporter = isExporting ? try await exporter(configuration, store, logger) : nil
        return UsageKeeping(
            store: store, recorder: recorder, exporting: exporter.map { exporter in Task { await exporter.run() } })
    }

    private static func exporter(
        _ configuration: Configuration, _ store: UsageStore, _ logger: Logger
    ) async throws(Failure) -> BigQueryExporter? {
        guard let table = configuration[ServerKeys.bigQueryTable] else { return nil }
        let credentials = configuration[ServerKeys.bigQueryCredentials]
        let tokens = try await offload { () throws(Failure) in
            try credentials.map { (path) throws(Failure) in try AccessTokens(file: path) }
        }
        return try BigQueryExporter(
            .init(
                endpoint: HTTPEndpoint(configuration[ServerKeys.bigQueryURL]), table: BigQueryTable(table),
                tokens: tokens), store: store, logger: logger)
    }

    /// Returns when everything told so far is kept; what is not sent yet goes with the next start.
    func stop() async {
        await recorder.flush()
        exporting?.cancel()
        await exporting?.value
    }
}
