import Foundations
import Glibc
import Reactor

/// The cgroups of one server: `corral-<server id>/<sandbox>/<session>` in every tree that is used.
///
/// Where a tree of version 2 can limit memory and processes it is taken, else those of version 1; with the latter a
/// bare version 2 tree beside them still ends groups and counts processor time.
public struct CgroupTree: Sendable {
    public enum Choice: Sendable {
        case available(CgroupTree)
        /// Limits would be soft; the text says why.
        case unavailable(String)
    }

    public let server: UInt32
    /// Whether a process of another user, as those in a sandbox are, can be moved: a session's fence needs it.
    public let movesOthers: Bool
    let root: Cgroup
    private let locks: FolderLocks?

    init(server: UInt32, movesOthers: Bool, root: Cgroup, locks: FolderLocks?) {
        (self.server, self.movesOthers, self.root, self.locks) = (server, movesOthers, root, locks)
    }

    /// What limits processor cores and ends groups, for the report.
    var roles: Set<CgroupRole> { root.places.reduce(into: []) { $0.formUnion($1.roles) } }
    var isVersion2: Bool { root.path(.memory)?.isVersion2 ?? false }

    static func folderName(_ server: UInt32) -> String {
        let digits = String(server, radix: 16)
        return "corral-" + String(repeating: "0", count: 8 - digits.count) + digits
    }

    /// Takes a place in the trees of this host; blocks for some milliseconds.
    public static func open(server: UInt32) -> Choice {
        // Another server that cleans up may take the folder for abandoned, as long as it is not locked.
        for _ in 0..<100 {
            switch openUnlocked(server: server) {
            case .unavailable(let reason): return .unavailable(reason)
            case .available(let tree):
                guard let locks = FolderLocks(own: tree.root.places.map(\.path)) else { continue }
                return .available(
                    CgroupTree(server: server, movesOthers: tree.movesOthers, root: tree.root, locks: locks))
            }
        }
        return .unavailable("the folders of this server are removed again and again")
    }

    private static func openUnlocked(server: UInt32) -> Choice {
        let hierarchies = CgroupHierarchy.ofThisProcess()
        if hierarchies.isEmpty { return .unavailable("no cgroups are mounted") }
        var reasons: [String] = []
        let name = folderName(server)
        if let version2 = hierarchies.first(where: \.isVersion2) {
            switch CgroupDelegation(version2).prepare(name) {
            case .ready(let place):
                return .available(
                    CgroupTree(server: server, movesOthers: true, root: Cgroup(places: [place]), locks: nil))
            case .refused(let reason): reasons.append("version 2: " + reason)
            }
        }
        switch openVersion1(hierarchies, name: name) {
        case .success(let places):
            return .available(
                CgroupTree(server: server, movesOthers: geteuid() == 0, root: Cgroup(places: places), locks: nil))
        case .failure(let refusal): reasons.append("version 1: " + refusal.reason)
        }
        return .unavailable(reasons.joined(separator: "; "))
    }

    /// A tree below another group, which keeps its own limits.
    ///
    /// - Throws: `alreadyExists`; `sandboxUnavailable` when the kernel refuses.
    static func open(server: UInt32, inside outer: CgroupTree) throws(Failure) -> CgroupTree {
        let root = outer.root.child(folderName(server))
        try root.create()
        try root.delegate()
        return CgroupTree(server: server, movesOthers: outer.movesOthers, root: root, locks: nil)
    }

    private struct Refusal: Error { let reason: String }

    private static func openVersion1(
        _ hierarchies: [CgroupHierarchy], name: String
    ) -> Result<[CgroupPlace], Refusal> {
        var places: [CgroupPlace] = []
        for role in [CgroupRole.memory, .pids, .cpu, .core] {
            let hierarchy = hierarchies.first {
                role == .core ? $0.isVersion2 : $0.controllers.contains(role.rawValue)
            }
            let isNeeded = role == .memory || role == .pids
            guard let hierarchy else {
                if isNeeded { return .failure(Refusal(reason: "no \(role.rawValue) controller is mounted")) }
                continue
            }
            let path = "\(hierarchy.own)/\(name)"
            if let index = places.firstIndex(where: { $0.path == path }) {
                let roles = places[index].roles.union([role])
                places[index] = CgroupPlace(path: path, roles: roles, isVersion2: hierarchy.isVersion2)
                continue
            }
            if mkdir(path, 0o755) < 0 && errno != EEXIST {
                if isNeeded { return .failure(Refusal(reason: "\(role.rawValue): \(errorText(errno))")) }
                continue
            }
            places.append(CgroupPlace(path: path, roles: [role], isVersion2: hierarchy.isVersion2))
        }
        return .success(places)
    }

    /// A sandbox's group, with its limits and a leaf for the processes of no session.
    ///
    /// - Throws: `alreadyExists`; `sandboxUnavailable` when the kernel refuses.
    func makeSandbox(_ name: String, limits: SandboxLimits) throws(Failure) -> Cgroup {
        let group = root.child(name)
        try group.create()
        do {
            // The keeper, and the launcher for a moment.
            try group.apply(limits, spare: 2)
            try group.delegate()
            try group.child(Self.leaf).create()
        } catch {
            _ = group.removeFolders()
            throw error
        }
        return group
    }

    /// Where a sandbox's own processes are: version 2 wants them in a folder without folders.
    static let leaf = ".base"

    /// What a sandbox used; what was refused to its sessions need not be counted here.
    static func usage(of sandbox: Cgroup) -> SandboxUsage {
        var usage = sandbox.usage()
        sandbox.child(leaf).addRefusals(to: &usage)
        return usage
    }

    /// Removes the server's folders; for its orderly end, after the last sandbox.
    public func close() async { await root.remove() }
}
