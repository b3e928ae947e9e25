import Foundations
import JSON
import Manifests

/// Where the catalog is kept. Every change is one transaction that is on disk when the call returns; calls of several
/// servers on one store are linearizable for each environment.
public protocol CatalogStore: Sendable {
    /// Registers a version; its bundle has to be in the blob store already.
    ///
    /// - Throws: `already_exists` where the version is there with other bytes, or differs from one that is there in build
    ///   metadata only; `permission_denied` where the namespace belongs to others.
    func publish(_ submission: Submission, by principal: Principal, at time: Timestamp) async throws(Failure)
        -> Publication

    /// Changes the state of a version.
    ///
    /// - Parameter note: For the history, beside the reason of the transition.
    /// - Throws: `not_found`, `permission_denied`, and what `VersionState.after` throws.
    func apply(
        _ transition: Transition, to version: SemanticVersion, of name: EnvironmentName, by principal: Principal,
        note: String, at time: Timestamp
    ) async throws(Failure) -> VersionRecord

    /// Adds an approval to the review that a version is in, and ends the review where that is enough: one change.
    ///
    /// - Parameters:
    ///   - round: Of the version's submissions, the one that is meant.
    ///   - approval: Nil where something else may be enough now, such as a check that has passed.
    ///   - isEnough: Of all statements about the version, the newest first. Called within the change: it must not wait.
    /// - Throws: `not_found`, `conflict` where it was submitted again meanwhile, and what `VersionState.after` throws.
    func review(
        _ version: SemanticVersion, of name: EnvironmentName, round: Int64, approval: Attestation?,
        by principal: Principal, note: String, at time: Timestamp,
        isEnough: @escaping @Sendable ([Attestation]) -> Bool
    ) async throws(Failure) -> VersionRecord

    /// Lets an alias name a version, or removes it.
    ///
    /// - Throws: `not_found` for a version that is not there, `invalid_argument` for a name that is no alias.
    func setAlias(
        _ alias: String, of name: EnvironmentName, to version: SemanticVersion?, by principal: Principal,
        reason: String, at time: Timestamp
    ) async throws(Failure) -> EnvironmentRecord

    /// Changes what is said about an environment; members that are nil are taken from its versions again.
    func update(
        _ name: EnvironmentName, to metadata: EnvironmentMetadata, by principal: Principal, reason: String,
        at time: Timestamp
    ) async throws(Failure) -> EnvironmentRecord

    /// - Throws: `not_found`.
    func environment(_ name: EnvironmentName) async throws(Failure) -> EnvironmentRecord
    /// The versions of an environment, from the oldest to the newest; none where there is no such environment.
    func versions(of name: EnvironmentName) async throws(Failure) -> [VersionRecord]
    /// What a reference can mean: the versions of the environment of that name; else of those that list it as a
    /// Gymnasium id.
    func candidates(for name: EnvironmentName) async throws(Failure) -> [Candidates]
    /// - Returns: Nil where there is none.
    func version(digest: String) async throws(Failure) -> VersionRecord?
    func search(_ query: SearchQuery) async throws(Failure) -> SearchPage
    /// Versions of all environments that stand in a state, the oldest first: what waits for a review.
    ///
    /// - Parameter after: The digest of the last one of the page before.
    func versions(in state: VersionState.Name, after: String?, limit: Int) async throws(Failure) -> [VersionRecord]
    /// Versions that may come into use and that no statement of a kind is about, the oldest first.
    ///
    /// - Parameter after: The digest of the last one of the page before.
    func versions(lacking kind: String, after: String?, limit: Int) async throws(Failure) -> [VersionRecord]
    /// Names that contain a text, in any case: for suggestions.
    func names(like text: String, limit: Int) async throws(Failure) -> [String]

    /// The newest first.
    ///
    /// - Parameter before: The sequence of the last entry of the page before.
    func history(
        of name: EnvironmentName, version: SemanticVersion?, before: Int64?, limit: Int
    ) async throws(Failure) -> [HistoryEntry]

    /// Who may publish in a namespace; empty where nobody has yet.
    func owners(of namespace: String) async throws(Failure) -> [String]
    /// - Throws: `permission_denied` unless the principal owns it; `failed_precondition` for the last owner.
    func changeOwners(
        of namespace: String, adding: [String], removing: [String], by principal: Principal, at time: Timestamp
    ) async throws(Failure) -> [String]

    /// Keeps a statement about a version; a second one of the same envelope changes nothing.
    ///
    /// - Throws: `not_found` where no version has the digest.
    func attach(_ attestation: Attestation) async throws(Failure)
    /// The newest first.
    func attestations(of digest: String, kind: String?) async throws(Failure) -> [Attestation]

    /// The digests of all bundles that versions name.
    func bundles() async throws(Failure) -> Set<String>
    /// What is wrong with what is stored, for people; the blobs are not looked at.
    func problems() async throws(Failure) -> [String]
}

extension CatalogStore {
    /// The versions that a reference names, and which of them it allows. What looks like a Gymnasium id is first a name,
    /// then an id that manifests list, then a name and its major version.
    ///
    /// - Throws: `not_found`; `conflict` where several environments list a Gymnasium id.
    public func meant(by reference: Reference) async throws(Failure) -> (Candidates, Constraint) {
        if let found = try one(try await candidates(for: reference.name), reference) {
            return (found, reference.constraint)
        }
        if let major = reference.majorForm, let found = try one(try await candidates(for: major.name), major) {
            return (found, major.constraint)
        }
        throw await unknown(reference)
    }

    /// The version that a reference means, for a start.
    ///
    /// - Throws: What `meant` and `Candidates.resolve` throw.
    public func resolve(_ reference: Reference) async throws(Failure) -> (EnvironmentName, Candidate) {
        let (candidates, constraint) = try await meant(by: reference)
        return (candidates.name, try candidates.resolve(constraint))
    }

    private func one(_ found: [Candidates], _ reference: Reference) throws(Failure) -> Candidates? {
        guard found.count > 1 else { return found.first }
        throw Failure(
            .conflict, "\(reference.name) may be \(found.map(\.name.description).sorted().joined(separator: " or "))",
            next: "name the one that is meant")
    }

    /// The failure of a reference to what is not there, with a name that is nearly the same.
    public func unknown(_ reference: Reference, beside others: [String] = []) async -> Failure {
        let wanted = reference.name.name
        let known = ((try? await names(like: String(wanted.prefix(2)), limit: 500)) ?? []) + others
        let near =
            known.first { EnvironmentName($0)?.name.lowercased() == wanted.lowercased() }
            ?? nearest(to: reference.name.description, among: known)
            ?? known.first { EnvironmentName($0).flatMap { nearest(to: wanted, among: [$0.name]) } != nil }
        return Failure(
            .notFound, "there is no environment `\(reference.name)`",
            next: near.map { "did you mean `\($0)`?" } ?? "search for it: corral search WORDS")
    }
}
