import Foundations
import JSON
import Reactor
import Spaces
import Workers

/// An action that is in the action space.
public struct CheckedAction: Sendable {
    /// The action's canonical bytes, as records have them.
    public let canonical: [UInt8]
    private let sent: SplitJSON

    init(_ sent: SplitJSON, canonical: [UInt8]) {
        self.sent = sent
        self.canonical = canonical
    }

    /// The action with its arrays as tensors of the space's dtypes.
    public var value: Value { Value(canonical: canonical) }

    /// The action as one JSON value without white space.
    ///
    /// - Throws: `internal` where an array that came with it has no place in it.
    public func line() throws(Failure) -> [UInt8] {
        let text = sent.tensors.isEmpty ? sent.text : try sent.joined()
        guard text.contains(where: { $0 <= 0x20 }) else { return text }
        var line: [UInt8] = []
        text.withUnsafeBufferPointer { appendMinifiedJSON($0, to: &line) }
        return line
    }
}

extension SessionHost {
    public var rows: RowsOffer? { nil }
    public var valueSpaces: SessionSpaces { spaces }

    public func step(_ action: CheckedAction) async throws(HostProblem) -> StepReply {
        let line: [UInt8]
        do throws(Failure) { line = try action.line() } catch {
            throw .refused(WorkerError(code: "bad_request", message: error.message))
        }
        return try await step(action: line)
    }

    public func render(mode: String?, row: Int) async throws(HostProblem) -> Frame {
        guard row == 0 else { throw .refused(WorkerError(code: "bad_request", message: "there is no row \(row)")) }
        return try await render(mode: mode)
    }
}

/// What a vector session is made of.
public struct RowsOffer: Sendable, Equatable {
    public let count: Int
    /// Gymnasium's name of what ended rows do next.
    public let autoreset: String

    public init(count: Int, autoreset: String) {
        self.count = count
        self.autoreset = autoreset
    }
}

extension RowsOffer {
    /// The members `rows` and `autoreset` of a stored object; nil where it is of one environment.
    ///
    /// - Throws: `invalid_argument` where they are none.
    public init?(recorded json: JSONValue) throws(Failure) {
        guard let rows = json["rows"], !rows.isNull else { return nil }
        guard let count = rows.integer.flatMap({ Int(exactly: $0) }), count > 0,
            let autoreset = json["autoreset"]?.string
        else { throw Failure(.invalidArgument, "the rows cannot be read") }
        self.init(count: count, autoreset: autoreset)
    }
}
