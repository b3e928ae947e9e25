import Foundations
import Reactor
import Testing

@testable import Sessions

struct IdempotencyTableTests {
    private typealias Table = IdempotencyTable<String, Int>
    private let start = ContinuousClock.now

    private func decision(_ table: inout Table, _ key: String, _ fingerprint: UInt8, after seconds: Int = 0) -> String {
        do {
            switch try table.begin(key, fingerprint: [fingerprint], now: start + .seconds(seconds)) {
            case .execute: return "execute"
            case .join: return "join"
            case .answerAgain(let answer): return "again \(answer)"
            }
        } catch { return error.code.rawValue }
    }

    @Test func `a key is executed once, joined meanwhile and answered again`() {
        var table = Table()
        #expect(decision(&table, "k", 1) == "execute")
        #expect(decision(&table, "k", 1) == "join")
        table.finish("k", with: 5, now: start)
        #expect(decision(&table, "k", 1) == "again 5")
        #expect(decision(&table, "other", 1) == "execute")
    }

    @Test func `a key stands for one request`() {
        var table = Table()
        #expect(decision(&table, "k", 1) == "execute")
        #expect(decision(&table, "k", 2) == "conflict")
        table.finish("k", with: 5, now: start)
        #expect(decision(&table, "k", 2) == "conflict")
    }

    @Test func `what failed may be tried again, also as another request`() {
        var table = Table()
        #expect(decision(&table, "k", 1) == "execute")
        table.abandon("k")
        #expect(decision(&table, "k", 2) == "execute")
    }

    @Test func `answers are forgotten after their time and running requests are not`() {
        var table = Table(lifetime: .seconds(600))
        #expect(decision(&table, "k", 1) == "execute")
        #expect(decision(&table, "k", 1, after: 1000) == "join")
        table.finish("k", with: 5, now: start + .seconds(1000))
        #expect(decision(&table, "k", 1, after: 1599) == "again 5")
        #expect(decision(&table, "k", 1, after: 1601) == "execute")
    }

    @Test func `a full table forgets its oldest answer`() {
        var table = Table(capacity: 2)
        for (second, key) in ["a", "b"].enumerated() {
            #expect(decision(&table, key, 1, after: second) == "execute")
            table.finish(key, with: second, now: start + .seconds(second))
        }
        #expect(decision(&table, "c", 1, after: 3) == "execute")
        #expect(decision(&table, "b", 1, after: 3) == "again 1")
        #expect(decision(&table, "a", 1, after: 3) == "execute")
    }
}

@Reactor
struct PlaceTests {
    @Test func `places are taken all or none`() throws {
        var table = PlaceTable(capacity: 3)
        try table.take(2)
        let failure = #expect(throws: Failure.self) { try table.take(2) }
        #expect(failure?.code == .resourceExhausted)
        #expect(table.taken == 2)
        try table.take(1)
        #expect(throws: Failure.self) { try table.take(1) }
        #expect(throws: Failure.self) { try table.take(.max) }
        table.giveBack()
        try table.take(1)
        #expect(table.taken == 3)
    }

    @Test func `a place is given back once however often its owner ends`() {
        var count = 0
        let place = Place { count += 1 }
        place.giveBack()
        place.giveBack()
        #expect(count == 1)
    }
}

@Reactor
struct LeaseTests {
    /// Why a lease ends; it is made where nothing can come between that and the listening.
    private func end(idle: Duration, lifetime: Duration, _ use: (Lease) -> Void = { _ in }) async -> CloseReason {
        await withCheckedContinuation { continuation in
            let lease = Lease(idle: idle, lifetime: lifetime)
            lease.onExpired = { reason in
                continuation.resume(returning: reason)
                lease.end()
            }
            use(lease)
        }
    }

    @Test func `a lease that nobody renews ends as idle`() async {
        #expect(await end(idle: .milliseconds(2), lifetime: .seconds(3600)) == .idle)
    }

    @Test func `a lease ends with its lifetime however busy it is`() async {
        #expect(await end(idle: .seconds(3600), lifetime: .milliseconds(2)) { $0.hold() } == .lifetime)
    }

    @Test func `a call in flight keeps a lease from being idle`() async {
        #expect(await end(idle: .milliseconds(1), lifetime: .milliseconds(50)) { $0.hold() } == .lifetime)
    }

    @Test func `the idle time begins anew when the call ends`() async {
        let reason = await end(idle: .milliseconds(2), lifetime: .seconds(3600)) { lease in
            lease.hold()
            lease.hold()
            lease.release()
            lease.release()
        }
        #expect(reason == .idle)
    }

    @Test func `a lease says when it expires and stands still after its end`() async {
        let lease = Lease(idle: .seconds(100), lifetime: .seconds(50))
        let left = lease.expiresAt.microseconds - Timestamp.now.microseconds
        #expect((49_000_000...50_000_000).contains(left))
        let idle = Lease(idle: .seconds(100), lifetime: .seconds(5000))
        #expect((99_000_000...100_000_000).contains(idle.expiresAt.microseconds - Timestamp.now.microseconds))
        idle.end()
        lease.end()
        idle.renew()
    }
}

@Reactor
struct PromiseTests {
    @Test func `all that wait get the first value`() async throws {
        let promise = Promise<Int>()
        let waiting = (0..<3).map { _ in
            Task { () async -> Int in
                do { return try await promise.value(within: .seconds(60), or: Failure(.internal, "late")) } catch {
                    return -1
                }
            }
        }
        promise.settle(.success(1))
        promise.settle(.success(2))
        for task in waiting { #expect(await task.value == 1) }
        #expect(try await promise.value(within: .seconds(60), or: Failure(.internal, "late")) == 1)
    }

    @Test func `a promise that nobody keeps fails in time`() async {
        let promise = Promise<Int>()
        let failure = await #expect(throws: Failure.self) {
            try await promise.value(within: .milliseconds(1), or: Failure(.deadlineExceeded, "late"))
        }
        #expect(failure?.code == .deadlineExceeded)
    }
}
