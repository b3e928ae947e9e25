import Foundations
import Logging
import Reactor
import Sandboxes
import Sessions

/// A session service over scripted hosts, and what its observer was told.
@Reactor
public final class ScriptedService: SessionObserver {
    public let source: ScriptedSource
    public let planning = Gate(open: true)
    public private(set) var records: [StepRecord] = []
    public private(set) var opened: [SessionSummary] = []
    public private(set) var ended: [(session: SessionSummary, usage: SandboxUsage?)] = []
    private var made: SessionService?
    private var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []

    public init(
        maxSessions: Int = 4, idle: Duration = .seconds(3600), lifetime: Duration = .seconds(3600),
        keptAfterEnd: Int = 100,
        validation: LaunchPlan.Validation = .full, replies: ReplyStore? = nil
    ) throws(Failure) {
        source = try ScriptedSource()
        var limits = SessionService.Limits(maxSessions: maxSessions, idleTimeout: idle, maxLifetime: lifetime)
        limits.keptAfterEnd = keptAfterEnd
        var authority = ScriptedAuthority(gate: planning)
        authority.validation = validation
        made = SessionService(
            server: 7, limits: limits, authority: authority, hosts: source, observers: [self], replies: replies,
            logger: .silent)
    }

    public var service: SessionService {
        guard let made else { preconditionFailure("used before it was made") }
        return made
    }

    /// Creates one session; without changes it is not reset.
    public func create(
        caller: Caller = .local, key: String? = nil, _ change: (inout SessionRequest) -> Void = { _ in }
    ) async throws(Failure) -> CreatedSession {
        var request = SessionRequest(environment: "test/Scripted", reset: false)
        change(&request)
        return try await service.create(request, caller: caller, idempotencyKey: key)[0]
    }

    /// Returns when so many sessions have ended.
    public func untilEnded(_ count: Int = 1) async {
        await withCheckedContinuation { if ended.count >= count { $0.resume() } else { watchers.append((count, $0)) } }
    }

    public func sessionOpened(_ session: SessionSummary) { opened.append(session) }
    public func stepRecorded(_ record: StepRecord) { records.append(record) }

    public func sessionEnded(_ session: SessionSummary, usage: SandboxUsage?) {
        ended.append((session, usage))
        let reached = watchers.filter { $0.count <= ended.count }
        watchers.removeAll { $0.count <= ended.count }
        for watcher in reached { watcher.continuation.resume() }
    }
}

/// What a call fails with; nil where it does not.
@Reactor
public func failure(_ body: @Reactor () async throws -> some Any) async -> Failure? {
    do { _ = try await body() } catch { return Failure(wrapping: error) }
    return nil
}
