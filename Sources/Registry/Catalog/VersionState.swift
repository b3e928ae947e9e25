import Foundations
import JSON

/// Where a version stands between its publication and its end.
public enum VersionState: Sendable, Hashable {
    /// Nobody was asked: a folder's version, or one published where the policy asks for no review.
    case unreviewed
    case submitted
    case inReview
    case approved
    case rejected(reason: String)
    case deprecated(Deprecation)
    /// Found by its digest only.
    case yanked(Yank)
    /// Never started again; its record and history stay.
    case retired(reason: String)

    /// What a version was before it was deprecated or yanked, and is again when that is taken back.
    public enum Standing: String, Sendable, Hashable, CaseIterable {
        case unreviewed, approved
    }

    public struct Deprecation: Sendable, Hashable {
        public let standing: Standing
        /// A reference to what to use instead.
        public let successor: String?
        /// Shown to every user of the version.
        public let message: String
        public let since: Timestamp

        public init(standing: Standing, successor: String?, message: String, since: Timestamp) {
            self.standing = standing
            self.successor = successor
            self.message = message
            self.since = since
        }
    }

    public struct Yank: Sendable, Hashable {
        public let standing: Standing
        public let reason: String

        public init(standing: Standing, reason: String) {
            self.standing = standing
            self.reason = reason
        }
    }

    /// The names on the wire.
    public enum Name: String, Sendable, Hashable, CaseIterable {
        case unreviewed, submitted
        case inReview = "in_review"
        case approved, rejected, deprecated, yanked, retired
    }

    public var name: Name {
        switch self {
        case .unreviewed: .unreviewed
        case .submitted: .submitted
        case .inReview: .inReview
        case .approved: .approved
        case .rejected: .rejected
        case .deprecated: .deprecated
        case .yanked: .yanked
        case .retired: .retired
        }
    }

    var standing: Standing? {
        switch self {
        case .unreviewed: .unreviewed
        case .approved: .approved
        default: nil
        }
    }

    init(_ standing: Standing) {
        self =
            switch standing {
            case .unreviewed: .unreviewed
            case .approved: .approved
            }
    }
}

// What a state means to those who want to use a version.
extension VersionState {
    /// Whether a range, an alias or no constraint at all may mean it.
    public var isOffered: Bool {
        switch self {
        case .unreviewed, .approved, .deprecated: true
        case .submitted, .inReview, .rejected, .yanked, .retired: false
        }
    }

    /// Refuses a start that the state does not allow.
    ///
    /// - Parameter byDigest: Whether the reference names the digest.
    /// - Throws: `failed_precondition`.
    public func checkStart(of version: String, byDigest: Bool) throws(Failure) {
        switch self {
        case .unreviewed, .approved, .deprecated: return
        case .submitted, .inReview:
            throw Failure(
                .failedPrecondition, "\(version) is not approved yet (\(name.rawValue))",
                next: "wait for its review, or use a version that is approved", details: ["state": name.rawValue])
        case .rejected(let reason):
            throw Failure(
                .failedPrecondition, "\(version) was rejected: \(reason)", next: "use a version that is approved",
                details: ["state": name.rawValue])
        case .yanked(let yank):
            guard !byDigest else { return }
            throw Failure(
                .failedPrecondition, "\(version) was yanked: \(yank.reason)",
                next: "use another version; who needs this very one names its digest", details: ["state": name.rawValue]
            )
        case .retired(let reason):
            throw Failure(
                .failedPrecondition, "\(version) is retired: \(reason)", next: "use another version",
                details: ["state": name.rawValue])
        }
    }

    /// What every user of the version is told; empty where there is nothing to tell.
    public func warnings(of version: String) -> [String] {
        switch self {
        case .deprecated(let deprecation):
            let successor = deprecation.successor.map { "; use \($0)" } ?? ""
            return ["\(version) is deprecated: \(deprecation.message)\(successor)"]
        case .yanked(let yank): return ["\(version) was yanked: \(yank.reason)"]
        default: return []
        }
    }
}

// The JSON form: `{"name": …}` and what belongs to the state.
extension VersionState {
    public var json: JSONObject {
        var members: JSONObject = ["name": .string(name.rawValue)]
        switch self {
        case .unreviewed, .submitted, .inReview, .approved: break
        case .rejected(let reason), .retired(let reason): members["reason"] = .string(reason)
        case .deprecated(let deprecation):
            members["message"] = .string(deprecation.message)
            members["successor"] = deprecation.successor.map(JSONValue.string) ?? .null
            members["since"] = .integer(deprecation.since.microseconds)
            members["standing"] = .string(deprecation.standing.rawValue)
        case .yanked(let yank):
            members["reason"] = .string(yank.reason)
            members["standing"] = .string(yank.standing.rawValue)
        }
        return members
    }

    /// Reads the JSON form; nil where it is none.
    public init?(json: JSONValue) {
        guard let name = json["name"]?.string.flatMap(Name.init) else { return nil }
        let reason = json["reason"]?.string ?? ""
        let standing = json["standing"]?.string.flatMap(Standing.init)
        switch name {
        case .unreviewed: self = .unreviewed
        case .submitted: self = .submitted
        case .inReview: self = .inReview
        case .approved: self = .approved
        case .rejected: self = .rejected(reason: reason)
        case .retired: self = .retired(reason: reason)
        case .yanked:
            guard let standing else { return nil }
            self = .yanked(Yank(standing: standing, reason: reason))
        case .deprecated:
            guard let standing, let since = json["since"]?.integer else { return nil }
            self = .deprecated(
                Deprecation(
                    standing: standing, successor: json["successor"]?.string, message: json["message"]?.string ?? "",
                    since: Timestamp(microseconds: since)))
        }
    }
}
