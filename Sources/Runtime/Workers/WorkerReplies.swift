import Foundations
import JSON
import Spaces

extension WorkerMessage {
    /// - Throws: `WorkerError` for `status: error`, `MalformedReply` for anything but `ok`.
    public func requireOK() throws {
        switch members.string("status") {
        case "ok": return
        case "error":
            throw WorkerError(code: members.string("code") ?? "environment_error", message: members.string("message"))
        default: throw MalformedReply("the reply has no status \"ok\" or \"error\"")
        }
    }

    /// The answer to a version 2 `reset`.
    public func resetReply() throws -> StepReply {
        try requireOK()
        try requirePlaces()
        return StepReply(
            observation: try required("observation"), tensors: tensors(below: "observation"), reward: .single(nil),
            terminated: .single(false), truncated: .single(false), info: try info(), agent: try agent())
    }

    /// The answer to a version 2 `step`; no field has a default.
    ///
    /// - Parameter agents: The environment's, whose names values may be keyed by; nil for a single agent.
    public func stepReply(agents: [String]? = nil) throws -> StepReply {
        try requireOK()
        try requirePlaces()
        let reward = try perAgent("reward", MalformedReply("reward is no finite number, null, or object of those")) {
            (value: JSONValue) -> Double?? in
            value.isNull ? .some(nil) : value.number.map { .some($0) }
        }
        let flag = MalformedReply("terminated and truncated have to be true or false, or objects of those")
        let terminated = try perAgent("terminated", flag) { $0.bool }
        let truncated = try perAgent("truncated", flag) { $0.bool }
        guard reward.agents == terminated.agents, terminated.agents == truncated.agents else {
            throw MalformedReply("reward, terminated and truncated are not of the same agents")
        }
        if let stranger = reward.agents?.subtracting(agents ?? []).min() {
            throw MalformedReply("\"\(stranger.prefix(80))\" is no agent of the environment")
        }
        return StepReply(
            observation: try required("observation"), tensors: tensors(below: "observation"), reward: reward,
            terminated: terminated, truncated: truncated, info: try info(), agent: try agent())
    }

    /// The results of `step_many`, each as the reply to a step of its own.
    ///
    /// - Throws: `MalformedReply` where there are not `count` of them.
    public func stepResults(count: Int) throws -> [WorkerMessage] {
        try requireOK()
        let raw = Array(try required("results"))
        let ranges = try JSONReader.reading(raw) { (reader) throws(JSONError) in
            var ranges: [Range<Int>] = []
            ranges.reserveCapacity(count)
            try reader.beginArray()
            while try reader.nextElement() { ranges.append(try reader.skipValue()) }
            try reader.finish()
            return ranges
        }
        guard ranges.count == count else {
            throw MalformedReply("\(count) steps got \(ranges.count) results")
        }
        var results: [WorkerMessage] = []
        results.reserveCapacity(count)
        for (place, range) in ranges.enumerated() {
            var result = WorkerMessage(members: try JSONMembers(parsing: Array(raw[range])))
            if !tensors.isEmpty {
                let prefix = "/results/\(place)"
                for (pointer, tensor) in tensors where pointer.hasPrefix(prefix + "/") {
                    result.tensors[String(pointer.dropFirst(prefix.count))] = tensor
                }
            }
            results.append(result)
        }
        let placed = results.reduce(0) { $0 + $1.tensors.count }
        guard placed == tensors.count else { throw MalformedReply("a buffer has no place in the reply") }
        return results
    }

    /// The answer to version 1's `init` and `step`.
    ///
    /// - Parameter isStep: An `init` may leave out reward and done, and both are dropped there.
    public func replyV1(isStep: Bool) throws -> StepReply {
        try requireOKV1()
        var reward: Double?
        if let value = members.value("reward") ?? members.value("score"), !value.isNull {
            guard let number = value.number else { throw MalformedReply("reward is no finite number") }
            reward = number
        }
        var done = false
        switch members.value("done") {
        case nil, .null?: break
        case .bool(let value)?: done = value
        case .integer(let value)?: done = value != 0
        case .number(let value)?: done = value != 0
        default: throw MalformedReply("done is neither true nor false")
        }
        var reply = StepReply(
            observation: members["observation"] ?? ArraySlice(#""""#.utf8), tensors: [:],
            reward: .single(isStep ? reward : nil), terminated: .single(isStep && done), truncated: .single(false),
            info: ArraySlice(infoV1()), agent: nil)
        reply.hasNullReward = isStep && members["reward"] != nil && members.isNull("reward")
        return reply
    }

    /// Any status but `ok` is an error; without one the line is no reply, and the true one may follow.
    private func requireOKV1() throws {
        guard let status = members.string("status") else { throw MalformedReply("the reply has no status") }
        if status != "ok" { throw WorkerError(code: "environment_error", message: members.string("message")) }
    }

    private func infoV1() -> [UInt8] {
        let reserved: Set = ["status", "observation", "reward", "done", "cmd", "env_id"]
        var info: [UInt8] = [UInt8(ascii: "{")]
        for key in members.keys where !reserved.contains(key) {
            guard let raw = members[key] else { continue }
            if info.count > 1 { info.append(UInt8(ascii: ",")) }
            info.append(contentsOf: JSONValue.string(key).encoded())
            info.append(UInt8(ascii: ":"))
            info.append(contentsOf: raw)
        }
        info.append(UInt8(ascii: "}"))
        return info
    }

    private func required(_ key: String) throws(MalformedReply) -> ArraySlice<UInt8> {
        guard let raw = members[key] else { throw MalformedReply("the reply has no \(key)") }
        return raw
    }

    /// A JSON object, with the arrays that came as buffers in their places.
    private func info() throws(MalformedReply) -> ArraySlice<UInt8> {
        let raw = try required("info")
        guard raw.first == UInt8(ascii: "{") else { throw MalformedReply("info is no object") }
        let arrays = tensors(below: "info")
        if arrays.isEmpty { return raw }
        do throws(Failure) {
            return ArraySlice(try SplitJSON(text: Array(raw), tensors: arrays).joined())
        } catch { throw MalformedReply("info: \(error.message)") }
    }

    /// Every array has to fill a null in the observation or in info.
    private func requirePlaces() throws(MalformedReply) {
        if tensors.isEmpty { return }
        let observed = tensors(below: "observation")
        guard observed.count + tensors(below: "info").count == tensors.count else {
            throw MalformedReply("a buffer has no place in the reply")
        }
        guard !observed.isEmpty, let raw = members["observation"] else { return }
        if observed.count == 1, observed[""] != nil, members.isNull("observation") { return }
        do throws(Failure) {
            let empty = try Tensor(dtype: .uint8, shape: [0], bytes: [])
            _ = try SplitJSON(text: Array(raw), tensors: observed.mapValues { _ in empty }).joined()
        } catch { throw MalformedReply("observation: \(error.message)") }
    }

    private func agent() throws(MalformedReply) -> String? {
        if members.isNull("agent") { return nil }
        guard let agent = members.string("agent") else { throw MalformedReply("agent is no string") }
        return agent
    }

    private func perAgent<Value>(
        _ key: String, _ problem: MalformedReply, _ read: (JSONValue) -> Value?
    ) throws(MalformedReply) -> PerAgent<Value> {
        guard let value = members.value(key) else { throw MalformedReply("the reply has no \(key)") }
        guard case .object(let object) = value else {
            guard let single = read(value) else { throw problem }
            return .single(single)
        }
        var each: [(agent: String, value: Value)] = []
        for (agent, value) in object {
            guard let one = read(value) else { throw problem }
            each.append((agent, one))
        }
        return .each(each)
    }
}

extension JSONValue {
    /// A finite number; nil for anything else.
    fileprivate var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value.isFinite ? value : nil
        default: nil
        }
    }
}
