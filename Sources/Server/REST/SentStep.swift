import Foundations
import HTTP
import Spaces

/// The body of a step, JSON or in tensor form.
struct SentStep: Sendable {
    /// One JSON value, with null where an array belongs that came as bytes.
    let action: [UInt8]
    /// By JSON pointers that begin at the action.
    let tensors: [String: Tensor]
    let index: Int?

    init(_ request: HTTPRequest) throws(Failure) {
        let fields = ["action", "index"]
        guard request.isTensorForm else {
            let body = try RequestBody(request, allowed: fields, isOptional: false)
            (action, tensors, index) = (Array(try body.raw("action")), [:], try body.index())
            return
        }
        let sent = try TensorForm.decode(request.body)
        let body = try RequestBody(sent.text, allowed: fields)
        (action, index) = (Array(try body.raw("action")), try body.index())
        var found: [String: Tensor] = [:]
        for (pointer, tensor) in sent.tensors {
            guard pointer == "/action" || pointer.hasPrefix("/action/") else {
                throw Failure(.invalidArgument, "the field \"index\" has to be an integer from 0, or null")
            }
            found[String(pointer.dropFirst("/action".count))] = tensor
        }
        tensors = found
    }
}
