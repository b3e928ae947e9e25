import Foundations
import JSON
import Manifests
import Sessions
import YAML

/// What an operator demands of versions before they may be started: the first rule that fits counts.
public struct ReviewPolicy: Sendable, Hashable {
    /// Where a version comes from.
    public enum Source: String, Sendable, Hashable, CaseIterable {
        /// The server's folder of manifests, which is its operator's.
        case folder
        case catalog
    }

    public enum Verdict: Sendable, Hashable {
        /// Without a review.
        case allow
        case deny(reason: String)
        case require(Demands)
    }

    /// What all has to be so before a version may be started.
    public struct Demands: Sendable, Hashable {
        /// Kinds of checks, each passed; `admission`.
        public var checks: [String]
        /// Whether checks may have found what they only warn of.
        public var acceptsWarnings = true
        /// Of different reviewers, none of whom has submitted or published the version.
        public var approvals: Int
        /// A reviewer has one of them in the namespace.
        public var roles: [Caller.Role] = [.reviewer, .admin]
        /// Whether approvals need the signature of the reviewer's own key, beside the server's.
        public var needsOwnKeys = false
        /// Whether the webhook is asked, also at each start.
        public var asksWebhook = false

        public init(checks: [String] = [], approvals: Int = 0) {
            self.checks = checks
            self.approvals = approvals
        }

        /// Whether anything is demanded that is done once, before the first start.
        public var needsReview: Bool { !checks.isEmpty || approvals > 0 }
    }

    public struct Rule: Sendable, Hashable {
        /// Any of them: text with `*` for any characters; the namespace of a name without one is empty.
        public let namespaces: [String]
        /// Nil for both.
        public let source: Source?
        public let verdict: Verdict

        public init(_ namespaces: [String], _ source: Source? = nil, _ verdict: Verdict) {
            self.namespaces = namespaces
            self.source = source
            self.verdict = verdict
        }

        func fits(_ namespace: String, _ other: Source) -> Bool {
            (source ?? other) == other && namespaces.contains { Self.matches($0[...], namespace[...]) }
        }

        private static func matches(_ pattern: Substring, _ text: Substring) -> Bool {
            let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
            guard let first = parts.first, let last = parts.last, parts.count > 1 else { return pattern == text }
            guard text.hasPrefix(first), text.dropFirst(first.count).hasSuffix(last) else { return false }
            var rest = text.dropFirst(first.count).dropLast(last.count)
            for part in parts.dropFirst().dropLast() where !part.isEmpty {
                guard let found = rest.firstRange(of: part) else { return false }
                rest = rest[found.upperBound...]
            }
            return true
        }
    }

    /// A program of the operator's that has the last word.
    public struct Webhook: Sendable, Hashable {
        /// `http://…`, `https://…` or `unix:PATH`.
        public let url: String
        public let timeout: Duration

        public init(url: String, timeout: Duration) {
            self.url = url
            self.timeout = timeout
        }
    }

    public let rules: [Rule]
    public let webhook: Webhook?
    /// Names of the keys whose signatures count.
    public let trusted: [String]

    public init(_ rules: [Rule], webhook: Webhook? = nil, trusted: [String] = ["server"]) {
        self.rules = rules
        self.webhook = webhook
        self.trusted = trusted
    }

    /// Where nobody wrote a policy and everyone is the local administrator: all is allowed.
    public static let open = ReviewPolicy([Rule(["*"], nil, .allow)])

    /// Where nobody wrote a policy and callers have keys: what is published needs the checks, and one approval of
    /// another identity.
    public static let keyed = ReviewPolicy([
        Rule(["*"], .folder, .allow), Rule(["*"], .catalog, .require(Demands(checks: ["admission"], approvals: 1))),
    ])

    /// What no rule fits is denied.
    public func verdict(on name: EnvironmentName, from source: Source) -> Verdict {
        rules.first { $0.fits(name.namespace ?? "", source) }?.verdict ?? .deny(reason: "no rule of the policy fits it")
    }
}

extension ReviewPolicy {
    /// As `policy.yaml` has it.
    public var json: JSONObject {
        var members: JSONObject = ["policy": 1, "trust": .array(trusted.map(JSONValue.string))]
        if let webhook {
            members["webhook"] = ["url": .string(webhook.url), "timeout": .string("\(TimeSpan(webhook.timeout))")]
        }
        members["rules"] = .array(
            rules.map { rule in
                var entry: JSONObject = ["namespace": .array(rule.namespaces.map(JSONValue.string))]
                entry["source"] = rule.source.map { .string($0.rawValue) }
                for (key, value) in rule.verdict.json { entry[key] = value }
                return .object(entry)
            })
        return members
    }
}

extension ReviewPolicy.Verdict {
    public var json: JSONObject {
        switch self {
        case .allow: ["allow": true]
        case .deny(let reason): ["deny": .string(reason)]
        case .require(let demands):
            [
                "require": [
                    "checks": .array(demands.checks.map(JSONValue.string)), "warnings": .bool(demands.acceptsWarnings),
                    "approvals": .integer(Int64(demands.approvals)),
                    "by": .array(demands.roles.map { .string($0.rawValue) }),
                    "own_keys": .bool(demands.needsOwnKeys), "webhook": .bool(demands.asksWebhook),
                ]
            ]
        }
    }

    /// Who may review what it is about.
    var reviewers: [Caller.Role] {
        if case .require(let demands) = self { demands.roles } else { [.reviewer, .admin] }
    }
}
