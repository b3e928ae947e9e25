import Foundations
import Reactor
import Sandboxes
import Workers

/// The workers of one version and tenant that hold several sessions each.
@Reactor
final class SharedWorkers {
    private let pool: SeatPool
    private let window: Duration
    private var entries: [Entry] = []

    /// A worker, or one that is being started, and who has which of its slots.
    @Reactor
    private final class Entry {
        let worker = Promise<SharedWorker>()
        var taken: Set<Int> = []
        var isUsable = true

        /// The lowest that is free.
        func takeSlot(of count: Int) -> Int? {
            guard isUsable, let slot = (0..<count).first(where: { !taken.contains($0) }) else { return nil }
            taken.insert(slot)
            return slot
        }
    }

    init(pool: SeatPool, window: Duration) {
        self.pool = pool
        self.window = window
    }

    func open(_ plan: LaunchPlan, known: SpaceCache) async throws(Failure) -> SlotHost {
        let (entry, slot) = place(for: plan)
        do throws(Failure) {
            let worker = try await entry.worker.valueUnlessCancelled()
            return try await SlotHost.open(plan, worker: worker, slot: slot, known: known) { [weak self] in
                await self?.release(slot, of: entry, worker)
            }
        } catch {
            // Not waited for: the worker may still be starting, and others may have its other slots.
            Task { await release(slot, of: entry, nil) }
            throw error
        }
    }

    /// A free slot of a worker that lives, else the first of a new one.
    private func place(for plan: LaunchPlan) -> (Entry, Int) {
        for entry in entries {
            if let slot = entry.takeSlot(of: plan.worker?.sessionsPerWorker ?? 1) { return (entry, slot) }
        }
        let entry = Entry()
        entry.taken = [0]
        entries.append(entry)
        Task { await start(entry, plan) }
        return (entry, 0)
    }

    private func start(_ entry: Entry, _ plan: LaunchPlan) async {
        do throws(Failure) {
            let seat = try await pool.take()
            guard seat.greeting?.capabilities.contains(.batch) ?? false else {
                await seat.release()
                pool.returned()
                throw Failure(
                    .failedPrecondition, "the worker of \(plan.reference) holds one session only",
                    next: "take sessions_per_worker out of its manifest, or use a worker with the capability batch")
            }
            let worker = SharedWorker(seat, window: window, stepTime: plan.times.step)
            worker.onGone = { entry.isUsable = false }
            entry.worker.settle(.success(worker))
        } catch {
            retire(entry)
            entry.worker.settle(.failure(error))
        }
    }

    /// Gives a slot back; with the last one the worker ends.
    private func release(_ slot: Int, of entry: Entry, _ worker: SharedWorker?) async {
        entry.taken.remove(slot)
        guard entry.taken.isEmpty, entries.contains(where: { $0 === entry }) else { return }
        retire(entry)
        guard let worker = try? await entry.worker.value() else { return }
        await worker.seat.release()
        pool.returned()
    }

    private func retire(_ entry: Entry) {
        entry.isUsable = false
        entries.removeAll { $0 === entry }
    }
}
