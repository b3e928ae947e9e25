import Foundations
import JSON
import Sessions
import Spaces
import Workers

/// DockerGym's SessionResponse.
struct SessionAnswer {
    private let summary: SessionSummary
    private let first: CallAnswer?
    private let environment: String

    /// - Parameter first: The answer to the first reset, whose observation and info stay.
    init(_ summary: SessionSummary, first: CallAnswer?, offer: any DockerGymOffer) {
        self.summary = summary
        self.first = first
        environment = offer.name(of: summary)
    }

    func encoded() throws(Failure) -> [UInt8] {
        let isDone =
            switch summary.phase {
            case .ended, .failed, .closed: true
            case .starting, .ready, .running: false
            }
        var writer = ObjectWriter()
        writer.put("session_id", .string("\(summary.id)"))
        writer.put("env_id", .string(environment))
        writer.put("observation", raw: try first?.observationText ?? Array(#""""#.utf8))
        writer.put("info", raw: first.map { Array($0.reply.info) } ?? Array("{}".utf8))
        writer.put("status", .string(isDone ? "done" : "active"))
        writer.put("created_at", .string(summary.createdAt.rfc3339))
        writer.put("last_active_at", .string(summary.lastActiveAt.rfc3339))
        return writer.finish()
    }
}

/// DockerGym's StepResponse.
struct StepAnswer {
    private let session: String
    private let answer: CallAnswer

    init(session: String, _ answer: CallAnswer) {
        self.session = session
        self.answer = answer
    }

    /// - Throws: `internal` for a reward that was written as null, as DockerGym does.
    func encoded() throws(Failure) -> [UInt8] {
        guard case .single(let reward) = answer.reply.reward, !answer.reply.hasNullReward else {
            throw Failure(.internal, "the reply has no single reward")
        }
        var writer = ObjectWriter()
        writer.put("session_id", .string(session))
        writer.put("observation", raw: try answer.observationText)
        // The one default of this protocol for a worker that gives no reward.
        writer.put("reward", .number(reward ?? 0))
        writer.put("done", .bool(answer.reply.isOver))
        writer.put("info", raw: Array(answer.reply.info))
        return writer.finish()
    }
}

extension CallAnswer {
    /// The observation as a JSON string: a text as it is, anything else as the text of its JSON.
    fileprivate var observationText: [UInt8] {
        get throws(Failure) {
            let json = try SplitJSON(text: Array(reply.observation), tensors: reply.tensors).joined()
            if json.first == UInt8(ascii: "\"") { return json }
            return JSONValue.string(String(decoding: json, as: UTF8.self)).encoded()
        }
    }
}

/// Writes the members of one JSON object, values as bytes.
private struct ObjectWriter {
    private var bytes = [UInt8(ascii: "{")]

    mutating func put(_ key: String, _ value: JSONValue) { put(key, raw: value.encoded()) }

    mutating func put(_ key: String, raw value: [UInt8]) {
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        bytes.append(contentsOf: #""\#(key)":"#.utf8)
        bytes.append(contentsOf: value)
    }

    func finish() -> [UInt8] { bytes + [UInt8(ascii: "}")] }
}
