import Foundations
import Reactor

/// Workers from one source, native environments from another.
@Reactor
public final class HostsByLaunch: SessionHostSource {
    private let workers: any SessionHostSource
    private let natives: any SessionHostSource

    public init(workers: any SessionHostSource, natives: any SessionHostSource) {
        self.workers = workers
        self.natives = natives
    }

    public func open(_ plan: LaunchPlan, session: UniqueID) async throws(Failure) -> any SessionHost {
        switch plan.launch {
        case .worker: try await workers.open(plan, session: session)
        case .native: try await natives.open(plan, session: session)
        }
    }

    public func makeRoom(for count: Int, like plan: LaunchPlan) async throws(Failure) {
        switch plan.launch {
        case .worker: try await workers.makeRoom(for: count, like: plan)
        case .native: try await natives.makeRoom(for: count, like: plan)
        }
    }

    public func shutDown() async {
        await natives.shutDown()
        await workers.shutDown()
    }
}
