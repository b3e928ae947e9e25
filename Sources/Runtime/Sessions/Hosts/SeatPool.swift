import Foundations
import Logging
import Reactor

/// Seats of one version for one tenant, with a few ready ahead of demand.
@Reactor
final class SeatPool {
    private let start: @Reactor () async throws(Failure) -> any SeatSource
    private let spareCount: Int
    private let logger: Logger
    private var source: Promise<any SeatSource>?
    private var liveSource: (any SeatSource)?
    private var spares: [Seat] = []
    private var refill: Task<Void, Never>?
    private var isShutDown = false
    private(set) var seatsTaken = 0
    private(set) var lastUse = ContinuousClock.now

    /// - Parameters:
    ///   - spareCount: How many seats are kept ready once the first was taken.
    ///   - start: Starts a source; called again when the last one ended.
    init(spareCount: Int, logger: Logger, start: @escaping @Reactor () async throws(Failure) -> any SeatSource) {
        self.spareCount = spareCount
        self.logger = logger
        self.start = start
    }

    func take() async throws(Failure) -> Seat {
        lastUse = .now
        seatsTaken += 1
        do throws(Failure) {
            let seat = try await readySeat()
            refillSoon()
            return seat
        } catch {
            seatsTaken -= 1
            throw error
        }
    }

    /// A taken seat was released.
    func returned() {
        seatsTaken -= 1
        lastUse = .now
    }

    func shutDown() async {
        isShutDown = true
        // First, because it ends what is still starting.
        await liveSource?.shutDown()
        (source, liveSource) = (nil, nil)
        await refill?.value
        let spares = spares
        self.spares = []
        for seat in spares { await seat.release() }
    }

    private func readySeat() async throws(Failure) -> Seat {
        while let spare = spares.popLast() {
            if spare.isUsable { return spare }
            await spare.release()
        }
        return try await currentSource().makeSeat()
    }

    /// The source, started once however many ask at the same time.
    private func currentSource() async throws(Failure) -> any SeatSource {
        guard !isShutDown else { throw Failure(.unavailable, "the server is stopping") }
        if let liveSource, !liveSource.isUsable {
            self.liveSource = nil
            source = nil
            await liveSource.shutDown()
        }
        if let source {
            return try await source.value(
                within: .seconds(600), or: Failure(.unavailable, "the environment does not start"))
        }
        let promise = Promise<any SeatSource>()
        source = promise
        do throws(Failure) {
            let started = try await start()
            if isShutDown {
                await started.shutDown()
                throw Failure(.unavailable, "the server is stopping")
            }
            liveSource = started
            promise.settle(.success(started))
            return started
        } catch {
            source = nil
            promise.settle(.failure(error))
            throw error
        }
    }

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
                let seat = try await currentSource().makeSeat()
                if isShutDown { return await seat.release() }
                spares.append(seat)
            } catch {
                logger.warning("a spare worker did not start", ["error": .string("\(error)")])
                return
            }
        }
    }
}
