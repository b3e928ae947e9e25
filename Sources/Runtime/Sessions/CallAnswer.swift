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
    public let space: Space

    /// The answer's members in wire order; the caller adds the braces and may put members before them.
    public func writeMembers(into out: inout [UInt8]) {
        put(#""index":\#(index),"episode":\#(episode),"#, &out)
        writeContent(into: &out)
    }

    /// The members behind index and episode.
    public func writeContent(into out: inout [UInt8]) {
        put(#""observation":"#, &out)
        writeObservation(into: &out)
        if case .step = kind {
            put(#","reward":"#, &out)
            write(reply.reward, &out) { $0.map { JSONValue.number($0) } ?? .null }
            put(#","terminated":"#, &out)
            write(reply.terminated, &out) { .bool($0) }
            put(#","truncated":"#, &out)
            write(reply.truncated, &out) { .bool($0) }
        }
        put(#","info":"#, &out)
        out.append(contentsOf: reply.info)
        if let agent = reply.agent {
            put(#","agent":"#, &out)
            out.append(contentsOf: JSONValue.string(agent).encoded())
        }
        if case .reset(let seed) = kind { put(#","seed":\#(seed.map { "\($0)" } ?? "null")"#, &out) }
    }

    private func writeObservation(into out: inout [UInt8]) {
        if reply.tensors.isEmpty {
            out.append(contentsOf: reply.observation)
        } else {
            out.append(contentsOf: filled(reply.observation, with: reply.tensors))
        }
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
