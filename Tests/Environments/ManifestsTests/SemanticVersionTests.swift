import Foundations
import Manifests
import Testing

@Test(arguments: [
    "0.0.4", "1.2.3", "10.20.30", "1.1.2-prerelease+meta", "1.1.2+meta", "1.1.2+meta-valid", "1.0.0-alpha",
    "1.0.0-alpha.beta.1", "1.0.0-alpha0.valid", "1.0.0-alpha.0valid", "1.0.0-rc.1+build.1", "2.0.0+build.1848",
    "1.0.0-alpha+beta", "1.2.3----RC-SNAPSHOT.12.9.1--.12+788", "1.2.3----R-S.12.9.1--.12+meta",
    "1.0.0+0.build.1-rc.10000aaa-kk-0.1", "1.0.0-0A.is.legal", "1.0.0-99999999999999999999999",
])
func `versions of the standard are read and written back`(text: String) {
    #expect(SemanticVersion(text)?.description == text)
}

@Test(arguments: [
    "", "1", "1.2", "1.2.3-0123", "1.2.3-0123.0123", "1.1.2+.123", "+invalid", "-invalid", "alpha", "alpha.beta.1",
    "1.0.0-alpha_beta", "1.0.0-alpha..", "1.0.0-", "1.0.0+", "01.1.1", "1.01.1", "1.1.01", "1.2.3.DEV", "v1.2.3",
    "1.2-SNAPSHOT", "-1.0.3-gamma+b7718", "9.8.7+meta+meta", "1.2.3 ", "1.2.٣", "99999999999999999999.0.0", "1.2.3-ä",
])
func `what is no version is refused`(text: String) {
    #expect(SemanticVersion(text) == nil)
}

@Test func `precedence is that of the standard and ignores build metadata`() throws {
    let ordered = [
        "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11",
        "1.0.0-beta.99999999999999999999", "1.0.0-rc.1", "1.0.0", "1.0.1", "1.2.0", "2.0.0",
    ].compactMap { SemanticVersion($0) }
    #expect(ordered.count == 12)
    #expect(ordered.shuffled().sorted() == ordered)
    let plain = try #require(SemanticVersion("1.0.0"))
    let built = try #require(SemanticVersion("1.0.0+a"))
    #expect(plain.isEquivalent(to: built))
    #expect(plain != built)
    #expect(plain < built)
}

private func allows(_ constraint: String, _ version: String) -> Bool? {
    guard let constraint = Constraint(constraint), let version = SemanticVersion(version) else { return nil }
    return constraint.allows(version)
}

@Test func `carets keep the leftmost number that is not zero and tildes the minor one`() {
    for (constraint, inside, outside) in [
        ("^1.2", ["1.2.0", "1.9.9"], ["1.1.9", "2.0.0", "1.3.0-rc.1", "2.0.0-rc.1"]),
        ("^1", ["1.0.0"], ["0.9.0", "2.0.0"]),
        ("^1.2.3", ["1.2.3", "1.3.0", "1.2.3+b"], ["1.2.2"]), ("^0.2.3", ["0.2.3", "0.2.9"], ["0.3.0"]),
        ("^0.0.3", ["0.0.3"], ["0.0.4"]), ("^0.0", ["0.0.9"], ["0.1.0"]), ("^0", ["0.9.9"], ["1.0.0"]),
        ("~1.2", ["1.2.9"], ["1.3.0"]), ("~1.2.3", ["1.2.3", "1.2.4"], ["1.2.2", "1.3.0"]),
        ("~1", ["1.9.0"], ["2.0.0"]),
        ("^1.2.3-rc.2", ["1.2.3-rc.2", "1.2.3", "1.4.0"], ["1.2.3-rc.1", "1.2.4-rc.3"]),
        ("1.2.0", ["1.2.0", "1.2.0+any"], ["1.2.1"]), ("1.2.0+a", ["1.2.0+a"], ["1.2.0", "1.2.0+b"]),
    ] {
        for version in inside { #expect(allows(constraint, version) == true, "\(constraint) \(version)") }
        for version in outside { #expect(allows(constraint, version) == false, "\(constraint) \(version)") }
    }
}

@Test func `references are read and written back`() throws {
    for text in [
        "CartPole", "classic/CartPole", "CartPole-v1", "ns/name@1.2.0", "ns/name@^1.2", "name@~1", "name@latest",
        "name@stable", "name@sha256:" + String(repeating: "0a", count: 32), "a.b_c-d/e@1.0.0-rc.1+b",
    ] { #expect(try Reference(text).description == text) }
}

@Test(arguments: [
    "", "/", "a/", "/a", "a/b/c", "a b", ".a", "-a", "ä", "a@", "a@1", "a@1.2", "a@^", "a@^1.2.3.4", "a@Stable",
    "a@b@c",
    "a@sha256:0", "a@^99999999999999999999", "a@^9223372036854775807", "a@^1.x", "../a", "a@^1.0.0+b", "a@-1",
])
func `what is no reference is refused with the form that is wanted`(text: String) {
    let failure = #expect(throws: Failure.self) { try Reference(text) }
    #expect(failure?.code == .invalidArgument)
    #expect(failure?.next.hasPrefix("write ") == true)
}

@Test func `the ending of a Gymnasium id stands for a major version`() throws {
    #expect(try Reference("CartPole-v1").majorForm?.description == "CartPole@^1")
    #expect(try Reference("ALE/Pong-v5").majorForm?.description == "ALE/Pong@^5")
    #expect(try Reference("x/y-v0").majorForm?.description == "x/y@~0")
    for text in [
        "CartPole", "CartPole-v1@1.0.0", "CartPole-v01", "CartPole-v", "-v1".dropFirst() + "", "a-v9223372036854775807",
    ] {
        #expect(try Reference(String(text)).majorForm == nil)
    }
}
