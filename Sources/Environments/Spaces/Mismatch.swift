import Foundations
import JSON

/// A value that is not in its space: where in the value, and why.
public struct Mismatch: Error, Sendable, Hashable, CustomStringConvertible {
    /// A JSON pointer (RFC 6901); empty for the whole value.
    public let pointer: String
    /// Names the value and the bound, as in `7.5 is above the upper bound 4.8`.
    public let problem: String

    public init(pointer: String, problem: String) {
        self.pointer = pointer
        self.problem = problem
    }

    public var description: String { pointer.isEmpty ? problem : "\(pointer): \(problem)" }
}

/// Why a value cannot be read by its space.
public enum ScanError: Error, Sendable, Hashable {
    case malformed(JSONError)
    case mismatch(Mismatch)

    /// `malformed_json`, or a mismatch under the code that it has where it was found.
    public func failure(_ code: Failure.Code) -> Failure {
        switch self {
        case .malformed(let error): error.failure
        case .mismatch(let mismatch):
            Failure(code, mismatch.description, details: ["pointer": mismatch.pointer], cause: mismatch)
        }
    }
}

extension ScanError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .malformed(let error): "malformed JSON: \(error)"
        case .mismatch(let mismatch): mismatch.description
        }
    }
}
