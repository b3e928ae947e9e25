import Foundations
import Glibc
import Reactor

/// A way of building sandboxes.
@Reactor
public protocol SandboxBackend: AnyObject, Sendable {
    nonisolated var name: String { get }

    /// What a sandbox made now would be fenced with; really builds one where that is the only way to know.
    func probe() async -> IsolationReport

    /// Finds the image that a plan means now, so that all sandboxes of one kind have the same.
    ///
    /// - Throws: `failed_precondition` where it is not there; `sandbox_unavailable` without an engine.
    func pin(_ image: SandboxImage) async throws(Failure) -> SandboxImage

    /// Starts a sandbox; when it returns, the command runs behind the whole fence.
    ///
    /// - Throws: `sandboxUnavailable` when the host cannot give the fence, `invalidArgument` for a specification that
    ///   makes no sense, `alreadyExists` for a name in use, `resourceExhausted` when the host has nothing left.
    func start(
        _ specification: SandboxSpecification, descriptors: SandboxDescriptors
    ) async throws(Failure) -> any Sandbox
}

/// A running sandbox. Whoever started it waits for its end: `kill()`, then `waitUntilGone()`, or `waitUntilEnded()` and its
/// backend does the rest.
@Reactor
public protocol Sandbox: AnyObject, Sendable {
    nonisolated var name: String { get }
    nonisolated var isolation: IsolationReport { get }
    /// Its first process, as the host numbers it.
    nonisolated var process: pid_t { get }

    /// Makes an empty folder that only this sandbox has, with limits of its own.
    ///
    /// - Parameter family: A folder that it shall be in; made with the first in it, and gone with the last.
    /// - Returns: Its path as the command sees it, `FOLDER/NAME` or `FOLDER/FAMILY/NAME`.
    /// - Throws: `alreadyExists`, `invalidArgument`; `unavailable` when the sandbox is gone.
    func openScratch(_ name: String, in family: String?, bytes: Int, inodes: Int) async throws(Failure) -> String

    /// Removes a scratch folder and what is in it.
    func closeScratch(_ name: String, in family: String?) async throws(Failure)

    /// Makes the limits of one session below those of the sandbox; a session's process is then moved into it.
    ///
    /// - Throws: `unimplemented` where `isolation` has no `sharing`; `alreadyExists`, `invalidArgument`.
    func fence(session: String, limits: SandboxLimits) async throws(Failure) -> any SessionFence

    /// Of the whole sandbox; after its end, what was used until then. What was refused to a session may be counted only
    /// at its fence.
    func usage() async -> SandboxUsage

    /// Ends everything inside at once; does not wait and cannot fail.
    func kill()

    /// Waits until no process of it is left. Its backend may still have an empty shell of it to remove, which it does by
    /// itself.
    func waitUntilEnded() async

    /// Waits until no process, mount or cgroup of it is left.
    @discardableResult
    func waitUntilGone() async -> SandboxEnd

    /// Whether something else than its command or the server ended it, as far as that shows within a time.
    func wasEndedFromOutside(within patience: Duration) async -> Bool
}

extension SandboxBackend {
    public func pin(_ image: SandboxImage) async throws(Failure) -> SandboxImage { image }
}

extension Sandbox {
    public func openScratch(_ name: String, bytes: Int, inodes: Int) async throws(Failure) -> String {
        try await openScratch(name, in: nil, bytes: bytes, inodes: inodes)
    }

    public func closeScratch(_ name: String) async throws(Failure) { try await closeScratch(name, in: nil) }

    public func waitUntilEnded() async { await waitUntilGone() }

    public func wasEndedFromOutside(within patience: Duration) async -> Bool { false }
}

/// The limits of one session inside a shared sandbox.
@Reactor
public protocol SessionFence: AnyObject, Sendable {
    nonisolated var session: String { get }

    /// Called once when the admitted process has ended, although what it started may live on.
    var onEnd: (@Reactor () -> Void)? { get set }

    /// Puts a process of this sandbox, and what it starts from now on, under the limits.
    ///
    /// - Throws: `notFound` when it has ended or belongs to another sandbox.
    func admit(_ process: pid_t) async throws(Failure)

    /// Of the session; after `remove`, what was used until then.
    func usage() async -> SandboxUsage

    /// Lets it use so many bytes of memory more than its limits say: for what it is charged in place of others.
    func allow(_ bytes: Int) async

    /// Ends every process behind the fence and takes it away; nothing of it is left when this returns.
    func remove() async
}

extension SessionFence {
    public func allow(_ bytes: Int) async {}
}

/// How a sandbox ended.
public enum SandboxEnd: Sendable, Hashable {
    case exited(CInt)
    case signaled(CInt)
    /// It was killed from outside, or nobody could tell.
    case killed
}

/// What was used so far; zero where the host does not count it.
public struct SandboxUsage: Sendable, Hashable {
    /// Bytes now, and at most.
    public var memory = 0
    public var peakMemory = 0
    public var processorTime = Duration.zero
    public var processes = 0
    /// Processes that the kernel ended because the memory was used up.
    public var outOfMemoryKills = 0
    /// Processes and threads that were refused because there were too many.
    public var refusedProcesses = 0

    public init() {}
}
