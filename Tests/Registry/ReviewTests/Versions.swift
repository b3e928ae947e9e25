import Catalog
import Foundations
import JSON
import Manifests
import Sessions
import Signing

@testable import Review

func digest(_ character: Character) -> String { String(repeating: character, count: 64) }

/// A version in review that ann published.
func version(_ digits: Character = "a", round: Int64 = 1, submittedBy: String = "ann") throws -> VersionRecord {
    let document: JSONObject = [
        "manifest": 1, "name": "ns/Env", "version": "1.0.0", "launch": ["process": ["worker": "worker.py:Env"]],
    ]
    return VersionRecord(
        name: EnvironmentName("ns/Env")!, version: SemanticVersion("1.0.0")!, digest: digest(digits),
        bundle: BundleReference(digest: digest("b"), size: 1), document: document, state: .inReview, round: round,
        submittedBy: submittedBy, publishedAt: Timestamp(microseconds: 1), publishedBy: "ann")
}

func caller(_ id: String, _ roles: Caller.Role...) -> Caller {
    Caller(id: id, tenant: id, grants: RoleGrants(["ns": Set(roles)]))
}

/// Keys of a server, of a stranger, and of the reviewer rob.
struct Keys {
    let server: SigningKey
    let stranger: SigningKey
    let rob: SigningKey

    init() throws {
        server = try SigningKey(seed: Array(repeating: 1, count: 32))
        stranger = try SigningKey(seed: Array(repeating: 2, count: 32))
        rob = try SigningKey(seed: Array(repeating: 3, count: 32))
    }

    var trusted: TrustedKeys {
        TrustedKeys(
            servers: [server.verifying],
            byName: ["server": server.verifying, "rob": rob.verifying, "other": stranger.verifying])
    }

    func approval(
        of version: VersionRecord, by reviewer: Caller, comment: String = "", keys: [SigningKey]? = nil
    ) throws -> Attestation {
        let approval = Approval(of: version, by: reviewer, comment: comment)
        return kept(try approval.statement().signed(by: keys ?? [server]), version, by: reviewer.id)
    }

    func check(
        of version: VersionRecord, kind: String = "admission", verdict: String = "passed", severities: [String] = [],
        predicateType: String? = nil, keys: [SigningKey]? = nil
    ) throws -> Attestation {
        let statement = Statement(
            about: [.init(name: version.reference, digests: ["sha256": version.digest])],
            predicateType: predicateType ?? ReviewEvidence.predicateType(of: kind),
            predicate: [
                "verdict": .string(verdict), "findings": .array(severities.map { ["severity": .string($0)] }),
            ])
        return kept(try statement.signed(by: keys ?? [server]), version, kind: kind, by: "server")
    }

    func kept(
        _ envelope: Envelope, _ version: VersionRecord, kind: String = Approval.kind, by creator: String
    ) -> Attestation {
        Attestation(
            digest: version.digest, kind: kind, result: "", envelope: envelope.json.encoded(),
            createdAt: Timestamp(microseconds: 5), createdBy: creator)
    }
}
