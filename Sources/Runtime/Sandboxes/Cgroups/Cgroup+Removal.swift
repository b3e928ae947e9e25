import Glibc
import Reactor

extension Cgroup {
    /// A descriptor that ends everything in the group and below with one write; -1 where the kernel has none.
    func openKillSwitch() -> Descriptor {
        guard let place = path(.core) else { return Descriptor(owning: -1) }
        return Descriptor(owning: open(place.path + "/cgroup.kill", O_WRONLY | O_CLOEXEC))
    }

    /// Ends every process in the group and below, without starting one.
    func killAll() {
        if let place = path(.core), SystemFile.write(place.path + "/cgroup.kill", "1") == 0 { return }
        for place in places { Self.kill(below: place) }
    }

    /// Where nothing ends all at once: nothing new may start, then each is ended.
    private static func kill(below place: CgroupPlace) {
        if place.roles.contains(.pids) { _ = SystemFile.write(place.path + "/pids.max", "0") }
        for name in SystemFile.folders(in: place.path) {
            kill(
                below: CgroupPlace(path: "\(place.path)/\(name)", roles: place.roles, isVersion2: place.isVersion2))
        }
        for line in (SystemFile.read(place.path + "/cgroup.procs") ?? "").split(separator: "\n") {
            if let process = pid_t(line), process > 1 { Glibc.kill(process, SIGKILL) }
        }
    }

    /// Removes the folders and those below them.
    ///
    /// - Returns: Whether none is left; a folder with processes in it stays.
    func removeFolders() -> Bool {
        var isGone = true
        for place in places where !Self.remove(place.path) { isGone = false }
        return isGone
    }

    private static func remove(_ path: String) -> Bool {
        if rmdir(path) == 0 || errno == ENOENT { return true }
        for name in SystemFile.folders(in: path) { _ = remove("\(path)/\(name)") }
        return rmdir(path) == 0 || errno == ENOENT
    }

    /// Ends every process and removes the folders; waits while processes vanish, for two seconds at most.
    ///
    /// - Returns: Whether nothing is left.
    @discardableResult
    func remove() async -> Bool {
        var pause = Duration.microseconds(100)
        let deadline = ContinuousClock.now + .seconds(2)
        while true {
            let isGone = await offload {
                if self.removeFolders() { return true }
                self.killAll()
                return self.removeFolders()
            }
            if isGone { return true }
            if ContinuousClock.now > deadline { return false }
            try? await Task.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(5))
        }
    }
}
