import Foundations

/// What may be used: by one session, or by everything in one sandbox together.
public struct SandboxLimits: Sendable, Hashable {
    /// Memory and, where the host has any, swap together, in bytes.
    public var memory: Int
    /// Processes and threads.
    public var processes: Int
    /// Processor cores, for example 0.5; nil is no limit.
    public var cores: Double?
    /// Bytes in temporary files: of `/tmp`, of `/dev/shm`, and of a scratch folder each.
    public var disk: Int
    /// Files and folders in each of the same places.
    public var inodes: Int
    /// Open files of one process.
    public var files: Int
    /// Bytes of the largest file that one process can write.
    public var output: Int

    public init(
        memory: Int = 1 << 30, processes: Int = 64, cores: Double? = nil, disk: Int = 256 << 20, inodes: Int = 16384,
        files: Int = 1024, output: Int = 256 << 20
    ) {
        self.memory = memory
        self.processes = processes
        self.cores = cores
        self.disk = disk
        self.inodes = inodes
        self.files = files
        self.output = output
    }

    /// - Throws: `invalidArgument` for a limit that the kernel would read as "none" or not at all.
    func validate() throws(Failure) {
        let whole = [
            ("memory", memory), ("processes", processes), ("disk", disk), ("inodes", inodes), ("files", files),
            ("output", output),
        ]
        for (name, value) in whole where value < 1 {
            throw Failure(.invalidArgument, "the limit of \(name) is \(value)", next: "give a number of at least 1")
        }
        if let cores, !(cores >= 0.01 && cores <= 10_000) {
            throw Failure(.invalidArgument, "the limit of cores is \(cores)", next: "give 0.01 to 10000")
        }
    }
}
