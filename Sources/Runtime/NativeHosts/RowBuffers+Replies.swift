import Foundations
import JSON
import Spaces
import VectorEnvironments
import Workers

extension RowBuffers {
    /// The answer of one environment.
    func reply(isStep: Bool) -> StepReply {
        let observation = SplitJSON(observation)
        return StepReply(
            observation: observation.text[...], tensors: observation.tensors,
            reward: .single(isStep ? reward : nil), terminated: .single(isStep && outputs.terminated[0] != 0),
            truncated: .single(isStep && outputs.truncated[0] != 0), info: Value.dict(info).jsonText[...])
    }

    /// The answer of the rows of a vector session, with the bytes that its record has.
    ///
    /// Behind the end of an episode with same-step auto-reset, `info` has `final_rows` (the numbers of the rows that ended,
    /// ascending) and, for these rows, `final_obs` and `final_info`.
    func rowsReply(isStep: Bool, _ autoreset: AutoresetMode) -> StepReply {
        let observations = observations(outputs.observations, rows: nil)
        var info = info(outputs.info, rows: Array(0..<count))
        if isStep, autoreset == .sameStep, let finals = outputs.finalObservations {
            let ended = ended
            if !ended.isEmpty {
                info.append(("final_rows", .tensor(Tensor(ended.map { Int64($0) }))))
                info.append(("final_obs", self.observations(finals, rows: ended)))
                info.append(("final_info", .dict(self.info(outputs.finalInfo, rows: ended))))
            }
        }
        let outcome: [(String, Tensor)] =
            isStep ? [("reward", rewards), ("terminated", terminated), ("truncated", truncated)] : []
        let observed = SplitJSON(observations)
        let informed = SplitJSON(.dict(info))
        var tensors: [String: Tensor] = [:]
        for (name, tensor) in outcome { tensors["/" + name] = tensor }
        for (pointer, tensor) in informed.tensors { tensors["/info" + pointer] = tensor }
        var canonical = observations.canonical
        canonical.append(contentsOf: [0xfe, 0xff, 0xff, 0xff, isStep ? 1 : 0])
        for (_, tensor) in outcome { canonical.append(contentsOf: Value.tensor(tensor).canonical) }
        canonical.append(contentsOf: Value.dict(info).canonical)
        var reply = StepReply(
            observation: observed.text[...], tensors: observed.tensors, reward: .single(nil),
            terminated: .single(false), truncated: .single(false), info: informed.text[...])
        reply.rows = RowResults(tensors: tensors, canonical: canonical)
        return reply
    }
}

extension Value {
    /// The value as JSON, its arrays nested.
    fileprivate var jsonText: [UInt8] {
        var writer = JSONWriter()
        write(to: &writer)
        return writer.bytes
    }
}

extension Space {
    /// The array of so many values: what the rows of a vector session take together.
    ///
    /// - Throws: `unimplemented` where a value is not one array of numbers.
    func repeated(_ count: Int) throws(Failure) -> Space {
        switch self {
        case .discrete(let space):
            return .box(
                try Box(
                    dtype: .int64, shape: [count], low: Tensor([space.start], shape: []),
                    high: Tensor([space.last], shape: [])))
        case .box(let box):
            let shape = [count] + box.shape
            return .box(
                try Box(
                    dtype: box.dtype, shape: shape, low: box.low.repeated(count, of: box.shape),
                    high: box.high.repeated(count, of: box.shape)))
        default:
            throw Failure(.unimplemented, "rows with \(typeName) actions are not supported")
        }
    }
}

extension Tensor {
    /// A bound of one value for all values; one number stays one.
    fileprivate func repeated(_ count: Int, of one: [Int]) throws(Failure) -> Tensor {
        guard !shape.isEmpty else { return self }
        let bytes = Array([[UInt8]](repeating: bytes, count: count).joined())
        return try Tensor(dtype: dtype, shape: [count] + one, bytes: bytes)
    }
}
