import CLinux
import Foundations
import Glibc

/// A process that the server started, or one that it watches by its id.
@Reactor
public final class ChildProcess: EventSource {
    public let id: pid_t
    /// The exit status, 128 + signal where a signal ended it; nil while it runs or where it is not the server's child.
    public private(set) var status: CInt?
    public private(set) var hasEnded = false

    private let pidfd: CInt
    private var token: UInt64 = 0
    private var waiters: [Wait<Void>] = []

    /// Watches a running process; exact as long as the caller knows that it has not been reaped.
    ///
    /// - Throws: `notFound` when there is no such process, `resourceExhausted` without descriptors.
    public init(watching id: pid_t) throws(Failure) {
        self.id = id
        pidfd = corral_pidfd_open(id)
        super.init()
        guard pidfd >= 0 else {
            throw Failure(
                pidfd == -ESRCH || pidfd == -EINVAL ? .notFound : .resourceExhausted,
                "process \(id) cannot be watched: \(errorText(-pidfd))")
        }
        do {
            token = try EventLoop.shared.watch(self, fd: pidfd, readable: true, writable: false)
        } catch {
            close(pidfd)
            throw error
        }
    }

    /// Starts a program with exactly the given environment and descriptors; everything else is closed in it.
    ///
    /// - Parameters:
    ///   - descriptors: `descriptors[n]` becomes descriptor n of the program; they stay the caller's.
    ///   - ownGroup: Whether it leads a process group of its own.
    /// - Throws: `failedPrecondition` when the program cannot be started; `resourceExhausted` without descriptors.
    public static func spawn(
        _ path: String, arguments: [String], environment: [String: String], descriptors: [CInt],
        directory: String? = nil, ownGroup: Bool = true
    ) throws(Failure) -> ChildProcess {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        // High copies first, so that no target number overwrites a source that is still needed.
        let copies = descriptors.map { fcntl($0, F_DUPFD_CLOEXEC, 64) }
        defer { for copy in copies where copy >= 0 { close(copy) } }
        guard !copies.contains(-1) else {
            throw Failure(
                .resourceExhausted, "no descriptors are left to start \(path)",
                next: "close sessions, or raise the limit of open files (ulimit -n)")
        }
        for (target, copy) in copies.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, copy, CInt(target))
        }
        _ = corral_spawn_close_from(&actions, CInt(descriptors.count))
        if let directory { _ = corral_spawn_directory(&actions, directory) }
        var every = sigset_t()
        var none = sigset_t()
        sigfillset(&every)
        sigemptyset(&none)
        posix_spawnattr_setsigdefault(&attributes, &every)
        posix_spawnattr_setsigmask(&attributes, &none)
        var flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
        if ownGroup { flags |= POSIX_SPAWN_SETPGROUP }
        posix_spawnattr_setflags(&attributes, Int16(flags))

        let argv = ([path] + arguments).map { strdup($0) } + [nil]
        let envp = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in argv + envp { free(text) } }
        var id: pid_t = 0
        let result = posix_spawn(&id, path, &actions, &attributes, argv, envp)
        guard result == 0 else {
            throw Failure(.failedPrecondition, "cannot start \(path): \(errorText(result))")
        }
        return try ChildProcess(watching: id)
    }

    /// Sends a signal; a process that has ended is left alone.
    public func signal(_ number: CInt) {
        if !hasEnded { _ = corral_pidfd_signal(pidfd, number) }
    }

    public func waitUntilEnded() async {
        if hasEnded { return }
        let wait = Wait<Void>()
        waiters.append(wait)
        await wait.value()
    }

    override func ready(_ readiness: Readiness) {
        let result = corral_pidfd_reap(pidfd)
        guard result != -EAGAIN, !hasEnded else { return }
        if result >= 0 { status = result }
        hasEnded = true
        EventLoop.shared.forget(token: token, fd: pidfd)
        close(pidfd)
        for waiter in waiters { waiter.settle() }
        waiters = []
    }
}
