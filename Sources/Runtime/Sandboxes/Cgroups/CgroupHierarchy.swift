/// One mounted tree of cgroups and the place of a process in it.
struct CgroupHierarchy: Hashable, Sendable {
    /// Where the tree is mounted.
    let mount: String
    /// The folder of the process's own cgroup, below `mount`.
    let own: String
    /// Version 1 names its controllers by the mount; those of version 2 are in `cgroup.controllers`.
    let controllers: [String]
    let isVersion2: Bool

    /// Reads the trees from the texts of `/proc/self/mountinfo` and `/proc/self/cgroup`.
    static func parse(mounts: String, memberships: String) -> [CgroupHierarchy] {
        let paths = parse(memberships: memberships)
        var found: [CgroupHierarchy] = []
        for line in mounts.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard let dash = words.firstIndex(of: "-"), words.count > 4, dash + 3 < words.count else { continue }
            let kind = words[dash + 1]
            let root = String(words[3])
            let mount = String(words[4])
            if kind == "cgroup2", let path = paths[""] {
                found.append(
                    CgroupHierarchy(
                        mount: mount, own: folder(of: path, root: root, mount: mount), controllers: [], isVersion2: true
                    ))
            } else if kind == "cgroup" {
                let options = words[dash + 3].split(separator: ",").map(String.init)
                let controllers = options.filter { paths[$0] != nil && !$0.hasPrefix("name=") }
                guard let first = controllers.first, let path = paths[first] else { continue }
                found.append(
                    CgroupHierarchy(
                        mount: mount, own: folder(of: path, root: root, mount: mount), controllers: controllers,
                        isVersion2: false))
            }
        }
        return found
    }

    /// Lines of `number:controllers:path`; version 2 has no controllers there.
    private static func parse(memberships: String) -> [String: String] {
        var paths: [String: String] = [:]
        for line in memberships.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { continue }
            if parts[1].isEmpty { paths[""] = String(parts[2]) }
            for controller in parts[1].split(separator: ",") { paths[String(controller)] = String(parts[2]) }
        }
        return paths
    }

    /// The folder of the cgroup `path` where the tree from `root` down is mounted at `mount`.
    private static func folder(of path: String, root: String, mount: String) -> String {
        if path == "/" || path == root { return mount }
        if root == "/" { return mount + path }
        return path.hasPrefix(root + "/") ? mount + path.dropFirst(root.count) : mount
    }

    /// The folders from one up to the top of what is mounted; without a start from the process's own.
    func upwards(from start: String? = nil) -> [String] {
        var paths = [start ?? own]
        while let path = paths.last, path.hasPrefix(mount + "/"), let end = path.lastIndex(of: "/") {
            paths.append(String(path[..<end]))
        }
        return paths
    }

    static func ofThisProcess() -> [CgroupHierarchy] {
        parse(
            mounts: SystemFile.read("/proc/self/mountinfo") ?? "",
            memberships: SystemFile.read("/proc/self/cgroup") ?? "")
    }
}
