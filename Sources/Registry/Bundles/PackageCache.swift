import Foundations
import Glibc
import JSON
import Reactor
import Sandboxes
import Sessions

/// Python environments made from locks, each installed once: pip runs in a sandbox as a user of its own, takes only
/// wheels whose hashes the lock has, and what it wrote is copied into a virtual environment that sessions can only read.
@Reactor
public final class PackageCache {
    public struct Settings: Sendable {
        /// The interpreter that environments are made from; it has to have pip.
        public var python: String
        /// For pip: addresses of indices, proxies, certificates.
        public var environment: [String: String]
        /// How long an installation may take.
        public var time = Duration.seconds(1800)
        /// Of pip and everything that it starts.
        public var limits = SandboxLimits(
            memory: 2 << 30, processes: 64, disk: 256 << 20, files: 1024, output: 8 << 30)

        public init(python: String, environment: [String: String]) {
            self.python = python
            self.environment = environment.filter { Self.names.contains($0.key) }
        }

        private static let names: Set<String> = [
            "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_TRUSTED_HOST", "PIP_CERT", "PIP_DEFAULT_TIMEOUT",
            "PIP_RETRIES", "PIP_FIND_LINKS", "PIP_NO_INDEX", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "HTTP_PROXY",
            "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
        ]
    }

    private let folder: String
    private let settings: Settings
    private let backend: any SandboxBackend
    /// Whether the backend gives a file system of its own.
    private let isFenced: Bool
    private var running: [String: Promise<String>] = [:]

    public init(
        folder: String, settings: Settings, backend: any SandboxBackend, isFenced: Bool
    ) async throws(Failure) {
        self.folder = folder
        self.settings = settings
        self.backend = backend
        self.isFenced = isFenced
        try await offload { () throws(Failure) in
            try FileBytes.makeFolder(folder)
            FileBytes.removeAbandoned(in: folder)
        }
    }

    /// The interpreter of the environment that has what a lock says; installs it where that was not done yet.
    ///
    /// - Throws: `failed_precondition` with the last lines of pip, `deadline_exceeded`, and what the sandbox throws.
    public func python(for lock: RequirementsLock) async throws(Failure) -> String {
        let key = await key(of: lock)
        let environment = "\(folder)/\(key)"
        let python = environment + "/bin/python"
        if await offload({ FileBytes.exists(python) }) { return python }
        if let installation = running[key] { return try await installation.value() }
        let promise = Promise<String>()
        running[key] = promise
        defer { running[key] = nil }
        do throws(Failure) {
            try await install(lock, key: key, to: environment)
            promise.settle(.success(python))
            return python
        } catch {
            promise.settle(.failure(error))
            throw error
        }
    }

    /// What is installed: names of environments and their bytes are not counted.
    public func names() async -> [String] {
        let folder = folder
        return await offload { FileBytes.names(in: folder).filter { !$0.hasPrefix(".") } }
    }

    /// An environment belongs to a lock and an interpreter: another Python needs other wheels.
    private func key(of lock: RequirementsLock) async -> String {
        let python = settings.python
        let name = await offload { () -> String in
            let real = resolvedPath(python) ?? python
            return "\(real) \(FileBytes.size(real) ?? 0)"
        }
        return "\(lock.digest.prefix(32))-\(RequirementsLock.shortDigest(of: name))"
    }

    private func install(_ lock: RequirementsLock, key: String, to environment: String) async throws(Failure) {
        let work = "\(folder)/.\(key)-\(String(UInt32.random(in: 0 ... .max), radix: 16))"
        do throws(Failure) {
            try await offload { () throws(Failure) in
                try FileBytes.makeFolder(work)
                try FileBytes.makeFolder(work + "/packages/site")
                try FileBytes.makeFolder(work + "/packages/tmp")
                // Pip's own user writes here, and nobody else reaches the folder.
                for path in ["/packages", "/packages/site", "/packages/tmp"] { chmod(work + path, 0o777) }
                try FileBytes.write(work + "/requirements.txt", Array(lock.text.utf8), mode: 0o644)
            }
            try await makeEnvironment(work)
            if !lock.pins.isEmpty { try await runPip(work, name: "pip-\(key.prefix(40))") }
            try await offload { () throws(Failure) in
                let libraries = work + "/environment/lib"
                guard let python = FileBytes.names(in: libraries).first(where: { $0.hasPrefix("python") }) else {
                    throw Failure(.internal, "the new virtual environment has no folder for packages")
                }
                let packages = "\(libraries)/\(python)/site-packages"
                try FolderCopy.copy(work + "/packages/site", to: packages)
                try FileBytes.rename(work + "/environment", to: environment)
            }
        } catch {
            await offload { FileBytes.remove(work) }
            throw error
        }
        await offload { FileBytes.remove(work) }
    }

    private func makeEnvironment(_ work: String) async throws(Failure) {
        let null = open("/dev/null", O_RDWR | O_CLOEXEC)
        defer { close(null) }
        let child = try ChildProcess.spawn(
            settings.python, arguments: ["-I", "-m", "venv", "--without-pip", work + "/environment"],
            environment: ["PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"], descriptors: [null, null, null])
        await child.waitUntilEnded()
        guard child.status == 0 else {
            throw Failure(
                .failedPrecondition, "\(settings.python) cannot make a virtual environment",
                next: "install its module venv (Debian: python3-venv)")
        }
    }

    private func runPip(_ work: String, name: String) async throws(Failure) {
        let log = open(work + "/log", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        let null = open("/dev/null", O_RDONLY | O_CLOEXEC)
        defer {
            close(log)
            close(null)
        }
        let inside = isFenced ? "/packages" : work + "/packages"
        let requirements = isFenced ? "/requirements.txt" : work + "/requirements.txt"
        var variables = settings.environment
        for (name, value) in [
            ("PATH", "/usr/local/bin:/usr/bin:/bin"), ("LANG", "C.UTF-8"), ("HOME", inside + "/tmp"),
            ("TMPDIR", inside + "/tmp"),
        ] { variables[name] = value }
        let mounts = await offload { [settings] in
            Self.mounts(settings) + [
                .bind(source: work + "/packages", target: "/packages", writable: true),
                .bind(source: work + "/requirements.txt", target: "/requirements.txt"),
            ]
        }
        let sandbox = try await backend.start(
            SandboxSpecification(
                name: name,
                command: [
                    settings.python, "-m", "pip", "install", "--require-hashes", "--only-binary", ":all:", "--no-deps",
                    "--no-cache-dir", "--no-compile", "--no-input", "--disable-pip-version-check",
                    "--progress-bar", "off", "--target", inside + "/site", "-r", requirements,
                ],
                environment: variables, directory: isFenced ? "/" : work, mounts: mounts, limits: settings.limits,
                network: .host),
            descriptors: SandboxDescriptors(input: null, output: log, errors: log))
        var isLate = false
        let timer = Reactor.schedule(at: .now + settings.time) {
            isLate = true
            sandbox.kill()
        }
        let end = await sandbox.waitUntilGone()
        timer.cancel()
        guard end != .exited(0) else { return }
        let text = await offload { Self.lastLines(work + "/log") }
        if isLate {
            throw Failure(
                .deadlineExceeded, "the packages were not installed within \(settings.time)", details: ["log": text])
        }
        throw Failure(
            .failedPrecondition, "the packages could not be installed: \(text.split(separator: "\n").last ?? "\(end)")",
            next: "check the lock: every package needs a wheel for this machine whose hash it has",
            details: ["log": text])
    }

    private nonisolated static func mounts(_ settings: Settings) -> [SandboxMount] {
        let prefix = settings.python.split(separator: "/").dropLast(2).map { "/" + $0 }.joined()
        var mounts = StandardMounts.system() + StandardMounts.python(prefix: prefix)
        for path in ["/etc/resolv.conf", "/etc/pip.conf"] {
            guard let bytes = try? FileBytes.read(resolvedPath(path) ?? path, limit: 1 << 16) else { continue }
            mounts.append(.text(String(decoding: bytes, as: UTF8.self), path: path))
        }
        for name in ["PIP_FIND_LINKS", "PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"] {
            guard let path = settings.environment[name], path.hasPrefix("/"), FileBytes.exists(path),
                !["/usr/", "/etc/ssl/certs/"].contains(where: path.hasPrefix), !mounts.contains(.same(path))
            else { continue }
            mounts.append(.same(path))
        }
        return mounts
    }

    private nonisolated static func lastLines(_ path: String) -> String {
        let bytes = (try? FileBytes.read(path, limit: 16 << 20)) ?? []
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").suffix(20).joined(separator: "\n")
    }
}
