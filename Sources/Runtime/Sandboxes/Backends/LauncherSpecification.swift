import Foundations

/// The records that the launcher reads, as `docs/sandbox.md` has them.
struct LauncherSpecification {
    private(set) var bytes: [UInt8] = []

    mutating func add(_ key: String, _ value: String) throws(Failure) {
        guard !value.utf8.contains(0) else {
            throw Failure(.invalidArgument, "\(key) contains a NUL character")
        }
        bytes += key.utf8
        bytes.append(UInt8(ascii: "="))
        bytes += value.utf8
        bytes.append(0)
    }

    /// - Parameters:
    ///   - cgroups: Folders the sandbox joins before anything else.
    ///   - hasHardLimits: Without them the memory of each process is limited instead.
    init(
        _ specification: SandboxSpecification, identities: IdentityPool.Identities, usesHelpers: Bool,
        cgroups: [String], hasHardLimits: Bool
    ) throws(Failure) {
        for path in cgroups { try add("cgroup", path) }
        try add("map", "0 \(identities.keeper)")
        try add("map", "1000 \(identities.command)")
        if usesHelpers { try add("newuidmap", "1") }
        try add(specification.mounts)
        let limits = specification.limits
        try add("tmp", "\(limits.disk) \(limits.inodes)")
        try add("network", specification.network.rawValue)
        if specification.loopback { try add("loopback", "1") }
        try add("hostname", "corral")
        try addCommand(specification, hasHardLimits: hasHardLimits)
    }

    /// For a container, of which the engine has built the rest.
    init(containing specification: SandboxSpecification) throws(Failure) {
        try addCommand(specification, hasHardLimits: true)
    }

    private mutating func addCommand(
        _ specification: SandboxSpecification, hasHardLimits: Bool
    ) throws(Failure) {
        let limits = specification.limits
        if specification.isShared { try add("shared", "1") }
        var numbers = [
            ("nofile", limits.files), ("fsize", limits.output), ("core", 0), ("memlock", 8 << 20),
        ]
        // With cgroups these would only hide from their counters what was refused.
        if !hasHardLimits { numbers += [("data", limits.memory), ("nproc", limits.processes)] }
        for (name, number) in numbers { try add("rlimit", "\(name) \(number) \(number)") }
        try add("directory", specification.directory)
        for (key, value) in specification.environment.sorted(by: { $0.key < $1.key }) {
            guard !key.isEmpty, !key.contains("=") else {
                throw Failure(.invalidArgument, "an environment variable has the name \(key)")
            }
            try add("environment", "\(key)=\(value)")
        }
        for argument in specification.command { try add("argument", argument) }
    }

    private mutating func add(_ mounts: [SandboxMount]) throws(Failure) {
        for mount in mounts {
            switch mount {
            case .bind(let source, let target, let writable):
                guard !source.contains("\t"), !target.contains("\t") else {
                    throw Failure(.invalidArgument, "a mounted path contains a tab")
                }
                try add("bind", "\(source)\t\(target)\t\(writable ? "rw" : "ro")")
            case .link(let target, let path):
                guard !target.contains("\t") else { throw Failure(.invalidArgument, "a link contains a tab") }
                try add("link", "\(target)\t\(path)")
            case .text(let text, let path):
                guard !path.contains("\t") else { throw Failure(.invalidArgument, "a path contains a tab") }
                try add("file", "\(path)\t\(text)")
            }
        }
    }
}
