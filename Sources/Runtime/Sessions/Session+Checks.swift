import Foundations
import Reactor
import Spaces

extension Session {
    /// In bytes: what is larger is checked and hashed away from the reactor.
    private static let largePart = 1 << 16

    func checked(_ action: SplitJSON?) async throws(Failure) -> CheckedAction? {
        guard let action, let checker else { return nil }
        let size = action.tensors.values.reduce(action.text.count) { $0 + $1.bytes.count }
        if size <= Self.largePart { return try checker.checkedAction(action) }
        return try await offload { () throws(Failure) in try checker.checkedAction(action) }
    }

    /// The chain with a record more, where that is too long to be hashed here; nil where it is not.
    func extendedChain(with record: RecordWriter, seed: Int64?) async -> RecordChain? {
        guard record.bytes.count > Self.largePart else { return nil }
        let chain = chain ?? newChain(seed)
        return await offload {
            var chain = chain
            _ = chain.append(record.bytes)
            return chain
        }
    }
}
