import Digest
import Foundations
import JSON
import Signing

/// What the checks of one version say.
public struct AdmissionReport: Sendable {
    /// The type of the predicate of a signed report.
    public static let predicateType = "https://corral.dev/attestations/admission/v1"

    public enum Verdict: String, Sendable {
        case passed, rejected
        /// The environment could not be looked at: this machine or server lacks what it needs.
        case notChecked = "not_checked"

        /// Of `corral check`.
        public var exitStatus: Int32 {
            switch self {
            case .passed: 0
            case .rejected: 1
            case .notChecked: 2
            }
        }
    }

    public let reference: String
    /// 64 hexadecimal digits.
    public let digest: String
    public var findings: [Finding] = []
    /// Figures by name; see `docs/admission.md`.
    public var measured: JSONObject = [:]
    /// What was not looked at, with the reason.
    public var notCovered: [String] = []
    /// Why nothing could be checked; nil otherwise.
    public var obstacle: String?
    public var startedAt = Timestamp.now
    public var duration = Duration.zero
    public var budget = Duration.zero
    /// The version of the program that checked.
    public var checker = ""
    public var isolation = ""

    public init(reference: String, digest: String) {
        self.reference = reference
        self.digest = digest
    }

    public var verdict: Verdict {
        if obstacle != nil { return .notChecked }
        return findings.contains { $0.severity == .error } ? .rejected : .passed
    }

    public var json: JSONValue {
        var report: JSONObject = [
            "environment": .string(reference), "digest": .string("sha256:\(digest)"),
            "verdict": .string(verdict.rawValue), "findings": .array(findings.map(\.json)),
            "measured": .object(measured), "not_covered": .array(notCovered.map(JSONValue.string)),
            "started_at": .string(startedAt.rfc3339), "seconds": .number(duration.inSeconds),
            "budget_seconds": .number(budget.inSeconds), "checker": .string(checker),
            "isolation": .string(isolation),
        ]
        if let obstacle { report["obstacle"] = .string(obstacle) }
        return .object(report)
    }

    /// The report about the version's digest, signed.
    ///
    /// - Throws: `internal` where libcrypto cannot sign, `invalidArgument` where the digest is none.
    public func signed(by keys: [SigningKey]) throws(Failure) -> Envelope {
        guard let digest = Digest32(hex: digest) else {
            throw Failure(.invalidArgument, "`\(digest)` is no digest of a version")
        }
        let statement = Statement(
            about: [.init(name: reference, sha256: digest)], predicateType: Self.predicateType, predicate: json)
        return try statement.signed(by: keys)
    }
}

extension Duration {
    /// To the millisecond.
    var inSeconds: Double { (self / .milliseconds(1)).rounded() / 1000 }
}
