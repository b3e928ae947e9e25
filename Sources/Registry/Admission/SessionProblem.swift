import Foundations
import Sessions

/// What the failure of a session's call says of the environment.
enum SessionProblem {
    enum Call { case start, reset, step, render }

    /// The failure of the reset that belongs to the start, which is not the start's own.
    static func ofFirstReset(_ failure: Failure) -> Failure {
        var details = failure.details
        details["call"] = "reset"
        return Failure(failure.code, failure.message, next: failure.next, details: details, cause: failure.cause)
    }

    /// Nil where it says nothing of the environment, but of this machine or of the check.
    static func finding(_ failure: Failure, during call: Call, at place: String = "") -> Finding? {
        let call = failure.details["call"] == "reset" ? .reset : call
        let evidence = (place.isEmpty ? "" : "\(place): ") + failure.message
        func found(_ code: FindingCode) -> Finding { Finding(code, evidence) }
        if let reason = failure.details["reason"].flatMap(FailureReason.init) {
            switch reason {
            case .timeout: return found(late(call))
            case .outOfMemory: return found(.memoryExceeded)
            case .pids: return found(.processesExceeded)
            case .cpu: return found(late(call))
            case .workerExited: return found(call == .start ? ofStart(failure.message) : .workerExited)
            case .replyMalformed, .lineTooLong: return found(ofReply(failure.message))
            case .sandbox, .serverShutdown: return call == .start ? found(ofStart(failure.message)) : nil
            }
        }
        switch failure.code {
        case .deadlineExceeded: return found(late(call))
        case .environmentError: return found(call == .start ? .startFailed : ofError(failure.message))
        case .sessionFailed: return found(call == .start ? ofStart(failure.message) : .workerExited)
        case .unimplemented where call == .render: return found(.renderModeMissing)
        case .invalidArgument, .notFound: return call == .start ? found(.startFailed) : nil
        default: return nil
        }
    }

    private static func late(_ call: Call) -> FindingCode {
        switch call {
        case .start: .startTooSlow
        case .reset: .resetTooSlow
        case .step, .render: .stepTooSlow
        }
    }

    private static func ofStart(_ message: String) -> FindingCode {
        message.contains("too long to start") ? .startTooSlow : .startFailed
    }

    private static func ofReply(_ message: String) -> FindingCode {
        if message.contains("the reply was refused") { return .observationValue }
        if message.contains("reward") { return .rewardNotFinite }
        return .replyMalformed
    }

    private static func ofError(_ message: String) -> FindingCode {
        if message.contains("cannot be sent as JSON") || message.contains("nested too deeply") { return .unsendable }
        if message.contains("the reward is a") { return .rewardType }
        if message.contains("must be a bool") { return .flagType }
        if message.contains("values to unpack") || message.contains("cannot unpack") { return .interfaceBroken }
        return .raises
    }
}
