import Foundations
import JSON
import Spaces
import Workers

extension TrajectoryRecord {
    /// The record as one JSON object, as `/steps` and exports have it.
    ///
    /// - Throws: `invalid_argument` where the record cannot be read.
    public func json() throws(Failure) -> [UInt8] {
        let content = try RecordContent(stored.bytes)
        var writer = JSONWriter()
        writer.beginObject()
        func member(_ key: String, _ value: JSONValue) {
            writer.key(key)
            writer.value(value)
        }
        member("index", .integer(Int64(index)))
        member("episode", .integer(Int64(episode)))
        switch content.call {
        case .reset(let seed, let options):
            member("call", "reset")
            member("seed", seed.map(JSONValue.integer) ?? .null)
            member("options", .object(options))
        case .reseed(let seed):
            member("call", "reseed")
            member("seed", .integer(seed))
        case .step(let action):
            member("call", "step")
            writer.key("action")
            action.write(to: &writer)
        }
        switch content.result {
        case .error(let code): member("error", .string(code))
        case .outcome(let outcome):
            switch outcome.observation {
            case .value(let value):
                writer.key("observation")
                value.write(to: &writer)
            case .digest(let digest): member("observation_digest", .string("sha256:\(digest.hex)"))
            }
            member("reward", outcome.rewardJSON)
            member("terminated", outcome.terminatedJSON)
            member("truncated", outcome.truncatedJSON)
            member("info", outcome.info)
        }
        if let agent = stored.agent { member("agent", .string(agent)) }
        member("time", .string(stored.time.rfc3339))
        member("duration_us", .integer(stored.duration))
        writer.endObject()
        return writer.bytes
    }
}

extension PerAgent {
    func json(_ json: (Value) -> JSONValue) -> JSONValue {
        switch self {
        case .single(let value): json(value)
        case .each(let each): .object(JSONObject(each.map { ($0.agent, json($0.value)) }))
        }
    }
}
