/// The configuration of `corral serve`. A new key is a line here and one in `all`.
public enum ServerKeys {
    public static let host: Key<String> = .text(
        "host", "ADDRESS", fallback: "127.0.0.1", "The address to listen on.")
    public static let port: Key<Int> = .integer(
        "port", 0...65535, fallback: 7878, "The port to listen on; 0 picks a free one.")
    public static let unixSocket: Key<String?> = .path(
        "unix-socket", "PATH", "Listen on this Unix socket instead of a port.")
    public static let data: Key<String> = .path(
        "data", "DIRECTORY", fallback: "~/.local/share/corral", "Where everything is kept.")
    public static let catalog: Key<String?> = .optionalText(
        "catalog", "PATH|URL",
        "Where the catalog is kept: a file, or postgresql://…; without it corral.db in the data directory.")
    public static let environments: Key<[String]> = .paths(
        "environments", "DIRECTORY", "A folder of manifests to serve.")
    public static let python: Key<String?> = .path(
        "python", "PATH", "The interpreter of Python workers; without it .venv of the checkout, else /usr/bin/python3.")
    public static let backend: Key<String> = .choice(
        "backend", ["process", "plain", "docker"], fallback: "process",
        "How workers are run where a manifest leaves the choice; plain has no fence and needs --trust.")
    public static let dockerHost: Key<String?> = .optionalText(
        "docker-host", "ADDRESS",
        "The container engine's socket, unix:///PATH; without it what DOCKER_HOST says, else Docker's own.")
    public static let trust: Key<Bool> = .bool("trust", "Allow workers without a fence.")
    public static let insecure: Key<Bool> = .bool(
        "insecure", "Listen beyond loopback although nobody is authenticated.")
    public static let keys: Key<String?> = .path(
        "keys", "FILE",
        "Who may call, beside the keys of the catalog: a YAML file of callers with the SHA-256 of their keys.")
    public static let policy: Key<String?> = .path(
        "policy", "FILE",
        "What is demanded of versions before they may be started; without it all is allowed, or with keys checks and one approval."
    )
    public static let allowSoftLimits: Key<Bool> = .bool(
        "allow-soft-limits", "Start sessions where the kernel cannot enforce memory and process limits.")
    public static let allowHostNetwork: Key<Bool> = .bool(
        "allow-host-network", "Let manifests ask for the network of the host.")
    public static let allowVolumes: Key<[String]> = .paths(
        "allow-volumes", "DIRECTORY", "A folder of the host that manifests may mount, with all below it.")
    public static let maxSessions: Key<Int> = .integer(
        "max-sessions", 1...1_000_000, fallback: 1024, "How many sessions may be open at once.")
    public static let maxRows: Key<Int> = .integer(
        "max-rows", 1...1 << 22, fallback: 65_536, "How many rows a vector session may have.")
    public static let maxTotalRows: Key<Int> = .integer(
        "max-total-rows", 1...1 << 26, fallback: 1 << 20,
        "How many rows all native sessions together may have; one that is no vector has one.")
    public static let memoryReserve: Key<Int> = .size(
        "memory-reserve", 0...1 << 50, fallback: 256 << 20, "Memory of the machine that new sessions leave free.")
    public static let replyMemory: Key<Int> = .size(
        "reply-memory", 0...1 << 50, fallback: 256 << 20,
        "Memory for the last answers of all sessions; beyond it they are kept in files.")
    public static let forkSessions: Key<Int> = .integer(
        "fork-sessions", 1...1_000_000, fallback: 1024,
        "How many sessions one session and all its branches may be together.")
    public static let forkMemory: Key<Int> = .size(
        "fork-memory", 0...1 << 50, fallback: 8 << 30,
        "Memory of one session and all its branches together, above which it is not forked.")
    public static let forkJournal: Key<Int> = .size(
        "fork-journal", 0...1 << 40, fallback: 64 << 20,
        "How much of its calls a session keeps, so that they can be repeated.")
    public static let prefixCache: Key<Int> = .integer(
        "prefix-cache", 0...100_000, fallback: 32,
        "How many sessions are kept behind the prefixes of others, to branch them from there.")
    public static let idleTimeout: Key<Duration> = .duration(
        "idle-timeout", .seconds(1) ... .seconds(2_592_000), fallback: .seconds(300),
        "How long a session may be without a call.")
    public static let maxLifetime: Key<Duration> = .duration(
        "max-lifetime", .seconds(1) ... .seconds(31_536_000), fallback: .seconds(86_400), "How long a session may live."
    )
    public static let commandTimeout: Key<Duration> = .duration(
        "command-timeout", .milliseconds(1) ... .seconds(86_400), fallback: .seconds(60),
        "How long a worker may take for one command.")
    public static let startTimeout: Key<Duration> = .duration(
        "start-timeout", .milliseconds(1) ... .seconds(86_400), fallback: .seconds(60),
        "How long a worker may take to start.")
    public static let drainTimeout: Key<Duration> = .duration(
        "drain-timeout", .seconds(0) ... .seconds(3600), fallback: .seconds(10),
        "How long running calls may take to end when the server stops.")
    public static let warm: Key<Int> = .integer(
        "warm", 0...1000, fallback: 2, "How many started sessions are kept ready for each environment.")
    public static let logLevel: Key<String> = .choice(
        "log-level", ["debug", "info", "warning", "error", "off"], fallback: "info", "What to log.")
    public static let logFormat: Key<String> = .choice(
        "log-format", ["auto", "text", "json"], fallback: "auto", "How to log; auto is text on a terminal, else JSON.")
    public static let bodyLimit: Key<Int> = .size(
        "body-limit", 1024...1 << 30, fallback: 16 << 20, "The largest body of a request.")
    public static let lineLimit: Key<Int> = .size(
        "line-limit", 1024...1 << 30, fallback: 16 << 20, "The longest line that a worker may write.")
    public static let headerLimit: Key<Int> = .size(
        "header-limit", 1024...16 << 20, fallback: 16 << 10, "The largest head of a request.")
    public static let clientTimeout: Key<Duration> = .duration(
        "client-timeout", .seconds(1) ... .seconds(86_400), fallback: .seconds(30),
        "How long a connection may be silent while a request is read or an answer is written.")
    public static let httpThreads: Key<Int> = .integer(
        "http-threads", 1...256, fallback: 2, "How many threads read requests.")
    public static let tlsCertificate: Key<String?> = .path(
        "tls-certificate", "FILE", "The certificate chain (PEM); makes the server speak HTTPS.")
    public static let tlsKey: Key<String?> = .path("tls-key", "FILE", "The private key of the certificate (PEM).")
    public static let grpc: Key<String?> = .optionalText(
        "grpc", "HOST:PORT", "Serve gRPC (corral.v1 and dm_env_rpc) at this address too; port 0 picks a free one.")
    public static let grpcClientRoots: Key<String?> = .path(
        "grpc-client-roots", "FILE",
        "Certificates (PEM) that gRPC clients have to have one of; needs tls-certificate and tls-key.")
    public static let validation: Key<String> = .choice(
        "validation", ["full", "sampled", "off"], fallback: "full", "How observations are checked against their spaces."
    )
    public static let root: Key<String> = .text(
        "root", "DOOR", fallback: "dockergym",
        "Whose API is served outside of /v1: dockergym, openenv:ENVIRONMENT or none.")
    public static let batchWindow: Key<Int> = .integer(
        "batch-window-ms", 0...60_000, fallback: 0,
        "How many milliseconds steps for one worker of several sessions wait for each other; 0: not at all.")
    public static let hook: Key<String?> = .optionalText(
        "hook", "URL|COMMAND", "Who is asked before a session is made: http(s)://…, unix:PATH or a command.")
    public static let hookTimeout: Key<Duration> = .duration(
        "hook-timeout", .milliseconds(1) ... .seconds(3600), fallback: .seconds(10), "How long the hook may take.")
    public static let checkPublished: Key<Bool> = .bool(
        "check-published", fallback: true, "Run the admission checks of every version that is published.")
    public static let checkJobs: Key<Int> = .integer(
        "check-jobs", 1...64, fallback: 1, "How many admission checks run at once.")
    public static let checkBudget: Key<Duration> = .duration(
        "check-budget", .seconds(1) ... .seconds(3600), fallback: .seconds(60),
        "How long an admission check may take that nobody gave another budget.")
    public static let usage: Key<Bool> = .bool("usage", fallback: true, "Keep an event of every session and episode.")
    public static let usageRetention: Key<Duration> = .duration(
        "usage-retention", .seconds(0) ... .seconds(3_155_760_000), fallback: .seconds(400 * 86_400),
        "How long usage events are kept; 0: for ever.")
    public static let bigQueryTable: Key<String?> = .optionalText(
        "bigquery-table", "PROJECT.DATASET.TABLE", "Where usage events are sent to.")
    public static let bigQueryCredentials: Key<String?> = .path(
        "bigquery-credentials", "FILE", "The credentials of the service account that sends them.")
    public static let bigQueryURL: Key<String> = .text(
        "bigquery-url", "URL", fallback: "https://bigquery.googleapis.com", "Where BigQuery is reached.")

    /// In the order of help.
    public static let all: [Declaration] =
        [
            host.declaration, port.declaration, unixSocket.declaration, data.declaration, catalog.declaration,
            environments.declaration,
            python.declaration, backend.declaration, dockerHost.declaration, trust.declaration, insecure.declaration,
            keys.declaration, policy.declaration, allowSoftLimits.declaration,
            allowHostNetwork.declaration, allowVolumes.declaration, maxSessions.declaration, maxRows.declaration,
            maxTotalRows.declaration, memoryReserve.declaration, replyMemory.declaration, forkSessions.declaration,
            forkMemory.declaration, forkJournal.declaration, prefixCache.declaration, idleTimeout.declaration,
            maxLifetime.declaration, commandTimeout.declaration, startTimeout.declaration, drainTimeout.declaration,
            warm.declaration, logLevel.declaration, logFormat.declaration, bodyLimit.declaration, lineLimit.declaration,
            headerLimit.declaration, clientTimeout.declaration, httpThreads.declaration, tlsCertificate.declaration,
            tlsKey.declaration, grpc.declaration, grpcClientRoots.declaration, validation.declaration, root.declaration,
            batchWindow.declaration, hook.declaration,
            hookTimeout.declaration, checkPublished.declaration, checkJobs.declaration, checkBudget.declaration,
            usage.declaration, usageRetention.declaration, bigQueryTable.declaration,
            bigQueryCredentials.declaration, bigQueryURL.declaration,
        ] + RecordingKeys.all + WorkerKeys.all
}
