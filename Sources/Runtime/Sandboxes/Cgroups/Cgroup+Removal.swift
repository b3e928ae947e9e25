import Glibc
import Reactor

extension Cgroup {
    /// Ends every process in the group and below, without starting one, also where no descriptor is left.
    func killAll() async {
        await SeparateDescriptors.run { self.killNow() }
    }

    private func killNow() {
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
            if await offload({ self.removeFolders() }) { return true }
            await killAll()
            if await offload({ self.removeFolders() }) { return true }
            if ContinuousClock.now > deadline { return false }
            try? await Task.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(5))
        }
    }
}
