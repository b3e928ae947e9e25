import Foundations
import JSON
import Manifests
import Testing
import YAML

@testable import Review

@Suite struct PolicyTests {
    static func parsed(_ text: String) throws(Failure) -> ReviewPolicy {
        try ReviewPolicy(try YAMLNode(parsing: text, file: "policy.yaml"))
    }

    static func name(_ text: String) -> EnvironmentName { EnvironmentName(text)! }

    @Test func `a policy says who may start what, and the first rule that fits counts`() throws {
        let policy = try Self.parsed(
            """
            policy: 1
            trust: [server, east]
            webhook: {url: "http://127.0.0.1:9/base", timeout: 250ms}
            rules:
              - {namespace: classic, allow: true}
              - {namespace: ["bad", "*-bad"], deny: not maintained}
              - {namespace: "*", source: folder, allow: true}
              - namespace: team-*
                require: {checks: [admission], warnings: false, approvals: 2, by: [reviewer], own_keys: true, webhook: true}
              - {namespace: "", require: {approvals: 1}}
            """)
        #expect(policy.verdict(on: Self.name("classic/A"), from: .catalog) == .allow)
        #expect(policy.verdict(on: Self.name("very-bad/A"), from: .folder) == .deny(reason: "not maintained"))
        #expect(policy.verdict(on: Self.name("bad/A"), from: .catalog) == .deny(reason: "not maintained"))
        #expect(policy.verdict(on: Self.name("other/A"), from: .folder) == .allow)
        #expect(
            policy.verdict(on: Self.name("other/A"), from: .catalog) == .deny(reason: "no rule of the policy fits it"))
        guard case .require(let demands) = policy.verdict(on: Self.name("team-x/A"), from: .catalog) else {
            return #expect(Bool(false))
        }
        #expect(demands.checks == ["admission"] && demands.approvals == 2 && demands.roles == [.reviewer])
        #expect(!demands.acceptsWarnings && demands.needsOwnKeys && demands.asksWebhook)
        guard case .require(let plain) = policy.verdict(on: Self.name("A"), from: .catalog) else {
            return #expect(Bool(false))
        }
        #expect(plain.approvals == 1 && plain.checks.isEmpty && plain.roles == [.reviewer, .admin])
        #expect(policy.webhook == .init(url: "http://127.0.0.1:9/base", timeout: .milliseconds(250)))
        #expect(policy.trusted == ["server", "east"])
    }

    @Test(arguments: [
        ("*", "", true), ("*", "any", true), ("", "", true), ("", "a", false), ("team", "team", true),
        ("team", "Team", false), ("team-*", "team-", true), ("team-*", "team", false), ("*-x", "a-x", true),
        ("a*a", "a", false), ("a*a", "aa", true), ("a*b*c", "a-b-c", true), ("a*b*c", "acb", false),
        ("a*b*b", "ab", false), ("**", "x", true),
    ])
    func `a star stands for any characters`(_ pattern: String, _ namespace: String, _ fits: Bool) {
        #expect(ReviewPolicy.Rule([pattern], nil, .allow).fits(namespace, .catalog) == fits)
    }

    /// What is wrong, and in which line.
    static let mistakes: [(text: String, line: Int, part: String)] = [
        ("rules: []", 1, "policy: 1"),
        ("policy: 2\nrules: []", 1, "form 1"),
        ("policy: 1", 1, "`rules` is missing"),
        ("policy: 1\nruls: []", 2, "no field `ruls`"),
        ("policy: 1\nrules: {}", 2, "expected a list"),
        ("policy: 1\nrules:\n  - allow", 3, "expected fields"),
        ("policy: 1\nrules:\n  - {allow: true}", 3, "`namespace` is missing"),
        ("policy: 1\nrules:\n  - {namespace: a}", 3, "one of allow, deny and require"),
        ("policy: 1\nrules:\n  - {namespace: a, allow: true, deny: no}", 3, "says 2"),
        ("policy: 1\nrules:\n  - {namespace: a, allow: false}", 3, "can only be true"),
        ("policy: 1\nrules:\n  - {namespace: a, allow: \"true\"}", 3, "true or false"),
        ("policy: 1\nrules:\n  - {namespace: [], allow: true}", 3, "never counts"),
        ("policy: 1\nrules:\n  - {namespace: a, source: disk, allow: true}", 3, "`disk` is none of"),
        ("policy: 1\nrules:\n  - {namespace: a, deny: }", 3, "expected text"),
        ("policy: 1\nrules:\n  - namespace: a\n    require: {}", 4, "nothing is required"),
        ("policy: 1\nrules:\n  - namespace: a\n    require:\n      approvals: 0", 5, "nothing is required"),
        ("policy: 1\nrules:\n  - namespace: a\n    require:\n      approvals: 17", 5, "from 0 to 16"),
        ("policy: 1\nrules:\n  - namespace: a\n    require:\n      approvals: many", 5, "whole number"),
        ("policy: 1\nrules:\n  - namespace: a\n    require:\n      approval: 1", 5, "did you mean `approvals`"),
        (
            "policy: 1\nrules:\n  - namespace: a\n    require:\n      approvals: 1\n      by: [boss]", 6,
            "`boss` is none of"
        ),
        (
            "policy: 1\nrules:\n  - namespace: a\n    require:\n      approvals: 1\n      by: []", 6,
            "nobody can approve"
        ),
        (
            "policy: 1\nrules:\n  - namespace: a\n    require:\n      approvals: 1\n      by: viewer", 6,
            "only reviewers"
        ),
        ("policy: 1\nrules:\n  - namespace: a\n    require:\n      checks: approval", 5, "is no check"),
        ("policy: 1\nrules:\n  - namespace: a\n    require:\n      webhook: true", 5, "no `webhook` to ask"),
        ("policy: 1\nwebhook: {timeout: 1s}\nrules: []", 2, "`url` is missing"),
        ("policy: 1\nwebhook: {url: \"ftp://x\"}\nrules: []", 2, "no address"),
        ("policy: 1\nwebhook:\n  url: http://x\n  timeout: 0\nrules: []", 4, "from 1ms to 60s"),
        ("policy: 1\nwebhook:\n  url: http://x\n  timeout: 2\nrules: []", 4, "a time such as"),
        ("policy: 1\ntrust: []\nrules: []", 2, "trusted key"),
        ("policy: 1\nrules: [}", 2, ""),
    ]

    @Test(arguments: mistakes.indices) func `a mistake is named with its line`(_ index: Int) throws {
        let (text, line, part) = Self.mistakes[index]
        let failure = #expect(throws: Failure.self) { try Self.parsed(text) }
        #expect(failure?.code == .invalidArgument)
        #expect(failure?.details["line"] == String(line), "\(failure?.message ?? "")")
        let said = "\(failure?.message ?? "") \(failure?.next ?? "")"
        #expect(part.isEmpty || said.contains(part), "\(said)")
    }

    @Test func `a policy is shown in the form that it is read in`() throws {
        let policy = ReviewPolicy(
            [
                .init(["a", "b-*"], .catalog, .deny(reason: "no")), .init(["c"], nil, .allow),
                .init(["*"], .catalog, .require(.init(checks: ["admission"], approvals: 3))),
            ], webhook: .init(url: "unix:/run/policy", timeout: .seconds(2)), trusted: ["east"])
        // JSON is YAML.
        let text = String(decoding: JSONValue.object(policy.json).encoded(), as: UTF8.self)
        #expect(try Self.parsed(text) == policy)
    }

    @Test func `without a policy all is allowed where nobody has keys, else what is published is reviewed`() {
        let name = Self.name("shop/Counter")
        for source in ReviewPolicy.Source.allCases {
            #expect(ReviewPolicy.open.verdict(on: name, from: source) == .allow)
        }
        #expect(ReviewPolicy.keyed.verdict(on: name, from: .folder) == .allow)
        #expect(
            ReviewPolicy.keyed.verdict(on: name, from: .catalog)
                == .require(.init(checks: ["admission"], approvals: 1)))
    }
}
