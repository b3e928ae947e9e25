import Foundations
import Logging
import Reactor

/// Seats of one version for one tenant, with a few ready ahead of demand.
@Reactor
final class SeatPool {
    private let start: @Reactor () async throws(Failure) -> any SeatSource
    private let spareCount: Int
    private let gate: MemoryGate?
    private let logger: Logger
    /// More than one where the first have no room for more.
    private var sources: [any SeatSource] = []
    /// The source that is being started.
    private var starting: (source: Promise<any SeatSource>, task: Task<Void, Never>)?
    private var spares: [Seat] = []
    private var refill: Task<Void, Never>?
    /// What the last session was of.
    private var lastPlan: LaunchPlan?
    /// What spares make ready: what two sessions in a row were of.
    private var expected: LaunchPlan?
    private(set) var isShutDown = false
    private(set) var seatsTaken = 0
    private(set) var lastUse = ContinuousClock.now

    /// - Parameters:
    ///   - spareCount: How many seats are kept ready once the first was taken.
    ///   - gate: Asked before each seat is made.
    ///   - start: Starts a source; called again when the last one ended.
    init(
        spareCount: Int, gate: MemoryGate? = nil, logger: Logger,
        start: @escaping @Reactor () async throws(Failure) -> any SeatSource
    ) {
        self.spareCount = spareCount
        self.gate = gate
        self.logger = logger
        self.start = start
    }

    /// - Parameter plan: What the worker will be asked to make; nil: it is not known.
    /// - Throws: also `session_closed` when the task is cancelled.
    func take(for plan: LaunchPlan? = nil) async throws(Failure) -> Seat {
        lastUse = .now
        seatsTaken += 1
        expect(plan)
        do throws(Failure) {
            let seat = try await readySeat()
            refillSoon()
            return seat
        } catch {
            seatsTaken -= 1
            throw error
        }
    }

    /// Seats that were not taken from it, but will be returned to it.
    func adopted(_ count: Int) {
        seatsTaken += count
        lastUse = .now
    }

    /// A taken seat was released.
    func returned() {
        seatsTaken -= 1
        lastUse = .now
        guard sources.count > 1, let empty = sources.firstIndex(where: \.isEmpty) else { return }
        let source = sources.remove(at: empty)
        Task { await source.shutDown() }
    }

    func shutDown() async {
        isShutDown = true
        starting?.task.cancel()
        await starting?.task.value
        // First, because it ends the seats that are being made.
        let sources = sources
        self.sources = []
        for source in sources { await source.shutDown() }
        refill?.cancel()
        await refill?.value
        let spares = spares
        self.spares = []
        for seat in spares { await seat.release() }
    }

    /// Spares are made for what comes again and again: an environment can take seconds to make, and one that nobody
    /// wants is work for nothing.
    private func expect(_ plan: LaunchPlan?) {
        let isRepeated =
            if let plan, let lastPlan { Seat.initCommand(of: plan) == Seat.initCommand(of: lastPlan) } else { false }
        expected = isRepeated ? plan : nil
        lastPlan = plan
    }

    private func readySeat() async throws(Failure) -> Seat {
        while let spare = spares.popLast() {
            if spare.isUsable { return spare }
            await spare.release()
        }
        return try await newSeat()
    }

    private func newSeat() async throws(Failure) -> Seat {
        try await gate?.enter()
        return try await roomySource().makeSeat()
    }

    /// A source that has room for another seat, started if there is none.
    private func roomySource() async throws(Failure) -> any SeatSource {
        guard !isShutDown else { throw Self.stopping }
        while let ended = sources.firstIndex(where: { !$0.isUsable }) { await sources.remove(at: ended).shutDown() }
        for source in sources where await source.hasRoom() && source.isUsable { return source }
        let promise = starting?.source ?? startSource()
        return try await promise.valueUnlessCancelled()
    }

    /// Starts a source, once however many ask at the same time; it is kept whoever goes away meanwhile.
    private func startSource() -> Promise<any SeatSource> {
        let promise = Promise<any SeatSource>()
        let task = Task {
            do throws(Failure) {
                let source = try await start()
                if isShutDown {
                    await source.shutDown()
                    throw Self.stopping
                }
                sources.append(source)
                starting = nil
                promise.settle(.success(source))
            } catch {
                starting = nil
                promise.settle(.failure(error))
            }
        }
        starting = (promise, task)
        return promise
    }

    private static let stopping = Failure(.unavailable, "the server is stopping")

    private func refillSoon() {
        guard refill == nil, spares.count < spareCount, !isShutDown else { return }
        refill = Task { [weak self] in
            await self?.fill()
            self?.refill = nil
        }
    }

    private func fill() async {
        while spares.count < spareCount, !isShutDown {
            do throws(Failure) {
                let seat = try await newSeat()
                if let expected { await seat.initializeAhead(expected) }
                if isShutDown { return await seat.release() }
                spares.append(seat)
            } catch {
                logger.warning("a spare worker did not start", ["error": .string("\(error)")])
                return
            }
        }
    }
}
