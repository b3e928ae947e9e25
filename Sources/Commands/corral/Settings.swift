import Arguments
import Configuration
import Foundations
import Logging
import Sessions
import Trajectories

extension Configuration {
    static let fileOption = Option.value(
        "config", "FILE", completion: .files, "The configuration file; otherwise corral.yaml in the working directory.")

    /// The effective values of a command: its flags, the environment, the configuration file, the defaults.
    ///
    /// - Parameter flags: Instead of those that were given.
    static func read(
        _ invocation: Invocation, flags: [String: [String]]? = nil, table: [Declaration] = ServerKeys.all
    ) throws(Failure) -> Configuration {
        let variables = environmentVariables()
        let file = ConfigurationFile.find(named: invocation.text("config"), environment: variables)
        let tree = try file.flatMap { (path) throws(Failure) in try ConfigurationFile.read(path) }
        let given = flags ?? invocation.givenOptions
        let configuration = try Configuration(table, flags: given, environment: variables, file: tree)
        guard configuration.servesOneWorker else { return configuration }
        return try Configuration(
            WorkerKeys.withItsDefaults(table), flags: given, environment: variables, file: tree)
    }

    /// Whether flags describe a worker to serve.
    var servesOneWorker: Bool { self[WorkerKeys.image] != nil || !self[WorkerKeys.command].isEmpty }

    /// - Throws: `invalid_argument` for a namespace without a mode.
    func recordingPolicy() throws(Failure) -> RecordingPolicy {
        var policy = RecordingPolicy()
        policy.mode = RecordingMode(rawValue: self[RecordingKeys.record]) ?? .off
        try policy.setNamespaces(self[RecordingKeys.namespaces])
        policy.whenFull = RecordingPolicy.WhenFull(rawValue: self[RecordingKeys.whenFull]) ?? .wait
        policy.memory = self[RecordingKeys.memory]
        policy.flushInterval = self[RecordingKeys.interval]
        policy.keptBytes = self[RecordingKeys.keptSize]
        policy.keptTime = self[RecordingKeys.keptTime]
        return policy
    }

    var logger: Logger {
        Logger(
            level: LogLevel(rawValue: self[ServerKeys.logLevel]) ?? .info,
            to: .standardError(format: LogFormat(rawValue: self[ServerKeys.logFormat]) ?? .auto))
    }
}

extension ServerKeys {
    /// The keys with other defaults: for a server that lives as long as one command.
    static let forOneCommand = all.map { declaration in
        let fallback =
            switch declaration.name {
            case logLevel.declaration.name: ["warning"]
            case warm.declaration.name: ["0"]
            default: declaration.fallback
            }
        return Declaration(
            declaration.name, declaration.kind, fallback: fallback, placeholder: declaration.placeholder,
            help: declaration.help)
    }

    /// The flags that such a server has; the other keys can be set in the environment and in corral.yaml.
    static let flagsOfOneCommand: [Option] = {
        let names = [
            environments.declaration, data.declaration, catalog.declaration, python.declaration, backend.declaration,
            dockerHost.declaration,
            trust.declaration, policy.declaration,
            allowSoftLimits.declaration, allowHostNetwork.declaration, allowVolumes.declaration,
            validation.declaration, logLevel.declaration,
        ].map(\.name)
        return names.compactMap { name in forOneCommand.first { $0.name == name }?.option } + [Configuration.fileOption]
    }()
}
