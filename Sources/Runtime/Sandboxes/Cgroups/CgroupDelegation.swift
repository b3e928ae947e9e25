import Glibc
import Reactor

/// Finds out whether a tree of version 2 can be used for limits, and makes the server's folder in it.
///
/// A cgroup with processes in it cannot give controllers to those below it, unless it is the root. So where the server
/// is alone in its cgroup it goes down into a leaf; else it takes a folder further up, but never one outside of a cgroup
/// with limits: whoever limits the server limits its sandboxes too.
struct CgroupDelegation {
    enum Outcome {
        case ready(CgroupPlace)
        case refused(String)
    }

    private let tree: CgroupHierarchy

    init(_ tree: CgroupHierarchy) { self.tree = tree }

    func prepare(_ name: String) -> Outcome {
        let paths = tree.upwards(from: Self.start(tree.own))
        switch Self.choose(paths.map(level)) {
        case .refused(let reason): return .refused(reason)
        case .folder(let index): return make(name, at: paths[index])
        case .leaf:
            let leaf = "\(paths[0])/\(name)\(Self.suffix)"
            let number = mkdir(leaf, 0o755) == 0 || errno == EEXIST ? 0 : errno
            let moved = number == 0 ? SystemFile.write(leaf + "/cgroup.procs", String(getpid())) : number
            guard moved == 0 else {
                rmdir(leaf)
                return .refused("this cgroup is not delegated to the user: \(errorText(moved))")
            }
            return make(name, at: paths[0])
        }
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

    private func level(_ path: String) -> Level {
        let processes = (SystemFile.read(path + "/cgroup.procs") ?? "").split(separator: "\n")
        return Level(
            hasControllers: controllers("cgroup.controllers", at: path).isSuperset(of: ["memory", "pids"]),
            isOpen: controllers("cgroup.subtree_control", at: path).isSuperset(of: ["memory", "pids"]),
            isRoot: !SystemFile.exists(path + "/cgroup.type"),
            isLimited: ["memory.max", "pids.max"].contains {
                SystemFile.read("\(path)/\($0)").map { $0 != "max\n" } ?? false
            },
            holds: processes.isEmpty ? .none : processes == [Substring(String(getpid()))] ? .server : .others)
    }
}

extension CgroupDelegation {
    /// One cgroup on the way from the server's own to the top.
    struct Level: Sendable {
        enum Processes: Sendable { case none, server, others }

        var hasControllers: Bool
        /// Those below it may have limits already.
        var isOpen: Bool
        var isRoot: Bool
        /// It has limits of its own.
        var isLimited: Bool
        var holds: Processes
    }

    enum Choice: Equatable {
        /// A folder in the cgroup of this index.
        case folder(Int)
        /// The server goes down into a leaf of its own cgroup.
        case leaf
        case refused(String)
    }

    /// - Parameter levels: The server's own cgroup first.
    static func choose(_ levels: [Level]) -> Choice {
        for (index, level) in levels.enumerated() {
            if level.hasControllers {
                if level.isOpen || level.isRoot || level.holds == .none { return .folder(index) }
                if index == 0 && level.holds == .server { return .leaf }
            }
            if level.isLimited {
                return .refused("this cgroup has limits and other processes; start the server alone in it")
            }
        }
        return .refused("no cgroup above the server has the memory and pids controllers to give")
    }
}
