import Foundations
import JSON
import Pictures
import Spaces

/// What a session answered to a reset or a step.
struct Turn: Sendable {
    enum Reward: Sendable, Equatable {
        /// Nil: the environment gave none.
        case one(Double?)
        case each([String: Double?])
    }

    /// `.one(nil)` after a reset.
    let reward: Reward
    let isTerminated: Bool
    let isTruncated: Bool
    /// Those of several agents that go on; nil for one agent.
    let agents: [String]?
    /// Whose turn it is, where agents take turns.
    let agent: String?
    /// Of a reset.
    let seed: Int64?
    private let members: JSONMembers
    private let tensors: [String: Tensor]

    var isOver: Bool { isTerminated || isTruncated }

    /// - Parameters:
    ///   - tensors: Arrays by the JSON pointer of their place in the text.
    ///   - isShared: Whether several agents play.
    /// - Throws: `internal` where the server's answer is not of the form.
    init(_ text: [UInt8], tensors: [String: Tensor] = [:], isShared: Bool = false) throws(Failure) {
        do throws(JSONError) {
            members = try JSONMembers(parsing: text, limits: JSONLimits(depth: .max))
        } catch { throw Failure(.internal, "the server's answer is malformed: \(error)") }
        self.tensors = tensors
        seed = members.value("seed")?.integer
        agent = members.value("agent")?.string
        let rewards = members.value("reward") ?? .null
        if let each = rewards.object {
            reward = .each(Dictionary(each.map { ($0.key, $0.value.double) }) { first, _ in first })
        } else {
            reward = .one(rewards.double)
        }
        let (terminated, truncated) = (members.value("terminated"), members.value("truncated"))
        if let ended = terminated?.object, let cut = truncated?.object {
            // A parallel environment: it is over when no agent goes on.
            let left = ended.filter { $0.value != true && cut[$0.key] != true }.map(\.key)
            agents = left
            isTerminated = left.isEmpty && ended.contains { $0.value == true }
            isTruncated = left.isEmpty && !isTerminated
        } else {
            agents = isShared && agent == nil ? members.value("observation")?.object?.keys : nil
            isTerminated = terminated == true
            isTruncated = truncated == true
        }
    }

    var observation: JSONValue { members.value("observation") ?? .null }
    var info: JSONValue { members.value("info") ?? .null }

    /// The observation where it is a picture: 8-bit numbers of the shape `[height, width, 3]` or like it.
    var picture: Picture? {
        guard let tensor = tensors["/observation"], tensor.dtype == .uint8 else { return nil }
        return try? Picture(shape: tensor.shape, pixels: tensor.bytes)
    }
}
