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
        let server = try await Server.start(configuration, logger: logger)
        for address in server.addresses { logger.info("listening", ["address": .string(address)]) }
        try await StopSignal.wait(orEndOfInput: invocation.flag("exit-with-parent"))
        logger.info("stopping")
        await server.stop(grace: configuration[ServerKeys.drainTimeout])
    }
}
