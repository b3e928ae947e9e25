import Arguments
import Configuration
import Foundations
import Glibc
import HTTP
import Logging

/// `corral serve`.
enum ServeCommand: Subcommand {
    static let declaration = Command(
        "serve", "Serve environments over HTTP.",
        discussion:
            "Every option can also be set in corral.yaml or as an environment variable CORRAL_…; corral config shows all.",
        options: ServerKeys.all.map(\.option) + [
            Configuration.fileOption,
            .flag("exit-with-parent", "Stop when standard input ends."),
        ])

    static func run(_ invocation: Invocation) async throws(Failure) {
        let configuration = try Configuration.read(invocation)
        let logger = configuration.logger
        let isEnding = invocation.flag("exit-with-parent")
        let server = try await Server.start(
            configuration, logger: logger, reach: isEnding && configuration.isPrivate ? .parent : .configured)
        for address in server.addresses { logger.info("listening", ["address": .string(address)]) }
        try await StopSignal.wait(orEndOfInput: isEnding)
        logger.info("stopping")
        await server.stop(grace: configuration[ServerKeys.drainTimeout])
    }
}

extension Configuration {
    /// Whether only the user of the server reaches it: over a socket of his, and nobody is named who else could call.
    fileprivate var isPrivate: Bool {
        self[ServerKeys.unixSocket] != nil && self[ServerKeys.grpc] == nil && self[ServerKeys.keys] == nil
    }
}
