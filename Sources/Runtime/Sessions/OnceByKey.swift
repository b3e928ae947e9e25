import Foundations
import Reactor

/// Does what carries a key once: a repeated request waits for the first one and gets its answer.
@Reactor
final class OnceByKey<Answer: Sendable> {
    private var table = IdempotencyTable<[String], Answer>()
    private var running: [[String]: Promise<Void>] = [:]

    /// - Parameter fingerprint: What the request asks.
    /// - Throws: `conflict` for a key that came with another request, and what `body` throws; then the key is free again.
    func once(
        _ key: [String], fingerprint: [UInt8], _ body: @Reactor () async throws(Failure) -> Answer
    ) async throws(Failure) -> Answer {
        while true {
            switch try table.begin(key, fingerprint: fingerprint, now: .now) {
            case .answerAgain(let answer): return answer
            case .join: try await running[key]?.value()
            case .execute:
                let promise = Promise<Void>()
                running[key] = promise
                defer {
                    running[key] = nil
                    promise.settle(.success(()))
                }
                do throws(Failure) {
                    let answer = try await body()
                    table.finish(key, with: answer, now: .now)
                    return answer
                } catch {
                    table.abandon(key)
                    throw error
                }
            }
        }
    }
}
