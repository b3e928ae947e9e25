import Glibc
import Reactor

/// Finds out whether a tree of version 2 can be used for limits, and makes the server's folder in it.
///
/// A cgroup with processes in it cannot give controllers to those below it, unless it is the root. So where the server
/// is alone in its cgroup it goes down into a leaf; else root takes a folder at the top.
struct CgroupDelegation {
    enum Outcome {
        case ready(CgroupPlace)
        case refused(String)
    }

    private let tree: CgroupHierarchy

    init(_ tree: CgroupHierarchy) { self.tree = tree }

    func prepare(_ name: String) -> Outcome {
        let start = Self.start(tree.own)
        let own = controllers("cgroup.controllers", at: start)
        guard own.isSuperset(of: ["memory", "pids"]) else {
            if geteuid() == 0, start != tree.mount { return make(name, at: tree.mount) }
            return .refused("this cgroup was not given the memory and pids controllers")
        }
        if isOpen(at: start) || isRoot(start) { return make(name, at: start) }
        if isAlone(at: start) {
            let leaf = "\(start)/\(name)\(Self.suffix)"
            if mkdir(leaf, 0o755) == 0 || errno == EEXIST,
                SystemFile.write(leaf + "/cgroup.procs", String(getpid())) == 0
            {
                return make(name, at: start)
            }
            rmdir(leaf)
        }
        if geteuid() == 0 { return make(name, at: tree.mount) }
        return .refused("this cgroup is not delegated to the user, or has other processes")
    }

    /// Ends the name of the leaf that the server itself goes to.
    static let suffix = ".server"

    /// A process that went down before begins where it was.
    private static func start(_ own: String) -> String {
        guard own.hasSuffix(suffix), let slash = own.lastIndex(of: "/"), own[slash...].hasPrefix("/corral-") else {
            return own
        }
        return String(own[..<slash])
    }

    private func make(_ name: String, at parent: String) -> Outcome {
        let available = controllers("cgroup.controllers", at: parent)
        guard available.isSuperset(of: ["memory", "pids"]) else {
            return .refused("it has no memory and pids controllers")
        }
        let wanted = available.intersection(["memory", "pids", "cpu"])
        let missing = wanted.subtracting(controllers("cgroup.subtree_control", at: parent))
        if !missing.isEmpty {
            let number = SystemFile.write(
                parent + "/cgroup.subtree_control", missing.map { "+" + $0 }.joined(separator: " "))
            if number != 0 { return .refused("its controllers cannot be handed down: \(errorText(number))") }
        }
        let path = "\(parent)/\(name)"
        if mkdir(path, 0o755) < 0 && errno != EEXIST { return .refused(errorText(errno)) }
        let place = CgroupPlace(
            path: path, roles: Set(wanted.compactMap(CgroupRole.init)).union([.core]), isVersion2: true)
        do {
            try Cgroup(places: [place]).delegate()
            return .ready(place)
        } catch {
            rmdir(path)
            return .refused(error.message)
        }
    }

    private func controllers(_ file: String, at path: String) -> Set<String> {
        Set((SystemFile.read("\(path)/\(file)") ?? "").split { $0 == " " || $0 == "\n" }.map(String.init))
    }

    private func isRoot(_ path: String) -> Bool { !SystemFile.exists(path + "/cgroup.type") }

    private func isOpen(at path: String) -> Bool {
        controllers("cgroup.subtree_control", at: path).isSuperset(of: ["memory", "pids"])
    }

    private func isAlone(at path: String) -> Bool {
        SystemFile.read(path + "/cgroup.procs")?.split(separator: "\n") == [Substring(String(getpid()))]
    }
}
