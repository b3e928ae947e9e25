import CPostgres
import Foundations

/// What a PostgreSQL server answered instead of success.
public struct PostgresError: Error, Sendable, Equatable {
    public enum Kind: Sendable, Equatable {
        /// The server cannot be reached, or the connection broke.
        case connection
        case unique
        case constraint
        /// Another transaction was in the way; the same one may succeed now.
        case retry
        case full
        /// The user may not do it, or the password is wrong.
        case permission
        case statement
        case other
    }

    public let kind: Kind
    /// SQLSTATE; empty where the server said none.
    public let state: String
    public let message: String

    init(_ kind: Kind, state: String = "", _ message: String) {
        self.kind = kind
        self.state = state
        self.message = message
    }

    init(state: String, _ message: String) {
        let kind: Kind =
            switch state {
            case "23505": .unique
            case "40001", "40P01", "55P03": .retry
            case "53100", "53200": .full
            case "42501": .permission
            case _ where state.hasPrefix("23"): .constraint
            case _ where state.hasPrefix("08") || state.hasPrefix("57P"): .connection
            case _ where state.hasPrefix("28"): .permission
            case _ where state.hasPrefix("42"): .statement
            case "": .connection
            default: .other
            }
        self.init(kind, state: state, message)
    }
}

extension PostgresError: CustomStringConvertible {
    public var description: String { "PostgreSQL \(state): \(message)" }
}

extension Failure {
    /// What a store says about an error that it did not expect.
    public init(_ error: PostgresError) {
        switch error.kind {
        case .connection, .retry:
            self.init(
                .unavailable, "the database does not answer: \(error.message)", next: "try again in a moment",
                cause: error)
        case .full: self.init(.resourceExhausted, "the database has no space left", cause: error)
        case .permission:
            self.init(
                .failedPrecondition, "the database refuses its user: \(error.message)",
                next: "check the URL of the catalog and the rights of its user", cause: error)
        case .unique, .constraint, .statement, .other:
            self.init(.internal, "the database failed: \(error.message)", cause: error)
        }
    }
}
