import Containers
import Foundations
import Glibc
import Reactor

/// Sandboxes that are containers of Docker Engine, or of Podman's compatible socket.
///
/// Pid 1 of each container is the launcher's own program. It connects back once, through a socket in a folder that is
/// mounted for it, and gets the descriptors of the command; so a worker in a container talks to the server as directly
/// as one beside it.
@Reactor
public final class DockerBackend: SandboxBackend {
    nonisolated public let name = "docker"
    nonisolated let server: UInt32
    nonisolated public let engine: EngineClient
    private let launcher: String
    private let folder: String
    private let profiles: SeccompProfiles
    private var names: Set<String> = []
    /// Those whose containers may be there.
    private var sandboxes: [String: DockerSandbox] = [:]
    private var information: EngineInformation?
    private var isRemembered = false
    /// What references meant when they were looked at last.
    private var images: [String: (image: EngineImage, seen: ContinuousClock.Instant)] = [:]
    /// For so long a reference is taken to mean what it meant, so that a burst of sessions does not ask for each.
    var imageFreshness = Duration.seconds(1)
    /// Containers that were not removed because the engine was away.
    private var pending: Task<Void, Never>?
    private var pendingContainers: [String] = []

    /// The label that says which server made a container.
    nonisolated public static let serverLabel = "org.corral.server"
    nonisolated static let sandboxLabel = "org.corral.sandbox"

    /// - Parameters:
    ///   - folder: Below it are made the folders at which containers meet the server; the server's own.
    ///   - launcher: The path of `corral-sandbox`.
    nonisolated public init(server: UInt32, engine: EngineClient, launcher: String, folder: String) {
        self.server = server
        self.engine = engine
        self.launcher = launcher
        self.folder = folder
        profiles = SeccompProfiles(launcher: launcher)
    }

    public func probe() async -> IsolationReport {
        do throws(Failure) {
            information = try await engine.information()
            return report(for: try await knownInformation(), network: .none)
        } catch {
            return .docker(unavailable: error, landlock: Kernel.landlockVersion, isRoot: geteuid() == 0)
        }
    }

    private func report(
        for information: EngineInformation, network: SandboxSpecification.Network
    ) -> IsolationReport {
        .docker(
            information, landlock: Kernel.landlockVersion, isRoot: geteuid() == 0,
            hasNetworkNamespace: network == .none)
    }

    private func knownInformation() async throws(Failure) -> EngineInformation {
        if let information { return information }
        let found = try await engine.information()
        information = found
        return found
    }

    public func start(
        _ specification: SandboxSpecification, descriptors: SandboxDescriptors
    ) async throws(Failure) -> any Sandbox {
        try specification.validate()
        guard let image = specification.image else {
            throw Failure(.invalidArgument, "a container needs an image")
        }
        let isolation = report(for: try await knownInformation(), network: specification.network)
        if specification.isShared, !isolation.has(.sharing) {
            throw Failure(
                .unimplemented, "sessions cannot share a container here: \(isolation.reason(.sharing))",
                next: "start one container for each session")
        }
        guard names.insert(specification.name).inserted else {
            throw Failure(.alreadyExists, "a sandbox of that name is there already")
        }
        do throws(Failure) {
            let found = try await currentImage(image)
            return try await start(specification, from: found, isolation: isolation, descriptors: descriptors)
        } catch {
            names.remove(specification.name)
            throw error
        }
    }

    /// The image that a reference means, looked at anew: a tag can move and an image can go.
    ///
    /// - Throws: `failed_precondition` with `image_missing` or, where the caller knows the id that it had, `image_changed`.
    private func currentImage(_ image: SandboxImage) async throws(Failure) -> EngineImage {
        let found = try await lookedAt(image, mayBeKnown: true)
        if let id = image.id, found.id != id {
            throw Failure(
                .failedPrecondition, "the image \(image.reference) is another one than before",
                next: "start a new session, or name the image by its digest",
                details: ["reason": EngineReason.imageChanged.rawValue])
        }
        return found
    }

    public func pin(_ image: SandboxImage) async throws(Failure) -> SandboxImage {
        var pinned = image
        // A registry that is to be asked always is asked here; what is started next is what it said.
        pinned.id = try await lookedAt(image, mayBeKnown: image.pull != .always).id
        return pinned
    }

    private func lookedAt(_ image: SandboxImage, mayBeKnown: Bool) async throws(Failure) -> EngineImage {
        if mayBeKnown, let known = images[image.reference], known.seen + imageFreshness > .now { return known.image }
        images[image.reference] = nil
        let found = try await engine.image(image.reference, pull: image.pull)
        images[image.reference] = (found, .now)
        return found
    }

    private func start(
        _ specification: SandboxSpecification, from image: EngineImage, isolation: IsolationReport,
        descriptors: SandboxDescriptors
    ) async throws(Failure) -> any Sandbox {
        var complete = specification
        if complete.command.isEmpty { complete.command = image.command }
        guard !complete.command.isEmpty else {
            throw Failure(
                .failedPrecondition, "the image \(specification.image?.reference ?? "") starts nothing",
                next: "give the launch a command")
        }
        complete.environment = image.environment.merging(specification.environment) { $1 }
        if complete.environment["PATH"] == nil { complete.environment["PATH"] = Self.standardPath }
        if complete.directory.isEmpty { complete.directory = image.directory }
        let records = try LauncherSpecification(containing: complete)
        let door = "\(folder)/\(specification.name)"
        try remember()
        let configuration = try await configuration(complete, image: image, door: door)
        let launch = try ContainerLaunch(folder: door)
        do throws(Failure) {
            let id = try await engine.create(containerName(specification.name), configuration)
            try await engine.start(id)
            try await launch.untilConnected()
            return try await hold(
                complete, container: id, launch: launch, isolation: isolation, records: records.bytes,
                descriptors: descriptors)
        } catch {
            launch.close()
            // By its name: after an error nobody knows whether the engine has made it.
            await remove(containerName(specification.name))
            throw error
        }
    }

    /// Puts a container that has connected under the server's own limits, and starts the command in it.
    private func hold(
        _ specification: SandboxSpecification, container: String, launch: ContainerLaunch,
        isolation: IsolationReport, records: [UInt8], descriptors: SandboxDescriptors
    ) async throws(Failure) -> DockerSandbox {
        let process = launch.process
        let limits = specification.limits
        let isShared = specification.isShared
        let group = await offload { Cgroup.ofContainer(container, process: process) }
        guard let group else {
            throw Failure(
                .sandboxUnavailable, "the cgroup of a container cannot be seen",
                next: "the engine has to run on this machine, beside the server")
        }
        if geteuid() == 0 {
            try await offload { () throws(Failure) in
                // One more for pid 1; the engine needed more than the command may have.
                try group.limitProcesses(limits.processes, spare: 1)
                if isShared { try group.makeLeaf(CgroupTree.leaf) }
            }
        }
        var scratch: ScratchServer?
        if isShared {
            scratch = try await ScratchServer.start(launcher: launcher, process: process, isLone: true)
        }
        do throws(Failure) {
            try await launch.run(records, descriptors: descriptors)
        } catch {
            await scratch?.close()
            throw error
        }
        let name = specification.name
        let sandbox = DockerSandbox(
            name: name, isolation: isolation, launcher: launcher, launch: launch, group: group, scratch: scratch
        ) { [self] in
            await remove(container)
            names.remove(name)
            sandboxes[name] = nil
        }
        sandboxes[name] = sandbox
        return sandbox
    }

    private func configuration(
        _ specification: SandboxSpecification, image: EngineImage, door: String
    ) async throws(Failure) -> ContainerConfiguration {
        let limits = specification.limits
        var labels = specification.image?.labels ?? [:]
        labels[Self.serverLabel] = hexadecimal(server)
        labels[Self.sandboxLabel] = specification.name
        let isPodman = try await knownInformation().version.isPodman
        var configuration = ContainerConfiguration(
            image: image.id, command: ["/opt/corral/init", "container"], user: user(of: image), labels: labels,
            memory: limits.memory, processes: limits.processes.addingClamped(Self.engineProcesses),
            cores: limits.cores, files: limits.files,
            seccompProfile: isPodman
                ? try await profiles.file(isShared: specification.isShared, folder: folder)
                : try await profiles.profile(isShared: specification.isShared))
        if isPodman { (configuration.userProcesses, configuration.switchesHealthCheckOff) = (32768, false) }
        configuration.usesHostNetwork = specification.network == .host
        configuration.mounts = try specification.mounts.map { (mount) throws(Failure) in
            guard case .bind(let source, let target, let isWritable) = mount else {
                throw Failure(.unimplemented, "a container has only folders and files of the host mounted")
            }
            try refuseEngine(source)
            return .init(source: resolved(source), target: target, isWritable: isWritable)
        }
        configuration.mounts += [
            .init(source: launcher, target: "/opt/corral/init"), .init(source: door, target: "/opt/corral/door"),
        ]
        let mounted = Set(configuration.mounts.map(\.target))
        let memories = ["/tmp", "/dev/shm"] + image.volumes.filter { !mounted.contains($0) }
        configuration.memories = memories.map {
            .init(target: $0, bytes: limits.disk, inodes: isPodman ? nil : limits.inodes, mode: "1777")
        }
        configuration.memories.append(
            .init(target: "/scratch", bytes: 1 << 20, inodes: isPodman ? nil : 65536, mode: "0755"))
        return configuration
    }

    /// Docker's own, for images that say nothing.
    private static let standardPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// What the engine's own program needs in a container until it has become the command's parent.
    private static let engineProcesses = 32

    /// The image's own user unless that is root.
    private func user(of image: EngineImage) -> String {
        let name = image.user.prefix { $0 != ":" }
        return name.isEmpty || name == "root" || name.allSatisfy { $0 == "0" } ? "1000:1000" : image.user
    }

    /// Whoever can talk to the engine is root on the host.
    private func refuseEngine(_ source: String) throws(Failure) {
        let socket = resolved(engine.address.socket)
        let path = resolved(source)
        guard socket != path, !socket.hasPrefix(path == "/" ? "/" : path + "/") else {
            throw Failure(
                .permissionDenied, "a container may not have the engine's own socket mounted",
                next: "mount a folder that does not contain \(engine.address.socket)")
        }
    }

    /// Writes down which engine is used, before there is anything of it to remove.
    private func remember() throws(Failure) {
        if isRemembered { return }
        let path = folder + "/engine"
        guard mkdir(folder, 0o711) == 0 || errno == EEXIST else {
            throw Failure(.failedPrecondition, "cannot make \(folder): \(errorText(errno))")
        }
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Failure(.failedPrecondition, "cannot write \(path): \(errorText(errno))") }
        defer { Glibc.close(file) }
        let number = SystemFile.write(file, engine.address.description)
        guard number == 0 else {
            throw Failure(.failedPrecondition, "cannot write \(path): \(errorText(number))")
        }
        isRemembered = true
    }

    /// The engine that a server of this folder used; nil where it used none.
    nonisolated public static func engineAddress(in folder: String) -> String? {
        SystemFile.read(folder + "/engine").flatMap { $0.isEmpty ? nil : $0 }
    }

    private func containerName(_ sandbox: String) -> String { "corral-\(hexadecimal(server))-\(sandbox)" }

    /// Takes a container away. Where the engine is gone its processes are too or will be, and the rest is done when it is
    /// back.
    private func remove(_ container: String) async {
        do throws(Failure) { try await engine.remove(container) } catch {
            pendingContainers.append(container)
            if pending == nil {
                pending = Task { [weak self] in
                    await self?.removePending()
                    self?.pending = nil
                }
            }
        }
    }

    private func removePending() async {
        var pause = Duration.milliseconds(50)
        while let container = pendingContainers.first {
            do throws(Failure) {
                try await engine.remove(container)
                pendingContainers.removeAll { $0 == container }
                pause = .milliseconds(50)
            } catch {
                try? await Task.sleep(for: pause)
                if Task.isCancelled { return }
                pause = min(pause * 2, .seconds(5))
            }
        }
    }

    /// Ends what still runs, and waits for a while until all containers are removed; for the server's orderly end.
    public func close(within patience: Duration = .seconds(10)) async {
        let removed = Event<Void>()
        Task { @Reactor in
            for sandbox in sandboxes.values { sandbox.kill() }
            for sandbox in sandboxes.values { await sandbox.waitUntilGone() }
            await pending?.value
            removed.settle(())
        }
        _ = await removed.value(within: patience)
        pending?.cancel()
    }

    /// Ends and removes all containers of a server that died, and only those.
    ///
    /// - Throws: where the engine does not answer or fails.
    public nonisolated static func removeLeftovers(server: UInt32, engine: EngineClient) async throws(Failure) {
        let ids = try await engine.containers(label: serverLabel, value: hexadecimal(server))
        let failures = await withTaskGroup(of: Failure?.self) { group in
            for id in ids {
                group.addTask {
                    do throws(Failure) { try await engine.remove(id) } catch { return error }
                    return nil
                }
            }
            return await group.reduce(into: [Failure]()) { if let failure = $1 { $0.append(failure) } }
        }
        if let failure = failures.first { throw failure }
    }
}

/// Eight digits, as in the ledger.
private func hexadecimal(_ server: UInt32) -> String {
    let digits = String(server, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
}

/// Without links where it is there, else as it is.
private func resolved(_ path: String) -> String {
    guard let found = realpath(path, nil) else { return path }
    defer { free(found) }
    return String(cString: found)
}
