/// The keys that describe one worker to serve, in place of a folder of manifests: DockerGym's flags and their kin.
public enum WorkerKeys {
    public static let image: Key<String?> = .optionalText(
        "docker-image", "IMAGE", "Serve the worker in this image.")
    public static let command: Key<[String]> = .words(
        "worker-command", "WORD", "The worker's command; without an image it runs in the sandbox of a process.")
    public static let workerProtocol: Key<String> = .choice(
        "worker-protocol", ["1", "2", "auto"], fallback: "1", "What the worker speaks; auto asks it.")
    public static let volumes: Key<[String]> = .texts(
        "volume", "HOST[:PATH[:MODE]]",
        "A file or folder that the worker sees, at PATH (the same without it); rw or ro.")
    public static let instances: Key<String?> = .path(
        "env-file-list", "FILE", "The instances to offer, one a line.")
    public static let label: Key<String> = .text(
        "container-label", "KEY", fallback: "dockergym-session", "A label that every container gets.")
    public static let environment: Key<[String]> = .texts(
        "container-env", "NAME=VALUE", "A variable of the worker.")
    public static let memory: Key<Int> = .size(
        "worker-memory", 1 << 20...1 << 44, fallback: 2 << 30, "Memory of one session's worker.")
    public static let processes: Key<Int> = .integer(
        "worker-pids", 1...32_768, fallback: 256, "Processes and threads of one session's worker.")
    public static let cores: Key<String> = .text(
        "worker-cpu", "CORES", fallback: "1", "Processors of one session's worker, such as 0.5.")
    public static let network: Key<String> = .choice(
        "worker-network", ["none", "host"], fallback: "none", "What the worker can reach.")
    public static let sessionsPerWorker: Key<Int> = .integer(
        "sessions-per-worker", 1...1024, fallback: 1,
        "How many sessions of a tenant share one worker process; needs a worker with batch (protocol 2).")
    public static let title: Key<String> = .text(
        "api-title", "TITLE", fallback: "DockerGym API", "The title of the API at the root.")
    public static let version: Key<String> = .text(
        "api-version", "VERSION", fallback: "0.1.0", "The version of the API at the root.")

    /// In the order of help.
    public static let all: [Declaration] = [
        image.declaration, command.declaration, workerProtocol.declaration, volumes.declaration,
        instances.declaration, label.declaration, environment.declaration, memory.declaration,
        processes.declaration, cores.declaration, network.declaration, sessionsPerWorker.declaration,
        title.declaration, version.declaration,
    ]

    /// The table for a server that serves one worker: with DockerGym's defaults where they differ.
    public static func withItsDefaults(_ table: [Declaration]) -> [Declaration] {
        let defaults = [ServerKeys.port.declaration.name: "8000", ServerKeys.idleTimeout.declaration.name: "2m"]
        return table.map { declaration in
            guard let fallback = defaults[declaration.name] else { return declaration }
            return Declaration(
                declaration.name, declaration.kind, fallback: [fallback], placeholder: declaration.placeholder,
                help: declaration.help)
        }
    }
}
