import Glibc

extension CgroupTree {
    /// Ends and removes what a server that died left behind, and only that: every folder named for it in any tree.
    ///
    /// - Returns: Whether nothing is left.
    @discardableResult
    public static func removeLeftovers(server: UInt32) async -> Bool {
        let name = folderName(server)
        var found: [CgroupPlace] = []
        for tree in CgroupHierarchy.ofThisProcess() {
            let roles: Set<CgroupRole> = tree.isVersion2 ? [.core] : tree.controllers.contains("pids") ? [.pids] : []
            var budget = 20_000
            for path in find(name, in: tree.mount, depth: 12, budget: &budget) {
                found.append(CgroupPlace(path: path, roles: roles, isVersion2: tree.isVersion2))
            }
        }
        // Each is a group of its own, so that the one that can end all at once does so for its own tree.
        var isGone = true
        for place in found.sorted(by: { $0.isVersion2 && !$1.isVersion2 }) {
            if await !Cgroup(places: [place]).remove() { isGone = false }
        }
        return isGone
    }

    /// The folders called `name`, or `name.server`, below `path`; looks at `budget` folders at most.
    private static func find(_ name: String, in path: String, depth: Int, budget: inout Int) -> [String] {
        var found: [String] = []
        for folder in SystemFile.folders(in: path) where budget > 0 {
            budget -= 1
            if folder == name || folder == name + CgroupDelegation.suffix {
                found.append("\(path)/\(folder)")
            } else if depth > 0 {
                found += find(name, in: "\(path)/\(folder)", depth: depth - 1, budget: &budget)
            }
        }
        return found
    }
}
