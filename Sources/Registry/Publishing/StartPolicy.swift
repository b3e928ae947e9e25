import Catalog
import Foundations
import Manifests
import Sessions

/// What an operator demands of a version before it may be started, beside what its state says.
public protocol StartPolicy: Sendable {
    /// - Throws: `permission_denied` or `failed_precondition` where it may not be started.
    func checkStart(of version: Candidate, of name: EnvironmentName, caller: Caller) async throws(Failure)
    /// Where a version stands when this caller publishes it.
    func initialState(for name: EnvironmentName, caller: Caller) -> VersionState
}
