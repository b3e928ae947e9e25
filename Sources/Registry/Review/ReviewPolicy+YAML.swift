import Foundations
import HTTPClient
import Sessions
import YAML

extension ReviewPolicy {
    /// Reads `policy.yaml`; every field is known and nothing is guessed.
    ///
    /// - Throws: `invalid_argument` that names the place; `not_found`, `permission_denied` where there is no such file.
    public init(file path: String) throws(Failure) { try self.init(try YAMLNode(file: path)) }

    public init(_ root: YAMLNode) throws(Failure) {
        try root.check(fields: ["policy", "trust", "webhook", "rules"])
        guard let form = root["policy"] else { throw root.mark.failure("`policy: 1` is missing") }
        guard try form.integer() == 1 else { throw form.mark.failure("this server reads policies of the form 1") }
        guard let list = root["rules"] else { throw root.mark.failure("`rules` is missing") }
        let webhook = try root["webhook"].map { (node) throws(Failure) in try Webhook(node) }
        var rules: [Rule] = []
        for node in try list.items() { rules.append(try Rule(node, hasWebhook: webhook != nil)) }
        self.init(rules, webhook: webhook, trusted: try root["trust"]?.texts() ?? ["server"])
        if trusted.isEmpty, let node = root["trust"] {
            throw node.mark.failure("without a trusted key nothing can be approved", next: "name one, such as server")
        }
    }
}

extension ReviewPolicy.Webhook {
    fileprivate init(_ node: YAMLNode) throws(Failure) {
        try node.check(fields: ["url", "timeout"])
        guard let address = node["url"] else { throw node.mark.failure("`url` is missing") }
        let url = try address.text()
        do throws(Failure) {
            _ = try HTTPEndpoint(url)
        } catch { throw address.mark.failure(error.message, next: error.next) }
        var timeout = Duration.seconds(5)
        if let limit = node["timeout"] {
            guard let span = TimeSpan(try limit.text())?.duration, (.milliseconds(1) ... .seconds(60)).contains(span)
            else { throw limit.mark.failure("expected \(TimeSpan.form), from 1ms to 60s") }
            timeout = span
        }
        self.init(url: url, timeout: timeout)
    }
}

extension ReviewPolicy.Rule {
    fileprivate init(_ node: YAMLNode, hasWebhook: Bool) throws(Failure) {
        let verdicts = ["allow", "deny", "require"]
        try node.check(fields: ["namespace", "source"] + verdicts)
        guard let names = node["namespace"] else {
            throw node.mark.failure("`namespace` is missing", next: "write `namespace: \"*\"` for all")
        }
        let namespaces = try names.texts()
        guard !namespaces.isEmpty else { throw names.mark.failure("a rule for no namespace never counts") }
        let source = try node["source"].map { (node) throws(Failure) in try node.choice(ReviewPolicy.Source.self) }
        let given = verdicts.compactMap { node.pair($0) }
        guard given.count == 1, let pair = given.first else {
            throw node.mark.failure("a rule says one of allow, deny and require, and this one says \(given.count)")
        }
        switch pair.key {
        case "allow":
            guard try pair.value.bool() else {
                throw pair.value.mark.failure("`allow` can only be true", next: "write `deny` and a reason")
            }
            self.init(namespaces, source, .allow)
        case "deny": self.init(namespaces, source, .deny(reason: try pair.value.text()))
        default:
            self.init(namespaces, source, .require(try ReviewPolicy.Demands(pair.value, hasWebhook: hasWebhook)))
        }
    }
}

extension ReviewPolicy.Demands {
    fileprivate init(_ node: YAMLNode, hasWebhook: Bool) throws(Failure) {
        try node.check(fields: ["checks", "warnings", "approvals", "by", "own_keys", "webhook"])
        self.init(checks: try node["checks"]?.texts() ?? [])
        if let node = node["checks"], checks.contains(Approval.kind) {
            throw node.mark.failure("an approval is no check", next: "write `approvals: 1`")
        }
        if let node = node["warnings"] { acceptsWarnings = try node.bool() }
        if let node = node["approvals"] {
            approvals = try node.integer()
            guard (0...16).contains(approvals) else { throw node.mark.failure("approvals have to be from 0 to 16") }
        }
        if let node = node["by"] {
            roles = []
            for item in try node.items() {
                roles.append(try item.choice(Caller.Role.self))
                guard [.reviewer, .admin].contains(roles[roles.count - 1]) else {
                    throw item.mark.failure("only reviewers and administrators review")
                }
            }
            guard !roles.isEmpty else { throw node.mark.failure("without a role nobody can approve") }
        }
        if let node = node["own_keys"] { needsOwnKeys = try node.bool() }
        if let node = node["webhook"] {
            asksWebhook = try node.bool()
            guard !asksWebhook || hasWebhook else { throw node.mark.failure("the policy has no `webhook` to ask") }
        }
        guard needsReview || asksWebhook else {
            throw node.mark.failure("nothing is required", next: "write `allow: true` where that is meant")
        }
    }
}

extension YAMLNode {
    fileprivate func check(fields: [String]) throws(Failure) {
        guard case .mapping(let pairs) = content else { throw mark.failure("expected fields, found \(kind)") }
        for pair in pairs where !fields.contains(pair.key) {
            let near = nearest(to: pair.key, among: fields).map { "did you mean `\($0)`?" }
            throw pair.keyMark.failure(
                "there is no field `\(pair.key)`", next: near ?? "known are \(fields.joined(separator: ", "))")
        }
    }

    /// A single one may stand without a list.
    fileprivate func items() throws(Failure) -> [YAMLNode] {
        switch content {
        case .sequence(let items): return items
        case .scalar: return [self]
        case .mapping: throw mark.failure("expected a list, found \(kind)")
        }
    }

    fileprivate func texts() throws(Failure) -> [String] {
        var texts: [String] = []
        for item in try items() { texts.append(try item.text()) }
        return texts
    }

    fileprivate func text() throws(Failure) -> String {
        guard case .scalar(let scalar) = content, scalar.value != .null else {
            throw mark.failure("expected text, found \(kind)")
        }
        return scalar.text
    }

    fileprivate func integer() throws(Failure) -> Int {
        guard case .scalar(let scalar) = content, case .integer(let number) = scalar.value,
            let value = Int(exactly: number)
        else { throw mark.failure("expected a whole number") }
        return value
    }

    fileprivate func bool() throws(Failure) -> Bool {
        guard case .scalar(let scalar) = content, case .bool(let value) = scalar.value else {
            throw mark.failure("expected true or false")
        }
        return value
    }

    fileprivate func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ type: Choice.Type
    ) throws(Failure) -> Choice {
        let word = try text()
        guard let choice = Choice(rawValue: word) else {
            let all = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw mark.failure("`\(word)` is none of \(all)")
        }
        return choice
    }
}
