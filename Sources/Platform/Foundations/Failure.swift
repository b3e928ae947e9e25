/// The one error that crosses module interfaces: a stable code, what happened, and what to do next.
public struct Failure: Error, Sendable {
    public let code: Code
    /// For people: names the thing at fault.
    public let message: String
    /// What the caller can do about it; empty where the message says it all.
    public let next: String
    /// For machines and logs: never secrets, never host paths that the caller did not supply.
    public let details: [String: String]
    public let cause: (any Error)?

    public init(
        _ code: Code, _ message: String, next: String = "", details: [String: String] = [:],
        cause: (any Error)? = nil
    ) {
        self.code = code
        self.message = message
        self.next = next
        self.details = details
        self.cause = cause
    }

    /// Any error as a failure; what is not one already becomes `internal` and keeps its cause for the log.
    public init(wrapping error: any Error) {
        self =
            error as? Failure
            ?? Failure(
                .internal, "the server met an unexpected error", next: "report it with the request id", cause: error)
    }
}

extension Failure: CustomStringConvertible {
    public var description: String {
        next.isEmpty ? "\(code.rawValue): \(message)" : "\(code.rawValue): \(message) (\(next))"
    }
}
