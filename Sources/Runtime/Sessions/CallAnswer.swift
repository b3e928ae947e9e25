import Foundations
import JSON
import Spaces
import Workers

/// The answer to a reset or a step, kept until the next one so that a retry gets it again.
public struct CallAnswer: Sendable {
    public enum Kind: Sendable {
        /// The seed that the reset used; nil where the environment went on with its own generator.
        case reset(seed: Int64?)
        case step
    }

    public let kind: Kind
    public let index: Int
    public let episode: Int
    public let reply: StepReply
    /// Of the observation; nil where the session ended meanwhile.
    public let space: Space?

    /// What keeping the answer costs, nearly.
    public var byteCount: Int {
        reply.tensors.values.reduce(reply.observation.count + reply.info.count + (reply.rows?.byteCount ?? 0)) {
            $0 + $1.bytes.count
        }
    }

    /// The answer as one JSON object.
    ///
    /// - Throws: `internal` when an array that came with the reply has no place in it.
    public func json() throws(Failure) -> [UInt8] { try splitJSON(reply.split).joined() }

    /// Whether writing it takes so long that it is better done away from the reactor.
    public var isLarge: Bool { byteCount > 1 << 16 }

    /// The answer in tensor form: the observation's arrays as bytes, however the environment sent them.
    ///
    /// - Throws: `internal` when the observation is not of its space, which only happens where it was not checked.
    public func tensorForm() throws(Failure) -> [UInt8] { try TensorForm.encode(split()) }

    /// The answer with the observation's arrays beside it. It throws what `tensorForm` does.
    public func split() throws(Failure) -> SplitJSON { splitJSON(try splitObservation()) }

    /// The observation alone, as one JSON value. It throws what `json` does.
    public func observationJSON() throws(Failure) -> [UInt8] { try reply.split.joined() }

    /// The observation alone, with its arrays beside it. It throws what `tensorForm` does.
    public func splitObservation() throws(Failure) -> SplitJSON {
        guard let space, !isOneArray(of: space) else { return reply.split }
        do throws(ScanError) {
            return SplitJSON(try space.value(of: reply.split.text, tensors: reply.tensors))
        } catch { throw error.failure(.internal) }
    }

    /// Whether the observation came as the one array that the space has.
    private func isOneArray(of space: Space) -> Bool {
        guard reply.tensors.count == 1, let tensor = reply.tensors[""], reply.observation.count == 4 else {
            return false
        }
        guard case .box(let box) = space else { return reply.rows != nil }
        return tensor.dtype == box.dtype && (reply.rows != nil || tensor.shape == box.shape)
    }

    /// The info as one JSON object, with arrays of rows in their places.
    public func infoJSON() throws(Failure) -> [UInt8] {
        guard let rows = reply.rows else { return Array(reply.info) }
        var tensors: [String: Tensor] = [:]
        for (pointer, tensor) in rows.tensors where pointer.hasPrefix("/info") {
            tensors[String(pointer.dropFirst("/info".count))] = tensor
        }
        return try SplitJSON(text: Array(reply.info), tensors: tensors).joined()
    }

    private func splitJSON(_ observation: SplitJSON) -> SplitJSON {
        var text: [UInt8] = [UInt8(ascii: "{")]
        text.reserveCapacity(observation.text.count + reply.info.count + 192)
        put(#""index":\#(index),"episode":\#(episode),"#, &text)
        writeContent(observation.text, into: &text)
        text.append(UInt8(ascii: "}"))
        var tensors: [String: Tensor] = [:]
        for (pointer, tensor) in observation.tensors { tensors["/observation" + pointer] = tensor }
        if let rows = reply.rows { tensors.merge(rows.tensors) { $1 } }
        return SplitJSON(text: text, tensors: tensors)
    }

    /// The members behind index and episode, for an object that has them already.
    public func contentJSON() throws(Failure) -> [UInt8] {
        guard reply.rows == nil else {
            let whole = try json()
            let head = #"{"index":\#(index),"episode":\#(episode),"#
            return Array(whole.dropFirst(head.utf8.count).dropLast())
        }
        var text: [UInt8] = []
        writeContent(try reply.split.joined(), into: &text)
        return text
    }

    private func writeContent(_ observation: [UInt8], into out: inout [UInt8]) {
        put(#""observation":"#, &out)
        out.append(contentsOf: observation)
        if case .step = kind {
            put(#","reward":"#, &out)
            if reply.rows != nil {
                put(#"null,"terminated":null,"truncated":null"#, &out)
            } else {
                writeOutcome(into: &out)
            }
        }
        put(#","info":"#, &out)
        out.append(contentsOf: reply.info)
        if let agent = reply.agent {
            put(#","agent":"#, &out)
            out.append(contentsOf: JSONValue.string(agent).encoded())
        }
        if case .reset(let seed) = kind { put(#","seed":\#(seed.map { "\($0)" } ?? "null")"#, &out) }
    }

    private func writeOutcome(into out: inout [UInt8]) {
        write(reply.reward, &out) { $0.map { JSONValue.number($0) } ?? .null }
        put(#","terminated":"#, &out)
        write(reply.terminated, &out) { .bool($0) }
        put(#","truncated":"#, &out)
        write(reply.truncated, &out) { .bool($0) }
    }

    private func put(_ text: String, _ out: inout [UInt8]) { out.append(contentsOf: text.utf8) }

    private func write<Value>(_ values: PerAgent<Value>, _ out: inout [UInt8], _ json: (Value) -> JSONValue) {
        switch values {
        case .single(let value): out.append(contentsOf: json(value).encoded())
        case .each(let each):
            out.append(contentsOf: JSONValue.object(JSONObject(each.map { ($0.agent, json($0.value)) })).encoded())
        }
    }
}

extension StepReply {
    fileprivate var split: SplitJSON { SplitJSON(text: Array(observation), tensors: tensors) }
}
