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

    /// Removes the empty folders, beside those of this server, of servers that are gone: those of a data directory that is
    /// used again are found by it, but no later start may use the one of a killed private server. Blocks for milliseconds.
    public func removeAbandoned() {
        for place in root.places {
            guard let end = place.path.lastIndex(of: "/") else { continue }
            let parent = place.path[..<end]
            for name in SystemFile.folders(in: String(parent))
            where Self.isFolderName(name) && name != place.path[end...].dropFirst() {
                let path = "\(parent)/\(name)"
                // Held until the folder is gone: a server that just made it finds out, and makes another.
                guard let lock = FolderLocks(abandoned: path) else { continue }
                withExtendedLifetime(lock) {
                    let folder = CgroupPlace(path: path, roles: [], isVersion2: place.isVersion2)
                    _ = Cgroup(places: [folder]).removeFolders()
                    rmdir(path + CgroupDelegation.suffix)
                }
            }
        }
    }

    private static func isFolderName(_ name: String) -> Bool {
        guard name.hasPrefix("corral-"), let server = UInt32(name.dropFirst(7), radix: 16) else { return false }
        return folderName(server) == name
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
