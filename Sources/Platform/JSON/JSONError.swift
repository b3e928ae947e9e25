import Foundations

/// Why a text is no JSON that we accept, and the byte offset where that was seen.
public struct JSONError: Error, Sendable, Hashable {
    public enum Reason: Sendable, Hashable {
        /// The text ends inside a value.
        case truncated
        /// Something else stands where `what` has to.
        case expected(_ what: String)
        case tooDeep(limit: Int)
        case invalidUTF8
        case invalidEscape
        /// A `\u` escape is half of a surrogate pair.
        case loneSurrogate
        /// A byte below 0x20 stands unescaped in a string.
        case controlCharacter
        case invalidNumber
        /// The number is beyond the largest finite double.
        case numberOutOfRange
        case duplicateKey(String)
        /// Something follows the value.
        case trailingBytes
    }

    public let offset: Int
    public let reason: Reason

    public init(offset: Int, reason: Reason) {
        self.offset = offset
        self.reason = reason
    }

    /// The same as `malformed_json`, which names the offset and the reason.
    public var failure: Failure { Failure(.malformedJSON, "malformed JSON: \(self)", cause: self) }
}

extension JSONError: CustomStringConvertible {
    public var description: String { "\(reason) at byte \(offset)" }
}

extension JSONError.Reason: CustomStringConvertible {
    public var description: String {
        switch self {
        case .truncated: "the text ends inside a value"
        case .expected(let what): "expected \(what)"
        case .tooDeep(let limit): "more than \(limit) levels of nesting"
        case .invalidUTF8: "invalid UTF-8"
        case .invalidEscape: "invalid escape"
        case .loneSurrogate: "half of a surrogate pair"
        case .controlCharacter: "unescaped control character"
        case .invalidNumber: "invalid number"
        case .numberOutOfRange: "a number beyond the range of a double"
        case .duplicateKey(let key): "the key \"\(key)\" a second time"
        case .trailingBytes: "something after the value"
        }
    }
}
