import Foundations
import Logging
import Sessions
import TestSupport
import Testing

@testable import AccessKeys

struct KeyFileTests {
    /// SHA-256 of `one` and of `two`.
    private static let one = "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed"
    private static let two = "3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3"

    private func load(_ text: String) throws -> KeyFile {
        let folder = try TemporaryDirectory()
        return try KeyFile(try folder.write("keys.yaml", text))
    }

    private func caller(of token: String, _ file: KeyFile) -> Caller? {
        try? KeyRing(file: file.keys, logger: .silent).caller(of: token)
    }

    private func failure(_ text: String) -> Failure? {
        do { _ = try load(text) } catch { return error as? Failure }
        return nil
    }

    @Test func `a token is known by its hash, and no other is`() throws {
        let file = try load(
            """
            keys:
              - {id: ann, tenant: lab, roles: {art: [runner], "*": [viewer]}, sha256: \(Self.one)}
              - {id: bob, roles: [admin], sha256: \(Self.two)}
            """)
        let grants = RoleGrants(["art": [.runner], "*": [.viewer]])
        #expect(caller(of: "one", file) == Caller(id: "ann", tenant: "lab", grants: grants))
        #expect(caller(of: "two", file) == Caller(id: "bob", tenant: "bob", roles: [.admin]))
        for token in ["", "One", "one ", "three", Self.one] { #expect(caller(of: token, file) == nil) }
    }

    @Test func `roles of older files mean what they meant`() throws {
        let file = try load(
            """
            keys:
              - {id: ann, roles: [owner], sha256: \(Self.one)}
              - {id: bob, roles: [agent, watcher], sha256: \(Self.two)}
            """)
        #expect(caller(of: "one", file) == Caller(id: "ann", tenant: "ann", roles: [.runner, .publisher]))
        let bob = Caller(id: "bob", tenant: "bob", grants: RoleGrants(everywhere: [.viewer]), actsForTenant: true)
        #expect(caller(of: "two", file) == bob)
    }

    @Test(arguments: [
        ("keys: {}", "expected a list"), ("[]", "expected a list"), ("keys:\n  - {id: a}", "a key needs"),
        ("keys:\n  - {id: a, roles: [owner], sha256: abc}", "64 hexadecimal"),
        ("keys:\n  - {id: '', roles: [owner], sha256: \(one)}", "a key needs"),
        ("keys:\n  - {id: a, roles: owner, sha256: \(one)}", "roles have to be a list"),
        (
            "keys:\n  - {id: a, roles: [king], sha256: \(one)}",
            "king is no role; roles are viewer, runner, publisher, reviewer, admin"
        ),
        ("keys:\n  - {id: a, roles: {a/b: [runner]}, sha256: \(one)}", "`a/b` is no namespace"),
        ("keys:\n  - {id: a, acts_for_tenant: 1, roles: [runner], sha256: \(one)}", "acts_for_tenant"),
        ("keys:\n  - {id: a, rolls: [owner], sha256: \(one)}", "there is no field `rolls`"),
        (
            "keys:\n  - {id: a, roles: [owner], sha256: \(one)}\n  - {id: b, roles: [owner], sha256: \(one)}",
            "another caller's too"
        ),
    ]) func `what is wrong with a file is named with its line`(text: String, problem: String) {
        let failure = failure(text)
        #expect(failure?.code == .invalidArgument)
        #expect(failure?.message.contains(problem) == true, "\(failure?.message ?? "accepted")")
        #expect(failure?.message.contains("keys.yaml:") == true)
    }

    @Test func `a file that is not there is an error`() {
        #expect(throws: Failure.self) { try KeyFile("/nonexistent/keys.yaml") }
    }
}
