import Catalog
import Foundations
import JSON
import Signing

/// What the signed statements about a version prove: verified each time it is made.
public struct ReviewEvidence: Sendable, Hashable {
    public struct Check: Sendable, Hashable {
        public let kind: String
        public let hasPassed: Bool
        /// Whether it found something that it only warns of.
        public let hasWarnings: Bool
    }

    public struct CountedApproval: Sendable, Hashable {
        public let approval: Approval
        public let createdAt: Timestamp
        /// Whether the reviewer's own key has signed it too.
        public let isOwn: Bool
    }

    /// A statement that counts for nothing, and why.
    public struct Ignored: Sendable, Hashable {
        public let kind: String
        public let createdBy: String
        public let reason: String
    }

    /// The newest of each kind.
    public private(set) var checks: [Check] = []
    /// Of this round, one for each reviewer, the oldest first.
    public private(set) var approvals: [CountedApproval] = []
    public private(set) var ignored: [Ignored] = []

    /// - Parameter statements: Of the version, the newest first.
    public init(_ statements: [Attestation], about version: VersionRecord, keys: TrustedKeys) {
        for statement in statements {
            do throws(Failure) {
                try add(statement, version, keys)
            } catch {
                ignored.append(Ignored(kind: statement.kind, createdBy: statement.createdBy, reason: error.message))
            }
        }
        approvals.reverse()
    }

    private mutating func add(
        _ statement: Attestation, _ version: VersionRecord, _ keys: TrustedKeys
    ) throws(Failure) {
        if statement.kind != Approval.kind, checks.contains(where: { $0.kind == statement.kind }) { return }
        let envelope = try Envelope(parsing: statement.envelope)
        let said = try keys.statement(of: envelope)
        guard said.subjects.count == 1, said.subjects[0].digests["sha256"] == version.digest else {
            throw Failure(.permissionDenied, "it is about other bytes")
        }
        if statement.kind == Approval.kind {
            try add(said, envelope, statement.createdAt, version, keys)
        } else {
            guard said.predicateType == Self.predicateType(of: statement.kind) else {
                throw Failure(.permissionDenied, "it is no check of the kind \(statement.kind)")
            }
            let findings = said.predicate["findings"]?.array ?? []
            checks.append(
                Check(
                    kind: statement.kind, hasPassed: said.predicate["verdict"]?.string == "passed",
                    hasWarnings: findings.contains { $0["severity"]?.string == "warning" }))
        }
    }

    private mutating func add(
        _ said: Statement, _ envelope: Envelope, _ time: Timestamp, _ version: VersionRecord, _ keys: TrustedKeys
    ) throws(Failure) {
        guard let approval = Approval(said) else { throw Failure(.permissionDenied, "it is no approval") }
        guard approval.round == version.round else {
            throw Failure(.permissionDenied, "it is of round \(approval.round), and this is round \(version.round)")
        }
        guard !version.submitters.contains(approval.reviewer) else {
            throw Failure(.permissionDenied, "\(approval.reviewer) has submitted the version")
        }
        let isOwn = keys.own(of: approval.reviewer).map { !envelope.signers(among: [$0]).isEmpty } ?? false
        let counted = CountedApproval(approval: approval, createdAt: time, isOwn: isOwn)
        // A reviewer who approves again, with a key, replaces what counted less.
        guard let place = approvals.firstIndex(where: { $0.approval.reviewer == approval.reviewer }) else {
            return approvals.append(counted)
        }
        if isOwn, !approvals[place].isOwn { approvals[place] = counted }
    }

    /// What the signed record of a check says that it is.
    public static func predicateType(of kind: String) -> String { "https://corral.dev/attestations/\(kind)/v1" }
}

extension ReviewEvidence {
    var json: JSONObject {
        [
            "checks": .array(
                checks.map {
                    [
                        "kind": .string($0.kind), "passed": .bool($0.hasPassed), "warnings": .bool($0.hasWarnings),
                    ]
                }),
            "approvals": .array(
                approvals.map {
                    [
                        "reviewer": .string($0.approval.reviewer),
                        "roles": .array($0.approval.roles.map { .string($0.rawValue) }),
                        "comment": .string($0.approval.comment), "at": .string($0.createdAt.rfc3339),
                        "own_key": .bool($0.isOwn),
                    ]
                }),
            "ignored": .array(
                ignored.map {
                    [
                        "kind": .string($0.kind), "created_by": .string($0.createdBy), "reason": .string($0.reason),
                    ]
                }),
        ]
    }
}
