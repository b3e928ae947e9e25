import Foundations
import JSON
import Spaces
import Workers

/// Checks actions and observations against a session's spaces, and makes their canonical bytes in the same pass.
struct ValueChecker: Sendable {
    let spaces: SessionSpaces
    /// Parallel agents: values are objects by agent, and an agent that left has none.
    let agents: [String]?
    let validation: LaunchPlan.Validation
    /// With `sampled`: every 16th reply is checked.
    private var replies = 0

    init(spaces: SessionSpaces, agents: [String]?, validation: LaunchPlan.Validation) {
        self.spaces = spaces
        self.agents = agents
        self.validation = validation
    }

    /// - Parameter raw: One JSON value, as the caller sent it.
    /// - Returns: The same value without white space between its parts.
    /// - Throws: `invalid_action` naming the path and the bound, or `malformed_json`.
    func checkedAction(_ raw: [UInt8], canonical: inout [UInt8]) throws(Failure) -> [UInt8] {
        do throws(ScanError) {
            try scan(ArraySlice(raw), [:], spaces.action, checks: true, into: &canonical)
        } catch {
            let failure = error.failure(.invalidAction)
            throw Failure(
                failure.code, "the action is not in the action space: \(failure.message)",
                next: "send a value of action_space, as the session object tells it", details: failure.details)
        }
        guard raw.contains(where: { $0 <= 0x20 }) else { return raw }
        var line: [UInt8] = []
        raw.withUnsafeBufferPointer { appendMinifiedJSON($0, to: &line) }
        return line
    }

    mutating func checkObservation(_ reply: StepReply, canonical: inout [UInt8]) throws(ScanError) {
        replies += 1
        let checks =
            switch validation {
            case .full: true
            case .sampled: replies % 16 == 1
            case .off: false
            }
        try scan(reply.observation, reply.tensors, spaces.observation, checks: checks, into: &canonical)
    }

    private func scan(
        _ raw: ArraySlice<UInt8>, _ tensors: [String: Tensor], _ space: Space, checks: Bool, into canonical: inout [UInt8]
    ) throws(ScanError) {
        var bytes: [UInt8]? = canonical
        canonical = []
        try raw.withUnsafeBufferPointer { (buffer) throws(ScanError) in
            var reader = JSONReader(buffer)
            if agents != nil, case .dict(let byAgent) = space {
                try scanPresent(byAgent, &reader, tensors, checks: checks, into: &bytes)
            } else {
                try space.scan(&reader, tensors: tensors, canonical: &bytes, check: checks)
            }
            do throws(JSONError) { try reader.finish() } catch { throw .malformed(error) }
        }
        canonical = bytes ?? []
    }

    /// Values of those agents that have one, as a Dict of just those.
    private func scanPresent(
        _ spaces: Space.Dict, _ reader: inout JSONReader, _ tensors: [String: Tensor], checks: Bool,
        into bytes: inout [UInt8]?
    ) throws(ScanError) {
        var present: [Space.Dict.Member] = []
        do throws(JSONError) {
            var ahead = reader
            try ahead.beginObject()
            while let key = try ahead.nextKey() {
                if let member = spaces.members.first(where: { $0.key == key }), !present.contains(member) {
                    present.append(member)
                }
                try ahead.skipValue()
            }
        } catch { throw .malformed(error) }
        try Space.dict(Space.Dict(present)).scan(&reader, tensors: tensors, canonical: &bytes, check: checks)
    }
}
