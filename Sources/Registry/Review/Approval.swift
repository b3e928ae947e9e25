import Catalog
import Digest
import Foundations
import JSON
import Sessions
import Signing

/// A reviewer's word that a version may be used, as it is signed: about the version's digest, in one round of review.
public struct Approval: Sendable, Hashable {
    /// Of its attestation.
    public static let kind = "approval"
    public static let predicateType = "https://corral.dev/attestations/approval/v1"
    /// The longest comment, in bytes.
    public static let longestComment = 2000

    /// `namespace/name@1.2.0`.
    public let reference: String
    /// 64 hexadecimal digits.
    public let digest: String
    public let round: Int64
    public let reviewer: String
    /// Of the reviewer in the version's namespace at that time.
    public let roles: [Caller.Role]
    public var comment: String

    public init(of version: VersionRecord, by caller: Caller, comment: String = "") {
        reference = version.reference
        digest = version.digest
        round = version.round
        reviewer = caller.id
        roles = Caller.Role.allCases.filter { caller.has($0, in: version.name.namespace ?? "") }
        self.comment = comment
    }

    /// - Throws: `invalid_argument` where the digest is none.
    public func statement() throws(Failure) -> Statement {
        guard let digest = Digest32(hex: digest) else {
            throw Failure(.invalidArgument, "`\(digest)` is no digest of a version")
        }
        return Statement(
            about: [.init(name: reference, sha256: digest)], predicateType: Self.predicateType,
            predicate: [
                "reviewer": .string(reviewer), "roles": .array(roles.map { .string($0.rawValue) }),
                "round": .integer(round), "comment": .string(comment),
            ])
    }

    /// Nil where the statement is no approval of one version.
    public init?(_ statement: Statement) {
        let predicate = statement.predicate
        guard statement.predicateType == Self.predicateType, statement.subjects.count == 1,
            let subject = statement.subjects.first, let digest = subject.digests["sha256"],
            let reviewer = predicate["reviewer"]?.string, let round = predicate["round"]?.integer,
            let roles = predicate["roles"]?.array
        else { return nil }
        reference = subject.name
        self.digest = digest
        self.round = round
        self.reviewer = reviewer
        // What a newer build knows as a role grants nothing here.
        self.roles = roles.compactMap { $0.string.flatMap(Caller.Role.init) }
        comment = predicate["comment"]?.string ?? ""
    }
}
