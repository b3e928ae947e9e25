/// What of the fence is in force, and why the rest is not.
public struct IsolationReport: Sendable, Hashable {
    public enum Feature: String, Sendable, CaseIterable {
        case user, pid, mount, network, ipc, uts, cgroup
        case seccomp, landlock
        case memory, processes, cores, disk
        /// Everything ends with one write, whatever it does meanwhile.
        case kill
        /// Many sessions in one sandbox are kept apart from each other.
        case sharing

        static let namespaces: [Feature] = [.user, .pid, .mount, .network, .ipc, .uts, .cgroup]
    }

    public struct Entry: Sendable, Hashable {
        public let feature: Feature
        public let isActive: Bool
        /// How it is done, or why it is not.
        public let reason: String
    }

    public let backend: String
    public let entries: [Entry]

    init(backend: String, entries: [Entry]) {
        self.backend = backend
        self.entries = entries
    }

    public func has(_ feature: Feature) -> Bool { entries.contains { $0.feature == feature && $0.isActive } }

    public func reason(_ feature: Feature) -> String { entries.first { $0.feature == feature }?.reason ?? "" }

    /// Whether the kernel itself holds sessions to their memory and processes.
    public var hasHardLimits: Bool { has(.memory) && has(.processes) }

    /// One line: `process: user,pid,mount,network,ipc,uts,cgroup namespaces; seccomp; landlock 7; memory+processes hard`.
    public var summary: String {
        guard entries.contains(where: \.isActive) else { return "\(backend): none" }
        var parts: [String] = []
        let namespaces = IsolationReport.Feature.namespaces.filter(has)
        if !namespaces.isEmpty { parts.append(namespaces.map(\.rawValue).joined(separator: ",") + " namespaces") }
        if has(.seccomp) { parts.append("seccomp") }
        if has(.landlock) { parts.append(reason(.landlock)) }
        let hard = [Feature.memory, .processes, .cores].filter(has).map(\.rawValue)
        parts.append(hard.isEmpty ? "limits soft" : hard.joined(separator: "+") + " hard")
        return "\(backend): " + parts.joined(separator: "; ")
    }
}
