import Foundations
import Reactor
import Sessions
import Workers

/// Makes scripted hosts and counts those that live.
@Reactor
public final class ScriptedSource: SessionHostSource {
    public private(set) var hosts: [ScriptedHost] = []
    public private(set) var live = 0
    public private(set) var most = 0
    public private(set) var opened = 0
    public private(set) var isShutDown = false
    /// Opening passes here; open by default.
    public let gate = Gate(open: true)
    public var spaces: SessionSpaces
    /// What happens to each host before the session gets it.
    public var prepare: @Reactor (ScriptedHost) -> Void = { _ in }
    /// The numbers of the hosts, from 0, that do not start, and how they fail.
    public var failures: [Int: Failure] = [:]
    public var agents: [String]?

    public init() throws(Failure) { spaces = try .scripted() }

    public func open(_ plan: LaunchPlan, session: UniqueID) async throws(Failure) -> any SessionHost {
        let number = opened
        opened += 1
        await gate.pass()
        if let failure = failures[number] { throw failure }
        if isShutDown { throw Failure(.unavailable, "the server is stopping") }
        live += 1
        most = max(most, live)
        let host = ScriptedHost(spaces: spaces, agents: agents) { [weak self] in self?.live -= 1 }
        prepare(host)
        hosts.append(host)
        return host
    }

    public func shutDown() async {
        isShutDown = true
        gate.open()
    }
}
