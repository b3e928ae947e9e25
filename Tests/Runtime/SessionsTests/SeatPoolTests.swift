import Foundations
import Reactor
import ScriptedSessions
import Testing
import Workers

@testable import Sessions

@Reactor
struct SeatPoolTests {
    @Reactor
    private final class Source: SeatSource {
        var isUsable = true
        var workers: [PlayedWorker] = []
        var shutDowns = 0
        let gate = Gate(open: true)
        /// How many seats it has room for.
        var places = Int.max
        var isEmpty = false
        /// How its workers speak, and what each answers.
        var dialect = WorkerConnection.Dialect.v1
        var script: [String] = []

        func hasRoom() async -> Bool { workers.count < places }

        func makeSeat() async throws(Failure) -> Seat {
            await gate.pass()
            guard shutDowns == 0, let worker = try? PlayedWorker(dialect, script) else {
                throw Failure(.unavailable, "it ended")
            }
            workers.append(worker)
            return worker.seat()
        }

        func shutDown() async {
            shutDowns += 1
            gate.open()
        }
    }

    private func until(_ condition: @Reactor () -> Bool) async { while !condition() { await Task.yield() } }

    @Test func `a source is started once for all and spares are kept ready`() async throws {
        let source = Source(), start = Gate()
        var starts = 0
        let pool = SeatPool(spareCount: 2, logger: .silent) { () async throws(Failure) in
            starts += 1
            await start.pass()
            return source
        }
        let takers = (0..<3).map { _ in Task { try await pool.take() } }
        await start.reached(1)
        start.open()
        for taker in takers { _ = try await taker.value }
        await until { source.workers.count == 5 }
        _ = try await pool.take()
        await until { source.workers.count == 6 }
        #expect(starts == 1 && pool.seatsTaken == 4)
        await pool.shutDown()
        #expect(source.shutDowns == 1)
        #expect(source.workers.map(\.sandbox.kills).filter { $0 == 1 }.count == 2)
    }

    @Test func `what two sessions in a row were of is made ahead of the third`() async throws {
        let source = Source()
        source.dialect = .v2
        let initialized =
            #"{"id":ID,"status":"ok","observation_space":{"type":"Discrete","n":3},"action_space":{"type":"Discrete","n":2}}"#
        source.script = [initialized, initialized]
        let pool = SeatPool(spareCount: 1, logger: .silent) { () async throws(Failure) in source }
        let plan = LaunchPlan.scripted(parameters: ["size": 3]), other = LaunchPlan.scripted(parameters: ["size": 4])
        let spaces = SpaceCache()
        _ = try await pool.take(for: plan)
        await until { source.workers.count == 2 }
        _ = try await pool.take(for: plan)
        await until { source.workers.count == 3 && source.workers[2].lines.count == 1 }
        #expect(source.workers[1].lines.isEmpty)

        let ready = try await pool.take(for: plan)
        _ = try await ready.initialize(plan, known: spaces)
        #expect(source.workers[2].lines.count == 1)
        await until { source.workers.count == 4 && source.workers[3].lines.count == 1 }

        let ofAnother = try await pool.take(for: other)
        _ = try await ofAnother.initialize(other, known: spaces)
        #expect(source.workers[3].lines.map { $0.contains("\"size\":4") } == [false, true])
        await until { source.workers.count == 5 }
        #expect(source.workers[4].lines.isEmpty)
        await pool.shutDown()
    }

    @Test func `a spare whose environment is refused tells the session that takes it`() async throws {
        let source = Source()
        source.dialect = .v2
        source.script = [
            #"{"id":ID,"status":"error","code":"environment_error","message":"first"}"#,
            #"{"id":ID,"status":"error","code":"environment_error","message":"second"}"#,
        ]
        let pool = SeatPool(spareCount: 1, logger: .silent) { () async throws(Failure) in source }
        let plan = LaunchPlan.scripted()
        _ = try await pool.take(for: plan)
        await until { source.workers.count == 2 }
        _ = try await pool.take(for: plan)
        await until { source.workers.count == 3 && source.workers[2].lines.count == 1 }
        let seat = try await pool.take(for: plan)
        var said = ""
        do throws(HostProblem) { _ = try await seat.initialize(plan, known: SpaceCache()) } catch { said = "\(error)" }
        #expect(said.contains("second"))
        await pool.shutDown()
    }

    @Test func `a spare that died meanwhile is not given out`() async throws {
        let source = Source()
        let pool = SeatPool(spareCount: 1, logger: .silent) { () async throws(Failure) in source }
        _ = try await pool.take()
        await until { source.workers.count == 2 }
        source.workers[1].connection.close()
        let seat = try await pool.take()
        #expect(seat.isUsable && source.workers[1].sandbox.kills == 1)
        await pool.shutDown()
    }

    @Test func `a source that did not start is tried again`() async throws {
        let source = Source()
        var starts = 0
        let pool = SeatPool(spareCount: 0, logger: .silent) { () async throws(Failure) in
            starts += 1
            if starts == 1 { throw Failure(.sandboxUnavailable, "no") }
            return source
        }
        #expect(await failure { try await pool.take() }?.code == .sandboxUnavailable)
        #expect(pool.seatsTaken == 0)
        _ = try await pool.take()
        pool.returned()
        #expect(starts == 2 && pool.seatsTaken == 0)
    }

    @Test func `a source that ended is replaced`() async throws {
        var sources: [Source] = []
        let pool = SeatPool(spareCount: 0, logger: .silent) { () async throws(Failure) in
            sources.append(Source())
            return sources[sources.count - 1]
        }
        _ = try await pool.take()
        sources[0].isUsable = false
        _ = try await pool.take()
        #expect(sources.count == 2 && sources[0].shutDowns == 1)
    }

    @Test func `what is starting when the pool ends is ended too`() async throws {
        let source = Source(), start = Gate()
        let pool = SeatPool(spareCount: 0, logger: .silent) { () async throws(Failure) in
            await start.pass()
            return source
        }
        let taker = Task { await failure { try await pool.take() } }
        await start.reached(1)
        let end = Task { await pool.shutDown() }
        await until { pool.isShutDown }
        start.open()
        await end.value
        #expect(await taker.value?.code == .unavailable)
        #expect(source.shutDowns == 1 && source.workers.isEmpty)
        #expect(await failure { try await pool.take() }?.code == .unavailable)
    }

    @Test func `a cancelled take ends while the source starts, and the source stays for the next`() async throws {
        let source = Source(), start = Gate()
        var starts = 0
        let pool = SeatPool(spareCount: 0, logger: .silent) { () async throws(Failure) in
            starts += 1
            await start.pass()
            return source
        }
        let taker = Task { await failure { try await pool.take() } }
        await start.reached(1)
        taker.cancel()
        #expect(await taker.value?.code == .sessionClosed)
        #expect(pool.seatsTaken == 0)
        start.open()
        _ = try await pool.take()
        #expect(starts == 1 && source.workers.count == 1 && pool.seatsTaken == 1)
        await pool.shutDown()
    }

    @Test func `beside a source without room another is started, and ended when it is empty`() async throws {
        var sources: [Source] = []
        let pool = SeatPool(spareCount: 0, logger: .silent) { () async throws(Failure) in
            sources.append(Source())
            sources[sources.count - 1].places = 2
            return sources[sources.count - 1]
        }
        for _ in 0..<5 { _ = try await pool.take() }
        #expect(sources.map(\.workers.count) == [2, 2, 1])
        sources[1].isEmpty = true
        pool.returned()
        await until { sources[1].shutDowns == 1 }
        _ = try await pool.take()
        #expect(sources.map(\.workers.count) == [2, 2, 2])
        #expect(sources.map(\.shutDowns) == [0, 1, 0])
        await pool.shutDown()
        #expect(sources.map(\.shutDowns) == [1, 1, 1])
    }

    @Test func `the last source is kept although it is empty`() async throws {
        let source = Source()
        let pool = SeatPool(spareCount: 0, logger: .silent) { () async throws(Failure) in source }
        _ = try await pool.take()
        source.isEmpty = true
        pool.returned()
        _ = try await pool.take()
        #expect(source.shutDowns == 0)
    }

    @Test func `a seat that is being made when the pool ends fails`() async throws {
        let source = Source()
        let pool = SeatPool(spareCount: 0, logger: .silent) { () async throws(Failure) in source }
        source.gate.shut()
        let taker = Task { await failure { try await pool.take() } }
        await source.gate.reached(1)
        await pool.shutDown()
        #expect(await taker.value?.code == .unavailable)
        #expect(pool.seatsTaken == 0)
    }
}
