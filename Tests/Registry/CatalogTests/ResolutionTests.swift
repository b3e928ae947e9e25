import Catalog
import Foundations
import Manifests
import Testing

@Suite struct ResolutionTests {
    static func candidate(_ version: String, _ state: VersionState = .approved) throws -> Candidate {
        let version = try #require(SemanticVersion(version))
        let digest = "\(version)".utf8.map { String($0, radix: 16) }.joined()
        return Candidate(
            version: version, digest: String(repeating: "0", count: max(0, 64 - digest.count)) + digest.prefix(64),
            state: state)
    }

    static func environment(
        _ versions: [(String, VersionState)], aliases: [String: String] = [:]
    ) throws -> Candidates {
        Candidates(
            name: try #require(EnvironmentName("ns/Env")),
            versions: try versions.map { try candidate($0.0, $0.1) },
            aliases: aliases.compactMapValues { SemanticVersion($0) })
    }

    static func constraint(_ text: String) throws -> Constraint {
        text.isEmpty ? .any : try #require(Constraint(text))
    }

    static let deprecated = VersionState.deprecated(
        .init(standing: .approved, successor: nil, message: "m", since: .now))
    static let yanked = VersionState.yanked(.init(standing: .approved, reason: "r"))

    @Test(arguments: [
        ("", "1.10.0"), ("latest", "1.10.0"), ("^1.2", "1.10.0"), ("~1.2", "1.2.4"), ("1.2.3", "1.2.3"),
        ("~1.2.3", "1.2.4"), ("^0.9", "0.9.1"), ("stable", "1.2.3"), ("2.0.0-rc.1", "2.0.0-rc.1"),
        ("^2.0.0-rc.1", "2.0.0-rc.1"),
    ]) func `a constraint means the newest release that fits`(_ text: String, _ expected: String) throws {
        let environment = try Self.environment(
            ["0.9.1", "1.2.3", "1.2.4", "1.10.0", "2.0.0-rc.1"].map { ($0, .approved) }, aliases: ["stable": "1.2.3"])
        #expect(try environment.resolve(try Self.constraint(text)).version == SemanticVersion(expected))
    }

    @Test(arguments: [
        ("1.2.4", "1.2.3"), ("1.10.1", "1.2.3"), ("1.2.3", "1.2.0"), ("1.2.0", nil), ("2.0.0", nil), ("0.9.2", "0.9.1"),
    ]) func `a version follows the greatest below it of its major that may be started`(
        _ text: String, _ expected: String?
    ) throws {
        let environment = try Self.environment([
            ("0.9.1", .approved), ("1.2.0", Self.deprecated), ("1.2.3", .unreviewed), ("1.9.0", Self.yanked),
            ("1.10.0-rc.1", .approved), ("1.10.0", .submitted),
        ])
        let version = try #require(SemanticVersion(text))
        #expect(environment.predecessor(of: version)?.version.description == expected)
    }

    @Test func `build metadata counts only where it is given`() throws {
        let environment = try Self.environment([("1.0.0+linux", .approved)])
        #expect(try environment.resolve(try Self.constraint("1.0.0")).version.build == ["linux"])
        #expect(try environment.resolve(try Self.constraint("1.0.0+linux")).version.build == ["linux"])
        #expect(throws: Failure.self) { try environment.resolve(try Self.constraint("1.0.0+mac")) }
    }

    @Test func `ranges pass over what may not be started and over what is deprecated`() throws {
        let environment = try Self.environment([
            ("1.0.0", .approved), ("1.1.0", Self.deprecated), ("1.2.0", Self.yanked), ("1.3.0", .submitted),
            ("1.4.0", .retired(reason: "r")), ("2.0.0", Self.deprecated),
        ])
        #expect(try environment.resolve(Constraint.any).version == SemanticVersion(1, 0, 0))
        #expect(try environment.resolve(try Self.constraint("^1")).version == SemanticVersion(1, 0, 0))
        #expect(try environment.resolve(try Self.constraint("^2")).version == SemanticVersion(2, 0, 0))
        #expect(try environment.resolve(try Self.constraint("1.1.0")).version == SemanticVersion(1, 1, 0))
    }

    @Test func `what may not be started is refused with its state, and found where nobody starts it`() throws {
        let environment = try Self.environment([("1.2.0", Self.yanked), ("1.3.0", .submitted)])
        for text in ["1.2.0", "1.3.0", "^1", ""] {
            let failure = #expect(throws: Failure.self) { try environment.resolve(try Self.constraint(text)) }
            #expect(failure?.code == .failedPrecondition, "\(text)")
        }
        let yanked = environment.versions[0]
        #expect(try environment.resolve(Constraint.digest(yanked.digest)) == yanked)
        #expect(throws: Failure.self) { try environment.resolve(Constraint.digest(environment.versions[1].digest)) }
        #expect(try environment.find(Constraint.any).version == SemanticVersion(1, 3, 0))
    }

    @Test func `what is not there is not found, and the answer says what there is`() throws {
        let environment = try Self.environment([("1.0.0", .approved)], aliases: ["stable": "1.0.0"])
        for text in ["3.0.0", "^3", "nightly"] {
            let failure = #expect(throws: Failure.self) { try environment.resolve(try Self.constraint(text)) }
            #expect(failure?.code == .notFound)
            #expect(failure?.next == "there is 1.0.0, @stable")
        }
    }
}
