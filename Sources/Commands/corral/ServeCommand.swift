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
            .value("config", "FILE", "The configuration file; otherwise corral.yaml in the working directory."),
            .flag("exit-with-parent", "Stop when standard input ends."),
        ])

    static func run(_ invocation: Invocation) async throws(Failure) {
        let variables = environmentVariables()
        let file = ConfigurationFile.find(named: invocation.text("config"), environment: variables)
        let configuration = try Configuration(
            ServerKeys.all, flags: invocation.givenOptions, environment: variables,
            file: try file.flatMap { (path) throws(Failure) in try ConfigurationFile.read(path) })
        let logger = Logger(
            level: LogLevel(rawValue: configuration[ServerKeys.logLevel]) ?? .info,
            to: .standardError(format: LogFormat(rawValue: configuration[ServerKeys.logFormat]) ?? .auto))
        let server = try await Server.start(configuration, logger: logger)
        for address in server.addresses { logger.info("listening", ["address": .string(address)]) }
        try await StopSignal.wait(orEndOfInput: invocation.flag("exit-with-parent"))
        logger.info("stopping")
        await server.stop(grace: configuration[ServerKeys.drainTimeout])
    }
}
