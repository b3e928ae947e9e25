import Catalog
import Foundations
import Testing

@Suite struct TransitionTests {
    static let deprecation = VersionState.Deprecation(
        standing: .approved, successor: "a/B@2.0.0", message: "slow", since: Timestamp(microseconds: 7))
    static let states: [VersionState] = [
        .unreviewed, .submitted, .inReview, .approved, .rejected(reason: "bad"), .deprecated(deprecation),
        .yanked(.init(standing: .unreviewed, reason: "broken")), .retired(reason: "old"),
    ]
    static let transitions: [Transition] = [
        .submit, .startReview, .approve, .reject(reason: "r"), .deprecate(successor: nil, message: "m"),
        .yank(reason: "r"), .retire(reason: "r"), .restore,
    ]

    /// What each transition makes of each state, in the order of `states`; nil where it is refused.
    static let table: [Transition.Name: [VersionState.Name?]] = [
        .submit: [.submitted, .submitted, nil, .submitted, .submitted, nil, nil, nil],
        .startReview: [nil, .inReview, .inReview, nil, nil, nil, nil, nil],
        .approve: [nil, nil, .approved, .approved, nil, nil, nil, nil],
        .reject: [nil, .rejected, .rejected, .rejected, .rejected, nil, nil, nil],
        .deprecate: [.deprecated, nil, nil, .deprecated, nil, .deprecated, nil, nil],
        .yank: [.yanked, nil, nil, .yanked, nil, .yanked, .yanked, nil],
        .retire: [.retired, .retired, .retired, .retired, .retired, .retired, .retired, .retired],
        .restore: [nil, nil, nil, nil, nil, .approved, .unreviewed, nil],
    ]

    @Test(arguments: transitions) func `each transition does what the table says`(_ transition: Transition) throws {
        let row = try #require(Self.table[transition.name])
        for (state, expected) in zip(Self.states, row) {
            let after = try? state.after(transition, at: .now)
            #expect(after?.name == expected, "\(state.name) \(transition.name)")
            #expect(state.allows(transition.name) == (expected != nil), "\(state.name) \(transition.name)")
        }
    }

    @Test func `a version that is deprecated or yanked is again what it was when that is taken back`() throws {
        for start in [VersionState.unreviewed, .approved] {
            let deprecated = try start.after(.deprecate(successor: nil, message: "m"), at: .now)
            let yanked = try deprecated.after(.yank(reason: "r"), at: .now)
            #expect(try yanked.after(.restore, at: .now) == start)
            #expect(try deprecated.after(.restore, at: .now) == start)
        }
    }

    @Test func `a version stays deprecated since the first time`() throws {
        let first = try VersionState.approved.after(
            .deprecate(successor: nil, message: "m"), at: Timestamp(microseconds: 1))
        let second = try first.after(.deprecate(successor: "x/Y", message: "n"), at: Timestamp(microseconds: 2))
        guard case .deprecated(let deprecation) = second else { return #expect(Bool(false)) }
        #expect(deprecation.since == Timestamp(microseconds: 1))
        #expect(deprecation.message == "n")
        #expect(second.warnings(of: "a/B@1.0.0") == ["a/B@1.0.0 is deprecated: n; use x/Y"])
    }

    @Test func `a reason is needed`() {
        for reason in ["", "  \n", String(repeating: "x", count: VersionState.longestReason + 1)] {
            let failure = #expect(throws: Failure.self) {
                try VersionState.approved.after(.yank(reason: reason), at: .now)
            }
            #expect(failure?.code == .invalidArgument)
        }
    }

    @Test(arguments: states) func `the JSON form of a state reads back`(_ state: VersionState) {
        #expect(VersionState(json: .object(state.json)) == state)
    }

    @Test func `what cannot be started says why, and a yanked one starts by its digest only`() throws {
        for state in Self.states {
            let byName = (try? state.checkStart(of: "a/B@1.0.0", byDigest: false)) != nil
            let byDigest = (try? state.checkStart(of: "a/B@1.0.0", byDigest: true)) != nil
            #expect(byName == [.unreviewed, .approved, .deprecated].contains(state.name))
            #expect(byDigest == (byName || state.name == .yanked))
            #expect(state.isOffered == byName)
        }
    }
}
