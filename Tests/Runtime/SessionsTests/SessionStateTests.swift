import Foundations
import Testing

@testable import Sessions

/// Ways to bring a state into a phase.
private enum Setting: CaseIterable {
    case starting, ready, running, ended, closed, failed, resetInFlight, stepInFlight, rendering, resetFailed,
        stepFailed

    /// Index 0 is a reset and index 1 a step, as far as the phase allows.
    var state: SessionState {
        get throws(Failure) {
            var state = SessionState()
            if self == .starting { return state }
            state.opened()
            switch self {
            case .starting, .ready: break
            case .resetInFlight: _ = try state.begin(.reset, index: nil)
            case .resetFailed:
                _ = try state.begin(.reset, index: nil)
                state.acceptedWithError()
            case .running, .ended, .closed, .failed, .stepInFlight, .rendering, .stepFailed:
                _ = try state.begin(.reset, index: nil)
                state.accepted(over: false)
                _ = try state.begin(.step, index: nil)
                if self == .stepFailed { state.acceptedWithError() } else { state.accepted(over: self == .ended) }
                switch self {
                case .closed: _ = state.close(.idle)
                case .failed: _ = state.fail(.outOfMemory, "used up")
                case .stepInFlight: _ = try state.begin(.step, index: nil)
                case .rendering: try state.beginRender()
                default: break
                }
            }
            return state
        }
    }
}

struct SessionStateTests {
    private func decision(_ setting: Setting, _ call: SessionState.Call, _ index: Int?) -> String {
        do {
            var state = try setting.state
            switch try state.begin(call, index: index) {
            case .execute(let index): return "execute \(index)"
            case .answerAgain: return "again"
            case .join: return "join"
            }
        } catch { return error.code.rawValue }
    }

    @Test func `what a call gets depends on the phase and its index only`() {
        let rows: [(Setting, SessionState.Call, Int?, String)] = [
            (.starting, .step, nil, "not_reset"), (.starting, .step, 0, "not_reset"), (.starting, .step, 1, "conflict"),
            (.ready, .reset, nil, "execute 0"), (.ready, .reset, 0, "execute 0"), (.ready, .reset, 1, "conflict"),
            (.ready, .step, nil, "not_reset"), (.ready, .step, 0, "not_reset"), (.ready, .step, 5, "conflict"),
            (.running, .step, nil, "execute 2"), (.running, .step, 2, "execute 2"), (.running, .step, 1, "again"),
            (.running, .step, 0, "conflict"), (.running, .step, 3, "conflict"), (.running, .step, .max, "conflict"),
            (.running, .reset, nil, "execute 2"), (.running, .reset, 2, "execute 2"), (.running, .reset, 1, "conflict"),
            (.running, .reset, 0, "conflict"),
            (.ended, .step, nil, "episode_over"), (.ended, .step, 2, "episode_over"), (.ended, .step, 1, "again"),
            (.ended, .step, 3, "conflict"), (.ended, .reset, nil, "execute 2"), (.ended, .reset, 2, "execute 2"),
            (.closed, .step, nil, "session_closed"), (.closed, .step, 1, "again"),
            (.closed, .step, 2, "session_closed"),
            (.closed, .reset, nil, "session_closed"), (.closed, .reset, 1, "session_closed"),
            (.failed, .step, nil, "session_failed"), (.failed, .step, 1, "again"),
            (.failed, .reset, 2, "session_failed"),
            (.resetInFlight, .reset, nil, "busy"), (.resetInFlight, .reset, 0, "join"),
            (.resetInFlight, .reset, 1, "busy"),
            (.resetInFlight, .step, nil, "busy"), (.resetInFlight, .step, 0, "busy"),
            (.stepInFlight, .step, nil, "busy"), (.stepInFlight, .step, 2, "join"), (.stepInFlight, .step, 1, "again"),
            (.stepInFlight, .step, 3, "busy"), (.stepInFlight, .reset, nil, "busy"), (.stepInFlight, .reset, 2, "busy"),
            (.rendering, .step, nil, "busy"), (.rendering, .reset, 2, "busy"), (.rendering, .step, 1, "again"),
            (.resetFailed, .step, nil, "not_reset"), (.resetFailed, .reset, nil, "execute 1"),
            (.resetFailed, .reset, 0, "again"), (.resetFailed, .step, 0, "conflict"),
            (.stepFailed, .step, nil, "execute 2"), (.stepFailed, .step, 1, "again"),
            (.stepFailed, .step, 2, "execute 2"),
        ]
        for (setting, call, index, expected) in rows {
            let index = index.map(String.init) ?? "none"
            #expect(decision(setting, call, Int(index)) == expected, "\(setting) \(call) \(index)")
        }
    }

    @Test func `an accepted call counts and moves the phase`() throws {
        var state = SessionState()
        #expect((state.phase, state.index, state.episode) == (.starting, -1, -1))
        state.opened()
        #expect(state.phase == .ready)
        _ = try state.begin(.reset, index: nil)
        state.accepted(over: false)
        #expect((state.phase, state.index, state.episode) == (.running, 0, 0))
        _ = try state.begin(.step, index: 1)
        state.accepted(over: true)
        #expect((state.phase, state.index, state.episode) == (.ended, 1, 0))
        _ = try state.begin(.reset, index: 2)
        state.accepted(over: false)
        #expect((state.phase, state.index, state.episode) == (.running, 2, 1))
    }

    @Test func `a call without effect leaves its index to the next`() throws {
        var state = try Setting.running.state
        _ = try state.begin(.step, index: 2)
        state.withdrawn()
        #expect(state.index == 1 && state.inFlight == nil && state.phase == .running)
        #expect(try state.begin(.reset, index: 2) == .execute(index: 2))
    }

    @Test func `a failed step counts and the episode goes on, a failed reset leaves none`() throws {
        let step = try Setting.stepFailed.state
        #expect(step.index == 1 && step.phase == .running)
        let reset = try Setting.resetFailed.state
        #expect(reset.index == 0 && reset.episode == -1 && reset.phase == .ready)
        var late = try Setting.running.state
        _ = try late.begin(.reset, index: nil)
        late.acceptedWithError()
        #expect(late.phase == .ready && late.episode == 0)
    }

    @Test func `the end comes once and is never left`() throws {
        var closed = try Setting.closed.state
        let (again, failed) = (closed.close(.requested), closed.fail(.cpu, ""))
        #expect(!again && !failed)
        closed.opened()
        #expect(closed.phase == .closed(.idle))
        var failedState = try Setting.failed.state
        let wasClosed = failedState.close(.requested)
        #expect(!wasClosed && failedState.phase == .failed(.outOfMemory, "used up"))
    }

    @Test func `what comes back after the end changes no phase`() throws {
        var state = try Setting.stepInFlight.state
        _ = state.close(.drained)
        state.accepted(over: false)
        #expect(state.phase == .closed(.drained))
        var reset = try Setting.resetInFlight.state
        _ = reset.fail(.timeout, "")
        reset.acceptedWithError()
        #expect(reset.phase == .failed(.timeout, ""))
    }

    @Test func `nothing is accepted that was not begun`() throws {
        var state = try Setting.running.state
        state.accepted(over: true)
        state.acceptedWithError()
        state.withdrawn()
        #expect(state.index == 1 && state.phase == .running)
    }

    @Test func `a render runs alone`() throws {
        var state = try Setting.stepInFlight.state
        #expect(throws: Failure.self) { try state.beginRender() }
        state = try Setting.rendering.state
        #expect(throws: Failure.self) { try state.beginRender() }
        state.renderEnded()
        try state.beginRender()
        state.renderEnded()
        #expect(try state.begin(.step, index: nil) == .execute(index: 2))
        state = try Setting.closed.state
        #expect(throws: Failure.self) { try state.beginRender() }
    }

    @Test func `a conflict tells the index that is known`() throws {
        var state = try Setting.running.state
        let failure = #expect(throws: Failure.self) { try state.begin(.step, index: 9) }
        #expect(failure?.details["index"] == "1")
        #expect(failure?.next == "send index 2, or none")
    }

    @Test func `the name of each phase is in the list of names`() throws {
        for setting in Setting.allCases { #expect(try SessionState.Phase.names.contains(setting.state.phase.name)) }
    }
}
