import Containers
import Foundations

extension IsolationReport {
    /// What a container gets, by what the engine says of itself.
    static func docker(
        _ information: EngineInformation, landlock: Int, isRoot: Bool, hasNetworkNamespace: Bool
    ) -> IsolationReport {
        var entries = [
            Entry(
                feature: .user, isActive: false,
                reason: "the engine's user namespace; the user is unprivileged and has no capabilities")
        ]
        for feature in [Feature.pid, .mount, .network, .ipc, .uts, .cgroup] {
            entries.append(
                feature == .network && !hasNetworkNamespace
                    ? Entry(feature: .network, isActive: false, reason: "the environment asked for the host's network")
                    : Entry(feature: feature, isActive: true, reason: "a namespace of its own"))
        }
        entries.append(
            Entry(
                feature: .seccomp, isActive: true,
                reason: information.hasSeccomp
                    ? "a list of allowed system calls, twice" : "a list of allowed system calls"))
        entries.append(
            landlock > 0
                ? Entry(feature: .landlock, isActive: true, reason: "landlock \(landlock)")
                : Entry(feature: .landlock, isActive: false, reason: "the kernel has no Landlock"))
        entries += limits(information)
        entries.append(
            Entry(
                feature: .kill, isActive: true,
                reason: isRoot ? "its cgroup, and the end of pid 1" : "the end of pid 1 ends the container"))
        entries.append(Entry(feature: .disk, isActive: true, reason: "memory-backed file systems with a size"))
        entries.append(sharing(landlock: landlock, isRoot: isRoot))
        return IsolationReport(backend: "docker", entries: entries)
    }

    /// Of an engine that does not answer now; whether sessions can share a container does not depend on it.
    static func docker(unavailable failure: Failure, landlock: Int, isRoot: Bool) -> IsolationReport {
        let entries = Feature.allCases.map { feature in
            feature == .sharing
                ? sharing(landlock: landlock, isRoot: isRoot)
                : Entry(feature: feature, isActive: false, reason: failure.message)
        }
        return IsolationReport(backend: "docker", entries: entries)
    }

    private static func limits(_ information: EngineInformation) -> [Entry] {
        let version = "cgroup version \(information.cgroupVersion) by the engine (\(information.cgroupDriver))"
        let limits: [(Feature, Bool)] = [
            (.memory, information.limitsMemory), (.processes, information.limitsProcesses),
            (.cores, information.limitsCores),
        ]
        return limits.map { feature, isHard in
            Entry(feature: feature, isActive: isHard, reason: isHard ? version : "soft: the engine cannot limit it")
        }
    }

    private static func sharing(landlock: Int, isRoot: Bool) -> Entry {
        if !isRoot {
            return Entry(
                feature: .sharing, isActive: false,
                reason: "only root can give the sessions in a container limits of their own")
        }
        if landlock < 6 {
            return Entry(
                feature: .sharing, isActive: false,
                reason: "Landlock 6 is needed to keep sessions from each other; the kernel has \(max(0, landlock))")
        }
        return Entry(feature: .sharing, isActive: true, reason: "Landlock and a cgroup for each session")
    }
}
