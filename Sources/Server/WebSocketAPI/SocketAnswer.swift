import Foundations
import JSON
import REST
import Spaces

/// What an operation gives: a JSON text, with arrays beside it where it is told in tensor form.
struct SocketAnswer: Sendable {
    let content: SplitJSON

    init(_ value: JSONValue) { content = SplitJSON(text: value.encoded()) }
    init(json bytes: [UInt8]) { content = SplitJSON(text: bytes) }
    init(_ content: SplitJSON) { self.content = content }

    /// `{"id":…,"result":…}`, or `{"event":"answer","session":"…","data":…}`.
    ///
    /// - Parameter head: What stands before the content, a whole beginning of an object up to a colon.
    func message(head: [UInt8], member: String, isBinary: Bool) throws(Failure) -> [UInt8] {
        var text = head
        text.reserveCapacity(head.count + content.text.count + 1)
        text.append(contentsOf: content.text)
        text.append(UInt8(ascii: "}"))
        guard isBinary else { return try SplitJSON(text: text, tensors: prefixed(member)).joined() }
        return try TensorForm.encode(SplitJSON(text: text, tensors: prefixed(member)))
    }

    private func prefixed(_ member: String) -> [String: Tensor] {
        var tensors: [String: Tensor] = [:]
        for (pointer, tensor) in content.tensors { tensors["/\(member)\(pointer)"] = tensor }
        return tensors
    }

    /// The message that tells why a request failed.
    static func error(_ failure: Failure, id: [UInt8], isBinary: Bool) -> [UInt8] {
        var text = Array(#"{"id":"#.utf8)
        text.append(contentsOf: id)
        text.append(contentsOf: #","error":"#.utf8)
        text.append(contentsOf: errorObject(failure, requestID: RequestJournal.newRequestID()).encoded())
        text.append(UInt8(ascii: "}"))
        guard isBinary else { return text }
        return (try? TensorForm.encode(SplitJSON(text: text))) ?? text
    }
}
