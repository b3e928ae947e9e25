import Catalog
import Foundations
import Manifests
import Sessions

/// What a reference can mean: the versions of one environment in the server's folder and in the catalog.
struct Meaning: Sendable {
    let candidates: Candidates
    let constraint: Constraint
    /// The versions of the folder by their digest.
    let folder: [String: ManifestFolder.Entry]

    /// Finds the environment of a reference. What looks like a Gymnasium id is first a name, then an id that manifests
    /// list, then a name and its major version. Of two versions of one number the folder's counts; so do its
    /// environments where others list the same Gymnasium id.
    ///
    /// - Throws: `not_found`, also for what the caller may not see; `conflict` where several environments list a Gymnasium
    ///   id; and what the store throws.
    static func find(
        _ reference: Reference, in folder: ManifestFolder, _ store: any CatalogStore, caller: Caller
    ) async throws(Failure) -> Meaning {
        for reference in [reference, reference.majorForm].compactMap({ $0 }) {
            let own = folder.candidates(for: reference.name).filter { versions in
                versions.first.map { caller.sees($0.manifest.name) } ?? false
            }
            let others = try await store.candidates(for: reference.name).filter { caller.sees($0.name) }
            let names = names(own, others, reference.name)
            if names.isEmpty { continue }
            guard names.count == 1, let name = names.first else {
                throw Failure(
                    .conflict,
                    "\(reference.name) may be \(names.map(\.description).sorted().joined(separator: " or "))",
                    next: "name the one that is meant")
            }
            return Meaning(
                name, own.first { $0.first?.manifest.name == name } ?? [], others.first { $0.name == name },
                reference.constraint)
        }
        guard caller.seesAll else { throw Failure(unseen: "\(reference.name)") }
        do throws(Failure) { _ = try folder.resolve(reference) } catch {
            if error.next.hasPrefix("did you mean") { throw error }
        }
        throw await store.unknown(reference)
    }

    /// The environments that are meant by one name.
    private static func names(
        _ own: [[ManifestFolder.Entry]], _ others: [Candidates], _ wanted: EnvironmentName
    ) -> Set<EnvironmentName> {
        let ownNames = own.compactMap { $0.first?.manifest.name }
        let all = Set(ownNames + others.map(\.name))
        if all.contains(wanted) { return [wanted] }
        return ownNames.isEmpty ? all : Set(ownNames)
    }

    private init(
        _ name: EnvironmentName, _ own: [ManifestFolder.Entry], _ others: Candidates?, _ constraint: Constraint
    ) {
        let versions = own.map {
            Candidate(version: $0.manifest.version, digest: $0.digest, state: .unreviewed)
        }
        let published = (others?.versions ?? []).filter { candidate in
            !versions.contains { $0.version.isEquivalent(to: candidate.version) && $0.digest != candidate.digest }
        }
        // A version that is in both is the catalog's: its state counts.
        let digests = Set(published.map(\.digest))
        candidates = Candidates(
            name: name, versions: versions.filter { !digests.contains($0.digest) } + published,
            aliases: others?.aliases ?? [:])
        folder = Dictionary(own.map { ($0.digest, $0) }) { first, _ in first }
        self.constraint = constraint
    }
}
