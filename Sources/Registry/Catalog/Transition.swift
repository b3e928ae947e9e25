import Foundations

/// What is done to a version after its publication.
public enum Transition: Sendable, Hashable {
    /// Asks for a review, also of a version that was rejected or is in use.
    case submit
    case startReview
    case approve
    case reject(reason: String)
    case deprecate(successor: String?, message: String)
    case yank(reason: String)
    case retire(reason: String)
    /// Takes a deprecation or a yank back.
    case restore

    public enum Name: String, Sendable, Hashable, CaseIterable {
        case submit
        case startReview = "start_review"
        case approve, reject, deprecate, yank, retire, restore
    }

    public var name: Name {
        switch self {
        case .submit: .submit
        case .startReview: .startReview
        case .approve: .approve
        case .reject: .reject
        case .deprecate: .deprecate
        case .yank: .yank
        case .retire: .retire
        case .restore: .restore
        }
    }
}

extension VersionState {
    /// The state after a transition. Doing once more what was done already changes nothing.
    ///
    /// - Throws: `failed_precondition` where the state does not allow it, `invalid_argument` for an empty reason.
    public func after(_ transition: Transition, at time: Timestamp) throws(Failure) -> VersionState {
        switch (transition, self) {
        case (.submit, .unreviewed), (.submit, .rejected), (.submit, .approved), (.submit, .submitted):
            return .submitted
        case (.startReview, .submitted), (.startReview, .inReview): return .inReview
        case (.approve, .inReview), (.approve, .approved): return .approved
        case (.reject(let reason), .submitted), (.reject(let reason), .inReview), (.reject(let reason), .approved),
            (.reject(let reason), .rejected):
            return .rejected(reason: try Self.checked(reason, "reason"))
        case (.deprecate(let successor, let message), .unreviewed), (.deprecate(let successor, let message), .approved),
            (.deprecate(let successor, let message), .deprecated):
            return .deprecated(
                Deprecation(
                    standing: keptStanding, successor: successor, message: try Self.checked(message, "message"),
                    since: deprecatedSince ?? time))
        case (.yank(let reason), .unreviewed), (.yank(let reason), .approved), (.yank(let reason), .deprecated),
            (.yank(let reason), .yanked):
            return .yanked(Yank(standing: keptStanding, reason: try Self.checked(reason, "reason")))
        case (.retire(let reason), _):
            return .retired(reason: try Self.checked(reason, "reason"))
        case (.restore, .deprecated), (.restore, .yanked): return VersionState(keptStanding)
        default:
            let able = Transition.Name.allCases.filter { allows($0) }.map(\.rawValue)
            throw Failure(
                .failedPrecondition,
                "a version that is \(name.rawValue) cannot be changed by \(transition.name.rawValue)",
                next: able.isEmpty ? "publish a new version" : "possible are: \(able.joined(separator: ", "))",
                details: ["state": name.rawValue, "transition": transition.name.rawValue])
        }
    }

    /// Whether `after` would take a transition of this name.
    public func allows(_ transition: Transition.Name) -> Bool {
        switch (transition, name) {
        case (.submit, .unreviewed), (.submit, .rejected), (.submit, .approved), (.submit, .submitted): true
        case (.startReview, .submitted), (.startReview, .inReview): true
        case (.approve, .inReview), (.approve, .approved): true
        case (.reject, .submitted), (.reject, .inReview), (.reject, .approved), (.reject, .rejected): true
        case (.deprecate, .unreviewed), (.deprecate, .approved), (.deprecate, .deprecated): true
        case (.yank, .unreviewed), (.yank, .approved), (.yank, .deprecated), (.yank, .yanked): true
        case (.retire, _): true
        case (.restore, .deprecated), (.restore, .yanked): true
        default: false
        }
    }

    private var keptStanding: Standing {
        switch self {
        case .deprecated(let deprecation): deprecation.standing
        case .yanked(let yank): yank.standing
        default: standing ?? .unreviewed
        }
    }

    private var deprecatedSince: Timestamp? {
        if case .deprecated(let deprecation) = self { deprecation.since } else { nil }
    }

    /// The longest reason or message, in bytes.
    public static let longestReason = 2000

    private static func checked(_ text: String, _ what: String) throws(Failure) -> String {
        guard text.contains(where: { !$0.isWhitespace }), text.utf8.count <= longestReason else {
            throw Failure(
                .invalidArgument, "a \(what) of 1 to \(longestReason) bytes is needed", details: ["field": what])
        }
        return text
    }
}
