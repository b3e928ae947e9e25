import Digest
import Foundations
import JSON
import Reactor

/// Sessions that nobody steps, each behind a reset with a seed and some actions: those who begin the same way go on from
/// their branches.
@Reactor
final class PrefixCache {
    /// Of what leads to a state; never equal for two tenants or versions.
    struct Key: Sendable, Hashable {
        private(set) var digest: Digest32

        /// Behind the reset.
        ///
        /// - Parameter keepsRecords: Whether those who go on from there are recorded.
        init(_ plan: LaunchPlan, seed: Int64, options: JSONObject, keepsRecords: Bool) {
            let origin: JSONValue = [
                "tenant": .string(plan.tenant), "version": .string(plan.digest),
                "backend": .string(plan.backend.rawValue),
                "instance": plan.instance.map(JSONValue.string) ?? .null, "params": .object(plan.parameters),
                "seed": .integer(seed), "options": .object(options), "records": .bool(keepsRecords),
            ]
            digest = SHA256.hash(origin.canonical)
        }

        /// Behind one action more.
        func then(_ action: JSONValue) -> Key {
            var key = self
            var hash = SHA256()
            hash.update(digest.bytes)
            hash.update(action.canonical)
            key.digest = hash.finish()
            return key
        }
    }

    private var entries: [Key: (session: Session, lastUse: Int)] = [:]
    private var making: [Key: Promise<Session>] = [:]
    private var uses = 0
    let capacity: Int
    /// Told of each look.
    var onLook: (@Reactor (_ isHit: Bool, _ entries: Int) -> Void)?

    init(capacity: Int) { self.capacity = capacity }

    /// The session behind a prefix, made by `make` where there is none; once, however many ask at the same time.
    func session(
        behind key: Key, _ make: @Reactor () async throws(Failure) -> Session
    ) async throws(Failure) -> Session {
        if let session = take(key) { return session }
        if let promise = making[key] {
            onLook?(true, entries.count)
            return try await promise.value()
        }
        let promise = Promise<Session>()
        making[key] = promise
        defer { making[key] = nil }
        do throws(Failure) {
            let session = try await make()
            onLook?(false, entries.count + 1)
            add(session, key)
            promise.settle(.success(session))
            return session
        } catch {
            promise.settle(.failure(error))
            throw error
        }
    }

    /// A session behind a shorter prefix, if there is one.
    func peek(_ key: Key) -> Session? {
        guard let entry = entries[key], !entry.session.state.phase.isOver else { return nil }
        return entry.session
    }

    func clear() async {
        let sessions = entries.values.map(\.session)
        entries = [:]
        for session in sessions { await session.close(.drained) }
    }

    private func take(_ key: Key) -> Session? {
        guard let session = peek(key) else {
            entries[key] = nil
            return nil
        }
        uses += 1
        entries[key]?.lastUse = uses
        onLook?(true, entries.count)
        return session
    }

    private func add(_ session: Session, _ key: Key) {
        uses += 1
        entries[key] = (session, uses)
        while entries.count > capacity, let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse }) {
            entries[oldest.key] = nil
            Task { await oldest.value.session.close(.requested) }
        }
    }
}
