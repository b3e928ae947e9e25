import JSON

/// One container to make, with every fence that an engine can build around it.
public struct ContainerConfiguration: Sendable {
    public struct Mount: Sendable, Hashable {
        public var source: String
        public var target: String
        public var isWritable: Bool

        public init(source: String, target: String, isWritable: Bool = false) {
            (self.source, self.target, self.isWritable) = (source, target, isWritable)
        }
    }

    /// A file system in memory.
    public struct Memory: Sendable, Hashable {
        public var target: String
        public var bytes: Int
        /// Nil: Podman takes no limit of them; then memory alone limits them.
        public var inodes: Int?
        /// Octal, such as `1777`.
        public var mode: String

        public init(target: String, bytes: Int, inodes: Int?, mode: String) {
            (self.target, self.bytes, self.inodes, self.mode) = (target, bytes, inodes, mode)
        }
    }

    /// The id of the image, so that nothing else can be started.
    public var image: String
    /// The first process; the image's own command is not run by the engine.
    public var command: [String]
    public var user: String
    public var labels: [String: String]
    public var mounts: [Mount] = []
    public var memories: [Memory] = []
    /// In bytes; swap counts in.
    public var memory: Int
    public var processes: Int
    public var cores: Double?
    /// Open files of a process.
    public var files: Int
    /// Of all processes of the user on this machine; nil: what the engine sets. Podman sets more than it may have itself
    /// where it runs without the capability to raise limits.
    public var userProcesses: Int?
    public var usesHostNetwork = false
    /// Podman takes the word that there is none for a check, and asks systemd for a timer.
    public var switchesHealthCheckOff = true
    /// The filter of system calls, as JSON, or the path of a file of it for Podman.
    public var seccompProfile: String

    public init(
        image: String, command: [String], user: String, labels: [String: String], memory: Int, processes: Int,
        cores: Double?, files: Int, seccompProfile: String
    ) {
        self.image = image
        self.command = command
        self.user = user
        self.labels = labels
        self.memory = memory
        self.processes = processes
        self.cores = cores
        self.files = files
        self.seccompProfile = seccompProfile
    }

    /// The body of `POST /containers/create`.
    var json: JSONValue {
        var body: JSONValue = [
            "Image": .string(image), "Entrypoint": .array(command.map(JSONValue.string)), "Cmd": [],
            "User": .string(user), "WorkingDir": "/", "Hostname": "corral", "NetworkDisabled": .bool(!usesHostNetwork),
            "Labels": .object(JSONObject(labels.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })),
            // An engine that stops need not wait for a process that holds nothing.
            "StopSignal": "SIGKILL", "AttachStdin": false, "AttachStdout": false, "AttachStderr": false,
            "HostConfig": hostConfiguration,
        ]
        if switchesHealthCheckOff { body["Healthcheck"] = ["Test": ["NONE"]] }
        return body
    }

    private var ulimits: [JSONValue] {
        let limits = [("nofile", files), ("core", 0)] + (userProcesses.map { [("nproc", $0)] } ?? [])
        return limits.map { name, limit in
            ["Name": .string(name), "Soft": .integer(Int64(limit)), "Hard": .integer(Int64(limit))]
        }
    }

    private var hostConfiguration: JSONValue {
        var host: JSONValue = [
            "ReadonlyRootfs": true, "NetworkMode": .string(usesHostNetwork ? "host" : "none"),
            "CapDrop": ["ALL"], "Privileged": false,
            "SecurityOpt": ["no-new-privileges", .string("seccomp=\(seccompProfile)")],
            "IpcMode": "none", "CgroupnsMode": "private", "OomScoreAdj": 500, "LogConfig": ["Type": "none"],
            "Memory": .integer(Int64(memory)), "MemorySwap": .integer(Int64(memory)),
            "PidsLimit": .integer(Int64(processes)),
            "Ulimits": .array(ulimits),
            "Mounts": .array(
                mounts.map {
                    [
                        "Type": "bind", "Source": .string($0.source), "Target": .string($0.target),
                        "ReadOnly": .bool(!$0.isWritable), "BindOptions": ["Propagation": "rprivate"],
                    ]
                }),
            "Tmpfs": .object(JSONObject(memories.map { ($0.target, .string($0.options)) })),
        ]
        if let cores {
            let period = 100_000
            host["CpuPeriod"] = .integer(Int64(period))
            host["CpuQuota"] = .integer(Int64(max(1000, Double(period) * cores)))
        }
        return host
    }
}

extension ContainerConfiguration.Memory {
    fileprivate var options: String {
        "rw,exec,nosuid,nodev,size=\(bytes),\(inodes.map { "nr_inodes=\($0)," } ?? "")mode=\(mode)"
    }
}
