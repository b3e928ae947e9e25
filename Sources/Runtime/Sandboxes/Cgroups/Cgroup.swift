import Foundations
import Glibc
import Reactor

/// What a folder of the cgroup trees is there for; in version 2 one folder has all of them.
enum CgroupRole: String, Sendable, CaseIterable {
    case memory, pids, cpu
    /// Version 2 itself, with or without controllers: ends all at once and counts processor time.
    case core
}

/// One place in a cgroup tree.
struct CgroupPlace: Sendable, Hashable {
    let path: String
    let roles: Set<CgroupRole>
    let isVersion2: Bool
}

/// A group of processes under common limits: one folder in every tree that is used.
///
/// Its calls are system calls that may take a millisecond; they belong off the reactor.
struct Cgroup: Sendable {
    let places: [CgroupPlace]

    func path(_ role: CgroupRole) -> CgroupPlace? { places.first { $0.roles.contains(role) } }

    /// The same group one level down.
    func child(_ name: String) -> Cgroup {
        Cgroup(
            places: places.map {
                CgroupPlace(path: "\($0.path)/\(name)", roles: $0.roles, isVersion2: $0.isVersion2)
            })
    }

    /// Makes the folders.
    ///
    /// - Throws: `alreadyExists`, or `sandboxUnavailable` when the kernel refuses; then none is left.
    func create() throws(Failure) {
        for (index, place) in places.enumerated() where mkdir(place.path, 0o755) < 0 {
            let number = errno
            for made in places[..<index] { rmdir(made.path) }
            if number == EEXIST { throw Failure(.alreadyExists, "a sandbox or session of that name is there already") }
            throw Failure(
                .sandboxUnavailable, "the limits of a sandbox cannot be made: \(errorText(number))",
                next: "run corral doctor", details: ["role": place.roles.map(\.rawValue).joined(separator: "+")])
        }
    }

    /// Lets folders below have limits of their own; version 2 asks for it.
    func delegate() throws(Failure) {
        for place in places where place.isVersion2 {
            let controllers = place.roles.subtracting([.core]).map { "+" + $0.rawValue }
            if controllers.isEmpty { continue }
            try check(SystemFile.write(place.path + "/cgroup.subtree_control", controllers.joined(separator: " ")))
        }
    }

    /// - Parameter spare: Processes of the fence itself, beside those of the limits.
    func apply(_ limits: SandboxLimits, spare: Int = 0) throws(Failure) {
        if let place = path(.memory) { try limitMemory(place, limits.memory) }
        try limitProcesses(limits.processes, spare: spare)
        guard let cores = limits.cores, let place = path(.cpu) else { return }
        let period = 100_000
        let quota = Int(Double(period) * cores)
        if place.isVersion2 {
            try check(SystemFile.write(place.path + "/cpu.max", "\(quota) \(period)"))
        } else {
            try check(SystemFile.write(place.path + "/cpu.cfs_period_us", String(period)))
            try check(SystemFile.write(place.path + "/cpu.cfs_quota_us", String(quota)))
        }
    }

    func limitProcesses(_ count: Int, spare: Int) throws(Failure) {
        guard let place = path(.pids) else { return }
        try check(SystemFile.write(place.path + "/pids.max", String(count.addingClamped(spare))))
    }

    private func limitMemory(_ place: CgroupPlace, _ bytes: Int) throws(Failure) {
        if place.isVersion2 {
            try check(SystemFile.write(place.path + "/memory.max", String(bytes)))
            let swap = SystemFile.write(place.path + "/memory.swap.max", "0")
            if swap != ENOENT { try check(swap) }
        } else {
            try check(SystemFile.write(place.path + "/memory.limit_in_bytes", String(bytes)))
            let both = SystemFile.write(place.path + "/memory.memsw.limit_in_bytes", String(bytes))
            if both != ENOENT { try check(both) }
        }
    }

    /// Sets another limit where there is one; one that is below what is used stays what it was.
    func changeMemory(to bytes: Int) {
        guard let place = path(.memory) else { return }
        // With swap counted in one limit is never above the other, whichever way they go.
        let files =
            place.isVersion2
            ? ["memory.max"]
            : ["memory.memsw.limit_in_bytes", "memory.limit_in_bytes", "memory.memsw.limit_in_bytes"]
        for file in files { _ = SystemFile.write("\(place.path)/\(file)", String(bytes)) }
    }

    private func check(_ number: CInt) throws(Failure) {
        guard number == 0 else {
            throw Failure(
                .sandboxUnavailable, "a limit of a sandbox cannot be set: \(errorText(number))",
                next: "run corral doctor")
        }
    }

    /// Moves a process here.
    ///
    /// - Returns: 0, or the error number; then it may be in some of the trees.
    func admit(_ process: pid_t) -> CInt {
        for place in places {
            let number = SystemFile.write(place.path + "/cgroup.procs", String(process))
            if number != 0 { return number }
        }
        return 0
    }

    func usage() -> SandboxUsage {
        var usage = SandboxUsage()
        if let place = path(.memory) {
            let (now, peak) =
                place.isVersion2
                ? ("memory.current", "memory.peak") : ("memory.usage_in_bytes", "memory.max_usage_in_bytes")
            usage.memory = SystemFile.number("\(place.path)/\(now)") ?? 0
            usage.peakMemory = SystemFile.number("\(place.path)/\(peak)") ?? usage.memory
        }
        if let place = path(.pids) { usage.processes = SystemFile.number(place.path + "/pids.current") ?? 0 }
        if let place = path(.core), let text = SystemFile.read(place.path + "/cpu.stat") {
            usage.processorTime = .microseconds(SystemFile.number("usage_usec", in: text) ?? 0)
        } else if let place = path(.cpu), let time = SystemFile.number(place.path + "/cpuacct.usage") {
            usage.processorTime = .nanoseconds(time)
        }
        addRefusals(to: &usage)
        return usage
    }

    /// Raises the counts of what the kernel ended or refused to those of this group.
    ///
    /// Most kernels count a refusal only in the group of the process that met it, whichever limit it was.
    func addRefusals(to usage: inout SandboxUsage) {
        func count(_ place: CgroupPlace, _ file: String, _ key: String) -> Int {
            SystemFile.number(key, in: SystemFile.read("\(place.path)/\(file)") ?? "") ?? 0
        }
        if let place = path(.memory) {
            let file = place.isVersion2 ? "memory.events" : "memory.oom_control"
            usage.outOfMemoryKills = max(usage.outOfMemoryKills, count(place, file, "oom_kill"))
        }
        if let place = path(.pids) {
            usage.refusedProcesses = max(usage.refusedProcesses, count(place, "pids.events", "max"))
        }
    }
}

extension Int {
    func addingClamped(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
