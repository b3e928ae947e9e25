import CorralABI
import Foundations
import JSON

/// Runs a body and turns its failure into a status, with the text for `corral_last_error`.
func status(_ body: () throws(Failure) -> Void) -> Int32 {
    do throws(Failure) {
        try body()
        return Int32(CORRAL_OK)
    } catch {
        return fail(error)
    }
}

/// As `status`, for calls that give a text.
func text(
    _ text: UnsafeMutablePointer<CChar>?, _ capacity: Int64, _ body: () throws(Failure) -> JSONValue
) -> Int64 {
    do throws(Failure) {
        guard capacity >= 0, text != nil || capacity == 0 else {
            throw Failure(.invalidArgument, "text is null or capacity negative", next: "pass 0 to learn the length")
        }
        let bytes = try body().encoded()
        if let text, capacity > 0 {
            let written = min(bytes.count, Int(clamping: capacity - 1))
            for (place, byte) in bytes.prefix(written).enumerated() { text[place] = CChar(bitPattern: byte) }
            text[written] = 0
        }
        return Int64(bytes.count)
    } catch {
        return Int64(fail(error))
    }
}

private func fail(_ failure: Failure) -> Int32 {
    setLastError(failure.next.isEmpty ? failure.message : "\(failure.message) (\(failure.next))")
    return Int32(failure.code.abiStatus)
}

extension Failure.Code {
    /// The status of the header.
    var abiStatus: Int {
        switch self {
        case .notFound: Int(CORRAL_NOT_FOUND)
        case .invalidAction: Int(CORRAL_INVALID_ACTION)
        case .notReset: Int(CORRAL_NOT_RESET)
        case .episodeOver: Int(CORRAL_EPISODE_OVER)
        case .busy: Int(CORRAL_BUSY)
        case .sessionClosed: Int(CORRAL_CLOSED)
        case .unimplemented: Int(CORRAL_UNIMPLEMENTED)
        case .resourceExhausted: Int(CORRAL_RESOURCE_EXHAUSTED)
        case .failedPrecondition, .alreadyExists, .conflict: Int(CORRAL_FAILED_PRECONDITION)
        case .invalidArgument, .malformedJSON: Int(CORRAL_INVALID_ARGUMENT)
        default: Int(CORRAL_INTERNAL)
        }
    }
}

/// A text of the caller; nil for null.
func string(_ text: UnsafePointer<CChar>?) -> String? { text.map { String(cString: $0) } }

/// A JSON object of the caller; empty for null.
///
/// - Throws: `malformedJSON`, `invalidArgument` where it is no object.
func object(_ text: UnsafePointer<CChar>?, _ what: String) throws(Failure) -> JSONObject {
    guard let text = string(text) else { return JSONObject() }
    let value: JSONValue
    do throws(JSONError) { value = try JSONValue(parsing: Array(text.utf8)) } catch { throw error.failure }
    guard let object = value.object else {
        throw Failure(.invalidArgument, "\(what) is \(value.kindDescription)", next: "pass a JSON object or null")
    }
    return object
}
