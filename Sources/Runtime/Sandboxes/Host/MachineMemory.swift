/// Memory that is left for sessions: of the machine, and of the cgroups that this process is in.
public struct MachineMemory: Sendable {
    /// Folders of cgroups with a limit of memory, from this process's own upwards.
    private let groups: [CgroupPlace]

    public init() {
        let trees = CgroupHierarchy.ofThisProcess()
        let tree = trees.first { $0.controllers.contains("memory") } ?? trees.first(where: \.isVersion2)
        groups =
            tree.map { tree in
                tree.upwards().map { CgroupPlace(path: $0, roles: [.memory], isVersion2: tree.isVersion2) }
            } ?? []
    }

    /// In bytes, page cache that can be given up included; nil where the kernel does not tell. Reads small files.
    public func free() -> Int? {
        let machine = Self.free(of: SystemFile.read("/proc/meminfo") ?? "")
        return (groups.map(Self.free) + [machine]).compactMap(\.self).min()
    }

    /// Nil for a group without a limit.
    private static func free(in group: CgroupPlace) -> Int? {
        let (limit, usage) =
            group.isVersion2
            ? ("memory.max", "memory.current") : ("memory.limit_in_bytes", "memory.usage_in_bytes")
        // Version 1 says "none" with the largest number of pages that there is.
        guard let limit = SystemFile.number("\(group.path)/\(limit)"), limit < 1 << 60,
            let used = SystemFile.number("\(group.path)/\(usage)")
        else { return nil }
        return free(limit: limit, used: used, statistics: SystemFile.read("\(group.path)/memory.stat") ?? "")
    }

    /// - Parameter text: Of `/proc/meminfo`.
    static func free(of text: String) -> Int? {
        for line in text.split(separator: "\n") where line.hasPrefix("MemAvailable:") {
            let words = line.split(separator: " ")
            guard words.count >= 2, let kibibytes = Int(words[1]) else { return nil }
            let (bytes, overflow) = kibibytes.multipliedReportingOverflow(by: 1024)
            return overflow ? nil : bytes
        }
        return nil
    }

    /// - Parameter statistics: Of the group's `memory.stat`; files that nobody used lately count as free.
    static func free(limit: Int, used: Int, statistics: String) -> Int {
        let cache =
            SystemFile.number("total_inactive_file", in: statistics)
            ?? SystemFile.number("inactive_file", in: statistics) ?? 0
        return max(0, limit - max(0, used - cache))
    }
}
