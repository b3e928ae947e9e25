import Configuration
import Foundations

/// A server inside this process that nobody else can call, for as long as one command runs.
struct PrivateServer {
    let client: ServerClient
    private let server: Server

    static func start(_ configuration: Configuration) async throws(Failure) -> PrivateServer {
        let server = try await Server.start(configuration, logger: configuration.logger, reach: .thisProcess)
        do throws(Failure) {
            return PrivateServer(client: try ServerClient(url: server.addresses.first ?? "", key: nil), server: server)
        } catch {
            await server.stop(grace: .zero)
            throw error
        }
    }

    func stop() async { await server.stop(grace: .zero) }
}
