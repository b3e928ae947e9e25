import Foundations
import Glibc
import Reactor

extension Cgroup {
    /// The groups that an engine made for a container; nil where one with its id cannot be seen from here.
    ///
    /// - Parameter process: One of its processes, as the host numbers it.
    static func ofContainer(_ id: String, process: pid_t) -> Cgroup? {
        let hierarchies = CgroupHierarchy.parse(
            mounts: SystemFile.read("/proc/self/mountinfo") ?? "",
            memberships: SystemFile.read("/proc/\(process)/cgroup") ?? "")
        var places: [CgroupPlace] = []
        for hierarchy in hierarchies where hierarchy.own.contains(id) && SystemFile.exists(hierarchy.own) {
            var roles = Set(hierarchy.controllers.compactMap(CgroupRole.init))
            if hierarchy.isVersion2 {
                let file = SystemFile.read(hierarchy.own + "/cgroup.controllers") ?? ""
                roles = Set(file.split { $0 == " " || $0 == "\n" }.compactMap { CgroupRole(rawValue: String($0)) })
                roles.insert(.core)
            }
            if !roles.isEmpty {
                places.append(CgroupPlace(path: hierarchy.own, roles: roles, isVersion2: hierarchy.isVersion2))
            }
        }
        let group = Cgroup(places: places)
        return group.path(.memory) != nil && group.path(.pids) != nil ? group : nil
    }

    /// The name of its folder.
    var name: String {
        let path = places.first?.path ?? ""
        return String(path[(path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex)...])
    }

    /// Moves everything in it down into a folder of its own, so that others can be made beside that one.
    ///
    /// - Throws: `sandbox_unavailable` when the kernel refuses.
    func makeLeaf(_ name: String) throws(Failure) {
        let leaf = child(name)
        try leaf.create()
        for (place, below) in zip(places, leaf.places) {
            for line in (SystemFile.read(place.path + "/cgroup.procs") ?? "").split(separator: "\n") {
                let number = SystemFile.write(below.path + "/cgroup.procs", String(line))
                guard number == 0 || number == ESRCH else {
                    throw Failure(
                        .sandboxUnavailable, "the processes of a container cannot be moved: \(errorText(number))",
                        next: "run corral doctor")
                }
            }
        }
        try delegate()
    }
}
