import Foundations
import Glibc
import Reactor

/// Sandboxes made by our own launcher.
@Reactor
public final class ProcessBackend: SandboxBackend {
    nonisolated public let name = "process"
    private let launcher: String
    private let choice: CgroupTree.Choice
    private let allowsSoftLimits: Bool
    private let landlock: Int
    private var identities: Result<IdentityPool, Failure>
    private var isProven: Result<Void, Failure>?

    /// - Parameters:
    ///   - launcher: The path of `corral-sandbox`; see `findLauncher`.
    ///   - allowsSoftLimits: Whether sandboxes start where the kernel cannot hold them to their memory.
    nonisolated public convenience init(
        server: UInt32, launcher: String, cgroups: CgroupTree.Choice, allowsSoftLimits: Bool = false
    ) {
        let identities: Result<IdentityPool, Failure>
        do throws(Failure) {
            identities = .success(try IdentityPool.ofThisUser(server: server))
        } catch {
            identities = .failure(error)
        }
        self.init(launcher: launcher, cgroups: cgroups, allowsSoftLimits: allowsSoftLimits, identities: identities)
    }

    nonisolated init(
        launcher: String, cgroups: CgroupTree.Choice, allowsSoftLimits: Bool, identities: Result<IdentityPool, Failure>
    ) {
        self.launcher = launcher
        self.allowsSoftLimits = allowsSoftLimits
        self.identities = identities
        choice = cgroups
        landlock = Kernel.landlockVersion
    }

    public func probe() async -> IsolationReport {
        if isProven == nil { isProven = await prove() }
        switch isProven {
        case .failure(let failure):
            let reason = failure.details["reason"] ?? failure.message
            let entries = IsolationReport.Feature.allCases.map {
                IsolationReport.Entry(feature: $0, isActive: false, reason: reason)
            }
            return IsolationReport(backend: name, entries: entries)
        default: return report(for: .none)
        }
    }

    /// Builds a sandbox around `true`: the only way to know.
    private func prove() async -> Result<Void, Failure> {
        let null = open("/dev/null", O_RDWR | O_CLOEXEC)
        defer { close(null) }
        let specification = SandboxSpecification(
            name: "probe-\(UInt32.random(in: 0 ... .max))", command: ["/usr/bin/true"], mounts: StandardMounts.system())
        do throws(Failure) {
            let sandbox = try await start(
                specification, descriptors: SandboxDescriptors(input: null, output: null, errors: null), isTrial: true)
            await sandbox.waitUntilGone()
            return .success(())
        } catch {
            return .failure(error)
        }
    }

    private func report(for network: SandboxSpecification.Network) -> IsolationReport {
        .process(choice: choice, landlock: landlock, hasNetworkNamespace: network == .none)
    }

    public func start(
        _ specification: SandboxSpecification, descriptors: SandboxDescriptors
    ) async throws(Failure) -> any Sandbox {
        try await start(specification, descriptors: descriptors, isTrial: false)
    }

    private func start(
        _ specification: SandboxSpecification, descriptors: SandboxDescriptors, isTrial: Bool
    ) async throws(Failure) -> any Sandbox {
        try specification.validate()
        if case .unavailable(let reason) = choice, !allowsSoftLimits, !isTrial {
            throw Failure(
                .sandboxUnavailable, "limits of memory and processes would be soft: \(reason)",
                next: "run as root or in a delegated cgroup (systemd-run --user --scope -p Delegate=yes), or accept "
                    + "soft limits with --allow-soft-limits")
        }
        let isolation = report(for: specification.network)
        if specification.isShared, !isolation.has(.sharing) {
            throw Failure(
                .unimplemented, "sessions cannot share a sandbox here: \(isolation.reason(.sharing))",
                next: "start one sandbox for each session")
        }
        var pool = try identities.get()
        let claimed = try pool.claim()
        identities = .success(pool)
        do throws(Failure) {
            let group = try await makeGroup(specification)
            do throws(Failure) {
                return try await launch(
                    specification, descriptors: descriptors, isolation: isolation, identities: claimed,
                    usesHelpers: pool.usesHelpers, group: group)
            } catch {
                await group?.remove()
                throw error
            }
        } catch {
            release(claimed)
            throw error
        }
    }

    private func makeGroup(_ specification: SandboxSpecification) async throws(Failure) -> Cgroup? {
        guard case .available(let tree) = choice else { return nil }
        let name = specification.name
        let limits = specification.limits
        return try await offload { () throws(Failure) in try tree.makeSandbox(name, limits: limits) }
    }

    private func launch(
        _ specification: SandboxSpecification, descriptors: SandboxDescriptors, isolation: IsolationReport,
        identities claimed: IdentityPool.Identities, usesHelpers: Bool, group: Cgroup?
    ) async throws(Failure) -> any Sandbox {
        let records = try LauncherSpecification(
            specification, identities: claimed, usesHelpers: usesHelpers,
            cgroups: group?.child(CgroupTree.leaf).places.map(\.path) ?? [], hasHardLimits: group != nil)
        let launch = try Launch(launcher: launcher, specification: records.bytes, descriptors: descriptors)
        do throws(Failure) {
            try await launch.untilReady()
        } catch {
            await launch.stop()
            throw error
        }
        guard let keeper = launch.keeper else {
            await launch.stop()
            throw Failure(.internal, "a sandbox is ready without a first process")
        }
        let end = Task { @Reactor in
            let end = await launch.untilEnded()
            let usage = await offload { group.map(CgroupTree.usage) ?? SandboxUsage() }
            await group?.remove()
            self.release(claimed)
            return (end, usage)
        }
        return ProcessSandbox(
            name: specification.name, isolation: isolation, keeper: keeper, control: launch.control, group: group,
            end: end)
    }

    private func release(_ claimed: IdentityPool.Identities) {
        guard case .success(var pool) = identities else { return }
        pool.release(claimed)
        identities = .success(pool)
    }
}
