extension IsolationReport {
    /// What the launcher builds: it fails rather than leave something of it out.
    static func process(choice: CgroupTree.Choice, landlock: Int, hasNetworkNamespace: Bool) -> IsolationReport {
        var entries = Feature.namespaces.map { feature in
            feature == .network && !hasNetworkNamespace
                ? Entry(feature: .network, isActive: false, reason: "the environment asked for the host's network")
                : Entry(feature: feature, isActive: true, reason: "a namespace of its own")
        }
        entries.append(Entry(feature: .seccomp, isActive: true, reason: "a list of allowed system calls"))
        entries.append(
            landlock > 0
                ? Entry(feature: .landlock, isActive: true, reason: "landlock \(landlock)")
                : Entry(feature: .landlock, isActive: false, reason: "the kernel has no Landlock"))
        entries += limits(choice)
        entries.append(Entry(feature: .disk, isActive: true, reason: "memory-backed file systems with a size"))
        entries.append(sharing(choice, landlock))
        return IsolationReport(backend: "process", entries: entries)
    }

    private static func limits(_ choice: CgroupTree.Choice) -> [Entry] {
        switch choice {
        case .unavailable(let reason):
            var entries = [Feature.memory, .processes, .cores].map {
                Entry(feature: $0, isActive: false, reason: "soft: \(reason)")
            }
            entries.append(Entry(feature: .kill, isActive: true, reason: "the end of pid 1 ends the sandbox"))
            return entries
        case .available(let tree):
            let version = tree.isVersion2 ? "cgroup version 2" : "cgroup version 1"
            let roles = tree.roles
            let kill = roles.contains(.core) ? "cgroup.kill" : "signals to each process"
            return [
                Entry(feature: .memory, isActive: true, reason: version),
                Entry(feature: .processes, isActive: true, reason: version),
                roles.contains(.cpu)
                    ? Entry(feature: .cores, isActive: true, reason: version)
                    : Entry(feature: .cores, isActive: false, reason: "the cpu controller is not available"),
                Entry(feature: .kill, isActive: true, reason: kill),
            ]
        }
    }

    private static func sharing(_ choice: CgroupTree.Choice, _ landlock: Int) -> Entry {
        let reason: String
        switch choice {
        case .unavailable: reason = "sessions have no limits of their own without cgroups"
        case .available(let tree) where !tree.movesOthers:
            reason = "cgroup version 1 lets only root move the processes of a sandbox"
        case .available where landlock < 6:
            reason = "Landlock 6 is needed to keep sessions from each other; the kernel has \(max(0, landlock))"
        case .available:
            return Entry(feature: .sharing, isActive: true, reason: "Landlock and a cgroup for each session")
        }
        return Entry(feature: .sharing, isActive: false, reason: reason)
    }
}
