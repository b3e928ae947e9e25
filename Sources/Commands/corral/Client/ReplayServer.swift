import Arguments
import Configuration
import Foundations

/// Where a replay runs: on the server that was named, or one of the command's own.
enum ReplayServer {
    static let options: [Option] = [ServerURL.option] + ServerKeys.flagsOfOneCommand

    /// - Parameter environments: Folders of manifests to serve instead of the configured ones.
    static func with<Result: Sendable>(
        _ invocation: Invocation, environments: [String] = [],
        _ body: @Sendable @escaping (ServerClient) async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        if environments.isEmpty,
            let url = try ServerURL.given(invocation, against: ServerKeys.flagsOfOneCommand)
        {
            return try await body(try ServerClient(url: url))
        }
        var flags = invocation.givenOptions
        if !environments.isEmpty { flags[ServerKeys.environments.declaration.name] = environments }
        let configuration = try Configuration.read(invocation, flags: flags, table: ServerKeys.forOneCommand)
        let server = try await PrivateServer.start(configuration)
        do throws(Failure) {
            let result = try await body(server.client)
            await server.stop()
            return result
        } catch {
            await server.stop()
            throw error
        }
    }
}
