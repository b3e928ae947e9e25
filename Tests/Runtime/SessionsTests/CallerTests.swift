import Foundations
import JSON
import Testing

@testable import Sessions

struct CallerTests {
    private func grant(
        _ roles: Set<Caller.Role>, in namespace: String = "*", id: String = "me", tenant: String = "ours",
        acts: Bool = false
    ) -> Grant? {
        Caller(id: id, tenant: tenant, grants: RoleGrants([namespace: roles]), actsForTenant: acts)
            .grant(onSessionOf: "me", tenant: "ours", environment: "art/Maze@1.0.0")
    }

    @Test func `a grant follows from role, tenant and owner`() {
        #expect(grant([.admin], id: "x", tenant: "theirs") == .owner)
        #expect(grant([.runner]) == .owner)
        #expect(grant([.runner], id: "x") == .watcher)
        #expect(grant([.runner], id: "x", acts: true) == .agent)
        #expect(grant([.viewer], acts: true) == .agent)
        for role in [Caller.Role.viewer, .publisher, .reviewer] { #expect(grant([role]) == .watcher) }
        #expect(grant([]) == nil)
        #expect(grant([], acts: true) == nil)
    }

    @Test func `a grant is of the namespace of the session's version`() {
        #expect(grant([.runner], in: "art") == .owner)
        #expect(grant([.runner], in: "ar") == nil)
        #expect(grant([.admin], in: "art", id: "x") == .owner)
        #expect(grant([.admin], in: "art", id: "x", tenant: "theirs") == nil)
        #expect(grant([.admin], in: "other", id: "x") == nil)
        #expect(Caller.namespace(of: "Maze@1.0.0-a/b") == "" && Caller.namespace(of: "art/Maze@1.0.0") == "art")
    }

    @Test func `another tenant's sessions are not even seen`() {
        for roles in [[.runner], [.viewer], [.publisher, .reviewer, .runner]] as [Set<Caller.Role>] {
            #expect(grant(roles, tenant: "theirs", acts: true) == nil)
        }
    }

    /// What each role implies, in the namespace where it is given and nowhere else.
    @Test func `an admin may all, every other role may also look`() {
        for given in Caller.Role.allCases {
            let grants = RoleGrants(["art": [given]])
            for asked in Caller.Role.allCases {
                let implied = given == asked || given == .admin || asked == .viewer
                #expect(grants.has(asked, in: "art") == implied, "\(given) \(asked)")
                #expect(grants.has(asked) == implied)
                #expect(!grants.has(asked, in: "other") && !grants.has(asked, in: "") && !grants.has(asked, in: "*"))
                #expect(RoleGrants(everywhere: [given]).has(asked, in: "anything") == implied)
            }
        }
        #expect(RoleGrants(["b": [.runner], "a": [.viewer], "c": []]).namespaces(with: .viewer) == ["a", "b"])
        #expect(RoleGrants(["b": [.runner], "*": [.viewer]]).namespaces(with: .viewer) == nil)
        #expect(Caller(id: "a", tenant: "t", grants: RoleGrants(["art": [.admin]])).isAdmin == false)
        #expect(Caller.local.isAdmin)
    }

    @Test func `roles are read and written as lists, by namespace`() throws {
        for text in [#"["admin"]"#, #"["publisher","runner"]"#, #"{"*":["viewer"],"art":["runner"]}"#] {
            let grants = try RoleGrants(json: try JSONValue(parsing: text))
            #expect(String(decoding: grants.json.encoded(), as: UTF8.self) == text)
        }
        #expect(
            try RoleGrants(texts: ["runner@art", "viewer", "publisher@art"])
                == RoleGrants(["art": [.runner, .publisher], "*": [.viewer]]))
        for text in ["king", "runner@", "runner@a/b", "@art", ""] {
            #expect(throws: Failure.self) { try RoleGrants(texts: [text]) }
        }
        for text in ["1", #"["king"]"#, "[1]", #"{"a/b":["viewer"]}"#, #"{"art":"viewer"}"#] {
            #expect(throws: Failure.self) { try RoleGrants(json: try JSONValue(parsing: text)) }
        }
    }

    @Test func `a refusal is told to whoever keeps track`() {
        final class Standing: CallerStanding {
            let told = Guarded<[String]>([])
            var isOver: Bool { false }
            func admit() {}
            func refused(_ what: String, caller: Caller) { told.withLock { $0.append("\(caller.id): \(what)") } }
        }
        let standing = Standing()
        let caller = Caller(id: "ann", tenant: "t", grants: RoleGrants(["art": [.viewer]]), standing: standing)
        #expect(throws: Failure.self) { try caller.require(.runner, in: "art", for: "art/Maze") }
        #expect(throws: Failure.self) { try caller.requireAdmin(for: "read the audit log") }
        #expect(throws: Failure.self) { try caller.requireSomewhere([.publisher, .reviewer], for: "look") }
        #expect(throws: Never.self) { try caller.require(.viewer, in: "art", for: "art/Maze") }
        #expect(
            standing.told.withLock { $0 } == [
                "ann: art/Maze: ann is not runner in `art`", "ann: read the audit log: ann is not admin",
                "ann: look: ann is not publisher or reviewer",
            ])
    }
}
