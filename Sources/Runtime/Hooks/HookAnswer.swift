import JSON
import Sessions

/// What a hook answers to `create_session`; anything that is not exactly of this form counts as a failure.
struct HookAnswer: Equatable {
    /// The inner value is null where the hook leaves the choice to the server; the outer where it says nothing.
    private let instance: String??
    private let parameters: JSONObject?
    private let refusal: String?

    init(_ bytes: [UInt8]) throws(HookProblem) {
        let value: JSONValue
        do { value = try JSONValue(parsing: bytes) } catch { throw .failed("its answer is no JSON: \(error)") }
        guard let object = value.object else { throw .failed("its answer is \(value.kindDescription), not an object") }
        let known = ["instance", "params", "refuse"]
        if let stranger = object.keys.first(where: { !known.contains($0) }) {
            throw .failed("its answer has an unknown member \"\(stranger.prefix(100))\"")
        }
        switch object["instance"] {
        case nil: instance = nil
        case .null?: instance = .some(nil)
        case .string(let name)?: instance = name
        default: throw .failed("its answer's instance is neither text nor null")
        }
        switch object["params"] {
        case nil: parameters = nil
        case .object(let given)?: parameters = given
        default: throw .failed("its answer's params are no object")
        }
        switch object["refuse"] {
        case nil, .null?: refusal = nil
        case .string(let reason)? where !reason.isEmpty: refusal = String(reason.prefix(1000))
        default: throw .failed("its answer's refuse is no text")
        }
    }

    /// - Throws: `refused`.
    func applied(to request: SessionRequest) throws(HookProblem) -> SessionRequest {
        if let refusal { throw .refused(refusal) }
        var request = request
        if let instance {
            request.instance = instance
            request.instanceIsHooks = instance != nil
        }
        if let parameters { request.parameters = parameters }
        return request
    }
}
