import Digest
import JSON
import Sessions
import Workers

/// What episodes gave, step by step, as digests; the first reset is the first.
struct Trajectory: Sendable, Equatable {
    private(set) var digests: [Digest32] = []
    /// Whether the last episode came to its end.
    var isWhole = false
    /// Steps of the first episode.
    var firstLength = 0

    mutating func add(_ answer: CallAnswer) {
        let reply = answer.reply
        var hash = SHA256()
        hash.update(Self.canonical(reply.observation))
        for (pointer, tensor) in reply.tensors.sorted(by: { $0.key < $1.key }) {
            hash.update(pointer)
            tensor.bytes.withUnsafeBytes { hash.update($0) }
        }
        hash.update("\(reply.reward)|\(reply.terminated)|\(reply.truncated)|\(reply.agent ?? "")")
        hash.update(Self.canonical(reply.info))
        digests.append(hash.finish())
    }

    /// The first step at which two differ, 0 for the reset; nil where neither does as far as both go.
    func difference(from other: Trajectory) -> Int? {
        for place in 0..<min(digests.count, other.digests.count) where digests[place] != other.digests[place] {
            return place
        }
        // An episode that ended is no beginning of a longer one.
        if digests.count < other.digests.count, isWhole { return digests.count }
        if other.digests.count < digests.count, other.isWhole { return other.digests.count }
        return nil
    }

    private static func canonical(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        (try? canonicalJSON(of: Array(bytes), limits: JSONLimits(depth: 512))) ?? Array(bytes)
    }
}

extension StepReply {
    /// Every reward that was given.
    var rewards: [Double] {
        switch reward {
        case .single(let reward): [reward].compactMap { $0 }
        case .each(let rewards): rewards.compactMap(\.value)
        }
    }
}
